"""What a pretend device or service thinks of a refund: whether it makes any, of which receipt, and how much (pure)."""

from collections.abc import Iterable

from edge.countries.profile import Profile, ReturnDocument
from edge.pos.fiscal.document import DocumentKind, FiscalDocument
from edge.pos.fiscal.wire import No
from edge.sim.fiscal.truth import Receipt

_NEVER = No("this device makes no such document", "Write the return down beside the device.", "no-refund")
_UNKNOWN = No("that receipt was not made here", "Check the number on the paper.", "unknown-receipt")
_TOO_MUCH = No("more comes back than was sold", "Look at the earlier returns of this sale.", "too-much-back")
_MAKES = {DocumentKind.REFUND: ReturnDocument.REFUND, DocumentKind.CASH_OUT: ReturnDocument.CASH_OUT}


def refund_refusal(document: FiscalDocument, profile: Profile, made: Iterable[Receipt]) -> No | None:
    """Why the refund or cash-out is not made; None when it is, or when `document` is neither."""
    wanted = _MAKES.get(document.kind)
    if wanted is None:
        return None
    if profile.returns.document is not wanted:
        return _NEVER
    if document.kind is DocumentKind.CASH_OUT:
        return None
    known = list(made)
    original = next((each for each in known if each.evidence.number == document.refers_to and each.gross >= 0), None)
    if original is None or not original.counts:
        return _UNKNOWN
    before = -sum(each.gross for each in known if each.refers_to == document.refers_to)
    return _TOO_MUCH if before + document.total > original.gross else None
