"""Which promotions a basket keeps, decided inside the writer's transaction when goods, coupons or customers come."""

from collections.abc import Iterable, Sequence

from edge.clock import moment
from edge.errors import Refused
from edge.facts import CouponAdded, CouponRemoved, CustomerAttached, Fact, Fit, LineAdded, PromotionsKept, Terms
from edge.journal.tx import Tx
from edge.pos.basket import MAX_BYTES, Basket, must_be_open, size_of
from edge.pos.load import Held
from edge.pos.promotions.held import Offers
from edge.pos.promotions.reckon import promotion_of
from edge.pos.promotions.tables import coupon_uses
from edge.pos.shop import Moment, Shop
from edge.units import ArticleId, CustomerId, LineId, Sku

_Goods = tuple[LineId, Sku, ArticleId]


class Keeper:
    """Gives the facts by which a basket keeps what it may be given."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def added(self, tx: Tx, held: Held, added: Sequence[Fact]) -> Sequence[Fact]:
        """What goes with lines that were just added."""
        goods = [(each.line, each.sku, each.article) for each in added if isinstance(each, LineAdded)]
        if not goods:
            return []
        offers = held.basket.offers
        also = {promotion_of(each.key) for each in offers.coupons}
        also |= self._shop.goods.opened_to(tx.db, frozenset(offers.groups))
        return self._kept(tx, held, goods, also)

    def coupon(self, tx: Tx, held: Held, code: str) -> Sequence[Fact]:
        """The coupon opens its promotion for everything in the basket. Refused when it is worth nothing here."""
        basket, at = held.basket, self._opened(held)
        must_be_open(basket)
        found = self._shop.goods.coupon(tx.db, code)
        if found is None:
            raise Refused(f"{code} is no coupon of ours", hint="Look at it again.", code="unknown-coupon", status=404)
        if any(each.code == code for each in basket.offers.coupons):
            raise Refused("this coupon is in this sale already", hint="Go on selling.", code="coupon-used")
        opens = self._shop.goods.promotion(tx.db, found.promotion, at)
        if opens is None or not found.valid_from <= at.utc or (found.valid_until and found.valid_until <= at.utc):
            raise Refused("this coupon is not valid now", hint="Read its dates to the customer.", code="coupon-expired")
        if found.uses and coupon_uses(tx.db, code) >= found.uses:
            raise Refused("this coupon has been used", hint="It counts only once.", code="coupon-used")
        goods = [(each.line, each.sku, each.article) for each in basket.lines]
        kept = self._kept(tx, held, goods, {found.promotion}, only=True)
        return [CouponAdded(basket.id, code, opens.key, opens.name), *kept]

    def customer(self, tx: Tx, held: Held, customer: CustomerId) -> Sequence[Fact]:
        """The basket is this customer's, with what their groups are given."""
        basket = held.basket
        must_be_open(basket)
        groups = self._shop.goods.groups(tx.db, customer)
        if (basket.customer, basket.offers.groups) == (customer, groups):
            return []
        goods = [(each.line, each.sku, each.article) for each in basket.lines]
        also = self._shop.goods.opened_to(tx.db, frozenset(groups))
        return [CustomerAttached(basket.id, customer, groups), *self._kept(tx, held, goods, also, only=True)]

    def _kept(
        self, tx: Tx, held: Held, goods: Sequence[_Goods], also: Iterable[str], *, only: bool = False
    ) -> Sequence[Fact]:
        """With `only`, nothing but the promotions in `also` is looked for."""
        basket, at, wanted = held.basket, self._opened(held), frozenset(also)
        if only and not wanted:
            return []
        known = {each.key for each in basket.offers.terms}
        fits, terms = frozenset(basket.offers.fits if only else ()), dict[str, Terms]()
        more: list[Fit] = []
        for line, sku, article in goods:
            for offer in self._shop.goods.offers(tx.db, sku, article, at, wanted):
                fit = Fit(line, offer.terms.key, offer.part)
                if (only and promotion_of(fit.key) not in wanted) or fit in fits:
                    continue
                more.append(fit)
                if fit.key not in known:
                    terms[fit.key] = offer.terms
        if not more:
            return []
        return [_that_fits(basket, PromotionsKept(basket.id, tuple(terms.values()), tuple(more)))]

    def _opened(self, held: Held) -> Moment:
        local = moment(held.opened_at).astimezone(self._shop.zone)
        return Moment(held.opened_at, local, self._shop.profile.currency)


def drop_coupon(basket: Basket, code: str) -> Sequence[Fact]:
    """The customer keeps the coupon."""
    must_be_open(basket)
    if all(each.code != code for each in basket.offers.coupons):
        raise Refused("that coupon is not in this sale", hint="Reload the page.", code="unknown-coupon", status=404)
    return [CouponRemoved(basket.id, code)]


def _that_fits(basket: Basket, kept: PromotionsKept) -> PromotionsKept:
    """Refused when the closed sale could outgrow an entry of the journal."""
    terms = (*basket.offers.terms, *kept.terms)
    if size_of(basket) + Offers(terms, kept.fits).size() > MAX_BYTES:
        raise Refused("a basket holds no more", hint="Take payment and start a new basket.", code="too-many")
    return kept
