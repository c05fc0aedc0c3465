"""What is taken off, as the pages show it: by somebody's decision, by promotions, by coupons."""

from collections.abc import Iterable, Mapping

from edge.facts import Given
from edge.pos.basket import Basket
from edge.pos.discounts.shares import Reduction
from edge.pos.promotions.best import Applied
from edge.pos.promotions.reckon import promotion_of

Json = Mapping[str, object]


def reduction_view(reduction: Reduction | None) -> Json | None:
    """`Reduction`; None when nobody gave one."""
    if reduction is None:
        return None
    return {"rate": reduction.rate, "amount_minor": reduction.amount, "reason": reduction.reason}


def given_view(promotions: Iterable[Given]) -> list[Json]:
    """`Given` of a line."""
    return [{"promotion": each.promotion, "name": each.name, "amount_minor": each.amount} for each in promotions]


def promotions_view(applied: Iterable[Applied]) -> list[Json]:
    """`Promotion` of a basket; `exact` when it is proven that nothing better can be given in its group."""
    return [
        {
            "promotion": promotion_of(each.key),
            "name": each.name,
            "times": each.times,
            "amount_minor": each.saving,
            "exact": each.exact,
        }
        for each in applied
    ]


def coupons_view(basket: Basket, applied: Iterable[Applied]) -> list[Json]:
    """`Coupon` of a basket; `amount_minor` is what all coupons of its promotion give."""
    saved = {each.key: each.saving for each in applied}
    return [
        {"code": each.code, "name": each.name, "amount_minor": saved.get(each.key, 0)} for each in basket.offers.coupons
    ]
