"""The power goes while money is going back: no refund without its record, none twice, no money before its record."""

from pathlib import Path
from random import Random
from shutil import copy2

import pytest

from edge.countries.profile import load_profile
from edge.facts import SalePaid
from edge.journal.verify import verify
from edge.pos.day.handlers import takings
from edge.pos.returns.due import Back
from edge.pos.returns.verbs import Refund
from edge.pos.verbs import Add, Offered, OpenShift, Pay
from edge.units import Key, LineId, Minor, TenderKind
from tests.pos.cut_world import PAIR, Cut, Outside, counted, feed, till_in, until_closed, watched
from tests.pos.till_world import SOCK, TILL

COUNTRIES = ["dk", "rs", "ro"]
FLOAT = 50_000


async def _one_comes_back(folder: Path, country: str) -> tuple[list[Cut], Refund]:
    """Two pairs are sold, one comes back; a picture of every COMMIT from the return on."""
    async with till_in(folder, country) as till:
        await till.store.journal.transact(lambda tx: feed(tx, load_profile(country).currency), cause=Key("feed"))
        await till.press("open", OpenShift(TILL, Minor(FLOAT)))
        await till.press("sock", Add(TILL, SOCK, 2))
        total = Minor(2 * PAIR)
        paid = await till.press("pay", Pay(TILL, (Offered(TenderKind.CASH, total),), total))
        await until_closed(till)
        await till.rest()
        camera = watched(till, folder)
        sale = next(fact.sale for fact in paid if isinstance(fact, SalePaid))
        refund = Refund(TILL, sale, (Back(LineId(1), 1),), Minor(PAIR), "too small")
        await till.press("back", refund)
        await till.rest()
        return camera.cuts(), refund


async def _afterwards(cut: Cut, outside: Outside, country: str, refund: Refund, folder: Path) -> None:
    """Switch on again; the page sends its press again, as it does until it is answered."""
    folder.mkdir()
    for part in cut.folder.iterdir():
        copy2(part, folder / part.name)
    async with till_in(folder, country, outside.truth) as till:
        till.earlier = outside.papers
        await till.store.door.send(refund, key=Key("back"))
        await till.rest()
        assert await till.rows("SELECT sale, state, amount FROM refunds") == [(refund.sale, "closed", PAIR)]
        for name in ("refund.decided", "sale.returned"):
            assert await till.rows(f"SELECT count(*) FROM entries WHERE type = 'edge.{name}.v1'") == [(1,)], name
        assert await till.rows("SELECT count(*) FROM effects WHERE kind = 'drawer' AND subject <> ''") == [(2,)]
        made = [receipt for receipt in till.device.device.receipts if receipt.gross <= 0]
        assert len(made) == (0 if country == "dk" else 1), "the device made one refund, or took the cash out once"
        first, second = counted(till.papers()), counted(till.papers(), second=True)
        assert (first + second)["cph-1A-2"] == 1, "one paper, or one marked as a second print"
        x = await till.store.journal.transact(lambda tx: takings(tx, TILL), cause=Key("x"))
        assert (x.gross_sales, x.gross_returns, x.expected_cash) == (2 * PAIR, PAIR, FLOAT + PAIR)
        before, after = await till.store.journal.rebuild()
        assert before == after
    assert verify(folder / "j.db").ok, verify(folder / "j.db").words()


async def _every(tmp_path: Path, country: str, chance: Random | None) -> None:
    (tmp_path / "day").mkdir()
    cuts, refund = await _one_comes_back(tmp_path / "day", country)
    assert len(cuts) >= 4
    cases = [(cut, at, getattr(cut, at)) for cut in cuts for at in ("at_once", "later")]
    for cut, at, outside in cases if chance is None else chance.sample(cases, 2):
        try:
            await _afterwards(cut, outside, country, refund, tmp_path / f"{cut.number} {at}")
        except BaseException as error:
            error.add_note(f"{country}: cut after commit {cut.number} of {len(cuts)}, {at}")
            raise


@pytest.mark.parametrize("country", COUNTRIES)
async def test_a_cut_while_money_goes_back_costs_nothing(tmp_path: Path, chance: Random, country: str) -> None:
    await _every(tmp_path, country, chance)


@pytest.mark.long
@pytest.mark.seconds(600)
@pytest.mark.parametrize("country", COUNTRIES)
async def test_a_cut_at_any_commit_while_money_goes_back_costs_nothing(tmp_path: Path, country: str) -> None:
    await _every(tmp_path, country, None)
