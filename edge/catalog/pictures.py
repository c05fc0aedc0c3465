"""Pictures on this box: files named by their SHA-256, fetched from headquarters when nothing else is to do.

Articles name pictures by digest (`ArticleValue.pictures`); `{hq.media}/media/{digest}` is asked for the bytes. What
arrives is kept only when its digest, size and content are right. A half-fetched picture stays and is fetched on from
where it ended.
"""

import asyncio
import io
import re
import ssl
import warnings
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from logging import getLogger
from pathlib import Path

import httpx
from PIL import Image, UnidentifiedImageError

from edge.catalog.tables import article_value
from edge.errors import DeviceLost, Halt
from edge.journal.store import Journal
from edge.supervise import Emit

log = getLogger(__name__)
MAX_BYTES = 4 * 1024 * 1024
MAX_PIXELS = 20_000_000
"""The bounds headquarters keeps too."""
SECONDS = 10
LOOK_AGAIN = 300
"""Seconds until pictures that could not be had are asked for again."""
PAUSE = 1
PAGE = 200
HINT = "Pictures follow when headquarters can be reached. Selling goes on."
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
_FED = "SELECT coalesce(max(seq), 0) FROM entries WHERE type = 'edge.feed.applied.v1'"
_ARTICLES = "SELECT article, value FROM articles WHERE article > ? ORDER BY article LIMIT ?"


