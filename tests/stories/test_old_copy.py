"""A box put back to an old copy, or replaced: no receipt number is issued twice, no paper comes out twice unmarked."""

import re
import shutil
from collections import Counter
from pathlib import Path

from edge.app.offline import first_people
from edge.sim.stage.assortment import piece
from edge.sim.stage.cashier import Cashier, Json
from tests.stories.premises import PEOPLE, Premises, premises
from tests.stories.proof import papers, printed
from tests.waiting import until

SOCK = piece("ro", "grey", "40-43").code


def _sell(cashier: Cashier) -> Json:
    cashier.ring([SOCK])
    return cashier.pay()


def _numbers(shop: Premises) -> list[str]:
    return [str(number) for (number,) in shop.rows("SELECT number FROM sales ORDER BY at")]


async def _told(shop: Premises, sales: int) -> None:
    await until(lambda: len(_numbers(shop)) == sales, 20)


def _put_back(shop: Premises, copy: Path) -> None:
    """The database alone: what lies beside it knows better."""
    shutil.copy(copy, shop.journal)


async def test_restored_twice_from_one_copy_no_number_is_issued_twice_even_without_headquarters(
    tmp_path: Path, seed: int
) -> None:
    async with premises(tmp_path, seed) as shop:
        await shop.at_till("1", _sell)
        await printed(shop.journal)
        await shop.close_shop()
        copy = tmp_path / "copy.db"
        shutil.copy(shop.journal, copy)
        for again in (1, 2):
            await shop.open_shop()
            await shop.at_till("1", _sell)
            await _told(shop, 2 * again)
            await shop.close_shop()
            _put_back(shop, copy)
            await shop.open_shop()
            shop.line.cut()
            await shop.at_till("1", _sell)
            shop.line.restore()
            await _told(shop, 2 * again + 1)
            await shop.close_shop()
            _put_back(shop, copy)
        await shop.open_shop()
        assert len(set(_numbers(shop))) == 5, _numbers(shop)
        assert shop.rows("SELECT 1 FROM alarms WHERE kind = 'number-twice'") == []


async def test_what_an_old_copy_still_meant_to_print_is_asked_for(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed) as shop:
        printer = shop.printers[0]
        printer.paper_out()
        await shop.at_till("1", _sell)
        await shop.close_shop()
        copy = tmp_path / "copy.db"
        shutil.copy(shop.journal, copy)
        printer.new_roll()
        await shop.open_shop()
        await until(lambda: [state for _, _, state in papers(shop.journal)] in (["done"], ["unknown"]))
        await shop.at_till("1", _sell)
        await printed(shop.journal)
        await shop.close_shop()
        came_out = len(printer.papers)
        _put_back(shop, copy)
        await shop.open_shop()
        await printed(shop.journal)
        assert Counter(state for _, _, state in papers(shop.journal)) == {"unknown": 1}
        assert len(printer.papers) == came_out


async def test_a_box_that_replaces_another_takes_letters_of_its_own(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed) as shop:
        await shop.at_till("1", _sell)
        await _told(shop, 1)
        await shop.close_shop()
        shutil.rmtree(shop.journal.parent)
        shop.journal.parent.mkdir()
        await first_people(shop.config, shop.world, PEOPLE)
        await shop.open_shop()
        await shop.at_till("1", _sell)
        await _told(shop, 2)
        first, second = sorted(_numbers(shop), key=len)
        assert first == "harbour-1A-1"
        assert re.fullmatch("harbour-1A[B-Z]{6}-1", second)


async def test_headquarters_says_when_a_whole_old_disk_issued_a_number_again(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed) as shop:
        await shop.close_shop()
        shutil.copytree(shop.journal.parent, tmp_path / "image")
        await shop.open_shop()
        await shop.at_till("1", _sell)
        await _told(shop, 1)
        await shop.close_shop()
        shutil.rmtree(shop.journal.parent)
        shutil.move(tmp_path / "image", shop.journal.parent)
        await shop.open_shop_without_headquarters()
        await shop.at_till("1", _sell)
        shop.line.restore()
        await _told(shop, 2)
        assert len(set(_numbers(shop))) == 1
        await until(lambda: len(shop.rows("SELECT 1 FROM alarms WHERE kind = 'number-twice'")) == 1)
