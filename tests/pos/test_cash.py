"""Cash that moves without a sale: in, out, dropped, carried to another till, found again; the drawer and the X."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.commands import Command
from edge.errors import Refused
from edge.facts import (
    ApprovalUsed,
    CashFound,
    CashMoved,
    CashReceived,
    CashSent,
    Denomination,
    EffectIntended,
    Fact,
    NoSale,
    ShiftClosed,
    ShiftRead,
    TenderAsked,
)
from edge.pos.cash.tables import transfers
from edge.pos.cash.verbs import FindCash, MoveCash, OpenDrawer, ReadShift, ReceiveCash, SendCash, TakeBackCash
from edge.pos.day.handlers import facts_of_shift, takings
from edge.pos.day.zreport import z_report
from edge.pos.load import shift_of
from edge.pos.payment.verbs import AskTender, ConfirmTender
from edge.pos.verbs import CloseShift, Count, Offered, OpenShift, Pay, Scan
from edge.units import EffectKind, Key, Minor, MoveId, MoveKind, Seq, TenderKind, TillId
from tests.pos.till_world import ANNA, BO, SOCK_CODE, TILL, TillWorld, till_world

F = TypeVar("F", bound=Fact)
SECOND = TillId("2")


def one(facts: Sequence[Fact], kind: type[F]) -> F:
    (found,) = [fact for fact in facts if isinstance(fact, kind)]
    return found


def move(kind: MoveKind, amount: int, reason: str = "why") -> MoveCash:
    return MoveCash(TILL, kind, Minor(amount), reason)


async def expected(world: TillWorld, till: TillId = TILL) -> int:
    """What should be in the drawer; the tables and the fold over the journal must say the same."""
    shift = await world.journal.read(lambda db: shift_of(db, till))
    fold = await world.journal.transact(lambda tx: takings(tx, till), cause=Key(f"x {world.sent}"))
    assert shift is not None
    assert shift.expected == fold.expected_cash
    return shift.expected


async def sell(world: TillWorld) -> None:
    await world.do(Scan(TILL, SOCK_CODE))
    await world.do(Pay(TILL, (Offered(TenderKind.CASH, Minor(10000)),), Minor(4925)))


async def sell_by_card(world: TillWorld, pieces: int = 1) -> None:
    total = Minor(4925 * pieces)
    await world.do(Scan(TILL, SOCK_CODE, pieces))
    asked = one(await world.do(AskTender(TILL, "card", total, total)), TenderAsked)
    await world.do(ConfirmTender(TILL, asked.tender, approved=True, slip="17"))


async def refused(world: TillWorld, command: Command) -> str:
    before = world.journal.head
    with pytest.raises(Refused) as why:
        await world.do(command)
    assert world.journal.head == before
    assert why.value.hint
    return why.value.code


async def test_expected_cash_is_float_sales_and_every_movement_by_its_sign(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await sell(world)
        steps = [(MoveKind.PAY_IN, 20000), (MoveKind.PAY_OUT, 5000), (MoveKind.SAFE_DROP, 30000)]
        for kind, amount in steps:
            facts = await world.do(move(kind, amount))
            assert one(facts, CashMoved).reason == "why"
            kicked = one(facts, EffectIntended)
            assert (kicked.kind, kicked.target) == (EffectKind.DRAWER, "1/drawer")
        assert await expected(world) == 50000 + 4950 + 20000 - 5000 - 30000
        await world.do(move(MoveKind.BANK_DROP, 10000))
        assert await expected(world) == 29950
        before, after = await world.journal.rebuild()
        assert before == after
        assert await expected(world) == 29950


async def test_a_movement_sent_twice_moves_once(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        for _ in range(3):
            await world.do(move(MoveKind.PAY_IN, 20000), key="pressed once")
        assert await expected(world) == 70000


async def test_above_the_ceiling_and_for_the_bank_a_manager_must_look(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        most = world.shop.profile.notes_in_use[0]
        await world.do(move(MoveKind.PAY_OUT, most))
        assert await refused(world, move(MoveKind.PAY_OUT, most + 50)) == "approval-needed"
        assert await refused(world, move(MoveKind.BANK_DROP, 50)) == "approval-needed"
        facts = await world.approved(move(MoveKind.PAY_OUT, most + 50))
        assert (one(facts, CashMoved).approved_by, one(facts, ApprovalUsed).by) == (BO, BO)
        assert await refused(world, move(MoveKind.PAY_OUT, most + 50)) == "approval-needed", "it was good for once"
        own = await world.do(move(MoveKind.BANK_DROP, 50), actor=BO)
        assert one(own, CashMoved).approved_by is None


@pytest.mark.parametrize(("amount", "reason", "code"), [
    (0, "why", "bad-amount"), (-50, "why", "bad-amount"), (33, "why", "bad-amount"), (10**13, "why", "bad-amount"),
    (100, "  ", "reason-needed"), (100, "\x1bp", "refused"), (100, "x" * 1000, "refused"),
])  # fmt: skip
async def test_an_amount_no_notes_make_or_a_movement_without_a_reason_is_refused(
    tmp_path: Path, amount: int, reason: str, code: str
) -> None:
    async with till_world(tmp_path) as world:
        assert await refused(world, move(MoveKind.PAY_IN, amount, reason)) == code
        assert await refused(world, move(MoveKind.SENT, 100)) == "bad-request"


async def test_a_closed_till_moves_no_cash_and_opens_no_drawer(tmp_path: Path) -> None:
    async with till_world(tmp_path, open_=False) as world:
        for command in (move(MoveKind.PAY_IN, 100), OpenDrawer(TILL, "why"), SendCash(TILL, SECOND, Minor(100), "why")):
            assert await refused(world, command) == "not-open"


async def test_a_no_sale_opens_the_drawer_by_the_effects_machine_and_is_counted(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        facts = await world.do(OpenDrawer(TILL, "a customer wants change"))
        assert one(facts, NoSale).reason == "a customer wants change"
        assert one(facts, EffectIntended).kind is EffectKind.DRAWER
        assert await refused(world, OpenDrawer(TILL, " ")) == "reason-needed"
        x = await world.journal.transact(lambda tx: takings(tx, TILL), cause=Key("x"))
        assert (x.no_sales, x.drawer_kicks, x.expected_cash) == (1, 1, 50000)


async def test_cash_carried_to_another_till_is_open_until_it_is_counted_there(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(OpenShift(SECOND, Minor(10000)))
        sent = one(await world.do(SendCash(TILL, SECOND, Minor(20000), "change")), CashSent)
        assert (await expected(world), await expected(world, SECOND)) == (30000, 10000)
        assert [each.move for each in await world.journal.read(lambda db: transfers(db, SECOND))] == [sent.move]
        assert await refused(world, ReceiveCash(SECOND, sent.move, Minor(15000))) == "transfer-differs"
        assert await refused(world, ReceiveCash(TILL, sent.move, Minor(20000))) == "no-transfer"
        assert await refused(world, TakeBackCash(SECOND, sent.move)) == "no-transfer"
        assert one(await world.do(ReceiveCash(SECOND, sent.move, Minor(20000))), CashReceived).sender == TILL
        assert (await expected(world), await expected(world, SECOND)) == (30000, 30000)
        assert await refused(world, ReceiveCash(SECOND, sent.move, Minor(20000))) == "no-transfer"
        assert await refused(world, TakeBackCash(TILL, sent.move)) == "no-transfer"
        lost = one(await world.do(SendCash(TILL, SECOND, Minor(5000), "change")), CashSent)
        await world.do(TakeBackCash(TILL, lost.move))
        assert await expected(world) == 30000
        assert await refused(world, SendCash(TILL, TILL, Minor(50), "me")) == "bad-request"
        assert await refused(world, SendCash(TILL, TillId("9"), Minor(50), "nobody")) == "unknown-till"
        assert await refused(world, TakeBackCash(TILL, MoveId("nothing"))) == "no-transfer"


async def test_the_z_names_what_is_open_and_the_next_one_needs_nothing_older(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(OpenShift(SECOND, Minor(10000)))
        sent = one(await world.do(SendCash(TILL, SECOND, Minor(20000), "change")), CashSent)
        z = await close(world, 30000)
        assert (z.open_transfers, z.variance) == (1, 0)
        assert [(item.kind, item.subject, item.amount) for item in z.open_items if item.amount] == [
            ("transfer-out", sent.move, 20000)
        ]
        await world.do(OpenShift(TILL, Minor(0)))
        assert (await close(world, 0)).open_transfers == 1
        await world.do(ReceiveCash(SECOND, sent.move, Minor(20000)))
        await world.do(OpenShift(TILL, Minor(0)))
        assert (await close(world, 0)).open_transfers == 0


async def test_what_is_found_later_is_a_new_fact_and_the_z_stays(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        z = await close(world, 45000, "searched twice")
        assert z.variance == -5000
        find = FindCash(TILL, "A", 1, Minor(5000), "under the tray")
        assert await refused(world, find) == "not-open"
        safe = one(await world.do(FindCash(TILL, "A", 1, Minor(5000), "under the tray", to_safe=True)), CashFound)
        assert safe.into is None
        await world.do(OpenShift(TILL, Minor(50000)))
        await world.do(find)
        assert await expected(world) == 55000
        assert await refused(world, FindCash(TILL, "A", 2, Minor(5000), "where")) == "no-z"
        assert await refused(world, FindCash(TILL, "A", 1, Minor(0), "where")) == "bad-amount"
        facts = [entry.fact() for entry in await world.journal.entries(Seq(0))]
        assert [fact for fact in facts if isinstance(fact, ShiftClosed)] == [z]


async def close(world: TillWorld, counted: int, reason: str = "") -> ShiftClosed:
    await world.do(Count(TILL, (Denomination(Minor(50), counted // 50),)))
    return one(await world.do(CloseShift(TILL, reason)), ShiftClosed)


async def test_an_x_has_amounts_only_for_a_manager_and_resets_nothing(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await sell(world)
        await world.do(move(MoveKind.PAY_OUT, 5000))
        blind = one(await world.do(ReadShift(TILL)), ShiftRead)
        assert (blind.figures, blind.sales, blind.drawer_kicks) == (None, 1, 2)
        assert await refused(world, ReadShift(TILL, amounts=True)) == "approval-needed"
        whole = one(await world.approved(ReadShift(TILL, amounts=True)), ShiftRead)
        assert whole.figures is not None
        assert (whole.user, whole.approved_by) == (ANNA, BO)
        assert (whole.figures.expected_cash, whole.figures.gross_sales) == (49950, 4925)
        assert await expected(world) == 49950
        assert (await close(world, 49950)).z_number == 1


KINDS = st.sampled_from(["in", "out", "safe", "bank", "sale", "send", "receive", "back", "no-sale", "x"])


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(KINDS, st.integers(1, 400)), max_size=12))
async def test_the_tables_and_the_fold_agree_whatever_moves_and_the_z_is_the_same_bytes(
    steps: list[tuple[str, int]],
) -> None:
    with TemporaryDirectory() as folder:
        async with till_world(Path(folder)) as world:
            await world.do(OpenShift(SECOND, Minor(0)))
            for what, units in steps:
                await step(world, what, units * 50)
            should = await expected(world)
            facts = await world.journal.transact(lambda tx: list(facts_of_shift(tx, TILL)), cause=Key("facts"))
            if should < 0:
                return
            z = await close(world, should)
            assert z.variance == 0
            assert z.expected_cash == should == z.float_amount + z.cash_sales - z.cash_refunds + sum(
                {"pay-in": 1, "transfer-in": 1, "transfer-back": 1, "found": 1}.get(m.kind, -1) * m.amount
                for m in z.moves
            )  # fmt: skip
            counted = await world.journal.transact(lambda tx: tx.caused(Key(f"key {world.sent - 1}")), cause=Key("c"))
            again = z_report(TILL, [*facts, *(f for e in counted if (f := e.fact()))], z.user, z.reason, at=z.closed_at)
            assert again == z


async def step(world: TillWorld, what: str, amount: int) -> None:
    by_hand = {"in": MoveKind.PAY_IN, "out": MoveKind.PAY_OUT, "safe": MoveKind.SAFE_DROP, "bank": MoveKind.BANK_DROP}
    under_way = await world.journal.read(lambda db: transfers(db, TILL))
    if what in by_hand:
        await world.do(move(by_hand[what], amount))
    elif what == "sale":
        await sell(world)
    elif what == "send":
        await world.do(SendCash(TILL, SECOND, Minor(amount), "why"))
    elif what in ("receive", "back") and under_way:
        first = under_way[0]
        back = TakeBackCash(TILL, first.move)
        await world.do(back if what == "back" else ReceiveCash(SECOND, first.move, first.amount))
    elif what == "no-sale":
        await world.do(OpenDrawer(TILL, "why"))
    elif what == "x":
        await world.do(ReadShift(TILL))
