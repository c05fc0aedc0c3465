"""The power goes right after any COMMIT, or right before the next: nothing is lost, doubled or made up."""

from pathlib import Path
from random import Random
from shutil import copy2

import pytest

from edge.journal.verify import verify
from tests.pos.cut_world import Cut, Outside, Press, Till, a_day, counted, till_in

COUNTRIES = ["dk", "pl", "rs", "kr"]


async def _afterwards(cut: Cut, outside: Outside, country: str, presses: list[Press], folder: Path) -> None:
    """Switch on again what the cut left, let it come to rest, and look."""
    folder.mkdir()
    for part in cut.folder.iterdir():
        copy2(part, folder / part.name)
    async with till_in(folder, country, outside.truth) as till:
        till.earlier = outside.papers
        await _what_was_answered_is_answered_again(till, cut, presses)
        await till.rest()
        await _every_sale_is_whole(till, country)
        await _papers_are_honest(till)
        before, after = await till.store.journal.rebuild()
        assert before == after
    assert verify(folder / "j.db").ok, verify(folder / "j.db").words()


async def _what_was_answered_is_answered_again(till: Till, cut: Cut, presses: list[Press]) -> None:
    for press in presses:
        if press.commits <= cut.number + 1:
            reply = await till.store.door.send(press.command, key=press.key)
            assert reply.repeated, press.key
            assert reply.facts() == press.facts, press.key


async def _every_sale_is_whole(till: Till, country: str) -> None:
    sales = await till.rows("SELECT sale, number FROM sales ORDER BY closed_seq")
    assert [number for _, number in sales] == [f"cph-1A-{n}" for n in range(1, len(sales) + 1)]
    for kind in ("paid", "closed"):
        rows = await till.rows(f"SELECT count(*) FROM entries WHERE type = 'edge.sale.{kind}.v1'")
        assert rows == [(len(sales),)], kind
    if country != "dk":
        fiscal = await till.rows("SELECT effect, subject FROM effects WHERE kind = 'fiscal'")
        owners = {str(effect): str(sale) for effect, sale in fiscal}
        made = [owners[receipt.key] for receipt in till.device.device.receipts]
        assert sorted(made) == sorted(str(sale) for sale, _ in sales), "a receipt for each sale, and only one"


async def _papers_are_honest(till: Till) -> None:
    first, second = counted(till.papers()), counted(till.papers(), second=True)
    assert all(times == 1 for times in first.values()), first
    owed = {str(number) for (number,) in await till.rows(
        "SELECT number FROM sales WHERE sale IN (SELECT subject FROM effects WHERE kind = 'paper')"
    )}  # fmt: skip
    owed |= {"Z" for _ in await till.rows("SELECT 1 FROM shifts WHERE closed")}
    assert set(first + second) == owed
    assert not first & second, "printed again although it had come out"


async def _every(tmp_path: Path, country: str, chance: Random | None) -> None:
    (tmp_path / "day").mkdir()
    cuts, presses = await a_day(tmp_path / "day", country)
    assert len(cuts) > 20
    cases = [(cut, at, getattr(cut, at)) for cut in cuts for at in ("at_once", "later")]
    assert any(cut.at_once != cut.later for cut in cuts), "something happens outside between two commits"
    for cut, at, outside in cases if chance is None else chance.sample(cases, 3):
        try:
            await _afterwards(cut, outside, country, presses, tmp_path / f"{cut.number} {at}")
        except BaseException as error:
            error.add_note(f"{country}: cut after commit {cut.number} of {len(cuts)}, {at}")
            raise


@pytest.mark.parametrize("country", COUNTRIES)
async def test_a_cut_at_some_commits_costs_nothing(tmp_path: Path, chance: Random, country: str) -> None:
    await _every(tmp_path, country, chance)


@pytest.mark.long
@pytest.mark.seconds(600)
@pytest.mark.parametrize("country", COUNTRIES)
async def test_a_cut_at_any_commit_costs_nothing(tmp_path: Path, country: str) -> None:
    await _every(tmp_path, country, None)
