"""The real driver (nfcpy) against the simulated field, over good wires and bad ones."""

import asyncio
import termios
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Protocol

import pytest
import usb1

from edge.clock import system_clock
from edge.errors import DeviceLost
from edge.nfc.frontend import Frontend, Sighting, open_frontend
from edge.nfc.reader import Reader, look
from edge.nfc.session import TagEvent, TagGone, TagSeen
from edge.nfc.sun import Genuine, SunKeys, verify
from edge.nfc.tag import GoodsTag, Link, NotOurs, Why, check_digit, read_uri, uri_of, write_message
from edge.sim.field import Faults, Field
from edge.sim.tag import Felica, Ntag, Ntag424, Tag, Type4
from edge.units import Gtin

HOST = "id.shop.example"
KEYS = SunKeys(meta=b"M" * 16, master=b"K" * 16)


def link(number: int) -> str:
    body = f"0{571000000000 + number:012d}"
    return uri_of(GoodsTag(HOST, Gtin(body + check_digit(body)), serial=f"S{number}"))


class Kind(Protocol):
    """Makes tag number so-and-so."""

    def __call__(self, number: int, *, checked: bool = True) -> Tag: ...


def ntag(number: int, *, checked: bool = True) -> Tag:
    return Ntag(b"\x04" + number.to_bytes(6, "big"), write_message(link(number), checked=checked))


def type4(number: int, *, checked: bool = True) -> Tag:
    return Type4(b"\x04" + number.to_bytes(6, "big"), write_message(link(number), checked=checked))


def felica(number: int, *, checked: bool = True) -> Tag:
    return Felica(b"\x02" + number.to_bytes(7, "big"), write_message(link(number), checked=checked))


KINDS = [
    pytest.param(ntag, "", id="type 2"),
    pytest.param(type4, "", id="type 4"),
    pytest.param(felica, "?tech=212F", id="type 3"),
]


class Seen:
    """Collects what a reader emits."""

    def __init__(self) -> None:
        self.events: list[TagEvent] = []
        self._news = asyncio.Event()

    def __call__(self, event: TagEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, count: int) -> list[TagEvent]:
        async with asyncio.timeout(10):
            while len(self.events) < count:
                self._news.clear()
                await self._news.wait()
        return self.events


@asynccontextmanager
async def reading(address: str) -> AsyncIterator[tuple[Seen, "asyncio.Task[None]"]]:
    reader, seen = Reader("wall-1", address, system_clock()), Seen()
    await reader.open()
    running = asyncio.create_task(reader.run(seen))
    try:
        yield seen, running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await reader.close()


@pytest.mark.parametrize(("kind", "tech"), KINDS)
async def test_a_tag_laid_down_is_seen_once_and_then_gone(field: Field, kind: Kind, tech: str) -> None:
    async with reading(field.address + tech) as (seen, _):
        tag = kind(7)
        field.put(tag)
        (first,) = await seen.until(1)
        assert isinstance(first, TagSeen)
        assert (first.uid, first.uri, first.why) == (tag.uid.hex().upper(), link(7), None)
        field.take()
        gone = (await seen.until(2))[1]
        assert isinstance(gone, TagGone)
        assert gone.uid == first.uid


async def taps(field: Field, kind: Kind, tech: str, count: int, *, checked: bool = True) -> list[str]:
    """Lays `count` tags down one after the other; gives what was read of each ("" where nothing could be)."""
    read: list[str] = []
    frontend = await asyncio.to_thread(open_frontend, field.address + tech)
    try:
        for number in range(count):
            field.put(kind(number, checked=checked))
            said = await asyncio.to_thread(one_tap, frontend)
            read.append(said.uri if isinstance(said, Link) else "")
    finally:
        await asyncio.to_thread(frontend.close)
    return read


def one_tap(frontend: Frontend) -> Link | NotOurs | None:
    sighting = frontend.sense()
    return look(frontend, sighting) if sighting is not None else None


def share(
    latency: float = 0.0,
    corrupt: float = 0.0,
    half: float = 0.0,
    late: float = 0.0,
    lateness: float = 0.0,
    lost: float = 0.0,
) -> Callable[[Random], Faults]:
    return lambda chance: Faults(chance, latency, corrupt, late, lateness, lost, half)


@dataclass(frozen=True)
class Wire:
    """A wire, how many taps it is given, and the share that must be read at least."""

    name: str
    faults: Callable[[Random], Faults]
    taps: int
    enough: float


