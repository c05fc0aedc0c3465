"""A discount somebody gave, as the pages show it."""

from collections.abc import Mapping

from edge.pos.reductions import Reduction


def reduction_view(reduction: Reduction | None) -> Mapping[str, object] | None:
    """`Reduction`; None when nobody gave one."""
    if reduction is None:
        return None
    return {"rate": reduction.rate, "amount_minor": reduction.amount, "reason": reduction.reason}
