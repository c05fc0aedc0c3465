"""The port every maker of legal receipts fits: a printing device, a signing service, a later report.

Three things can become of `issue`: `Issued`, `SaysNo`, or nobody knows (`OutcomeUnknown`: bytes had left). `DeviceLost`
means that nothing had left. An unknown outcome is settled by `find(key)`, never by issuing under another key.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol
from unicodedata import normalize

import msgspec

from edge.countries.profile import Profile, Regime
from edge.errors import StoreEdgeError
from edge.facts.sale import Evidence
from edge.facts.shift import TaxSum
from edge.pos.fiscal.document import FiscalDocument
from edge.units import BasisPoints, Key, Minor

MAX_TEXT = 160 * 1024
"""Bytes of a service's own text that are kept."""


class OutcomeUnknown(StoreEdgeError):
    """The request had left and no answer came: ask with `find`, do not repeat under another key."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The receipt exists; this proves it."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class SaysNo:
    """The device or service refused and did nothing; `code` is a stable word (`paper-end`, `day-not-closed`, …)."""

    why: str
    hint: str
    code: str = "refused"


@dataclass(frozen=True, slots=True)
class FiscalStatus:
    """How the device is; `cause` is empty when `ready`, else `paper-end`, `report-due`, `offline`, …"""

    device: str
    regime: Regime
    ready: bool
    cause: str = ""
    hint: str = ""
    report_due: bool = False
    receipts: int = 0


@dataclass(frozen=True, slots=True)
class DeviceTax:
    """A row of the device's own tax table."""

    label: str
    rate: BasisPoints


@dataclass(frozen=True, slots=True)
class DayReport:
    """A device's daily report: its number, the day it closes and what it adds up to."""

    number: int
    day: str
    at: str
    receipts: int
    gross: Minor
    taxes: tuple[TaxSum, ...]


class FiscalPort(Protocol):
    """What a maker of legal receipts can be asked."""

    async def status(self) -> FiscalStatus: ...
    async def taxes(self) -> tuple[DeviceTax, ...]: ...
    async def issue(self, document: FiscalDocument, key: Key) -> Issued | SaysNo:
        """Make the receipt; the same `key` again answers with the same receipt and makes no second one."""

    async def find(self, key: Key) -> Evidence | None:
        """The receipt made under `key`; None when there is surely none."""

    async def copy(self, of: str) -> Issued | SaysNo:
        """A copy of the receipt numbered `of`."""

    async def close_day(self) -> DayReport | SaysNo: ...
    async def report(self, first: date, last: date) -> tuple[DayReport, ...]: ...


def tax_differences(profile: Profile, day: date, theirs: Sequence[DeviceTax]) -> tuple[str, ...]:
    """Where the device's tax table is not ours, in words; the till stays closed until there is nothing to say.

    A rate the device does not know matters; one that only the device knows does not.
    """
    known = {row.label: row.rate for row in theirs}
    return tuple(
        f"{rate.label}: the law says {percent(rate.rate)}, "
        + (f"the device {percent(known[rate.label])}" if rate.label in known else "the device does not know it")
        for rate in profile.tax_table(day)
        if known.get(rate.label) != rate.rate
    )


def later(profile: Profile, paid_at: datetime) -> Evidence:
    """Evidence of a sale whose report is still owed: goods may leave, the receipt is approved by the deadline."""
    day = (paid_at + timedelta(days=profile.fiscal.deadline_days)).date()
    return Evidence(regime=profile.fiscal.regime, deadline=day.isoformat())


def bounded(evidence: Evidence) -> Evidence:
    """Evidence as a journal can hold it, whatever a device sent: NFC without NUL, bounded. Too long a text is left out:
    number, signature and QR prove the receipt, and a sale must never stay open for its length.
    """
    text = tuple(_plain(line, MAX_TEXT) for line in evidence.text)
    return replace(
        evidence,
        device=_plain(evidence.device, 200),
        number=_plain(evidence.number, 200),
        at=_plain(evidence.at, 64),
        counters=_plain(evidence.counters, 200),
        signature=_plain(evidence.signature, 8192),
        qr=_plain(evidence.qr, 4096),
        text=text if len(msgspec.json.encode(text)) <= MAX_TEXT else (),
    )


def plain_words(text: str) -> str:
    """What a device said, as a journal can hold it."""
    return _plain(text, 400)


def _plain(text: str, most: int) -> str:
    return normalize("NFC", text.replace("\0", ""))[:most]


def percent(rate: BasisPoints) -> str:
    """`25 %`, `8.5 %`."""
    whole, part = divmod(rate, 100)
    return f"{whole}{f'.{part:02}'.rstrip('0') if part else ''} %"
