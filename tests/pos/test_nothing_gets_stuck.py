"""What could keep a till, a printer or a whole store waiting for ever, or let a person undo what a device said."""

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from edge.effects import tables as effects
from edge.effects.machine import Event
from edge.effects.queue import EffectQueue
from edge.effects.tables import Intent, intend
from edge.errors import Refused
from edge.facts import Denomination, EffectIntended, EffectUnknown, Evidence, Fact, LineAdded, SaleClosed, SalePaid
from edge.journal.chain import MAX_ENTRY, canonical, fact_data
from edge.pos.basket import Basket, Line, PricedItem, add_line
from edge.pos.day.handlers import facts_of_shift
from edge.pos.fiscal.errands import FiscalErrands
from edge.pos.fiscal.port import Issued, bounded, plain_words
from edge.pos.printer.spool import FOLLOWER, Spool, TillPrinter
from edge.pos.scanner import Code
from edge.pos.verbs import (
    Add,
    CloseSale,
    CloseShift,
    Count,
    Offered,
    OpenShift,
    Pay,
    RefuseSale,
    RetryFiscal,
    Scan,
    SettlePaper,
)
from edge.units import (
    ArticleId,
    EffectId,
    EffectKind,
    Key,
    Minor,
    Origin,
    SaleId,
    Seq,
    ShiftId,
    Sku,
    TenderKind,
    TillId,
    UserId,
)
from edge.web.scans import Scans
from edge.web.views.till import _SALE, _UNFINISHED
from tests.pos.rig import Rig, rig, soon
from tests.pos.sold import SHOP, sale
from tests.pos.test_printer_spool import TILL as TILL1
from tests.pos.till_world import BOOT_43, SOCK_CODE, TILL, TillWorld, of, till_world
from tests.web.floor_world import shopfloor

PROOF = Evidence("device", "TST 123", "88", "2026-06-06T09:00:01.000Z", printed=True)


def pay(total: int, **more: str) -> Pay:
    return Pay(TILL, (Offered(TenderKind.CASH, Minor(total)),), Minor(total), **more)


async def _asked(world: TillWorld) -> tuple[SaleId, EffectId]:
    """A sale whose fiscal receipt has been asked for."""
    await world.do(Scan(TILL, SOCK_CODE))
    facts = await world.do(pay(4925))
    (paid,) = of(facts, SalePaid)
    (asked,) = [fact for fact in facts if isinstance(fact, EffectIntended) and fact.kind is EffectKind.FISCAL]
    await _move(world, asked.effect, Event.SEND)
    assert isinstance(paid, SalePaid)
    return paid.sale, asked.effect


async def _move(world: TillWorld, effect: EffectId, event: Event) -> None:
    await world.journal.transact(lambda tx: effects.move(tx, effect, event), cause=Key(f"{effect} {event}"))


@pytest.mark.parametrize("came_out", [True, False])
async def test_nobody_settles_a_fiscal_receipt_as_if_it_were_a_paper(tmp_path: Path, came_out: bool) -> None:
    async with till_world(tmp_path, "pl", fiscal=True) as world:
        sale_, effect = await _asked(world)
        await _move(world, effect, Event.LOSE)
        with pytest.raises(Refused, match="no such paper"):
            await world.do(SettlePaper(TILL, effect, came_out))
        assert of(await world.do(CloseSale(sale_, effect, PROOF)), SaleClosed)


