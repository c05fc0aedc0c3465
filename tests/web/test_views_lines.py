"""A basket's lines on the till: what they say, and that a long basket asks the database no more than a short one."""

import sqlite3
from pathlib import Path

from edge.feedwords import ArticleValue, SettingValue, VariantValue
from edge.pos.load import open_basket
from edge.pos.pricing import price
from edge.pos.verbs import Add, Scan
from edge.web.views.lines import lines_view
from tests.pos.till_world import BOOT_43, BOOT_44, SOCK, SOCK_CODE, TILL, TillWorld, till_world

Shown = list[dict[str, object]]


async def _shown(world: TillWorld, language: str = "en") -> tuple[Shown, int]:
    """The lines, and how many statements it took."""

    def read(db: sqlite3.Connection) -> tuple[Shown, int]:
        held = open_basket(db, TILL)
        assert held is not None
        priced = price(held.basket, world.shop.profile, world.shop.day(held.opened_at))
        asked: list[str] = []
        db.set_trace_callback(asked.append)
        lines = [dict(line) for line in lines_view(db, held.basket, priced.lines, language)]
        db.set_trace_callback(None)
        return lines, len(asked)

    return await world.journal.read(read)


async def test_a_line_is_called_as_the_reader_calls_it_with_its_colours_picture(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, BOOT_43))
        (line,), _ = await _shown(world)
        article, pictures = str(line["article"]), ("a" * 64, "b" * 64)
        await world.feed(
            ArticleValue(article, {"en": "Boot", "da": "Støvle"}, pictures=pictures),
            VariantValue("boot-42", article, colour="black", size="42", position=0),
            VariantValue(BOOT_43, article, colour="brown", size="43", position=1),
            SettingValue("colour.brown.da", "brun"),
        )
        (line,), _ = await _shown(world, "da")
        assert (line["name"], line["variant"], line["picture"]) == ("Støvle", "brun · 43", f"/media/{'b' * 64}")
        assert line["on_hand"] is not None


async def test_a_longer_basket_asks_no_more_questions(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, BOOT_43))
        _, few = await _shown(world)
        await world.do(Add(TILL, BOOT_44))
        await world.do(Scan(TILL, SOCK_CODE))
        lines, many = await _shown(world)
        assert [line["sku"] for line in lines] == [BOOT_43, BOOT_44, SOCK]
        assert many == few
