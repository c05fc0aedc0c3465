"""The inside of a pretend fiscal device or service: what it does and answers, without any wire."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec

from edge.clock import Clock, stamp
from edge.countries.buyer import mask
from edge.countries.profile import Profile, Regime
from edge.facts.sale import Evidence
from edge.pos.fiscal.document import DocumentKind, FiscalDocument, encode
from edge.pos.fiscal.port import DayReport, DeviceTax, FiscalStatus
from edge.pos.fiscal.wire import Answer, No, Request
from edge.sim.fiscal.check import day_taxes, objection
from edge.sim.fiscal.paper import copied, receipt_text
from edge.sim.fiscal.refunds import refund_refusal
from edge.sim.fiscal.truth import Entry, Receipt, TruthLog
from edge.units import BasisPoints, Minor

_ROLL = No("there is no paper", "Put a new roll into the fiscal device.", "paper-end")
_OVERDUE = No("yesterday is still open", "Make the daily report first.", "day-not-closed")


@dataclass(slots=True)
class Faults:
    """What is wrong with it; the one-shot faults clear themselves."""

    paper: bool = True
    says_no: str = ""
    """Refuse every receipt with these words."""
    drop_answer: bool = False
    """One shot: make the receipt, then hang up instead of answering."""
    swallow: bool = False
    """One shot: take the request, do nothing, never answer."""


class FiscalDevice:
    """One device with its serial number, tax table, truth log and faults."""

    def __init__(self, profile: Profile, log: Path, clock: Clock, serial: str) -> None:
        self.profile, self.kind, self.serial = profile, profile.fiscal.regime, serial
        self.faults = Faults()
        self.table: dict[str, BasisPoints] = {rate.label: rate.rate for rate in profile.tax_table(clock.now().date())}
        self._clock = clock
        self._log = TruthLog(log)
        self._verbs: Mapping[str, Callable[[Request], Answer]] = {
            "status": lambda request: Answer(request.id, status=self.status()),
            "taxes": lambda request: Answer(request.id, taxes=tuple(DeviceTax(*row) for row in self.table.items())),
            "issue": self._issue,
            "find": self._find,
            "copy": self._copy,
            "close-day": self._close_day,
            "report": self._report,
        }

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """Everything it ever made, copies and training too, oldest first."""
        return tuple(self._log.memory.receipts.values())

    def answer(self, request: Request) -> Answer:
        """What the device does and says."""
        verb = self._verbs.get(request.do)
        if verb is None:
            return _no(request, No("that is no request", "Update the driver.", "bad-request"))
        return verb(request)

    def status(self) -> FiscalStatus:
        """How it is now."""
        due = self._report_due(self._clock.now().date())
        no = None if self.faults.paper else _ROLL
        no = no or (replace_code(_OVERDUE, "report-due") if due else None)
        cause, hint = (no.code, no.hint) if no else ("", "")
        return FiscalStatus(self.serial, self.kind, no is None, cause, hint, due, len(self._log.memory.receipts))

    def age_day(self) -> None:
        """As if the open day's receipts were yesterday's: the daily report is overdue."""
        yesterday = (self._clock.now().date() - timedelta(1)).isoformat()
        aged = [msgspec.structs.replace(receipt, day=yesterday) for receipt in self._log.memory.open_day]
        self._log.memory.open_day = aged

    def _report_due(self, today: date) -> bool:
        days = [receipt.day for receipt in self._log.memory.open_day]
        return self.profile.fiscal.daily_report and any(day < today.isoformat() for day in days)

    def _issue(self, request: Request) -> Answer:
        document = request.document
        if document is None or not request.key:
            return _no(request, No("a receipt needs a key and a document", "Update the driver.", "bad-request"))
        digest = sha256(encode(document)).hexdigest()
        known = self._log.memory.receipts.get(request.key)
        if known is not None and known.digest == digest:
            return Answer(request.id, evidence=known.evidence)
        if known is not None:
            return _no(request, No("this key made another receipt", "Call support: two sales share a key.", "used-key"))
        no = self._refusal(document)
        if no is not None:
            return _no(request, no)
        evidence = self._evidence(document, digest)
        refund = document.kind is DocumentKind.REFUND
        counts = document.kind in (DocumentKind.SALE, DocumentKind.REFUND)
        gross = -document.total if refund else document.total if counts else Minor(0)
        receipt = Receipt(
            request.key,
            digest,
            document.business_date,
            gross,
            document.taxes,
            evidence,
            counts=counts,
            refers_to=document.refers_to if refund else "",
        )
        self._log.append(Entry(receipt=receipt))
        return Answer(request.id, evidence=evidence)

    def _refusal(self, document: FiscalDocument) -> No | None:
        wrong = objection(document, self.table)
        sale = document.kind is DocumentKind.SALE
        refusals = [
            (self.faults.says_no, No(self.faults.says_no, "Read the device's display, then try again.", "refused")),
            (not self.faults.paper, _ROLL),
            (self._report_due(date.fromisoformat(document.business_date)), _OVERDUE),
            (wrong, No(wrong, "Compare the tax tables, then call headquarters.", "bad-document")),
            (
                self.kind is Regime.DEFERRED and sale and not document.buyer,
                No("a cash receipt needs a number", "Ask for a phone or business number.", "buyer-needed"),
            ),
        ]
        no = next((no for applies, no in refusals if applies), None)
        return no or refund_refusal(document, self.profile, self.receipts)

    def _evidence(self, document: FiscalDocument, digest: str) -> Evidence:
        number = len(self._log.memory.receipts) + 1
        at = stamp(self._clock.now())
        signature = sha256(f"{self.serial}\n{number}\n{at}\n{digest}".encode()).hexdigest()
        evidence = Evidence(
            regime=self.kind,
            device=self.serial,
            number=f"{self.serial}-{number}",
            at=at,
            counters=f"{self._log.memory.counted + 1}/{number}",
            signature=signature,
            qr="" if self.kind is Regime.DEVICE else f"https://fiscal.example/v/{signature[:32]}",
            printed=self.kind is Regime.DEVICE,
        )
        if self.kind is Regime.NONE:
            return evidence
        shown = mask(document.buyer) if document.buyer_form == "phone" else document.buyer
        return replace(evidence, text=receipt_text(self.profile, document, evidence, shown))

    def _find(self, request: Request) -> Answer:
        found = self._log.memory.receipts.get(request.key)
        return Answer(request.id, evidence=None if found is None else found.evidence, missing=found is None)

    def _copy(self, request: Request) -> Answer:
        original = next((each for each in self.receipts if each.evidence.number == request.of), None)
        if original is None:
            return _no(request, No(f"no receipt {request.of}", "Check the number on the paper.", "unknown-receipt"))
        if not self.faults.paper:
            return _no(request, _ROLL)
        number = len(self.receipts) + 1
        evidence = replace(
            original.evidence,
            number=f"{self.serial}-{number}",
            at=stamp(self._clock.now()),
            text=copied(self.profile, original.evidence.text),
        )
        made = msgspec.structs.replace(original, key=f"copy:{number}", evidence=evidence, counts=False)
        self._log.append(Entry(receipt=made))
        return Answer(request.id, evidence=evidence)

    def _close_day(self, request: Request) -> Answer:
        if not self.faults.paper:
            return _no(request, _ROLL)
        at = stamp(self._clock.now())
        sold = self._log.memory.open_day
        report = DayReport(
            number=len(self._log.memory.days) + 1,
            day=max((receipt.day for receipt in sold), default=at[:10]),
            at=at,
            receipts=len(sold),
            gross=Minor(sum(receipt.gross for receipt in sold)),
            taxes=day_taxes((1 if receipt.gross >= 0 else -1, receipt.taxes) for receipt in sold),
        )
        self._log.append(Entry(report=report))
        return Answer(request.id, day=report)

    def _report(self, request: Request) -> Answer:
        days = tuple(day for day in self._log.memory.days if request.first <= day.day <= request.last)
        return Answer(request.id, days=days)


def replace_code(no: No, code: str) -> No:
    """The same refusal under another word."""
    return msgspec.structs.replace(no, code=code)


def _no(request: Request, no: No) -> Answer:
    return Answer(request.id, no=no)
