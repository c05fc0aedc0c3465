"""Finding articles by name, SKU or code, without case or accents; for screens."""

import sqlite3
from dataclasses import dataclass

from edge.catalog.words import terms
from edge.units import ArticleId, Sku

MAX_QUERY = 200
MOST_TERMS = 8
_CODE_DIGITS = 5
"""A number shorter than this is a size, not a part of a code: it stands at the beginning of a word."""
_GTIN_DIGITS = 8
_FIND = """WITH found AS (
  SELECT DISTINCT w.article FROM words w WHERE instr(' ' || w.words, ?1)
    AND EXISTS (SELECT 1 FROM words x WHERE x.article = w.article AND instr(' ' || x.words, ?2))
    AND EXISTS (SELECT 1 FROM words x WHERE x.article = w.article AND instr(' ' || x.words, ?3))
    AND EXISTS (SELECT 1 FROM words x WHERE x.article = w.article AND instr(' ' || x.words, ?4))
    AND EXISTS (SELECT 1 FROM words x WHERE x.article = w.article AND instr(' ' || x.words, ?5))
    AND EXISTS (SELECT 1 FROM words x WHERE x.article = w.article AND instr(' ' || x.words, ?6))
    AND EXISTS (SELECT 1 FROM words x WHERE x.article = w.article AND instr(' ' || x.words, ?7))
    AND EXISTS (SELECT 1 FROM words x WHERE x.article = w.article AND instr(' ' || x.words, ?8)))
SELECT found.article FROM found JOIN words a ON a.holder = 'article/' || found.article
JOIN articles ON articles.article = found.article
ORDER BY CASE WHEN instr(a.words, ?9) = 1 THEN 0 WHEN instr(' ' || a.words, ' ' || ?9) THEN 1 ELSE 2 END,
  a.words, a.article LIMIT ?10"""
"""(eight terms, the rarest first; the first term as it was typed; how many): names that begin with it come first."""
_WORDS = "SELECT sku, words FROM words WHERE article = ? ORDER BY sku"
_SOLD = "SELECT sku FROM variants WHERE article = ? LIMIT 2"


@dataclass(frozen=True, slots=True)
class Found:
    """An article, and the variant when the query (or the article) leaves only one."""

    article: ArticleId
    sku: Sku | None


def search(db: sqlite3.Connection, query: str, most: int) -> list[Found]:
    """Articles in whose words, or in their variants' words, every term of `query` stands; best first."""
    wanted = [_pattern(term) for term in terms(query[:MAX_QUERY])]
    if not wanted:
        return []
    rarest = sorted(wanted, key=len, reverse=True) + [""] * (MOST_TERMS - len(wanted))
    rows = db.execute(_FIND, (*rarest, wanted[0].strip(), most)).fetchall()
    return [Found(ArticleId(article), _variant(db, article, wanted)) for (article,) in rows]


def _pattern(term: str) -> str:
    """What must stand in the words; a code may be kept with or without the leading zeros of a longer one."""
    if not term.isdigit():
        return term
    return f" {term}" if len(term) < _CODE_DIGITS else term.lstrip("0") if len(term) >= _GTIN_DIGITS else term


def _variant(db: sqlite3.Connection, article: str, wanted: list[str]) -> Sku | None:
    sold = db.execute(_SOLD, (article,)).fetchall()
    if len(sold) == 1:
        return Sku(sold[0][0])
    rows = [(sku, f" {words}") for sku, words in db.execute(_WORDS, (article,))]
    general = " ".join(words for sku, words in rows if sku is None)
    special = [term for term in wanted if term not in general]
    named = [sku for sku, words in rows if sku is not None and all(term in words for term in special)]
    return Sku(named[0]) if special and len(named) == 1 else None
