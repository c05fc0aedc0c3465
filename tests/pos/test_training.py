"""Practice: the same screen and rules, and whatever somebody does there, every ledger stays as it was."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from edge.commands import Command
from edge.errors import Refused
from edge.facts import (
    BasketOpened,
    BasketVoided,
    Denomination,
    EffectIntended,
    Fact,
    SaleClosed,
    SalePaid,
    ShiftClosed,
    TrainingStarted,
)
from edge.journal.rebuild import derived_digest
from edge.pos.cash.verbs import MoveCash, OpenDrawer, ReadShift
from edge.pos.day.handlers import takings
from edge.pos.load import open_basket
from edge.pos.parking.handlers import Park
from edge.pos.receipt.sale import receipt
from edge.pos.receipt.text import plain_text
from edge.pos.returns.verbs import Loose, RefundLoose
from edge.pos.training.handlers import EndTraining, StartTraining
from edge.pos.verbs import Add, CloseShift, Count, Offered, OpenShift, Pay, Scan, SetQuantity, VoidBasket, VoidLine
from edge.stock import tables as stock
from edge.stock.handlers import Hold
from edge.units import Key, LineId, Minor, MoveKind, OrderId, SaleId, Seq, TenderKind, TillId
from hq.folds import Place, Tally
from tests.pos.sold import CHAIN, SHOP
from tests.pos.till_world import BOOT_43, SOCK, SOCK_CODE, TILL, TillWorld, till_world

SET = "SELECT sale, number, total FROM sales ORDER BY paid_seq"


def cash(amount: int, total: int) -> Pay:
    return Pay(TILL, (Offered(TenderKind.CASH, Minor(amount)),), Minor(total))


async def ledgers(world: TillWorld) -> dict[str, object]:
    """Stock, cash, sales, numbers and the X of a store."""
    x = await world.journal.transact(lambda tx: takings(tx, TILL), cause=Key("x"))
    figures = {name: getattr(x, name) for name in x.__slots__ if not name.startswith("training_")}
    rows = {
        sql: [tuple(row) for row in await world.journal.rows(sql)]
        for sql in (SET, "SELECT * FROM till_counters", "SELECT * FROM till_totals", "SELECT * FROM shifts",
                    "SELECT * FROM effects WHERE kind <> 'paper'", "SELECT * FROM coupon_uses")
    }  # fmt: skip
    return {**figures, **rows, "stock": world.journal.look(lambda db: derived_digest(db, [stock.ROOM]))}


async def refused(world: TillWorld, command: Command) -> str:
    with pytest.raises(Refused) as refusal:
        await world.do(command)
    assert refusal.value.hint
    return refusal.value.code


async def facts(world: TillWorld) -> list[Fact]:
    return [fact for entry in await world.journal.entries(Seq(0), 10_000) if (fact := entry.fact()) is not None]


async def test_a_practice_sale_has_a_number_of_its_own_a_marked_paper_and_no_payment(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(StartTraining(TILL))
        await world.do(Scan(TILL, SOCK_CODE))
        done = await world.do(cash(5000, 4925), key="press")
        assert done == await world.do(cash(5000, 4925), key="press")
        (sale,) = done
        assert isinstance(sale, SaleClosed)
        assert (sale.training, sale.number, sale.total, sale.change) == (True, "cph-1A-T1", 4925, 50)
        paper = plain_text(receipt(sale, CHAIN, SHOP))
        assert paper.count("TRAINING") == 2
        await world.do(Add(TILL, SOCK))
        await world.do(EndTraining(TILL))
        assert await world.journal.read(lambda db: open_basket(db, TILL)) is None
        await world.do(Add(TILL, SOCK))
        real = [fact for fact in await world.do(cash(5000, 4925)) if isinstance(fact, SaleClosed)]
        assert [each.number for each in real] == ["cph-1A-1"], "no number was used up"


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_practised_leaves_every_ledger_as_it_was(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, SOCK, 2))
        await world.do(cash(10000, 9850))
        await world.do(Hold(OrderId("o1"), LineId(1), 1, SOCK, 7))
        before, began = await ledgers(world), world.journal.head.seq
        await world.do(StartTraining(TILL))
        for _ in range(40):
            held = await world.journal.read(lambda db: open_basket(db, TILL))
            total = held.basket.total if held else 0
            line = LineId(chance.randrange(1, 4))
            commands: list[Command] = (
                [
                    Add(TILL, chance.choice((SOCK, BOOT_43)), chance.randrange(1, 6)), Scan(TILL, SOCK_CODE),
                    SetQuantity(TILL, line, chance.randrange(1, 9)), VoidLine(TILL, line), VoidBasket(TILL, "practice"),
                    cash(10**7, total), Park(TILL), MoveCash(TILL, MoveKind.PAY_OUT, Minor(100), "x"),
                    OpenDrawer(TILL, "x"), ReadShift(TILL), Count(TILL, ()), CloseShift(TILL, "x"),
                    OpenShift(TILL, Minor(0)), StartTraining(TILL),
                    RefundLoose(TILL, (Loose(SOCK, 1),), Minor(4925), "x"),
                ]
            )  # fmt: skip
            try:
                await world.do(chance.choice(commands))
            except Refused:
                continue
        await world.do(EndTraining(TILL))
        assert await ledgers(world) == before
        practised = await world.journal.entries(began, 10_000)
        found = [entry.fact() for entry in practised]
        kinds = {type(fact) for fact in found}
        assert not kinds & {SalePaid, ShiftClosed, EffectIntended}
        baskets = [fact for fact in found if isinstance(fact, BasketOpened | BasketVoided | SaleClosed)]
        assert all(fact.training for fact in baskets)
        tally = Tally()
        for entry in practised:
            if (fact := entry.fact()) is not None:
                tally.add(Place("cph_box", "cph", entry.epoch, entry.seq, entry.time, entry.data), fact)
        assert [tally.hours, tally.tenders, tally.taxes, tally.stock, tally.later] == [{}, {}, {}, {}, []]
        derived = await world.journal.rebuild()
        assert derived[0] == derived[1]


async def test_what_moves_goods_or_money_elsewhere_refuses_by_itself(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(StartTraining(TILL))
        for command in (
            Park(TILL), OpenDrawer(TILL, "x"), ReadShift(TILL), Count(TILL, ()), CloseShift(TILL, "x"),
            OpenShift(TILL, Minor(0)), StartTraining(TILL), MoveCash(TILL, MoveKind.PAY_IN, Minor(100), "x"),
        ):  # fmt: skip
            assert await refused(world, command) == "training", command
        await world.do(EndTraining(TILL))
        assert await refused(world, EndTraining(TILL)) == "no-training"


async def test_a_till_that_is_not_open_may_be_practised_on_and_one_with_goods_rung_up_may_not(tmp_path: Path) -> None:
    async with till_world(tmp_path, open_=False) as world:
        (started,) = await world.do(StartTraining(TILL))
        assert isinstance(started, TrainingStarted)
        await world.do(Add(TILL, SOCK))
        await world.do(cash(5000, 4925))
        await world.do(EndTraining(TILL))
        await world.do(OpenShift(TILL, Minor(50000)))
        await world.do(Add(TILL, SOCK))
        assert await refused(world, StartTraining(TILL)) == "basket-open"


async def test_in_poland_practice_needs_no_fiscal_device_and_tells_it_nothing(tmp_path: Path) -> None:
    async with till_world(tmp_path, "pl", fiscal=True) as world:
        await world.do(StartTraining(TILL))
        await world.do(Add(TILL, SOCK))
        done = await world.do(replace(cash(10**4, 4925), fiscal_hint="unplugged"))
        assert [type(fact) for fact in done] == [SaleClosed]
        assert not await world.journal.rows("SELECT 1 FROM effects WHERE kind = 'fiscal'")


async def test_the_z_counts_practice_apart_and_a_practice_sale_cannot_be_given_back(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(StartTraining(TILL))
        sales: list[SaleId] = []
        for _ in range(2):
            await world.do(Add(TILL, SOCK))
            (sale,) = await world.do(cash(5000, 4925))
            assert isinstance(sale, SaleClosed)
            sales.append(sale.sale)
        await world.do(EndTraining(TILL))
        await world.do(Count(TILL, (Denomination(Minor(10000), 5),)))
        (z,) = await world.do(CloseShift(TILL))
        assert isinstance(z, ShiftClosed)
        assert (z.training_sales, z.training_total, z.sales, z.gross_sales, z.grand_total) == (2, 9850, 0, 0, 0)
        assert (z.voided_baskets, z.open_baskets, z.variance) == (0, 0, 0)
        await world.do(OpenShift(TILL, Minor(0)))
        x = await world.journal.transact(lambda tx: takings(tx, TILL), cause=Key("x"))
        assert (x.training_sales, TillId(x.till)) == (0, TILL)


async def test_practice_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(StartTraining(TILL))
        await world.do(Add(TILL, SOCK))
        before, after = await world.journal.rebuild()
        assert before == after
        held = await world.journal.read(lambda db: open_basket(db, TILL))
        assert held is not None
        assert held.basket.training
