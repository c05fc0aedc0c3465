"""Somebody who owns the box changes its record: `edge verify` names the entry, headquarters says so in red."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from edge.journal.chain import entry_hash
from edge.journal.verify import verify
from edge.sim.stage.assortment import piece
from edge.sim.stage.cashier import Cashier
from edge.units import Seq
from tests.stories.premises import premises
from tests.stories.proof import agree
from tests.waiting import until

SOCK = piece("ro", "grey", "40-43").code
_CHANGE = "UPDATE entries SET data = CAST(replace(CAST(data AS TEXT), ?, ?) AS BLOB) WHERE seq = ?"
_ALARMS = "SELECT kind, text FROM alarms WHERE identity = 'harbour_box'"
_FLAGGED = "SELECT seq FROM entries WHERE flagged = 1"


def _sell(cashier: Cashier) -> None:
    for _ in range(3):
        cashier.ring([SOCK])
        cashier.pay()


def _third_from_last_sale(journal: Path) -> Seq:
    with closing(sqlite3.connect(journal)) as db:
        rows = db.execute("SELECT seq FROM entries WHERE type = 'edge.sale.closed.v1' ORDER BY seq DESC").fetchall()
    return Seq(rows[2][0])


def _pocket_the_money(journal: Path, seq: Seq) -> None:
    """The sale is made one krone cheaper, with the triggers that forbid it taken away first."""
    with closing(sqlite3.connect(journal)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        assert db.execute(_CHANGE, ('"total":14395', '"total":14295', seq)).rowcount == 1
        db.commit()


def _make_the_chain_fit(journal: Path, seq: Seq) -> None:
    """Every hash from there on is made anew: the journal itself no longer shows it."""
    with closing(sqlite3.connect(journal)) as db:
        (prev,) = db.execute("SELECT hash FROM entries WHERE seq = ?", (seq - 1,)).fetchone()
        rows = db.execute(
            "SELECT seq, time, type, cause, actor, businessdate, data FROM entries WHERE seq >= ? ORDER BY seq", (seq,)
        ).fetchall()
        for row in rows:
            prev = entry_hash(prev, *row)
            db.execute("UPDATE entries SET hash = ? WHERE seq = ?", (prev, row[0]))
        db.commit()


async def test_an_entry_changed_before_headquarters_had_it_is_named_and_flagged(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed) as shop:
        await shop.at_till("1", _sell)
        await agree(shop.books)
        shop.line.cut()
        await shop.at_till("1", _sell)
        await shop.close_shop()
        seq = _third_from_last_sale(shop.journal)
        _pocket_the_money(shop.journal, seq)
        (fault,) = verify(shop.journal).faults
        assert f"entry {seq} (edge.sale.closed.v1" in fault
        shop.line.restore()
        await shop.open_shop()
        await until(lambda: bool(shop.rows(_FLAGGED)))
        assert shop.rows(_FLAGGED) == [(seq,)]
        (alarm,) = shop.rows(_ALARMS)
        assert alarm[0] == "bad-hash"
        assert str(seq) in str(alarm[1])


async def test_a_record_made_to_fit_again_is_betrayed_by_what_headquarters_had(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed) as shop:
        await shop.at_till("1", _sell)
        await agree(shop.books)
        await shop.close_shop()
        told, head = shop.books.hq(), shop.books.heads()[1]
        seq = _third_from_last_sale(shop.journal)
        _pocket_the_money(shop.journal, seq)
        _make_the_chain_fit(shop.journal, seq)
        file, ack = verify(shop.journal).faults
        assert file == f"the head file says entry {head} was different."
        assert re.fullmatch(r"the last ack of hq says entry \d+ was different\.", ack)
        await shop.open_shop()
        await until(lambda: {"branch", "sold-twice"} <= {str(kind) for kind, _ in shop.rows(_ALARMS)})
        (grew,) = [str(text) for kind, text in shop.rows(_ALARMS) if kind == "branch"]
        assert grew.endswith(f"after entry {seq - 1}")
        assert shop.books.hq() == told, "what the shop said first is what counts"
