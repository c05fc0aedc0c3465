"""A torn, cut or scribbled-on WAL: the journal opens at an earlier whole command, or refuses; it never makes one up."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from edge.clock import system_clock
from edge.errors import Halt
from edge.facts import StockReceived
from edge.journal.seal import SealKey, key_path, record_seal, write_head
from edge.journal.store import Journal, Setup
from edge.journal.tx import Tx
from edge.journal.verify import verify
from edge.units import Identity, Key, Seq, Sku
from tests.journal.test_journal import STOCK

FACTS, COMMANDS = 3, 12
HEADER, FRAME = 32, 24 + 4096
Wal = tuple[bytes, bytes]
"""The database and its WAL."""
Tear = tuple[str, bytes]
"""What was done to the WAL, and the WAL then."""


def setup(folder: Path) -> Setup:
    return Setup(folder / "j.db", Identity("a_b"), "aa", system_clock(), (STOCK,))


def _work(tx: Tx, command: int) -> None:
    for n in range(FACTS):
        tx.record(StockReceived(Sku(f"sku{n}"), command + 1, f"delivery {command} " + "x" * 900))


async def _cut_in_mid_day(folder: Path, *, sealed: bool = False) -> tuple[Wal, list[bytes]]:
    """The files of a journal whose power was cut, and the hash of every entry."""
    first = await Journal.open(setup(folder))
    await first.close()
    journal = await Journal.open(setup(folder))
    try:
        for command in range(COMMANDS):
            await journal.transact(lambda tx, command=command: _work(tx, command), cause=Key(f"c{command}"))  # type: ignore[misc]
        if sealed:
            key = SealKey.load(key_path(journal.path))
            write_head(journal.path, await journal.transact(lambda tx: record_seal(tx, key), cause=Key("seal")))
        files = (folder / "j.db").read_bytes(), (folder / "j.db-wal").read_bytes()
        return files, [entry.hash for entry in await journal.entries(Seq(0))]
    finally:
        await journal.close()


def _tears(wal: bytes, chance: Random) -> Iterator[Tear]:
    for begin in range(HEADER, len(wal), FRAME):
        within = begin + chance.randrange(1, FRAME)
        yield f"cut at {begin}", wal[:begin]
        yield f"cut at {within}", wal[:within]
        yield f"zeros from {begin}", wal[:begin] + bytes(len(wal) - begin)
        yield f"zeros from {within}", wal[:within] + bytes(len(wal) - within)
        yield (
            f"one bit at {within}",
            wal[:within] + bytes([wal[within] ^ (1 << chance.randrange(8))]) + wal[within + 1 :],
        )
        yield f"one frame lost at {begin}", wal[:begin] + wal[begin + FRAME :]
        yield f"one frame zeroed at {begin}", wal[:begin] + bytes(FRAME) + wal[begin + FRAME :]
    yield "no WAL", b""
    yield "half a header", wal[:17]
    yield "another's header", bytes(HEADER) + wal[HEADER:]
    yield "rubbish behind it", wal + chance.randbytes(3 * FRAME)


async def _opens_at_a_whole_command(folder: Path, hashes: list[bytes]) -> int:
    journal = await Journal.open(setup(folder))
    try:
        held = [entry.hash for entry in await journal.entries(Seq(0))]
        assert held == hashes[: len(held)], "an entry that was never recorded"
        assert len(held) % FACTS == 0, "half a command"
        before, after = await journal.rebuild()
        assert before == after
        for command in range(COMMANDS):

            def again(tx: Tx, command: int = command) -> None:
                if not tx.caused(Key(f"c{command}")):
                    _work(tx, command)

            await journal.transact(again, cause=Key(f"c{command}"))
        assert journal.head.seq == FACTS * COMMANDS
    finally:
        await journal.close()
    assert verify(folder / "j.db").ok
    return len(held)


async def _every_tear(
    tmp_path: Path, chance: Random, some: Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]]
) -> None:
    (tmp_path / "day").mkdir()
    (db, wal), hashes = await _cut_in_mid_day(tmp_path / "day")
    assert len(wal) > 20 * FRAME
    lengths = set()
    for number, (name, torn) in enumerate(some(list(_tears(wal, chance)))):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "j.db").write_bytes(db)
        (folder / "j.db-wal").write_bytes(torn)
        try:
            lengths.add(await _opens_at_a_whole_command(folder, hashes))
        except BaseException as error:
            error.add_note(name)
            raise
    assert len(lengths) > 3


async def test_a_torn_wal_opens_at_a_whole_command(tmp_path: Path, chance: Random) -> None:
    await _every_tear(tmp_path, chance, lambda tears: [*chance.sample(tears[:-4], 24), *tears[-4:]])


@pytest.mark.long
@pytest.mark.seconds(300)
async def test_any_torn_wal_opens_at_a_whole_command(tmp_path: Path, chance: Random) -> None:
    await _every_tear(tmp_path, chance, lambda tears: tears)


async def test_what_was_sealed_and_is_gone_is_missed(tmp_path: Path) -> None:
    """A disk that says "written" and forgets cannot be prevented; it can be found out."""
    (db, wal), hashes = await _cut_in_mid_day(tmp_path, sealed=True)
    for leftover in tmp_path.glob("j.db*"):
        leftover.unlink()
    (tmp_path / "j.db").write_bytes(db)
    (tmp_path / "j.db-wal").write_bytes(wal[: len(wal) // 2])
    found = verify(tmp_path / "j.db")
    assert not found.ok
    assert f"the head file knows entry {len(hashes) - 1}" in found.words()


async def test_a_database_scribbled_on_is_refused_or_found_out(tmp_path: Path, chance: Random) -> None:
    journal = await Journal.open(setup(tmp_path))
    for command in range(COMMANDS):
        await journal.transact(lambda tx, command=command: _work(tx, command), cause=Key(f"c{command}"))  # type: ignore[misc]
    await journal.close()
    whole = (tmp_path / "j.db").read_bytes()
    place = whole.index(b"delivery 7 ")
    (tmp_path / "j.db").write_bytes(whole[:place] + b"delivery 8 " + whole[place + 11 :])
    assert any("was changed" in fault for fault in verify(tmp_path / "j.db").faults)
    (tmp_path / "j.db").write_bytes(b"\0" * 100 + whole[100:])
    with pytest.raises(sqlite3.DatabaseError):
        await Journal.open(setup(tmp_path))


async def test_two_programs_never_write_one_journal(tmp_path: Path) -> None:
    journal = await Journal.open(setup(tmp_path))
    try:
        with pytest.raises(Halt, match="in use"):
            await Journal.open(setup(tmp_path))
        assert verify(tmp_path / "j.db").ok, "looking is always allowed"
    finally:
        await journal.close()
    again = await Journal.open(setup(tmp_path))
    await again.close()


async def test_a_clock_that_fails_stops_one_command_and_not_the_writer(tmp_path: Path) -> None:
    broken = True

    def today(moment: object) -> str:
        if broken:
            raise ArithmeticError("no such day")
        return "2026-06-06"

    journal = await Journal.open(Setup(tmp_path / "j.db", Identity("a_b"), "aa", system_clock(), (STOCK,)))
    journal._setup = Setup(tmp_path / "j.db", Identity("a_b"), "aa", system_clock(), (STOCK,), today)
    try:
        with pytest.raises(ArithmeticError):
            await asyncio.wait_for(journal.transact(lambda tx: _work(tx, 1), cause=Key("a")), 5)
        broken = False
        await asyncio.wait_for(journal.transact(lambda tx: _work(tx, 1), cause=Key("b")), 5)
        assert journal.head.seq == FACTS
    finally:
        await journal.close()


async def test_a_full_disk_refuses_in_words_loses_nothing_and_goes_on(tmp_path: Path) -> None:
    journal = await Journal.open(setup(tmp_path))
    try:
        pages = await journal.transact(lambda tx: tx.db.execute("PRAGMA page_count").fetchone()[0], cause=Key("p"))
        await journal.transact(lambda tx: tx.db.execute(f"PRAGMA max_page_count = {pages + 12}"), cause=Key("q"))
        answers: list[object] = []
        for group in range(20):
            sent = [
                journal.transact(lambda tx, n=n: _work(tx, n), cause=Key(f"c{n}"))  # type: ignore[misc]
                for n in range(group * 3, group * 3 + 3)
            ]
            answers += await asyncio.gather(*sent, return_exceptions=True)
        refused = [answer for answer in answers if answer is not None]
        assert 0 < len(refused) < 60
        assert {(type(each).__name__, getattr(each, "status", 0)) for each in refused} == {("Refused", 507)}
        done = {Key(f"c{n}") for n, answer in enumerate(answers) if answer is None}
        assert {entry.cause for entry in await journal.entries(Seq(0))} == done
        await journal.transact(lambda tx: tx.db.execute("PRAGMA max_page_count = 1000000"), cause=Key("r"))
        await journal.transact(lambda tx: _work(tx, 99), cause=Key("after"))
        with closing(sqlite3.connect(journal.path)) as db:
            assert db.execute("SELECT count(*) FROM entries").fetchone()[0] == FACTS * (len(done) + 1)
    finally:
        await journal.close()
    assert verify(journal.path).ok
