"""What a discount takes off, and how one amount is shared out so that nothing is lost in rounding (pure)."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from edge.facts.reductions import BasketDiscounted, BasketDiscountRemoved, LineDiscounted, LineDiscountRemoved
from edge.pos.tax import WHOLE, divide
from edge.units import BasisPoints, Minor, UserId

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Reduction:
    """A discount somebody gave: `rate` of the price, or else `amount`; never more than `ceiling` of the price."""

    rate: BasisPoints
    amount: Minor
    ceiling: BasisPoints
    reason: str
    approved_by: UserId | None = None

    def off(self, base: Minor) -> Minor:
        """What it takes off `base`: from nothing to `base`, and never above the ceiling."""
        wanted = share_of(base, self.rate) if self.rate else self.amount
        return Minor(min(wanted, share_of(base, self.ceiling), base))


def reduction_in(
    fact: LineDiscounted | LineDiscountRemoved | BasketDiscounted | BasketDiscountRemoved,
) -> Reduction | None:
    """What is taken off from this fact on; None when nothing is any more."""
    if isinstance(fact, LineDiscountRemoved | BasketDiscountRemoved):
        return None
    return Reduction(fact.rate, fact.amount, fact.ceiling, fact.reason, fact.approved_by)


def share_of(base: Minor, rate: BasisPoints) -> Minor:
    """`rate` of `base`, to the nearest minor unit, halves away from zero."""
    return Minor(divide(base * rate, WHOLE))


def shared(amount: Minor, over: Mapping[K, int]) -> dict[K, Minor]:
    """`amount` over the weights by largest remainder: the shares add up, and none is above its weight.

    `amount` is from 0 to the sum of the weights. Between equal remainders the mapping's own order decides.
    """
    total = sum(over.values())
    if not 0 <= amount <= total:
        raise ValueError(f"{amount} over {total}")
    if total == 0:
        return dict.fromkeys(over, Minor(0))
    shares = {key: amount * weight // total for key, weight in over.items()}
    by_remainder = sorted(over, key=lambda key: -(amount * over[key] % total))
    for key in by_remainder[: amount - sum(shares.values())]:
        shares[key] += 1
    return {key: Minor(share) for key, share in shares.items()}
