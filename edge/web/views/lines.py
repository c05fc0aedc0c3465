"""The lines of a basket, as the till shows them: called by the catalogue's words, with what is on hand.

However long the basket is, the database is asked a fixed number of times: the answer to a scan carries every line.
"""

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from edge.catalog.lookup import colour
from edge.catalog.tables import article_value
from edge.facts import SaleLine
from edge.pos.basket import Basket, Line
from edge.stock.tables import Stock
from edge.units import LineId
from edge.web.views.goods import Called, own_picture
from edge.web.views.reductions import given_view, reduction_view

_SHOWN = """SELECT l.line, l.article, a.value, v.colour, v.size, s.on_hand, s.damaged, s.held FROM basket_lines AS l
LEFT JOIN articles AS a ON a.article = l.article LEFT JOIN variants AS v ON v.sku = l.sku
LEFT JOIN stock AS s ON s.sku = l.sku WHERE l.basket = ?"""
_COLOURS = """SELECT article, colour FROM variants WHERE article IN (SELECT value FROM json_each(?))
GROUP BY article, colour ORDER BY article, min(position), min(sku)"""

Shown = Mapping[LineId, tuple[Called, Stock | None]]


def lines_view(
    db: sqlite3.Connection, basket: Basket, priced: Sequence[SaleLine], language: str
) -> Sequence[Mapping[str, object]]:
    """`Line` of every line of an open basket, in its order; `priced` are the same lines, priced."""
    shown = _shown(db, basket, language)
    return [_line(line, sold, *shown[line.line]) for line, sold in zip(basket.lines, priced, strict=True)]


def _shown(db: sqlite3.Connection, basket: Basket, language: str) -> Shown:
    rows = db.execute(_SHOWN, (basket.id,)).fetchall()
    values = {article: article_value(value) for _, article, value, *_ in rows if value is not None}
    hues = {hue: colour(db, hue, language) for hue in {row[3] for row in rows if row[3]}}
    several = sorted(article for article, value in values.items() if len(value.pictures) > 1)
    own = dict[str, list[str]]()
    for article, hue in db.execute(_COLOURS, (msgspec.json.encode(several).decode(),)) if several else ():
        own.setdefault(article, []).append(hue)
    names, found = {line.line: line.name for line in basket.lines}, dict[LineId, tuple[Called, Stock | None]]()
    for number, article, value, hue, size, on_hand, damaged, held in rows:
        stock = None if on_hand is None else Stock(on_hand, damaged, held)
        words = Called(names[number] or article, "", None)
        if value is not None:
            variant = " · ".join(part for part in (hues.get(hue, ""), size) if part)
            picture = own_picture(values[article].pictures, own.get(article, ()), hue or "")
            words = Called(values[article].title(language), variant, picture)
        found[number] = words, stock
    return found


def _line(line: Line, sold: SaleLine, words: Called, stock: Stock | None) -> Mapping[str, object]:
    return {
        "line": line.line,
        "sku": line.sku,
        "article": line.article,
        "name": words.name,
        "variant": words.variant,
        "quantity": line.quantity,
        "unit_price_minor": line.unit_price,
        "gross_minor": sold.gross,
        "discount_minor": sold.discount,
        "reduction": reduction_view(line.reduction),
        "promotions": given_view(sold.promotions),
        "picture": words.picture,
        "on_hand": None if stock is None else stock.on_hand,
        "over_hold": stock is not None and stock.held > 0 and line.quantity > stock.available,
    }
