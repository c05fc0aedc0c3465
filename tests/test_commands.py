"""The one door."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import pytest

from edge.clock import system_clock
from edge.commands import Context, Door, fingerprint
from edge.errors import Refused
from edge.facts import Fact, NothingChanged, StockReceived
from edge.ids import seeded_ids
from edge.journal.chain import canonical
from edge.journal.store import Journal, Setup
from edge.journal.tx import Tx
from edge.units import Identity, Key, Seq, Sku, UserId


@dataclass(frozen=True, slots=True)
class Receive:
    right: ClassVar[str] = "stock"
    sku: Sku
    quantity: int


@dataclass(frozen=True, slots=True)
class Unheard:
    right: ClassVar[str] = ""


def receive(tx: Tx, command: Receive, context: Context) -> Sequence[Fact]:
    if command.quantity < 1:
        raise Refused("nothing to receive", hint="Enter at least one.")
    return [StockReceived(command.sku, command.quantity, context.ids.new())]


@dataclass(frozen=True, slots=True)
class Stock:
    """There shall be `quantity` in all."""

    right: ClassVar[str] = "stock"
    quantity: int


def stock(tx: Tx, command: Stock, context: Context) -> Sequence[Fact]:
    (held,) = tx.db.execute("SELECT coalesce(sum(json_extract(CAST(data AS TEXT), '$.quantity')), 0) FROM entries")
    missing = command.quantity - held[0]
    return [StockReceived(Sku("boot"), missing, context.ids.new())] if missing else []


def only_anna(tx: Tx, user: UserId, right: str) -> bool:
    return user == "anna"


def opened(journal: Journal) -> Door:
    return Door(journal, {Receive: receive, Stock: stock}, seeded_ids(7), only_anna)


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    journal = await Journal.open(Setup(tmp_path / "j.db", Identity("a_b"), "aa", system_clock()))
    yield journal
    await journal.close()


async def test_the_same_command_twice_does_it_once_and_answers_the_same(journal: Journal) -> None:
    command, key = Receive(Sku("boot"), 2), Key("k1")
    first = await opened(journal).send(command, key=key, actor=UserId("anna"))
    again = await opened(journal).send(command, key=key, actor=UserId("anna"))
    assert (first.repeated, again.repeated) == (False, True)
    assert first.facts() == again.facts()
    assert journal.head.seq == 1


async def test_a_command_that_changed_nothing_changes_nothing_when_it_is_sent_again_later(journal: Journal) -> None:
    door, anna = opened(journal), UserId("anna")
    await door.send(Stock(2), key=Key("k1"), actor=anna)
    idle = await door.send(Stock(2), key=Key("k2"), actor=anna)
    assert idle.facts() == (NothingChanged("Stock"),)
    await door.send(Stock(5), key=Key("k3"), actor=anna)
    again = await door.send(Stock(2), key=Key("k2"), actor=anna)
    assert (again.repeated, again.facts()) == (True, idle.facts())
    with pytest.raises(Refused, match="used for another command"):
        await door.send(Receive(Sku("boot"), 1), key=Key("k2"), actor=anna)


async def test_what_the_box_asks_of_itself_in_vain_leaves_no_entry(journal: Journal) -> None:
    await opened(journal).send(Stock(0), key=Key("k1"))
    assert journal.head.seq == 0


async def test_it_answers_the_same_after_a_rebuild_and_a_restart(tmp_path: Path) -> None:
    setup = Setup(tmp_path / "j.db", Identity("a_b"), "aa", system_clock())
    journal = await Journal.open(setup)
    first = await opened(journal).send(Receive(Sku("boot"), 2), key=Key("k1"))
    await journal.rebuild()
    await journal.close()
    journal = await Journal.open(setup)
    again = await opened(journal).send(Receive(Sku("boot"), 2), key=Key("k1"))
    await journal.close()
    assert again.entries == first.entries


async def test_a_key_is_never_reused_for_another_command(journal: Journal) -> None:
    await opened(journal).send(Receive(Sku("boot"), 2), key=Key("k1"))
    with pytest.raises(Refused, match="another command"):
        await opened(journal).send(Receive(Sku("boot"), 3), key=Key("k1"))


async def test_a_refusal_records_nothing_and_does_not_use_up_the_key(journal: Journal) -> None:
    with pytest.raises(Refused, match="nothing to receive"):
        await opened(journal).send(Receive(Sku("boot"), 0), key=Key("k1"))
    await opened(journal).send(Receive(Sku("boot"), 1), key=Key("k1"))
    assert journal.head.seq == 1


async def test_who_has_no_right_is_told_whom_to_ask(journal: Journal) -> None:
    with pytest.raises(Refused) as refusal:
        await opened(journal).send(Receive(Sku("boot"), 1), key=Key("k1"), actor=UserId("bo"))
    assert (refusal.value.status, refusal.value.hint) == (403, "Ask a manager.")
    assert await journal.entries(Seq(0)) == []


@pytest.mark.parametrize("key", ["", "x" * 129, "a\nb", "æ"])
async def test_a_key_that_cannot_be_kept_is_refused(journal: Journal, key: str) -> None:
    with pytest.raises(Refused, match="Idempotency-Key"):
        await opened(journal).send(Receive(Sku("boot"), 1), key=Key(key))


async def test_a_command_without_handler_is_refused(journal: Journal) -> None:
    with pytest.raises(Refused, match="Unheard is not a command here"):
        await opened(journal).send(Unheard(), key=Key("k"))


@pytest.mark.parametrize("asked", [Receive(Sku('a"b\\ø'), 3), Stock(7), Unheard()])
def test_a_fingerprint_is_what_recorded_journals_hold(asked: Receive | Stock | Unheard) -> None:
    fields = {name: getattr(asked, name) for name in asked.__dataclass_fields__ if name != "right"}
    assert fingerprint(asked) == sha256(canonical([type(asked).__name__, fields])).digest()
