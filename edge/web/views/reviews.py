"""What customers say: all of it up to a bound, the bad as well as the good."""

import sqlite3
from collections.abc import Mapping

from edge.catalog.words import average_tenths
from edge.letters import written
from edge.web.views.settings import setting

Json = Mapping[str, object]
MOST_REVIEWS = 100
LOW_SHARE = 4
"""A quarter of what is shown is kept for reviews of one or two stars, so that no flood of praise hides them."""
_COUNT = "SELECT count(*), coalesce(sum(rating), 0) FROM reviews WHERE article = ?"
_REVIEWS = """SELECT source, id, rating, title, text, author, created_at, verified FROM (
  SELECT * FROM (SELECT * FROM reviews WHERE article = ?1 ORDER BY created_at DESC, source, id LIMIT ?2)
  UNION
  SELECT * FROM (SELECT * FROM reviews WHERE article = ?1 AND rating <= 2 ORDER BY created_at DESC, source, id LIMIT ?3)
) ORDER BY created_at DESC, source, id"""


def rating(db: sqlite3.Connection, article: str) -> Json:
    """`Rating`: no average below five reviews, never nought stars."""
    count, total = db.execute(_COUNT, (article,)).fetchone()
    return {"count": count, "tenths": average_tenths(count, total)}


def reviews(db: sqlite3.Connection, article: str, most: int) -> list[Json]:
    """`Review`s of an article, newest first, at most `most`."""
    low = most // LOW_SHARE
    return [
        {
            "id": f"{source}/{name}",
            "stars": stars,
            "title": title,
            "text": text,
            "author": author,
            "at": at,
            "verified": bool(verified),
        }
        for source, name, stars, title, text, author, at, verified in db.execute(_REVIEWS, (article, most - low, low))
    ]


def reviews_checked(db: sqlite3.Connection, language: str) -> str:
    """How it is checked that reviewers have bought (EU law); empty when nobody said."""
    own = setting(db, f"reviews.checked.{language.partition('@')[0]}")
    return written(own, language) or setting(db, "reviews.checked")
