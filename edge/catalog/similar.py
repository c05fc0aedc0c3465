"""Pure: which articles are like another, by the cosine between what is said of them; whole numbers throughout."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from edge.feedwords import ArticleValue
from edge.units import ArticleId, Minor

CATEGORY, ATTRIBUTE, PRICE, BRAND = 4, 3, 2, 1
"""How much each kind of word says."""
SCALE = 1_000_000


@dataclass(frozen=True, slots=True)
class Portrait:
    """An article as it is compared: its words and their weights; `reviews` is how well known it is."""

    article: ArticleId
    words: Mapping[str, int]
    reviews: int = 0


def portrait(value: ArticleValue, price: Minor, reviews: int = 0) -> Portrait:
    """`price` counts by its band: each band is twice as dear as the one below, its neighbours are a little like it."""
    band = max(price, 1).bit_length()
    words = {f"category {value.category}": CATEGORY, f"brand {value.brand}": BRAND}
    words |= {f"price {near}": PRICE if near == band else PRICE - 1 for near in (band - 1, band, band + 1)}
    for each in value.attributes:
        words[f"{_key(each.name)}: {_key(each.value)}"] = ATTRIBUTE
    return Portrait(value.article, words, reviews)


def similar(to: Portrait, others: Iterable[Portrait], most: int) -> Sequence[ArticleId]:
    """The articles most like `to`, most alike first; of two equally like it, the less known one first."""
    ranked = sorted((-_cosine_squared(to, other), other.reviews, other.article) for other in others)
    return [article for alike, _, article in ranked if alike and article != to.article][:most]


def _cosine_squared(one: Portrait, other: Portrait) -> int:
    """In millionths."""
    dot = sum(weight * other.words.get(word, 0) for word, weight in one.words.items())
    return dot * dot * SCALE // max(1, _norm(one) * _norm(other))


def _norm(of: Portrait) -> int:
    return sum(weight * weight for weight in of.words.values())


def _key(texts: Mapping[str, str]) -> str:
    """What an attribute is known by in every language: its English text, else its first one."""
    return texts.get("en") or min(texts.values(), default="")
