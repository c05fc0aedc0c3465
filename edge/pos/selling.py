"""Filling a basket: inside the writer's transaction, load, decide, give the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import BasketOpened, Fact, FeedApplied, HoldOverridden, ListTaken, TaskOpened, fact_name
from edge.journal.tx import Tx
from edge.pos.basket import Basket, PricedItem, add_line, apply, change_quantity, void, void_line
from edge.pos.codes import Scanned, classify, forms, fresh, normal, reading
from edge.pos.load import Held, must_be_open, open_basket
from edge.pos.measuring import Ware, measured
from edge.pos.payment.ledger import must_be_untouched
from edge.pos.payment.tables import of_sale
from edge.pos.price_tables import kept_price
from edge.pos.promotions.keeping import Keeper, drop_coupon
from edge.pos.promotions.verbs import AttachCustomer, DropCoupon, TakeCoupon
from edge.pos.shop import Choose, Shop
from edge.pos.verbs import Add, Scan, SetQuantity, TakeList, VoidBasket, VoidLine
from edge.units import CustomerId, Gtin, Minor, SaleId, Seq, Sku, TaskId, TillId, UserId

_FEED = fact_name(FeedApplied)


class Selling:
    """Handlers that put things into the basket and take them out."""

    def __init__(self, shop: Shop) -> None:
        self._shop, self._keep = shop, Keeper(shop)

    def handlers(self) -> Mapping[type[Command], Handler]:
        """Command -> handler."""
        return {
            Scan: self.scan,
            Add: self.add,
            SetQuantity: self.set_quantity,
            VoidLine: self.void_line,
            VoidBasket: self.void_basket,
            TakeList: self.take_list,
            TakeCoupon: self.take_coupon,
            DropCoupon: self.drop_coupon,
            AttachCustomer: self.attach_customer,
        }

    def scan(self, tx: Tx, command: Scan, context: Context) -> Sequence[Fact]:
        """A code that matches nothing, or fails its check digit, says so and adds nothing."""
        if self._shop.goods.coupon(tx.db, command.code.strip()) is not None:
            return self.take_coupon(tx, TakeCoupon(command.till, command.code.strip()), context)
        if self._is_card(tx, command.code.strip()):
            return self.attach_customer(tx, AttachCustomer(command.till, CustomerId(command.code.strip())), context)
        code = classify(command.code, reading(self._shop.region, self._shop.profile.decimals))
        named = next((each for key in code.keys if (each := self._shop.goods.named(tx.db, key))), None)
        if named is None:
            raise Refused(f"{command.code} is not known here", hint="Search by name.", code="unknown-code", status=404)
        self._may_be_sold(tx, code)
        if named.sku is None:
            must_be_open(tx, command.till, training=True)
            raise Choose(named.article)
        return self._add(tx, Add(command.till, named.sku, command.quantity), context, code)

    def _is_card(self, tx: Tx, code: str) -> bool:
        """Whether `code` is a customer's number that headquarters told us, and not goods."""
        goods = self._shop.goods
        if not goods.groups(tx.db, CustomerId(code)):
            return False
        return all(goods.named(tx.db, each) is None for each in {code, *forms(normal(code))})

    def _may_be_sold(self, tx: Tx, code: Scanned) -> None:
        """Refused when the code itself says that the piece is too old, or of a lot that was called back."""
        if code.gtin is not None:
            self._not_recalled(tx, code.gtin, code.lot)
        fresh(code, self._shop.day(tx.at))

    def _not_recalled(self, tx: Tx, gtin: Gtin, lot: str | None) -> None:
        why = self._shop.goods.recall(tx.db, gtin, lot)
        if why is not None:
            raise Refused(
                f"this piece was called back: {why}" if why else "this piece was called back",
                hint="Do not sell it. Put it aside and take another one from a different lot.",
                code="recalled",
                details={"gtin": gtin, "lot": lot or "", "reason": why},
            )

    def add(self, tx: Tx, command: Add, context: Context) -> Sequence[Fact]:
        return self._add(tx, command, context, None)

    def set_quantity(self, tx: Tx, command: SetQuantity, context: Context) -> Sequence[Fact]:
        held = self._basket(tx, command.till)
        facts = change_quantity(held.basket, command.line, command.quantity)
        line = next(line for line in held.basket.lines if line.line == command.line)
        more = command.quantity - line.quantity
        return [*facts, *self._holds(tx, held.basket, line.sku, more, command.override_hold, context)]

    def void_line(self, tx: Tx, command: VoidLine, context: Context) -> Sequence[Fact]:
        return void_line(self._basket(tx, command.till).basket, command.line)

    def void_basket(self, tx: Tx, command: VoidBasket, context: Context) -> Sequence[Fact]:
        return void(self._basket(tx, command.till).basket, command.reason)

    def take_coupon(self, tx: Tx, command: TakeCoupon, context: Context) -> Sequence[Fact]:
        """A coupon may come before the first item."""
        held, facts = self._or_new(tx, command.till, context)
        return [*facts, *self._keep.coupon(tx, held, command.code.strip())]

    def drop_coupon(self, tx: Tx, command: DropCoupon, context: Context) -> Sequence[Fact]:
        return drop_coupon(self._basket(tx, command.till).basket, command.code)

    def attach_customer(self, tx: Tx, command: AttachCustomer, context: Context) -> Sequence[Fact]:
        """A customer may say who they are before the first item."""
        held, facts = self._or_new(tx, command.till, context)
        return [*facts, *self._keep.customer(tx, held, command.customer)]

    def take_list(self, tx: Tx, command: TakeList, context: Context) -> Sequence[Fact]:
        """Everything on the list that names a variant goes into the basket, together or not at all."""
        must_be_open(tx, command.till)
        held, facts = self._or_new(tx, command.till, context)
        basket, found = held.basket, list(facts)
        for sku in command.skus:
            added = self._line(tx, replace(held, basket=basket), Add(command.till, sku), context, None)
            found += added
            for fact in added:
                if not isinstance(fact, HoldOverridden | TaskOpened):
                    basket = apply(basket, fact)
        return [*found, ListTaken(command.list, command.till, basket.id)]

    def _add(self, tx: Tx, command: Add, context: Context, code: Scanned | None) -> Sequence[Fact]:
        held, facts = self._or_new(tx, command.till, context)
        return [*facts, *self._line(tx, held, command, context, code)]

    def _line(self, tx: Tx, held: Held, command: Add, context: Context, code: Scanned | None) -> Sequence[Fact]:
        whole = self._shop.goods.withdrawn(tx.db, command.sku)
        if whole is not None:
            self._not_recalled(tx, whole, None)
        offer = self._shop.goods.offer(tx.db, command.sku, held.opened_at)
        listed = offer.price, offer.currency, offer.tax_label
        amount, currency, tax_label = kept_price(tx.db, held.basket.id, offer.sku) or listed
        if currency != self._shop.profile.currency:
            raise Refused(f"{offer.name} is priced in {currency}", hint="Ask the office for a price.", code="no-price")
        rate = self._shop.profile.rate(tax_label, self._shop.day(tx.at))
        sold = measured(Ware(offer.name, Minor(amount), offer.by_weight), command.quantity, code)
        item = PricedItem(offer.sku, offer.article, offer.name, sold.unit_price, rate.tax_class, sold.weight)
        lines = add_line(held.basket, item, sold.quantity, None if code is None else code.raw)
        asked = self._holds(tx, held.basket, offer.sku, sold.quantity, command.override_hold, context)
        return [*lines, *self._keep.added(tx, held, lines), *asked]

    def _or_new(self, tx: Tx, till: TillId, context: Context) -> tuple[Held, Sequence[Fact]]:
        shift = must_be_open(tx, till, training=True)
        held = open_basket(tx.db, till)
        if held is not None:
            must_be_untouched(of_sale(tx.db, held.basket.id))
            return held, []
        (version,) = tx.db.execute("SELECT max(seq) FROM entries WHERE type = ?", (_FEED,)).fetchone()
        who = (till, shift.id, context.actor)
        opened = BasketOpened(SaleId(context.ids.new()), *who, Seq(version or 0), training=shift.training)
        return Held(apply(None, opened), tx.at), [opened]

    def _basket(self, tx: Tx, till: TillId) -> Held:
        must_be_open(tx, till, training=True)
        held = open_basket(tx.db, till)
        if held is None:
            raise Refused("nothing is rung up", hint="Scan the first item.", code="empty-basket")
        must_be_untouched(of_sale(tx.db, held.basket.id))
        return held

    def _holds(self, tx: Tx, basket: Basket, sku: Sku, more: int, override: bool, context: Context) -> Sequence[Fact]:
        """Ask before a held unit is sold; missing stock alone never stops a sale."""
        stock = None if basket.training else self._shop.goods.stock(tx.db, sku)
        if stock is None or stock.held <= 0 or more <= 0:
            return []
        wanted = more + sum(line.quantity for line in basket.lines if line.sku == sku)
        over = min(wanted - stock.available, stock.held, more)
        if over <= 0:
            return []
        if not override:
            raise Refused(
                "that piece is held for somebody",
                hint="Take another one, or sell it all the same.",
                code="held",
                details={
                    "sku": sku,
                    "wanted": wanted,
                    "on_hand": stock.on_hand,
                    "held": stock.held,
                    "available": stock.available,
                },
            )
        task = TaskOpened(TaskId(context.ids.new()), "shortage", sku, "A held unit was sold: find another one.")
        return [HoldOverridden(basket.id, sku, over, UserId(context.actor)), task]
