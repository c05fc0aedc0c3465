"""What is not finished at a till: baskets, sales that wait for their evidence, effects, transfers (a pure fold)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from edge.facts import (
    BasketOpened,
    BasketResumed,
    BasketVoided,
    CashReceived,
    CashSent,
    CashTakenBack,
    EffectDone,
    EffectDropped,
    EffectIntended,
    EffectSettled,
    EffectUnknown,
    Fact,
    FiscalRefused,
    LineAdded,
    LineVoided,
    OpenItem,
    RefundDecided,
    RefundDropped,
    SaleClosed,
    SalePaid,
    SaleReturned,
)
from edge.units import Minor, TillId

BASKET, SALE, EFFECT, UNKNOWN, OUT, IN = "basket", "sale", "effect", "unknown-effect", "transfer-out", "transfer-in"


@dataclass(slots=True)
class OpenItems:
    """Folds one till's facts; begins with what its last Z left open."""

    till: TillId
    _held: dict[tuple[str, str], OpenItem] = field(default_factory=dict)

    def begin(self, items: tuple[OpenItem, ...]) -> None:
        """Go on from a Z: what it says is open, and nothing else."""
        self._held = {(_family(item.kind), item.subject): item for item in items}

    def add(self, fact: Fact) -> None:
        """Fold one fact; those of other tills change nothing, but for transfers to this one."""
        match fact:
            case BasketOpened(till=self.till, training=False):
                self._open(OpenItem(BASKET, fact.basket))
            case LineAdded():
                self._lines(fact.basket, 1)
            case LineVoided():
                self._lines(fact.basket, -1)
            case BasketVoided() | BasketResumed():
                self._left(fact)
            case SalePaid(till=self.till):
                self._done(BASKET, fact.sale)
                self._open(OpenItem(SALE, fact.sale))
            case SaleClosed():
                self._done(SALE, fact.sale)
            case RefundDecided() | SaleReturned() | RefundDropped():
                self._refund(fact)
            case FiscalRefused():
                self._refused(fact)
            case CashSent() | CashReceived() | CashTakenBack():
                self._transfer(fact)
            case EffectIntended() | EffectUnknown() | EffectDone() | EffectSettled() | EffectDropped():
                self._effect(fact)
            case _:
                pass

    def items(self) -> tuple[OpenItem, ...]:
        """Everything open, oldest first."""
        return tuple(self._held.values())

    def holds(self, basket: str) -> bool:
        """Whether this basket is one of the till's."""
        return (BASKET, basket) in self._held

    def count(self, kind: str, what: str = "") -> int:
        """How many of a kind; of baskets, those with a line."""
        return sum(self._shown(item) for item in self._of(kind) if not what or item.what == what)

    def _of(self, kind: str) -> Iterator[OpenItem]:
        return (item for item in self._held.values() if item.kind == kind)

    def _shown(self, item: OpenItem) -> bool:
        return item.kind != BASKET or item.count > 0

    def _open(self, item: OpenItem) -> None:
        self._held[_family(item.kind), item.subject] = item

    def _done(self, kind: str, subject: str) -> None:
        self._held.pop((_family(kind), subject), None)

    def _refund(self, fact: RefundDecided | SaleReturned | RefundDropped) -> None:
        if not isinstance(fact, RefundDecided):
            self._done(SALE, fact.returned)
        elif fact.till == self.till:
            self._open(OpenItem(SALE, fact.returned, what="refund"))

    def _refused(self, fact: FiscalRefused) -> None:
        for item in [item for item in self._of(EFFECT) if (item.what, item.of) == ("fiscal", fact.sale)]:
            self._done(EFFECT, item.subject)

    def _left(self, fact: BasketVoided | BasketResumed) -> None:
        """A basket is gone; one that was parked goes on at the till that took it up."""
        self._done(BASKET, fact.basket)
        if isinstance(fact, BasketResumed) and fact.till == self.till:
            self._open(OpenItem(BASKET, fact.basket, fact.lines))

    def _lines(self, basket: str, change: int) -> None:
        held = self._held.get((BASKET, basket))
        if held is not None:
            self._open(OpenItem(BASKET, basket, held.count + change))

    def _transfer(self, fact: CashSent | CashReceived | CashTakenBack) -> None:
        if not isinstance(fact, CashSent):
            self._done(OUT, fact.move)
            self._done(IN, fact.move)
        elif fact.till == self.till:
            self._open(OpenItem(OUT, fact.move, 0, Minor(fact.amount), fact.to))
        elif fact.to == self.till:
            self._open(OpenItem(IN, fact.move, 0, Minor(fact.amount), fact.till))

    def _effect(self, fact: EffectIntended | EffectUnknown | EffectDone | EffectSettled | EffectDropped) -> None:
        if isinstance(fact, EffectIntended):
            if fact.target.partition("/")[0] == self.till:
                self._open(OpenItem(EFFECT, fact.effect, what=fact.kind, of=fact.subject))
            return
        held = self._held.get((EFFECT, fact.effect))
        if held is not None and isinstance(fact, EffectUnknown):
            self._open(OpenItem(UNKNOWN, fact.effect, what=held.what, of=held.of))
        elif not isinstance(fact, EffectUnknown):
            self._done(EFFECT, fact.effect)


def _family(kind: str) -> str:
    return EFFECT if kind == UNKNOWN else kind
