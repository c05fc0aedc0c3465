"""Inside the writer's transaction: the online shop's own stock, which headquarters alone writes."""

import sqlite3

from edge.feedwords import ONLINE
from hq import stockflow
from hq.feed import Author

_MOVE = """INSERT INTO movements (at, store, sku, quantity, document, who) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (store, document, sku) DO NOTHING"""
_STOCK = """INSERT INTO stock (store, sku, received, sold, returned, damaged, variance, held, as_of, as_of_seq)
VALUES (?, ?, ?, 0, 0, 0, 0, 0, ?, 0) ON CONFLICT (store, sku) DO UPDATE SET
received = stock.received + excluded.received, as_of = excluded.as_of"""
_BIGGEST = 10**9


def receive(db: sqlite3.Connection, sku: str, quantity: int, document: str, author: Author) -> bool:
    """`quantity` more (or fewer) of `sku` online; False when this document already moved it."""
    if not -_BIGGEST <= quantity <= _BIGGEST:
        raise ValueError(f"{quantity} is not a plausible quantity")
    row = (author.at, ONLINE, sku, quantity, document, author.actor)
    if db.execute(_MOVE, row).rowcount == 0:
        return False
    db.execute(_STOCK, (ONLINE, sku, quantity, author.at))
    stockflow.publish(db, [(ONLINE, sku)], author)
    return True
