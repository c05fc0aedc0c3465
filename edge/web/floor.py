"""What customers are shown: products, walls, shelves and lists, read from the record in one hop each."""

import sqlite3
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from edge.catalog.similar import Portrait, portrait, similar
from edge.catalog.tables import article_value
from edge.config import Plate
from edge.nfc import tables as nfc
from edge.units import ArticleId, ListId, PlateId, WallId
from edge.web.house import House, Json
from edge.web.views.device import device
from edge.web.views.hits import hits
from edge.web.views.lists import list_state
from edge.web.views.product import PRICE_VERSION, Showing, product, tile
from edge.web.views.settings import setting
from edge.web.views.shelf import UNSEEN, shelf_state
from edge.web.views.wall import Around, tap_view, wall_state

ALIKE, HIGHLIGHTS = 6, 8
COMPARED = 500
"""Articles of one category that are compared."""
KEPT = 256
_CATEGORY = """SELECT a.article, a.value, coalesce((SELECT min(amount) FROM prices p JOIN variants v ON v.sku = p.sku
WHERE v.article = a.article AND p.list = ?2), 0), (SELECT count(*) FROM reviews r WHERE r.article = a.article)
FROM articles a WHERE a.category = (SELECT category FROM articles WHERE article = ?1)
ORDER BY a.article <> ?1, a.article LIMIT ?3"""
_BEST = """SELECT article FROM reviews GROUP BY article HAVING count(*) >= 5
ORDER BY sum(rating) * 1000 / count(*) DESC, count(*) DESC, article LIMIT ?"""
_ANY = "SELECT article FROM articles ORDER BY article LIMIT ?"


class Floor:
    """The screens' own readings. What is costly to find is kept until headquarters changes the catalogue."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._walls = {wall.id: wall for wall in house.config.wall}
        self._readers = {reader.wall: reader.id for reader in house.config.reader}
        self._alike: OrderedDict[tuple[ArticleId, int], Sequence[ArticleId]] = OrderedDict()
        self._best: tuple[int, Sequence[ArticleId]] = (-1, ())

    async def product(self, article: ArticleId, language: str) -> Json | None:
        """`Product`; None when it is not sold here."""
        showing = self._showing(language)
        return await self._house.journal.read(lambda db: self._product(db, article, showing))

    async def search(self, query: str, most: int, language: str) -> Sequence[Json]:
        """What has every word of `query`."""
        showing = self._showing(language)
        return await self._house.journal.read(lambda db: hits(db, query, most, showing))

    async def list(self, wanted: ListId, language: str) -> Json | None:
        """`ListState`; None when there is no such list."""
        showing = self._showing(language)
        return await self._house.journal.read(lambda db: list_state(db, wanted, showing))

    async def count(self, wanted: ListId) -> int:
        """How many things are on a list."""
        held = await self._house.journal.read(lambda db: nfc.chosen(db, wanted))
        return len(held.items) if held else 0

    async def wall(self, name: str, language: str) -> Json | None:
        """`WallState`; None when there is no such wall."""
        wall = self._walls.get(WallId(name))
        if wall is None:
            return None
        house, showing = self._house, self._showing(language)
        screen, shown = house.walls.screen(wall.id), house.board.get(f"wall:{wall.id}")
        reader = self._readers.get(wall.id)
        part = house.health.part(f"reader/{reader}") if reader else None
        tills = [
            {"id": till.id, "name": till.name} for till in house.config.till if not wall.tills or till.id in wall.tills
        ]

        def read(db: sqlite3.Connection) -> Json:
            tapped = self._product(db, screen.article, showing) if screen.article else None
            (seq,) = db.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchone()
            bright = self._highlights(db, showing)
            around = Around(wall.name, device("reader", part), tills, house.phones() + "list/", bright)
            return wall_state(seq, showing.at, around, tap_view(screen, shown, tapped))

        return await house.journal.read(read)

    async def shelf(self, name: str, language: str) -> Json | None:
        """`ShelfState`; None when there is no such shelf or nothing on it is sold."""
        plates = self.plates(name)
        if not plates:
            return None
        showing = self._showing(language)
        blind = {plate.id: self._blind(plate.id) for plate in plates}
        return await self._house.journal.read(lambda db: shelf_state(db, plates, blind, showing))

    def plates(self, shelf: str) -> Sequence[Plate]:
        """The plates of one shelf; none when there is no such shelf."""
        return [plate for plate in self._house.config.plate if plate.shelf == shelf]

    def _blind(self, plate: PlateId) -> str:
        """Why a plate cannot be believed now; before it first spoke, nobody knows."""
        live = self._house.board.get(f"shelf/plate/{plate}")
        return str(live.value.get("blind", "")) if live and isinstance(live.value, Mapping) else UNSEEN

    def _showing(self, language: str) -> Showing:
        store = self._house.config.store
        return Showing(language, store.id, store.price_list, self._house.clock.now())

    def _product(self, db: sqlite3.Connection, article: ArticleId, showing: Showing) -> Json | None:
        (version,) = db.execute(PRICE_VERSION).fetchone()
        return product(db, article, showing, version, self._similar(db, article, showing, version))

    def _similar(
        self, db: sqlite3.Connection, article: ArticleId, showing: Showing, version: int
    ) -> Sequence[ArticleId]:
        found = self._alike.get((article, version))
        if found is None:
            rows = db.execute(_CATEGORY, (article, showing.price_list, COMPARED)).fetchall()
            portraits: list[Portrait] = [portrait(article_value(row[1]), row[2], row[3]) for row in rows]
            found = similar(portraits[0], portraits[1:], ALIKE) if portraits else ()
            self._alike[article, version] = found
            while len(self._alike) > KEPT:
                self._alike.popitem(last=False)
        return found

    def _highlights(self, db: sqlite3.Connection, showing: Showing) -> Sequence[Json]:
        """Setting `wall.highlights` names them; else the best loved ones."""
        (version,) = db.execute(PRICE_VERSION).fetchone()
        if self._best[0] != version:
            named = [name.strip() for name in setting(db, "wall.highlights").split(",") if name.strip()]
            loved = [row[0] for row in db.execute(_BEST, (HIGHLIGHTS,))]
            rest = [row[0] for row in db.execute(_ANY, (HIGHLIGHTS,))]
            wanted = dict.fromkeys(ArticleId(name) for name in named or (*loved, *rest))
            self._best = (version, tuple(wanted)[: 2 * HIGHLIGHTS])
        tiles = (tile(db, article, showing) for article in self._best[1])
        return [shown for shown in tiles if shown is not None][:HIGHLIGHTS]
