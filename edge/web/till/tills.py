"""What a till's page is told: its state now, the variance for a manager, and the lists sent from walls."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from edge.clock import stamp
from edge.config import Till
from edge.errors import Refused
from edge.health import Part
from edge.nfc import tables as lists
from edge.pos.fiscal.port import FiscalStatus
from edge.pos.load import Shift, shift_of
from edge.pos.payment.port import TerminalStatus
from edge.pos.payment.tables import by_id
from edge.units import ListId, Sku, TenderId, TillId
from edge.web.house import House, Json
from edge.web.views.device import device
from edge.web.views.goods import called
from edge.web.views.missing import candidates
from edge.web.views.returns import returns_view
from edge.web.views.till import Frame, till_state

LIST_HOURS = 12
"""A list nobody took is shown at the till for this long."""
_PRICE = """SELECT amount FROM prices WHERE list = ? AND sku = ? AND valid_from <= ?
ORDER BY valid_from DESC LIMIT 1"""
_LOWEST = """SELECT min(p.amount) FROM variants v JOIN prices p ON p.sku = v.sku AND p.list = ?
WHERE v.article = ? AND p.valid_from = (SELECT max(q.valid_from) FROM prices q
WHERE q.list = p.list AND q.sku = p.sku AND q.valid_from <= ?)"""


class Tills:
    """The tills of one store, for their pages."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._tills: Mapping[TillId, Till] = {till.id: till for till in house.config.till}
        self._names = {till.id: till.name for till in house.config.till}

    async def state(self, till: TillId, language: str) -> dict[str, object]:
        """`TillState`, goods called as readers of `language` call them. Refused when there is no such till."""
        house, found = self._house, self._tills.get(till)
        if found is None:
            raise Refused(f"no till {till} here", hint="Check the page's address.", code="unknown-till", status=404)
        now = house.clock.now()

        def read(db: sqlite3.Connection) -> dict[str, object]:
            frame = Frame(
                till=till,
                name=found.name,
                boot=house.boot,
                language=language,
                profile=house.shop.profile,
                time_zone=house.config.store.time_zone,
                today=now.astimezone(house.shop.zone).date(),
                devices=self._devices(found),
                at=stamp(now),
                lists=self._lists(db, till, now, language),
                asked=house.asked.get(till),
                started_at=house.started_at,
                tills=self._names,
                blind=house.shop.blind,
                ways=house.shop.position(till).ways,
                wired=house.shop.wired,
            )
            return {**till_state(db, frame), "returns": returns_view(db, frame)}

        return house.journal.look(read)

    def fiscal_hint(self, till: TillId) -> str:
        """Why the till's fiscal device is not ready; empty when it is."""
        device = self._devices(self._tills[till])["fiscal"]
        return str(device["hint"]) or "Check its cable and power." if device["state"] == "down" else ""

    def terminal_hint(self, till: TillId, name: str) -> str:
        """Why the terminal of a way to pay is not ready; empty when it is, or when it has no wire."""
        way = self._house.shop.position(till).ways.get(name)
        if way is None or way.terminal not in self._house.shop.wired:
            return ""
        part = self._house.health.part(f"terminal/{way.terminal}")
        return "" if part is not None and part.up else (part.hint if part else "") or "Check its cable and power."

    async def give_up(self, till: TillId, tender: TenderId) -> None:
        """Ask the terminal that works on `tender` to stop; it may well be too late."""
        found = await self._house.journal.read(lambda db: by_id(db, tender))
        if found is not None and found.till == till and found.terminal in self._house.terminals:
            await self._house.terminals[found.terminal].give_up()

    async def list_items(self, wanted: ListId) -> tuple[tuple[Sku, ...], list[str]]:
        """The variants on a list, and the articles that still need a size. Refused when there is no such list."""
        chosen = await self._house.journal.read(lambda db: lists.chosen(db, wanted))
        if chosen is None:
            raise Refused("no such list", hint="Ask the customer to send it again.", code="unknown-list", status=404)
        skus = tuple(item.sku for item in chosen.items if item.sku is not None)
        return skus, [item.article for item in chosen.items if item.sku is None]

    async def variance(self, till: TillId) -> Json:
        """What is missing, and where it may have gone. Refused before the count."""

        def read(db: sqlite3.Connection) -> tuple[Shift | None, Sequence[Json]]:
            shift = shift_of(db, till)
            return shift, [] if shift is None else candidates(db, shift, self._house.shop.profile)

        shift, found = await self._house.journal.read(read)
        if shift is None or shift.counted is None:
            raise Refused("the drawer has not been counted", hint="Count the cash first.", code="count-first")
        return {
            "expected_minor": shift.expected,
            "counted_minor": shift.counted,
            "variance_minor": shift.counted - shift.expected,
            "candidates": found,
        }

    def _devices(self, till: Till) -> Mapping[str, Json]:
        health = self._house.health.snapshot()
        printer = self._printer(till, health)
        return {
            "printer": printer,
            "drawer": {**printer, "name": "drawer"} if till.printer else device("drawer", None),
            "fiscal": self._fiscal(till, health),
            "terminal": self._terminal(till, health),
            "hq": device("hq", health.get("hq"), cause="offline"),
        }

    def _fiscal(self, till: Till, health: Mapping[str, Part]) -> Json:
        """A device that answers but is not ready (no paper, yesterday still open) is down, with its own hint."""
        if not till.fiscal:
            return device("fiscal", None)
        name = f"fiscal/{till.fiscal}"
        shown, live = device("fiscal", health.get(name)), self._house.board.get(name)
        if shown["state"] != "up" or live is None or not isinstance(live.value, FiscalStatus) or live.value.ready:
            return shown
        return {**shown, "state": "down", "cause": live.value.cause, "hint": live.value.hint}

    def _terminal(self, till: Till, health: Mapping[str, Part]) -> Json:
        """The till's own card terminal; one without a wire is never down. Its cause is what it says just now."""
        if not till.terminal:
            return device("terminal", None)
        if till.terminal not in self._house.shop.wired:
            return {**device("terminal", None), "state": "up"}
        live = self._house.board.get(f"terminal/{till.terminal}")
        shown = device("terminal", health.get(f"terminal/{till.terminal}"))
        if live is None or not isinstance(live.value, TerminalStatus) or shown["state"] != "up":
            return shown
        return {**shown, "hint": live.value.doing}

    def _printer(self, till: Till, health: Mapping[str, Part]) -> Json:
        if not till.printer:
            return device("printer", None)
        shown = device("printer", health.get(f"printer/{till.printer}"))
        live = self._house.board.get(f"printer/{till.printer}")
        if shown["state"] != "up" or live is None:
            return shown
        value = cast("Mapping[str, object]", live.value)
        return {**shown, "state": value["state"], "cause": value["cause"], "hint": value["hint"]}

    def _lists(self, db: sqlite3.Connection, till: TillId, now: datetime, language: str) -> list[Json]:
        since = stamp(now.astimezone(UTC) - timedelta(hours=LIST_HOURS))
        return [
            {"list": name, "wall": wall or "", "at": at, "items": self._items(db, ListId(name), now, language)}
            for name, wall, at in db.execute(lists.WAITING, (till, since)).fetchall()
        ]

    def _items(self, db: sqlite3.Connection, wanted: ListId, now: datetime, language: str) -> list[Json]:
        store = self._house.config.store
        found: list[Json] = []
        for article, sku in db.execute(lists.ITEMS, (wanted,)).fetchall():
            words = called(db, article, sku, language)
            query = (
                (_PRICE, (store.price_list, sku, stamp(now)))
                if sku
                else (_LOWEST, (store.price_list, article, stamp(now)))
            )
            price = db.execute(*query).fetchone()
            found.append(
                {
                    "article": article,
                    "sku": sku,
                    "name": words.name,
                    "variant": words.variant,
                    "price_minor": price[0] if price else 0,
                    "picture": words.picture,
                }
            )
        return found
