"""Pictures: fetched from headquarters over a real wire, kept only when they are what they are called."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from edge.catalog.pictures import MAX_BYTES, Gallery, PictureFetcher, kind_of, unfit
from edge.catalog.tables import FEED, ROOM
from edge.clock import system_clock
from edge.errors import DeviceLost, Halt
from edge.facts import FeedApplied
from edge.feedwords import ArticleValue, key_of, plain
from edge.journal.chain import canonical
from edge.journal.store import Journal, Setup
from edge.journal.tx import Tx
from edge.units import Identity, Key, Seq
from tests.waiting import until


def picture(colour: str = "sienna", size: int = 64, form: str = "PNG") -> bytes:
    held = io.BytesIO()
    Image.effect_noise((size, size), 80).convert("RGB").save(held, form)
    return held.getvalue() if colour == "noise" else _plain(colour, size, form)


def _plain(colour: str, size: int, form: str) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(held, form)
    return held.getvalue()


def name(data: bytes) -> str:
    return sha256(data).hexdigest()


@dataclass
class Office:
    """Headquarters' picture store on a real socket. `cut` closes the line after so many bytes of a picture."""

    has: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    cut: int = 0
    ranges: bool = True
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                method, path = head.split(" ")[:2]
                await self._answer(writer, method, path, head.lower())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, method: str, path: str, head: str) -> None:
        digest = path.rpartition("/")[2]
        start = head.partition("range: bytes=")[2].partition("-")[0]
        if method == "GET":
            self.asked.append((digest, start))
        data = self.has.get(digest, b"")
        begin = int(start) if start and self.ranges else 0
        status = "404 Not Found" if not data else "206 Partial Content" if begin else "200 OK"
        status = "416 Range Not Satisfiable" if data and begin >= len(data) else status
        body = b"" if method == "HEAD" or status.startswith("416") else data[begin:]
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode())
        if self.cut and body:
            writer.write(body[: self.cut])
            await writer.drain()
            writer.close()
            return
        writer.write(body)
        await writer.drain()


@asynccontextmanager
async def office() -> AsyncIterator[Office]:
    there = Office()
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    there.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield there
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    held = await Journal.open(Setup(tmp_path / "j.db", Identity("cph_box"), "aa", system_clock(), rooms=(ROOM,)))
    yield held
    await held.close()


async def feed(journal: Journal, article: str, *digests: str) -> None:
    value = ArticleValue(article, {"en": article}, pictures=digests)

    def work(tx: Tx) -> None:
        FEED["article"](tx.db, key_of(value), canonical(plain(value)))
        tx.record(FeedApplied("all", "e", Seq(1), Seq(1), "00"))

    await journal.transact(work, cause=Key(f"feed {article}"))


@asynccontextmanager
async def fetching(fetcher: PictureFetcher) -> AsyncIterator[list[str]]:
    came: list[str] = []
    await fetcher.open()
    running = asyncio.create_task(fetcher.run(came.append))
    try:
        yield came
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await fetcher.close()


async def test_every_picture_an_article_names_comes_once_and_new_ones_follow(journal: Journal, tmp_path: Path) -> None:
    gallery, red, blue = Gallery(tmp_path / "media"), picture("red"), picture("blue", form="WEBP")
    async with office() as there:
        there.has = {name(red): red, name(blue): blue}
        await feed(journal, "boot", name(red))
        async with fetching(PictureFetcher("pictures", there.url, gallery, journal)) as came:
            await until(lambda: came == [name(red)])
            await feed(journal, "hat", name(red), name(blue))
            await until(lambda: came == [name(red), name(blue)])
        assert there.asked == [(name(red), ""), (name(blue), "")]
    held = gallery.read(name(blue))
    assert held is not None
    assert (held.data, held.type) == (blue, "image/webp")


@pytest.mark.parametrize("ranges", [True, False])
async def test_a_picture_cut_short_is_fetched_on_from_where_it_ended(
    journal: Journal, tmp_path: Path, ranges: bool
) -> None:
    gallery, data = Gallery(tmp_path / "media"), picture("noise", 200)
    async with office() as there:
        there.has, there.cut, there.ranges = {name(data): data}, 5000, ranges
        await feed(journal, "boot", name(data))
        fetcher = PictureFetcher("pictures", there.url, gallery, journal)
        await fetcher.open()
        with pytest.raises(DeviceLost) as lost:
            await fetcher.run(lambda digest: None)
        assert lost.value.hint
        await fetcher.close()
        assert gallery.read(name(data)) is None, "half a picture is never shown"
        there.cut = 0
        async with fetching(fetcher) as came:
            await until(lambda: came == [name(data)])
    assert there.asked == [(name(data), ""), (name(data), str(len(data[:5000])))]
    held = gallery.read(name(data))
    assert held is not None
    assert held.data == data


async def test_what_is_not_what_it_is_called_is_not_kept(
    journal: Journal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gallery, good = Gallery(tmp_path / "media"), picture()
    bad = {"0" * 64: picture("red"), name(b"<svg/>"): b"<svg/>", name(b"x" * (MAX_BYTES + 9)): b"x" * (MAX_BYTES + 9)}
    async with office() as there:
        there.has = {**bad, name(good): good}
        await feed(journal, "a", *bad, "1" * 64)
        await feed(journal, "b", name(good))
        async with fetching(PictureFetcher("pictures", there.url, gallery, journal)) as came:
            await until(lambda: came == [name(good)])
    assert [path.name for path in gallery.folder.iterdir()] == [name(good)]
    said = [record.getMessage() for record in caplog.records if "picture" in record.getMessage()]
    assert len(said) == 4, "each is named once"


async def test_an_office_that_is_not_there_is_a_device_lost_and_no_address_stops(
    journal: Journal, tmp_path: Path
) -> None:
    gallery = Gallery(tmp_path / "media")
    async with office() as there:
        url = there.url
    fetcher = PictureFetcher("pictures", url, gallery, journal)
    with pytest.raises(DeviceLost):
        await fetcher.open()
    await fetcher.close()
    with pytest.raises(Halt):
        await PictureFetcher("pictures", "ftp://hq.example", gallery, journal).open()


async def test_a_whole_picture_that_was_only_put_by_is_kept_without_its_bytes_again(
    journal: Journal, tmp_path: Path
) -> None:
    gallery, data = Gallery(tmp_path / "media"), picture()
    gallery.put_by(name(data), data)
    async with office() as there:
        there.has = {name(data): data}
        await feed(journal, "boot", name(data))
        async with fetching(PictureFetcher("pictures", there.url, gallery, journal)) as came:
            await until(lambda: came == [name(data)])
    assert there.asked == [(name(data), str(len(data)))]


def test_only_pictures_within_bounds_are_shown() -> None:
    assert unfit(picture()) == ""
    assert unfit(picture(form="JPEG")) == ""
    for data in (b"", b"GIF89a", picture()[:50], b"\x89PNG\r\n\x1a\nand then nothing", picture(form="BMP")):
        assert unfit(data), data[:8]
    huge = io.BytesIO()
    Image.new("1", (6000, 6000)).save(huge, "PNG")
    assert "points" in unfit(huge.getvalue())


def test_a_picture_says_what_it_is_by_its_first_bytes() -> None:
    assert [kind_of(picture(form=form)) for form in ("PNG", "JPEG", "WEBP")] == [
        "image/png",
        "image/jpeg",
        "image/webp",
    ]
    assert kind_of(b"<html>") is None
    assert kind_of(b"RIFF0000AVI ") is None