async def test_nobody_settles_another_till_s_paper(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        paper = Intent(EffectId("paper.x"), EffectKind.PAPER, "x", "2/printer", b"paper")
        await world.journal.transact(lambda tx: tx.record(intend(tx, paper)), cause=Key("owed"))
        await _move(world, paper.effect, Event.SEND)
        await _move(world, paper.effect, Event.LOSE)
        with pytest.raises(Refused, match="no such paper"):
            await world.do(SettlePaper(TILL, paper.effect, came_out=True))
        await world.do(SettlePaper(TillId("2"), paper.effect, came_out=True))


async def test_a_report_refused_after_the_goods_left_is_shown_and_asked_for_again(tmp_path: Path) -> None:
    """Under the deferred regime the sale is closed while the line is down; a later no must not lose the report."""
    async with till_world(tmp_path, "kr", boot=120000, fiscal=True) as world:
        await world.do(Add(TILL, BOOT_43))
        facts = await world.do(pay(120000, buyer="010-1234-5678", fiscal_hint="the line is down"))
        (effect,) = [f.effect for f in facts if isinstance(f, EffectIntended) and f.kind is EffectKind.FISCAL]
        (closed,) = of(facts, SaleClosed)
        assert isinstance(closed, SaleClosed)
        await _move(world, effect, Event.SEND)
        await world.do(RefuseSale(closed.sale, effect, "NTS", "try later"))
        assert len(await world.journal.rows(f"{_SALE}{_UNFINISHED}", (TILL,))) == 1
        with pytest.raises(Refused, match="at this till"):
            await world.do(RetryFiscal(TillId("2"), closed.sale))
        (again,) = of(await world.do(RetryFiscal(TILL, closed.sale)), EffectIntended)
        assert isinstance(again, EffectIntended)
        assert await world.journal.rows(f"{_SALE}{_UNFINISHED}", (TILL,)) == []
        await _move(world, again.effect, Event.SEND)
        await world.do(CloseSale(closed.sale, again.effect, replace(PROOF, printed=False)))
        with pytest.raises(Refused, match="needs no receipt"):
            await world.do(RetryFiscal(TILL, closed.sale))
        assert await world.journal.rows("SELECT 1 FROM effects WHERE kind = 'fiscal' AND payload <> x''") == []


class Forgetful:
    """A port that makes the receipt; the store fails to hear it once."""

    def __init__(self) -> None:
        self.made: dict[Key, Evidence] = {}
        self.fail = True

    async def status(self) -> None:
        return None

    async def issue(self, document: object, key: Key) -> Issued:
        self.made[key] = replace(PROOF, number=str(len(self.made) + 1))
        if self.fail:
            self.fail = False
            raise Refused("the disk is full", code="disk-full", status=507)
        return Issued(self.made[key])

    async def find(self, key: Key) -> Evidence | None:
        return self.made.get(key)


async def test_a_receipt_whose_answer_could_not_be_recorded_is_asked_for_without_a_restart(tmp_path: Path) -> None:
    async with till_world(tmp_path, "pl", fiscal=True) as world:
        port = Forgetful()
        errands = FiscalErrands("fiscal", port, EffectQueue(world.journal, "1/fiscal"), world.door)  # type: ignore[arg-type]
        await world.do(Scan(TILL, SOCK_CODE))
        await world.do(pay(4925))
        with pytest.raises(Refused, match="full"):
            await errands.run(lambda job: None)
        await errands.open()
        running = asyncio.create_task(errands.run(lambda job: None))
        async with asyncio.timeout(5):
            while not await world.journal.rows("SELECT 1 FROM sales WHERE closed_seq IS NOT NULL"):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert len(port.made) == 1
        assert [fact for fact in await _facts(world) if isinstance(fact, EffectUnknown)]


async def _facts(world: TillWorld) -> list[Fact]:
    return [fact for entry in await world.journal.entries(Seq(0)) if (fact := entry.fact()) is not None]


async def test_a_paper_half_said_when_the_driver_failed_is_asked_for(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        await shop.owe("e1")
        queue = EffectQueue(shop.journal, "till1/printer")
        await queue.sent(EffectId("e1"))
        await queue.fenced(EffectId("e1"))  # and here it died of something nobody foresaw
        shop.go()
        assert await shop.becomes("e1", "unknown", "done") == "unknown"
        await soon(lambda: shop.printer.status.ready)
        assert shop.said() == []


async def _comes_out(shop: Rig, effect: str) -> None:
    async with asyncio.timeout(8):
        while not await shop.journal.rows("SELECT 1 FROM effects WHERE effect = ?", (effect,)):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    await shop.becomes(effect, "done")


async def test_a_printer_added_later_does_not_print_the_past(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        old = await shop.journal.transact(lambda tx: tx.record(sale()), cause=Key("old"))
        await Spool(shop.journal, SHOP, {}).spool(old)
        new = replace(sale(), sale=SaleId("5a1f"), number="S1-T1A-000043")
        await shop.journal.transact(lambda tx: tx.record(new), cause=Key("new"))
        spooling = asyncio.create_task(Spool(shop.journal, SHOP, {TillId("till1"): TILL1}).run())
        shop.go()
        await _comes_out(shop, "paper.5a1f")
        spooling.cancel()
        await asyncio.gather(spooling, return_exceptions=True)
        assert await shop.journal.rows("SELECT 1 FROM effects WHERE subject = '5a1e'") == []


async def test_a_paper_nobody_can_draw_keeps_no_other_waiting(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def till(name: TillId) -> str:
        if name == "broken":
            raise LookupError("no such word")
        return str(name)

    shop_ = replace(SHOP, till=till)
    tills = {TillId("till1"): TILL1, TillId("broken"): TillPrinter(TILL1.press, TILL1.printer)}
    async with rig(tmp_path) as shop:
        bad = replace(sale(), sale=SaleId("bad"), till=TillId("broken"))
        for fact in (bad, sale()):
            await shop.journal.transact(lambda tx, fact=fact: tx.record(fact), cause=Key(fact.sale))  # type: ignore[misc]
        spooling = asyncio.create_task(Spool(shop.journal, shop_, tills).run())
        shop.go()
        await _comes_out(shop, "paper.5a1e")
        spooling.cancel()
        await asyncio.gather(spooling, return_exceptions=True)
        rows = await shop.journal.rows("SELECT state, why FROM effects WHERE subject = 'bad'")
        assert [tuple(row) for row in rows] == [("dropped", "it could not be drawn: LookupError")]
        assert "has no paper" in caplog.text
        assert await shop.journal.transact(lambda tx: tx.position(FOLLOWER), cause=Key("?")) >= 2


async def test_a_scanner_that_belongs_to_no_till_rings_nowhere(tmp_path: Path) -> None:
    async with shopfloor(tmp_path) as shop:
        scans = Scans(shop.house, {"scanner/a": TillId("1")})
        running = asyncio.create_task(scans.run())
        scans.heard(Code("scanner/spare", "5701234567899"))
        scans.heard(Code("scanner/a", "5701234567899"))
        await soon(lambda: TillId("1") in shop.house.asked)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(
    "name", ["Sock", "Chaussettes d'été très longues, taille 42", "\u00e5" * 200, '"\\' * 100, "\x1f" * 200]
)
def test_a_basket_takes_no_line_that_its_closed_sale_could_not_hold(name: str) -> None:
    lines: tuple[Line, ...] = ()
    basket = Basket(SaleId("s"), TILL, ShiftId("z"), UserId("anna"), Seq(1), Origin.STORE)
    for number in range(1, 1002):
        item = PricedItem(Sku(f"sku-{number:08}"), ArticleId(f"article-{number}"), name, Minor(9_999_999), "standard")
        try:
            (added,) = add_line(basket, item, 99)
        except Refused:
            break
        assert isinstance(added, LineAdded)
        lines = (*lines, Line(added.line, item.sku, item.article, name, 99, item.unit_price, "standard"))
        basket = replace(basket, lines=lines, last_line=added.line)
    one = sale().lines[0]
    sold = tuple(
        replace(one, line=each.line, sku=each.sku, article=each.article, name=each.name, quantity=9999,
                unit_price=Minor(10**9), gross=Minor(10**13), discount=Minor(0), tax_label="standard")
        for each in lines
    )  # fmt: skip
    assert len(fact_data(replace(sale(), lines=sold))) <= MAX_ENTRY
    assert len(lines) > 900 or len(name) > 60


HOSTILE = Evidence(
    "service", "d" * 10_000, "n\0" * 900, "t" * 900, "c" * 900, "s" * 10**6, "q" * 10**6, ("s\u0327" * 10, "\0")
)


def test_whatever_a_device_says_can_be_recorded() -> None:
    kept = bounded(HOSTILE)
    assert len(canonical(msgspec.to_builtins(kept))) < MAX_ENTRY
    assert kept.text == ("\u015f" * 10, "")
    assert bounded(replace(HOSTILE, text=("x" * 1000,) * 1000)).text == ()
    assert bounded(PROOF) == PROOF
    assert len(plain_words("no\0 " * 1000)) == 400


async def test_a_receipt_longer_than_an_entry_closes_its_sale_all_the_same(tmp_path: Path) -> None:
    async with till_world(tmp_path, "rs", fiscal=True) as world:
        sale_, effect = await _asked(world)
        text = tuple(f"{n:0100}" for n in range(1500))
        (closed,) = of(
            await world.do(CloseSale(sale_, effect, bounded(Evidence("service", "d", "7", text=text)))), SaleClosed
        )
        assert isinstance(closed, SaleClosed)
        assert len(closed.evidence.text) == 1500


async def test_the_reason_of_a_z_is_a_few_plain_words(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Count(TILL, (Denomination(Minor(10000), 4),)))
        for reason in ("x" * 300, "\x1bp", "a\nb"):
            with pytest.raises(Refused, match="plain text"):
                await world.do(CloseShift(TILL, reason))
        await world.do(CloseShift(TILL, "a note is missing"))


async def test_the_first_z_of_a_new_till_does_not_read_the_store_s_whole_past(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        for _ in range(3):
            await world.do(Add(TILL, BOOT_43))
            await world.do(pay(99900))
        before = world.journal.head.seq
        second = TillId("2")
        world.shop.positions[second] = world.shop.positions[TILL]  # type: ignore[index]
        await world.do(OpenShift(second, Minor(0)))
        read = await world.journal.transact(lambda tx: list(facts_of_shift(tx, second)), cause=Key("x"))
        assert len(read) == world.journal.head.seq - before
