"""A shelf display's state (docs/screens.md: `ShelfState`): price, what lies there, what customers say."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import msgspec

from edge.catalog.tables import article_value
from edge.clock import stamp
from edge.config import Plate
from edge.shelf.tables import plate_row
from edge.stock.tables import stock_of
from edge.units import ArticleId, PlateId, Sku
from edge.web.views.goods import called
from edge.web.views.product import Showing
from edge.web.views.reviews import rating, reviews
from edge.web.views.sizes import variants

Json = Mapping[str, object]
LIFE = timedelta(seconds=60)
"""How long a frame may be shown as it is."""
MOST_SAID = 20
"""Reviews that take turns."""
UNSEEN = "starting"
"""Why there is no count before a plate was first compared."""
_ARTICLE_OF = "SELECT article FROM variants WHERE sku = ?"
_VALUE = "SELECT value FROM articles WHERE article = ?"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the plates of a shelf say together; `blind` is why there is no count."""

    count: int | None
    blind: str
    at: str


def shelf_state(
    db: sqlite3.Connection, plates: Sequence[Plate], blind: Mapping[PlateId, str], showing: Showing
) -> dict[str, object] | None:
    """`ShelfState` of the plates of one shelf; `blind` is what each plate says of itself now, "" when it sees.

    None when nothing on it can be bought: a price nobody set is not shown.
    """
    article = article_of(db, plates)
    row = db.execute(_VALUE, (article,)).fetchone() if article else None
    sold = variants(db, article, showing.price_list, showing.at) if row and article else []
    if not sold or row is None or article is None:
        return None
    skus = tuple(dict.fromkeys(Sku(plate.sku) for plate in plates if plate.role == "stock"))
    chosen = [each for each in sold if each.sku in skus] or sold
    cheapest = min(chosen, key=lambda each: each.price)
    only = skus[0] if len(skus) == 1 else None
    words = called(db, article, only, showing.language)
    weighed = _weighed(db, plates, blind, showing)
    shown: dict[str, object] = {
        "article": article,
        "name": article_value(row[0]).title(showing.language),
        "variant": words.variant,
        "picture": words.picture,
        "price_minor": cheapest.price,
        "lowest_30_days_minor": cheapest.lowest_30_days or None,
        "rating": rating(db, article),
        "reviews": reviews(db, article, MOST_SAID),
    }
    counts = {"on_shelf": [weighed.count, weighed.blind], "on_hand": _on_hand(db, skus)}
    (seq,) = db.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchone()
    return {
        "seq": seq,
        "at": showing.at,
        "as_of": showing.at,
        "expires_at": stamp(showing.now + LIFE),
        "hash": _hash({**shown, "name": "", "variant": skus}, counts),
        **shown,
        "on_shelf": {"count": weighed.count, "blind": weighed.blind, "as_of": weighed.at},
        "on_hand": {"count": counts["on_hand"], "as_of": showing.at},
    }


def _hash(shown: Json, counts: Json) -> str:
    """Names what is shown, in whichever language."""
    return sha256(msgspec.json.encode([shown, counts], order="deterministic")).hexdigest()[:32]


def article_of(db: sqlite3.Connection, plates: Sequence[Plate]) -> ArticleId | None:
    """What a shelf shows: the article of its first plate."""
    for plate in plates:
        if plate.article:
            return ArticleId(plate.article)
        row = db.execute(_ARTICLE_OF, (plate.sku,)).fetchone()
        if row:
            return ArticleId(row[0])
    return None


def _weighed(
    db: sqlite3.Connection, plates: Sequence[Plate], blind: Mapping[PlateId, str], showing: Showing
) -> Weighed:
    """A plate that sees vouches for its number now; one that does not, withdraws the number of the shelf."""
    count = 0
    for plate in (each for each in plates if each.role == "stock"):
        row = plate_row(db, plate.id)
        why = blind.get(plate.id, UNSEEN) or (UNSEEN if row is None else row.blind)
        if why or row is None:
            return Weighed(None, why, row.time if row else showing.at)
        count += row.count
    return Weighed(count, "", showing.at)


def _on_hand(db: sqlite3.Connection, skus: Sequence[Sku]) -> int | None:
    """Pieces in the shop; None when one was never counted, or more was sold than the record had."""
    held = [stock_of(db, sku) for sku in skus]
    counts = [stock.on_hand for stock in held if stock is not None and stock.on_hand >= 0]
    return sum(counts) if counts and len(counts) == len(skus) else None
