"""Inside the writer's transaction: reviews written, changed and deleted in the online shop.

A writer is known by a random secret in a cookie (only its SHA-256 is kept); there is no account and no mail address.
Text is plain text, normalised and bounded; it is escaped where it is shown.
"""

import hashlib
import sqlite3
from dataclasses import dataclass
from unicodedata import normalize

import msgspec

from edge.errors import Refused
from edge.feedwords import ArticleValue, ReviewValue, plain, read_value
from hq import feed
from hq.feed import Author

SOURCE = "shop"
MOST_AN_HOUR = 20
"""Reviews one writer may write in an hour."""
_OWNER = "SELECT owner FROM review_owners WHERE id = ?"
_OWN = "INSERT INTO review_owners (id, owner, written_at) VALUES (?, ?, ?)"
_LATELY = "SELECT count(*) FROM review_owners WHERE owner = ? AND written_at > ?"
_MINE = "SELECT id FROM review_owners WHERE owner = ?"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the browser's secret, or the staff (who may delete, never change, what others wrote)."""

    secret: str
    staff: bool = False

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest() if self.secret else ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer typed."""

    rating: int
    title: str
    text: str
    nickname: str


def write(
    db: sqlite3.Connection, id: str, article: str, draft: Draft, writer: Writer, author: Author, since: str
) -> None:
    """A new review; `since` is an hour ago."""
    if not isinstance(feed.value(db, f"article/{article}"), ArticleValue):
        raise Refused(
            f"there is no article {article!r}", hint="Go back to the shop.", code="unknown-article", status=404
        )
    if db.execute(_LATELY, (writer.digest, since)).fetchone()[0] >= MOST_AN_HOUR:
        raise Refused("that are many reviews in one hour", hint="Come back later.", code="too-many", status=429)
    _put(db, _review(id, article, draft, author.at), author)
    db.execute(_OWN, (id, writer.digest, author.at))


def change(db: sqlite3.Connection, id: str, draft: Draft, writer: Writer, author: Author) -> str:
    """New words for a review by the one who wrote it; gives its article."""
    held = _held(db, id)
    if not _is_owner(db, id, writer):
        raise Refused("only who wrote it may change it", hint="Use the browser you wrote it in.", status=403)
    _put(db, _review(id, held.article, draft, held.created_at), author)
    return held.article


def delete(db: sqlite3.Connection, id: str, writer: Writer, author: Author) -> str:
    """A review goes everywhere it was shown; gives its article."""
    held = _held(db, id)
    if not (writer.staff or _is_owner(db, id, writer)):
        raise Refused("only who wrote it, or staff, may delete it", hint="Use the browser you wrote it in.", status=403)
    feed.remove(db, feed.ALL, [f"review/{SOURCE}/{id}"], author)
    return held.article


def mine(db: sqlite3.Connection, writer: Writer) -> frozenset[str]:
    """The ids of everything this browser wrote."""
    return frozenset(row[0] for row in db.execute(_MINE, (writer.digest,))) if writer.secret else frozenset()


def _held(db: sqlite3.Connection, id: str) -> ReviewValue:
    held = feed.value(db, f"review/{SOURCE}/{id}")
    if not isinstance(held, ReviewValue):
        raise Refused("there is no such review", hint="Perhaps it was deleted.", code="unknown-review", status=404)
    return held


def _is_owner(db: sqlite3.Connection, id: str, writer: Writer) -> bool:
    row = db.execute(_OWNER, (id,)).fetchone()
    return bool(writer.secret) and row is not None and row[0] == writer.digest


def _put(db: sqlite3.Connection, review: ReviewValue, author: Author) -> None:
    try:
        read_value("review", msgspec.json.encode(plain(review)))
    except msgspec.ValidationError as error:
        hint = "One to five stars, a title of 200 and a text of 8,000 characters at most."
        raise Refused(f"the review is out of bounds: {error}", hint=hint, code="bad-review", status=422) from error
    if not review.text and not review.title:
        raise Refused("a review needs some words", hint="Write what was good or bad.", code="bad-review", status=422)
    feed.put(db, feed.ALL, [review], author)


def _review(id: str, article: str, draft: Draft, created_at: str) -> ReviewValue:
    nickname = clean(draft.nickname).partition("@")[0][:60]
    return ReviewValue(SOURCE, id, article, draft.rating, clean(draft.title), clean(draft.text), nickname, created_at)


def clean(text: str) -> str:
    """Text as it may be kept: NFC, no control or direction characters, no markup to be trusted later."""
    kept = "".join(
        char for char in text.replace("\r\n", "\n").replace("\u00a0", " ") if char == "\n" or char.isprintable()
    )
    return normalize("NFC", kept).strip()
