"""A basket's ledger of tenders at a real journal: several tenders, a terminal without a wire, and what nobody knows."""

from pathlib import Path

import pytest

from edge.effects import tables as effects
from edge.errors import Refused
from edge.facts import (
    BasketVoided,
    EffectIntended,
    Fact,
    LineAdded,
    SaleClosed,
    SalePaid,
    TenderAsked,
    TenderCaptured,
    TenderDeclined,
    TenderKept,
    TenderReversed,
    TenderReversing,
    TenderSettled,
)
from edge.pos.payment.tables import by_id, of_sale
from edge.pos.payment.verbs import (
    AskTender,
    CancelTender,
    ConfirmTender,
    ReverseTender,
    SendTender,
    SettleTender,
    TellTender,
)
from edge.pos.verbs import Add, Offered, Pay, VoidBasket, VoidLine
from edge.units import EffectId, EffectKind, Key, LineId, Minor, TenderId, TenderKind
from tests.pos.till_world import ANNA, BOOT_43, SOCK, TILL, TillWorld, of, till_world

BOOT, PAIR = 99_900, 4_925
CASH, CARD = TenderKind.CASH, TenderKind.CARD


async def ask(world: TillWorld, amount: int, total: int, name: str = "card", key: str = "") -> TenderAsked:
    facts = await world.do(AskTender(TILL, name, Minor(amount), Minor(total)), key)
    (asked,) = [fact for fact in facts if isinstance(fact, TenderAsked)]
    return asked


async def confirm(world: TillWorld, asked: TenderAsked, slip: str = "17") -> tuple[Fact, ...]:
    return await world.do(ConfirmTender(TILL, asked.tender, approved=bool(slip), slip=slip))


def cash(amount: int, total: int) -> Pay:
    return Pay(TILL, (Offered(CASH, Minor(amount)),) if amount else (), Minor(total))


async def wired(world: TillWorld, amount: int, total: int) -> EffectId:
    """A charge that the terminal with a wire has been told of."""
    asked = await ask(world, amount, total, "zvt")
    effect = EffectId(asked.tender)
    await world.do(SendTender(effect, "0041"))
    return effect


async def lost(world: TillWorld, effect: EffectId) -> None:
    await world.journal.transact(
        lambda tx: tx.record(effects.lose(tx, effect, "no answer")), cause=Key(f"lost {effect}")
    )


async def test_a_card_that_pays_it_all_pays_and_closes_in_one_transaction(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, BOOT_43))
        asked = await ask(world, BOOT, BOOT)
        assert of(await world.do(CancelTender(TILL, asked.tender)), TenderDeclined)
        again = await ask(world, BOOT, BOOT)
        facts = await confirm(world, again, "0017")
        (paid,) = [fact for fact in facts if isinstance(fact, SalePaid)]
        (tender,) = paid.tenders
        assert (tender.kind, tender.amount, tender.reference, tender.name) == (CARD, BOOT, "0017", "card")
        assert tender.tender == again.tender
        assert paid.user == ANNA
        assert paid.change == paid.rounding == 0
        assert of(facts, TenderCaptured)
        assert of(facts, SaleClosed)
        assert not [f for f in facts if isinstance(f, EffectIntended) and f.kind is EffectKind.DRAWER], "no cash"


async def test_card_and_wallet_first_then_cash_with_its_own_rounding(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, BOOT_43))
        await world.do(Add(TILL, SOCK))
        total = BOOT + PAIR
        await confirm(world, await ask(world, 50_000, total), "1")
        await confirm(world, await ask(world, 4_800, total, "mobilepay"), "2")
        with pytest.raises(Refused, match="is missing"):
            await world.do(cash(50_000, total))
        facts = await world.do(cash(60_000, total))
        (closed,) = [fact for fact in facts if isinstance(fact, SaleClosed)]
        assert [(t.name, t.amount) for t in closed.tenders] == [("card", 50_000), ("mobilepay", 4_800), ("", 50_050)]
        assert (closed.rounding, closed.payable, closed.change) == (25, total + 25, 9_950)


