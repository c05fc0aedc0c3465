"""What a basket may be given, as its facts have left it (pure); a part of `Basket`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from edge.facts.offers import CouponAdded, CouponRemoved, Fit, PromotionsKept, Terms
from edge.units import LineId

_GIVEN_BYTES = 60
"""What a line in the closed sale says of a promotion, without its words."""
_LITTLE = 64 * 1024
"""Up to so many bytes nobody counts one by one."""


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon the customer showed, and the promotion it opens."""

    code: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Offers:
    """`fits` say which lines `terms` take; a promotion that no line fits is not kept."""

    terms: tuple[Terms, ...] = ()
    fits: tuple[Fit, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    groups: tuple[str, ...] = ()

    def limits(self) -> Mapping[str, int]:
        """Promotion -> sets it may have (0: any number); only those that are open to this basket."""
        found: dict[str, int] = {}
        for each in self.terms:
            coupons = sum(coupon.key == each.key for coupon in self.coupons)
            if (each.coupon and not coupons) or (each.groups and not set(each.groups).intersection(self.groups)):
                continue
            found[each.key] = each.times * (coupons if each.coupon else 1)
        return found

    def without(self, line: LineId) -> "Offers":
        """The line is gone."""
        fits = tuple(each for each in self.fits if each.line != line)
        keys = {each.key for each in fits}
        return replace(self, fits=fits, terms=tuple(each for each in self.terms if each.key in keys))

    def size(self) -> int:
        """Bytes that promotions can take up in the closed sale: one of each exclusion group on every line.

        Never too little; exact only when it may matter.
        """
        sizes = {
            each.key: (each.exclusion, _GIVEN_BYTES + len(f"{each.key}{each.name}".encode())) for each in self.terms
        }
        simply = len(self.fits) * max((size for _, size in sizes.values()), default=0)
        if simply < _LITTLE:
            return simply
        most: dict[tuple[LineId, str], int] = {}
        for fit in self.fits:
            exclusion, size = sizes[fit.key]
            if size > most.get((fit.line, exclusion), 0):
                most[fit.line, exclusion] = size
        return sum(most.values())


NO_OFFERS = Offers()


def offered(offers: Offers, fact: PromotionsKept | CouponAdded | CouponRemoved) -> Offers:
    """What may be given after `fact`."""
    match fact:
        case PromotionsKept():
            terms = {each.key: each for each in (*offers.terms, *fact.terms)}
            fits = tuple(sorted({*offers.fits, *fact.fits}, key=_rank))
            return replace(offers, terms=tuple(terms[key] for key in sorted(terms)), fits=fits)
        case CouponAdded():
            coupons = (*offers.coupons, Coupon(fact.code, fact.key, fact.name))
            return replace(offers, coupons=tuple(sorted(coupons, key=lambda each: each.code)))
        case CouponRemoved():
            return replace(offers, coupons=tuple(each for each in offers.coupons if each.code != fact.code))


def _rank(fit: Fit) -> tuple[int, str, int]:
    return fit.line, fit.key, fit.part
