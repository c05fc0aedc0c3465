"""Practising at a till: the same screen and the same rules, and nothing of it counts.

A practice sale is one fact, `sale.closed` with `training`: no `sale.paid`, no effect but its marked paper, a number of
its own series. Every verb that moves goods or money elsewhere refuses by itself while a till practises, because
`must_be_open` does unless it is told otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import BasketVoided, Evidence, Fact, SaleClosed, TrainingEnded, TrainingStarted
from edge.journal.tx import Tx
from edge.pos.basket import EMPTY
from edge.pos.load import Held, open_basket, training_of
from edge.pos.pricing import Priced
from edge.pos.series import series
from edge.pos.shop import Shop
from edge.pos.tenders import Offer, settle
from edge.pos.training.tables import practised
from edge.units import ShiftId, TenderKind, TillId, UserId

EVIDENCE = Evidence("training")


@dataclass(frozen=True, slots=True)
class StartTraining:
    """Practise at this till, whether it is open or not."""

    right: ClassVar[str] = "training"
    till: TillId


@dataclass(frozen=True, slots=True)
class EndTraining:
    """Back to work; a practice basket that is open goes away."""

    right: ClassVar[str] = ""
    till: TillId


class Training:
    """Handlers of a till that practises."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def handlers(self) -> Mapping[type[Command], Handler]:
        """Command -> handler."""
        return {StartTraining: self.start, EndTraining: self.end}

    def start(self, tx: Tx, command: StartTraining, context: Context) -> Sequence[Fact]:
        self._shop.position(command.till)
        if training_of(tx.db, command.till) is not None:
            raise Refused("the till practises already", hint="Go on.", code="training")
        held = open_basket(tx.db, command.till)
        if held is not None and held.basket.lines:
            raise Refused("a basket is still open", hint="Take payment, park it or void it first.", code="basket-open")
        away = [] if held is None else [BasketVoided(held.basket.id, command.till, EMPTY)]
        return [*away, TrainingStarted(ShiftId(context.ids.new()), command.till, context.actor)]

    def end(self, tx: Tx, command: EndTraining, context: Context) -> Sequence[Fact]:
        training = training_of(tx.db, command.till)
        if training is None:
            raise Refused("the till does not practise", hint="Go on selling.", code="no-training")
        held = open_basket(tx.db, command.till)
        away = [] if held is None else [BasketVoided(held.basket.id, command.till, EMPTY, training=True)]
        return [*away, TrainingEnded(training.id, command.till, context.actor)]


def practice_sale(
    tx: Tx, shop: Shop, held: Held, priced: Priced, cash: Sequence[Offer], actor: UserId
) -> Sequence[Fact]:
    """A practice sale, paid in cash that nobody takes. Refused as a real payment would be."""
    if any(each.kind is not TenderKind.CASH for each in cash):
        raise Refused("practice is paid in cash", hint="Choose cash.", code="bad-tender", status=422)
    basket, profile, till = held.basket, shop.profile, held.basket.till
    settled = settle(priced.total, cash, profile, shop.day(tx.at))
    letters = series(tx.db, shop.first_letter)
    return [
        SaleClosed(
            sale=basket.id,
            number=f"{shop.store}-{till}{letters}-T{practised(tx.db, till) + 1}",
            till=till,
            shift=basket.shift,
            user=actor,
            origin=basket.origin,
            country=profile.country,
            currency=profile.currency,
            business_date=tx.businessdate,
            opened_at=held.opened_at,
            paid_at=tx.at,
            lines=priced.lines,
            taxes=priced.taxes,
            total=priced.total,
            rounding=settled.rounding,
            payable=settled.payable,
            tenders=settled.tenders,
            change=settled.change,
            evidence=EVIDENCE,
            price_version=basket.price_version,
            training=True,
            opened_by=basket.user,
        )
    ]