QUICK = [
    Wire("whole", share(), 100, 1.0),
    Wire("spoils a byte in twenty answers", share(corrupt=0.05), 150, 0.2),
    Wire("cuts answers off", share(half=0.03), 150, 0.2),
]
SLOW = [
    Wire("slow", share(latency=0.002), 6, 1.0),
    Wire("late beyond patience", share(late=0.01, lateness=0.3), 8, 0.1),
    Wire("late within patience", share(late=0.1, lateness=0.02), 8, 0.9),
    Wire("loses answers", share(lost=0.01), 10, 0.1),
]
WIRES = [
    *(pytest.param(wire, True, id=wire.name) for wire in QUICK + SLOW),
    *(pytest.param(wire, False, id=f"{wire.name}, no checksum") for wire in QUICK),
    *(pytest.param(wire, False, id=f"{wire.name}, no checksum", marks=pytest.mark.long) for wire in SLOW),
    *(
        pytest.param(replace(wire, taps=wire.taps * 20), True, id=f"{wire.name}, for long", marks=pytest.mark.long)
        for wire in QUICK + SLOW
    ),
]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("kind", "tech"), KINDS)
@pytest.mark.parametrize(("wire", "checked"), WIRES)
async def test_no_wire_makes_the_reader_say_what_the_tag_did_not(
    field: Field, wire: Wire, kind: Kind, tech: str, checked: bool, chance: Random
) -> None:
    # Without a checksum, a wire that lies twice the same would be believed by any reader: there the chance is fixed.
    field.faults = wire.faults(chance if checked else Random(11))
    read = await taps(field, kind, tech, wire.taps, checked=checked)
    assert {said for number, said in enumerate(read) if said not in {"", link(number)}} == set()
    assert sum(bool(said) for said in read) >= wire.enough * wire.taps


async def test_an_answer_that_comes_too_late_is_never_taken_for_the_next_ones(field: Field) -> None:
    """Past our patience, while the next block is asked for: there nfcpy alone reads wrong and does not say so."""
    field.faults = Faults(Random(3), latency=0.015, late=0.15, lateness=0.245)
    frontend = await asyncio.to_thread(open_frontend, field.address)
    octets = write_message(link(1), checked=False)
    field.put(ntag(1, checked=False))
    for _ in range(4):
        assert await asyncio.to_thread(one_read, frontend) in {octets, None}
    await asyncio.to_thread(frontend.close)


def one_read(frontend: Frontend) -> bytes | None:
    """One reading, not proved by a second one."""
    sighting = frontend.sense()
    return frontend.read(sighting) if sighting is not None else None


async def test_two_thousand_taps_are_read_as_they_were_laid_down(field: Field) -> None:
    assert await taps(field, ntag, "", 2000) == [link(number) for number in range(2000)]


async def test_taps_over_a_wire_that_takes_its_time_are_read_as_they_were_laid_down(field: Field) -> None:
    field.faults = Faults(latency=0.0001)
    assert await taps(field, felica, "?tech=212F", 250) == [link(number) for number in range(250)]


async def test_every_tap_arrives_once_and_in_the_order_it_was_made(field: Field) -> None:
    async with reading(field.address) as (seen, _):
        for number in range(5):
            field.put(ntag(number))
            await seen.until(number * 2 + 1)
            field.take()
            await seen.until(number * 2 + 2)
    assert [event.uri for event in seen.events if isinstance(event, TagSeen)] == [link(number) for number in range(5)]


async def test_a_tag_laid_on_top_of_another_is_a_new_tap_and_the_first_is_gone(field: Field) -> None:
    async with reading(field.address) as (seen, _):
        field.put(ntag(1))
        await seen.until(1)
        field.put(ntag(2))
        one, gone, two = await seen.until(3)
    assert (one.uid, type(gone), gone.uid) == (two.uid[:-1] + "1", TagGone, one.uid)


async def test_a_phone_is_never_told_apart_from_another(field: Field) -> None:
    async with reading(field.address) as (seen, _):
        field.put(Type4(b"\x08\x11\x22\x33", write_message(link(1))))
        (first,) = await seen.until(1)
        field.put(Type4(b"\x08\x99\x88\x77", write_message(link(1))))
        field.take()
        gone = (await seen.until(2))[1]
    assert (first.uid, gone.uid, len(seen.events)) == ("", "", 2)


