"""New entries of the feeds, pushed as they are committed (also by another process: `hq import` beside `hq run`)."""

import sqlite3
from collections.abc import Sequence

from edge.ids import Ids
from edge.sync.wire import Channel, FeedPage, Topics, write_message
from edge.units import Identity, Seq
from hq import feed
from hq.feed import Stand
from hq.store import Store

_STANDS = "SELECT feed, epoch, seq, hash FROM feeds"
_BOXES = "SELECT identity FROM nodes WHERE store = ? AND online = 1"
_PAGES = 3
Saying = tuple[str, bytes, int]


class News:
    """`look` gives what is to be published since the last look; a hint only: boxes ask for what they miss."""

    def __init__(self, store: Store, topics: Topics, ids: Ids) -> None:
        self._store, self._topics, self._ids = store, topics, ids
        self._pushed: dict[str, Stand] = {}

    async def begin(self) -> None:
        """From here on; what was before, the boxes learn from the answer to their hello."""
        self._pushed = await self._store.read(_stands)

    async def look(self) -> Sequence[Saying]:
        """Topics, payloads and QoS of what is new."""
        self._pushed, news = await self._store.read(self._fresh)
        return news

    def _fresh(self, db: sqlite3.Connection) -> tuple[dict[str, Stand], list[Saying]]:
        stands = _stands(db)
        news: list[Saying] = []
        for name, at in stands.items():
            if self._pushed.get(name) != at:
                news += self._say(db, name, at, self._pushed.get(name))
        return stands, news

    def _say(self, db: sqlite3.Connection, name: str, at: Stand, before: Stand | None) -> list[Saying]:
        pages = [write_message(page) for page in _pages(db, name, at, before)]
        if name == feed.ALL:
            return [(self._topics.of(Channel.ALL_FEED), page, 0) for page in pages]
        boxes = [Identity(row[0]) for row in db.execute(_BOXES, (name,))]
        return [(self._topics.of(Channel.FEED, box), page, 1) for box in boxes for page in pages]


def _stands(db: sqlite3.Connection) -> dict[str, Stand]:
    return {row[0]: Stand(row[1], Seq(row[2]), bytes(row[3])) for row in db.execute(_STANDS)}


def _pages(db: sqlite3.Connection, name: str, at: Stand, before: Stand | None) -> list[FeedPage]:
    """The pages from where was pushed last; of very much only the last page, the rest is asked for."""
    after = before.seq if before is not None and before.epoch == at.epoch else Seq(0)
    pages: list[FeedPage] = []
    while after < at.seq and len(pages) <= _PAGES:
        pages.append(feed.page(db, name, at, after))
        after = Seq(pages[-1].to)
    return pages if len(pages) <= _PAGES else pages[-1:]
