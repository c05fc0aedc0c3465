"""What a basket is given now, from its own facts alone (pure)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from edge.facts.offers import CouponUsed, Given, Terms
from edge.pos.basket import Basket
from edge.pos.promotions.best import NOTHING, Outcome, best, forget_sets
from edge.pos.promotions.model import Ware
from edge.units import LineId


def given(basket: Basket) -> Outcome:
    """What promotions take off the basket's lines, before anything somebody gives by hand."""
    limits = basket.offers.limits()
    if not limits:
        return NOTHING
    fits: dict[LineId, list[tuple[str, int]]] = {}
    for each in basket.offers.fits:
        if each.key in limits:
            fits.setdefault(each.line, []).append((each.key, each.part))
    wares = tuple(
        Ware(line.line, line.sku, line.tax_label, line.unit_price, line.quantity, tuple(sorted(fits[line.line])))
        for line in basket.lines
        if line.line in fits
    )
    terms = tuple(each for each in basket.offers.terms if each.key in limits)
    return _best(wares, terms, tuple(limits[each.key] for each in terms))


def of_line(outcome: Outcome, names: Mapping[str, str], line: LineId) -> tuple[Given, ...]:
    """What each promotion took off a line; `names` by key."""
    saved = outcome.lines.get(line, {})
    return tuple(Given(promotion_of(key), names[key], saving) for key, saving in sorted(saved.items()) if saving)


def coupons_used(basket: Basket) -> Sequence[CouponUsed]:
    """The coupons that a sale of `basket` uses up: as many of each promotion as it gave sets for."""
    terms = {each.key: each for each in basket.offers.terms}
    used: list[CouponUsed] = []
    for applied in given(basket).applied:
        coupons = sorted(each.code for each in basket.offers.coupons if each.key == applied.key)
        times = terms[applied.key].times
        needed = -(-applied.times // times) if times else 1
        used += [CouponUsed(basket.id, code, applied.key, applied.saving) for code in coupons[:needed]]
    return used


def promotion_of(key: str) -> str:
    """The promotion's id, without its revision."""
    return key.partition("@")[0]


def forget() -> None:
    """Work everything out anew: for measurements."""
    _best.cache_clear()
    forget_sets()


@lru_cache(maxsize=64)
def _best(wares: tuple[Ware, ...], terms: tuple[Terms, ...], limits: tuple[int, ...]) -> Outcome:
    """A command, its answer and the customer's display ask for the same basket within a moment."""
    keys = [each.key for each in terms]
    return best(wares, dict(zip(keys, terms, strict=True)), dict(zip(keys, limits, strict=True)))