async def test_cash_may_come_first_when_the_card_takes_exactly_the_rest(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, SOCK))
        await confirm(world, await ask(world, 2_925, PAIR))
        (paid,) = of(await world.do(cash(2_000, PAIR)), SalePaid)
        assert isinstance(paid, SalePaid)
        assert (paid.rounding, paid.change) == (0, 0)


async def test_one_charge_at_a_time_and_none_beyond_the_rest(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, BOOT_43))
        for wrong in (0, -1, BOOT + 1):
            with pytest.raises(Refused):
                await ask(world, wrong, BOOT)
        asked = await ask(world, 60_000, BOOT, key="once")
        assert await ask(world, 60_000, BOOT, key="once") == asked, "the same press again"
        for name in ("card", "mobilepay", "zvt"):
            with pytest.raises(Refused, match="being asked"):
                await ask(world, 100, BOOT, name)
        with pytest.raises(Refused, match="being asked"):
            await world.do(cash(BOOT, BOOT))
        await confirm(world, asked)
        with pytest.raises(Refused, match="only cash gives change"):
            await ask(world, 60_000, BOOT)


async def test_a_basket_with_money_in_it_neither_changes_nor_goes_away(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, BOOT_43))
        asked = await ask(world, 50_000, BOOT)
        for code in ("tender-open", "part-paid"):
            for command in (Add(TILL, SOCK), VoidLine(TILL, LineId(1)), VoidBasket(TILL, "changed my mind")):
                with pytest.raises(Refused) as refused:
                    await world.do(command)
                assert refused.value.code == code
            if code == "tender-open":
                await confirm(world, asked)
        (back,) = of(await world.do(ReverseTender(TILL, asked.tender)), TenderReversing)
        assert isinstance(back, TenderReversing)
        with pytest.raises(Refused, match="being asked"):
            await world.do(VoidBasket(TILL, "changed my mind"))
        assert of(await world.do(ConfirmTender(TILL, asked.tender, approved=True, slip="18")), TenderReversed)
        assert of(await world.do(Add(TILL, SOCK)), LineAdded)
        assert of(await world.do(VoidBasket(TILL, "changed my mind")), BasketVoided)


async def test_a_reversal_the_terminal_refused_leaves_the_money_where_it_is(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, BOOT_43))
        asked = await ask(world, 50_000, BOOT)
        await confirm(world, asked)
        await world.do(ReverseTender(TILL, asked.tender))
        assert of(await world.do(ConfirmTender(TILL, asked.tender, approved=False)), TenderKept)
        assert of(await world.do(cash(49_900, BOOT)), SaleClosed)
        with pytest.raises(Refused):
            await world.do(ReverseTender(TILL, asked.tender))


async def test_a_slip_needs_its_number_and_a_decline_none(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, SOCK))
        asked = await ask(world, PAIR, PAIR)
        for slip in ("", "  ", "a\x1bp", "9" * 41):
            with pytest.raises(Refused, match="number is missing"):
                await world.do(ConfirmTender(TILL, asked.tender, approved=True, slip=slip))
        assert of(await world.do(ConfirmTender(TILL, asked.tender, approved=False)), TenderDeclined)
        with pytest.raises(Refused, match="settled already"):
            await confirm(world, asked)
        assert of(await world.do(cash(PAIR + 75, PAIR)), SaleClosed)


async def test_no_card_is_paid_by_saying_so(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, SOCK))
        with pytest.raises(Refused, match="only cash"):
            await world.do(Pay(TILL, (Offered(CARD, Minor(PAIR)),), Minor(PAIR)))
        effect = await wired(world, PAIR, PAIR)
        with pytest.raises(Refused, match="speaks for itself"):
            await world.do(ConfirmTender(TILL, TenderId(effect), approved=True, slip="1"))