@dataclass(frozen=True, slots=True)
class Picture:
    """A kept picture."""

    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Gallery:
    """The folder of pictures; its methods block and are for threads."""

    folder: Path

    def read(self, digest: str) -> Picture | None:
        """The picture called `digest`; None when it is not here (or that is no digest)."""
        if not _DIGEST.fullmatch(digest):
            return None
        try:
            data = (self.folder / f"{digest}").read_bytes()
        except OSError:
            return None
        kind = kind_of(data)
        return None if kind is None else Picture(kind, data)

    def missing(self, digests: Sequence[str]) -> list[str]:
        """Those that are not here."""
        return [digest for digest in digests if not (self.folder / f"{digest}").is_file()]

    def begun(self, digest: str) -> bytes:
        """What is here of a picture that was not fetched whole."""
        part = self._part(digest)
        return part.read_bytes() if part.is_file() and part.stat().st_size <= MAX_BYTES else b""

    def put_by(self, digest: str, data: bytes) -> None:
        """Keep the beginning of a picture."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._part(digest).write_bytes(data)

    def keep(self, digest: str, data: bytes) -> str:
        """Keep a whole picture; why not, in words, when it is none we show. Never leaves half a file under its name."""
        why = "its bytes are others" if sha256(data).hexdigest() != digest else unfit(data)
        part = self._part(digest)
        if why:
            part.unlink(missing_ok=True)
            return why
        self.put_by(digest, data)
        part.replace(self.folder / f"{digest}")
        return ""

    def _part(self, digest: str) -> Path:
        return self.folder / f"{digest}.part"


def kind_of(data: bytes) -> str | None:
    """The content type of a picture by its first bytes; None when it is no PNG, JPEG or WebP."""
    kind = next((kind for magic, kind in _KINDS.items() if data.startswith(magic)), None)
    return None if kind == "image/webp" and data[8:12] != b"WEBP" else kind


def unfit(data: bytes) -> str:
    """Why these bytes are not shown; empty when they are a picture within bounds."""
    if len(data) > MAX_BYTES:
        return f"more than {MAX_BYTES} bytes"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    return f"more than {MAX_PIXELS} points"
                picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning):
        return "no PNG, JPEG or WebP picture"
    return ""


@dataclass(slots=True)
class PictureFetcher:
    """A device whose other end is headquarters' picture store; one picture at a time."""

    name: str
    address: str
    """`https://hq.example`; the pictures lie at `/media/{digest}` below it."""
    gallery: Gallery
    journal: Journal
    ca: str = ""
    """A file with the certificate authority to trust; empty trusts the system's."""
    _client: httpx.AsyncClient | None = field(init=False, default=None)
    _told: set[str] = field(init=False, default_factory=set)

    async def open(self) -> None:
        """Reach headquarters. DeviceLost when it does not answer; Halt when the address is none."""
        if httpx.URL(self.address).scheme not in {"http", "https"}:
            raise Halt(f"{self.address!r} is no address of pictures", hint="Mend hq.media in store.toml.")
        trust = await asyncio.to_thread(ssl.create_default_context, cafile=self.ca or None)
        self._client = httpx.AsyncClient(timeout=SECONDS, verify=trust, trust_env=False, follow_redirects=False)
        try:
            await self._client.head(self._url(""))
        except httpx.TransportError as error:
            raise DeviceLost(f"{self.address} does not answer: {error!r}", hint=HINT) from None

    async def run(self, emit: Emit[str]) -> None:
        """Fetch what articles name and is not here, again whenever the feed brought something."""
        bell = asyncio.Event()
        with self.journal.ringing(bell):
            while True:
                fed = await self._fed()
                async for digest in self._wanted():
                    if await self._fetch(digest):
                        emit(digest)
                await self._news(bell, fed)

    async def close(self) -> None:
        """Let go of the connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _fed(self) -> int:
        ((seq,),) = await self.journal.rows(_FED)
        return int(seq)

    async def _news(self, bell: asyncio.Event, fed: int) -> None:
        """Return when the feed has brought something, or it is time to ask again for what could not be had."""
        try:
            async with asyncio.timeout(LOOK_AGAIN):
                while await self._fed() == fed:
                    bell.clear()
                    await bell.wait()
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            return

    async def _wanted(self) -> AsyncIterator[str]:
        """Digests that articles name and that are not here, a page of articles at a time."""
        after = ""
        while rows := await self.journal.rows(_ARTICLES, (after, PAGE)):
            after = rows[-1]["article"]
            named = [digest for row in rows for digest in article_value(row["value"]).pictures]
            for digest in await asyncio.to_thread(self.gallery.missing, list(dict.fromkeys(named))):
                yield digest

    async def _fetch(self, digest: str) -> bool:
        """Whether the picture is here now. DeviceLost when headquarters went away; what came so far stays."""
        try:
            data = await self._bytes(digest)
            why = (
                "headquarters does not have it"
                if data is None
                else await asyncio.to_thread(self.gallery.keep, digest, data)
            )
        except httpx.TransportError as error:
            raise DeviceLost(f"{self.address} went away: {error!r}", hint=HINT) from None
        except OSError as error:
            raise DeviceLost(f"a picture cannot be kept: {error}", hint="Free some space on the box's disk.") from None
        if why and digest not in self._told:
            self._told.add(digest)
            log.warning("picture %s: %s", digest, why)
        return not why

    async def _bytes(self, digest: str) -> bytes | None:
        """The whole picture, from where an earlier try ended; None when headquarters has no such picture."""
        assert self._client is not None, "opened first"
        data = bytearray(await asyncio.to_thread(self.gallery.begun, digest))
        headers = {"Range": f"bytes={len(data)}-"} if data else {}
        whole = False
        try:
            async with self._client.stream("GET", self._url(digest), headers=headers) as response:
                if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    whole = True  # all of it was here already, or something else: its digest tells
                    return bytes(data)
                if response.status_code != httpx.codes.PARTIAL_CONTENT:
                    data.clear()
                if not response.is_success:
                    return None
                async for chunk in response.aiter_bytes():
                    data += chunk
                    if len(data) > MAX_BYTES:
                        break
                whole = True
        finally:
            if not whole and data:
                self.gallery.put_by(digest, bytes(data))
        return bytes(data)

    def _url(self, digest: str) -> str:
        return f"{self.address.rstrip('/')}/media/{digest}"