async def test_a_tag_without_a_message_is_told_as_unreadable(field: Field) -> None:
    async with reading(field.address) as (seen, _):
        tag = Ntag(b"\x04\x01\x02\x03\x04\x05\x06", b"")
        tag.memory[12] = 0  # never formatted
        field.put(tag)
        (told,) = await seen.until(1)
    assert isinstance(told, TagSeen)
    assert (told.uri, told.why) == ("", Why.UNREADABLE)


async def test_a_damaged_message_is_told_only_after_it_was_tried_again(field: Field) -> None:
    async with reading(field.address) as (seen, _):
        tag = Ntag(b"\x04\x01\x02\x03\x04\x05\x06", write_message(link(1)))
        tag.memory[40] ^= 1
        field.put(tag)
        (told,) = await seen.until(1)
    assert isinstance(told, TagSeen)
    assert told.why == Why.DAMAGED


async def test_a_reader_that_is_pulled_out_is_lost_and_comes_back_when_plugged_in(field: Field) -> None:
    reader, seen = Reader("wall-1", field.address, system_clock()), Seen()
    for number in range(3):
        await reader.open()
        running = asyncio.create_task(reader.run(seen))
        field.put(ntag(number))
        await seen.until(number + 1)
        await field.unplug()
        with pytest.raises(DeviceLost) as lost:
            await running
        assert lost.value.hint
        await reader.close()
        with pytest.raises(DeviceLost):
            await reader.open()
        await field.plug()
    await reader.close()
    assert [event.uri for event in seen.events if isinstance(event, TagSeen)] == [link(number) for number in range(3)]


async def test_silence_is_a_lost_reader_and_not_an_empty_field(field: Field) -> None:
    async with reading(field.address) as (_, running):
        field.faults.silent = True
        with pytest.raises(DeviceLost):
            await asyncio.wait_for(running, 10)


async def test_a_closed_reader_leaves_no_thread_and_can_be_closed_again(field: Field) -> None:
    before = threading.active_count()
    reader = Reader("wall-1", field.address, system_clock())
    await reader.open()
    assert threading.active_count() == before + 1
    await reader.close()
    await reader.close()
    assert threading.active_count() == before


@pytest.mark.parametrize(
    "address", ["udp://127.0.0.1", "tcp://127.0.0.1:1", "serial:///etc/x;y", "udp://h:1?tech=900X"]
)
async def test_an_address_of_no_known_form_is_refused_in_words(address: str) -> None:
    with pytest.raises(DeviceLost, match="no NFC reader at"):
        await Reader("wall-1", address, system_clock()).open()


async def test_a_real_424_proves_itself_with_a_rising_counter(field: Field) -> None:
    uid = b"\x04\x0a\x0b\x0c\x0d\x0e\x0f"

    def written(e: str, c: str) -> bytes:
        return write_message(f"{link(5)}?e={e}&c={c}")

    frontend = await asyncio.to_thread(open_frontend, field.address)
    field.put(Ntag424(uid, written, KEYS.meta, KEYS.file_key(uid)))
    counters = []
    for _ in range(3):
        said = await asyncio.to_thread(one_tap, frontend)
        assert isinstance(said, Link)
        tag = read_uri(said.uri, frozenset({HOST}))
        assert isinstance(tag, GoodsTag)
        assert tag.sun is not None
        proof = verify(tag.sun, KEYS)
        assert isinstance(proof, Genuine)
        counters.append(proof.counter)
        assert proof.uid == uid
    await asyncio.to_thread(frontend.close)
    assert counters == sorted(set(counters))


class Pulled:
    """A backend where CI has no hardware: a reader that is pulled out, and raises what a library raises then."""

    def __init__(self, error: Exception) -> None:
        self.error, self.closed = error, False

    def sense(self) -> Sighting | None:
        raise self.error

    def read(self, sighting: Sighting) -> bytes | None:
        raise self.error

    def close(self) -> None:
        self.closed = True
        raise self.error


@pytest.mark.parametrize(
    "error",
    [OSError(5, "gone"), termios.error(5, "gone"), usb1.USBError(-4), IndexError(), AttributeError("x")],
    ids=repr,
)
async def test_whatever_a_library_raises_when_a_reader_is_pulled_out_is_a_lost_device(error: Exception) -> None:
    backend = Pulled(error)
    reader = Reader("wall-1", "usb:", system_clock(), lambda address: backend)
    await reader.open()
    with pytest.raises(DeviceLost) as lost:
        await reader.run(Seen())
    assert lost.value.hint
    await reader.close()
    assert backend.closed
    assert look(backend, Sighting(b"\x04", None)) == NotOurs(Why.UNREADABLE)