async def test_an_unknown_charge_stops_cards_but_never_cash(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, BOOT_43))
        effect = await wired(world, BOOT, BOOT)
        await lost(world, effect)
        with pytest.raises(Refused) as refused:
            await ask(world, BOOT, BOOT, "zvt")
        assert refused.value.code == "card-unknown"
        assert of(await world.do(cash(BOOT, BOOT)), SaleClosed), "the customer had cash as well"
        await world.do(Add(TILL, SOCK))
        with pytest.raises(Refused):
            await ask(world, PAIR, PAIR, "zvt")
        facts = await world.do(TellTender(effect, happened=True, slip="9", trace="0042"))
        assert of(facts, TenderCaptured)
        assert not of(facts, SalePaid), "that sale is paid already, and this basket is another"
        tender = await world.journal.read(lambda db: by_id(db, TenderId(effect)))
        assert tender is not None
        assert not tender.used, "it waits to be given back"
        (reversing,) = of(await world.do(ReverseTender(TILL, tender.tender)), TenderReversing)
        assert isinstance(reversing, TenderReversing)
        await world.do(SendTender(reversing.effect, "0042"))
        assert of(await world.do(TellTender(reversing.effect, happened=True, slip="10")), TenderReversed)
        assert await ask(world, PAIR, PAIR, "zvt")


async def test_a_manager_settles_what_the_terminal_cannot_say(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Add(TILL, BOOT_43))
        effect = await wired(world, BOOT, BOOT)
        with pytest.raises(Refused, match="settled already"):
            await world.do(SettleTender(TILL, TenderId(effect), happened=True, slip="7"))
        await lost(world, effect)
        facts = await world.approved(SettleTender(TILL, TenderId(effect), happened=True, slip="7"))
        (settled,) = of(facts, TenderSettled)
        assert isinstance(settled, TenderSettled)
        assert (settled.user, settled.slip, settled.happened) == ("bo", "7", True)
        assert of(facts, SaleClosed), "paid in full by it"
        with pytest.raises(Refused, match="settled already"):
            await world.do(TellTender(effect, happened=False))


async def test_a_charge_that_never_left_is_dropped_and_one_that_left_is_the_terminal_s(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, BOOT_43))
        first = await ask(world, BOOT, BOOT, "zvt")
        assert of(await world.do(CancelTender(TILL, first.tender)), TenderDeclined)
        effect = await wired(world, BOOT, BOOT)
        assert not of(await world.do(CancelTender(TILL, TenderId(effect))), TenderDeclined)
        assert of(await world.do(TellTender(effect, happened=True, slip="3", trace="42")), SaleClosed)


async def test_a_capture_after_the_till_was_closed_is_kept_for_the_next_payment(tmp_path: Path) -> None:
    """Whatever stops the payment, the capture stands; the cashier finishes with nothing more to take."""
    async with till_world(tmp_path, "pl", fiscal=True) as world:
        await world.do(Add(TILL, BOOT_43))
        effect = await wired(world, BOOT, BOOT)
        await world.journal.transact(lambda tx: tx.db.execute("UPDATE shifts SET closed = 1"), cause=Key("z"))
        facts = await world.do(TellTender(effect, happened=True, slip="3", trace="42"))
        assert of(facts, TenderCaptured)
        assert not of(facts, SalePaid)
        await world.journal.transact(lambda tx: tx.db.execute("UPDATE shifts SET closed = 0"), cause=Key("open"))
        assert of(await world.do(cash(0, BOOT)), SalePaid)


async def test_a_rebuild_makes_the_same_ledger(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, BOOT_43))
        asked = await ask(world, 50_000, BOOT)
        await confirm(world, asked)
        await wired(world, 10_000, BOOT)
        held = await world.journal.read(lambda db: of_sale(db, asked.sale))
        before, after = await world.journal.rebuild()
        assert before == after
        assert await world.journal.read(lambda db: of_sale(db, asked.sale)) == held
        assert len(held) == 2
