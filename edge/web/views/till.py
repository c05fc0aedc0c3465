"""The till's whole state, as docs/screens.md writes it (`TillState`)."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from edge.countries.profile import Profile
from edge.pos.basket import Basket
from edge.pos.cash.tables import transfers
from edge.pos.load import basket_of, open_basket, shift_of, training_of
from edge.pos.parking.tables import Parked, parked
from edge.pos.payment.slips import slips
from edge.pos.pricing import price
from edge.pos.shop import Way
from edge.pos.tenders import cash_payable, quick_notes
from edge.tasks.tables import open_tasks
from edge.units import Minor, TillId
from edge.web.views.lines import lines_view
from edge.web.views.people import user_at, users
from edge.web.views.profile import profile_view
from edge.web.views.reductions import coupons_view, promotions_view, reduction_view
from edge.web.views.tenders import declined, taken, tenders_view, ways_view

Json = Mapping[str, object]
_SALE = """SELECT sale, number, units, total, rounding, payable, tendered, change, paid_at, closed_seq FROM sales"""
_EFFECT = """SELECT effect, state, why, intended_at, proven, subject FROM effects WHERE subject = ? AND kind = ?
ORDER BY place DESC, rowid DESC LIMIT 1"""
_UNFINISHED = """ WHERE till = ?1 AND (closed_seq IS NULL OR sale IN (
SELECT subject FROM effects AS e WHERE kind = 'fiscal' AND state = 'not-done' AND NOT EXISTS (
SELECT 1 FROM effects AS l WHERE l.subject = e.subject AND l.kind = 'fiscal'
AND (l.place, l.rowid) > (e.place, e.rowid)))) ORDER BY paid_seq"""
"""Paid without a fiscal receipt; or closed with the report still owed, and the device refused it."""
_EVIDENCE = """SELECT json_extract(fact, '$.evidence.number'), json_extract(fact, '$.evidence.printed')
FROM (SELECT CAST(data AS TEXT) AS fact FROM entries WHERE seq = ?)"""
_UNKNOWN_PAPERS = """SELECT effect, subject FROM effects
WHERE kind = 'paper' AND state = 'unknown' AND target = ? ORDER BY place"""
_NUMBERED = """SELECT number, total FROM sales WHERE sale = ?1
UNION ALL SELECT number, total FROM refunds WHERE returned = ?1"""
_ONLY_HERE = """SELECT count(*), (SELECT paid_at FROM sales WHERE closed_seq > ?1 ORDER BY closed_seq LIMIT 1)
FROM sales WHERE closed_seq > ?1"""
_ACKED = "SELECT position FROM followers WHERE name = 'hq'"
_PAPER_STATES = {"intended": "waiting", "sent": "printing", "fenced": "printing", "not-done": "dropped"}
_FISCAL_STATES = {"intended": "waiting", "sent": "waiting", "fenced": "waiting", "not-done": "refused"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the state needs besides the database."""

    till: TillId
    name: str
    boot: str
    language: str
    profile: Profile
    time_zone: str
    today: date
    devices: Mapping[str, Json]
    """`printer`, `fiscal`, `drawer`, `hq` as `Device`."""
    at: str
    ways: Mapping[str, Way] = field(default_factory=dict)
    wired: frozenset[str] = frozenset()
    lists: Sequence[Json] = ()
    asked: Json | None = None
    started_at: str = ""
    tills: Mapping[TillId, str] = field(default_factory=dict)
    """Every till of the store, by its name."""
    blind: bool = True


def till_state(db: sqlite3.Connection, frame: Frame) -> dict[str, object]:
    """`TillState` of one till; holds nothing secret."""
    (seq,) = db.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchone()
    held, practice = open_basket(db, frame.till), training_of(db, frame.till)
    last = db.execute(f"{_SALE} WHERE till = ? ORDER BY paid_seq DESC LIMIT 1", (frame.till,)).fetchone()
    open_sales = db.execute(f"{_SALE}{_UNFINISHED}", (frame.till,))
    return {
        "seq": seq,
        "at": frame.at,
        "boot": frame.boot,
        "started_at": frame.started_at,
        "till": {"id": frame.till, "name": frame.name},
        "user": user_at(db, frame.till),
        "users": users(db),
        "shift": _shift(db, frame),
        "cash": _cash(db, frame),
        "basket": None if held is None else basket_view(db, held.basket, held.opened_at, frame),
        "training": None if practice is None else {"since": practice.opened_at, "user": practice.user},
        "parked": [_parked(db, each, frame) for each in parked(db)],
        "last_sale": None if last is None else _sale(db, last, frame),
        "unfinished": [_sale(db, row, frame) for row in open_sales.fetchall()],
        "papers": _papers(db, frame),
        "tenders": tenders_view(db, frame.till, frame.wired, None if held is None else held.basket.id),
        "ways": ways_view(frame.ways),
        "slips": len(slips(db, frame.till)),
        **frame.devices,
        "only_here": _only_here(db),
        "lists": list(frame.lists),
        "profile": profile_view(frame.profile, frame.time_zone),
        "asked": frame.asked,
        "tasks": [
            {"task": task.task, "kind": task.kind, "subject": task.subject, "hint": task.hint, "at": task.at}
            for task in open_tasks(db)
        ],
    }


def _parked(db: sqlite3.Connection, waiting: Parked, frame: Frame) -> dict[str, object]:
    """A basket that waits somewhere in the store."""
    basket = basket_of(db, waiting.basket).basket
    return {
        "basket": waiting.basket,
        "number": waiting.number,
        "name": waiting.name,
        "till": {"id": waiting.till, "name": frame.tills.get(waiting.till, waiting.till)},
        "at": waiting.at,
        "units": basket.units,
        "total_minor": price(basket, frame.profile, frame.today).total,
    }


def basket_view(db: sqlite3.Connection, basket: Basket, opened_at: str, frame: Frame) -> dict[str, object] | None:
    """`Basket`; None while it has no line."""
    if not basket.lines:
        return None
    priced = price(basket, frame.profile, frame.today)
    rest = Minor(priced.total - taken(db, basket.id))
    payable = cash_payable(max(rest, Minor(0)), frame.profile, frame.today)
    return {
        "id": basket.id,
        "opened_at": opened_at,
        "units": basket.units,
        "total_minor": priced.total,
        "discount_minor": priced.discount,
        "reduction": reduction_view(basket.reduction),
        "promotions": promotions_view(priced.applied),
        "coupons": coupons_view(basket, priced.applied),
        "cash": {"payable_minor": payable, "rounding_minor": payable - rest if rest > 0 else 0},
        "rest_minor": rest,
        "declined": declined(db, basket.id),
        "notes": list(quick_notes(payable, frame.profile)),
        "taxes": [
            {"label": tax.label, "rate": tax.rate, "gross_minor": tax.gross, "tax_minor": tax.tax}
            for tax in priced.taxes
        ],
        "lines": lines_view(db, basket, priced.lines, frame.language),
    }


def _cash(db: sqlite3.Connection, frame: Frame) -> dict[str, object]:
    """Transfers nobody has confirmed, and the tills cash may be carried to."""
    named = dict(frame.tills)
    return {
        "transfers": [
            {
                "move": each.move,
                "way": "out" if each.sender == frame.till else "in",
                "till": named.get(each.to if each.sender == frame.till else each.sender, ""),
                "amount_minor": each.amount if each.sender == frame.till else None,
                "at": each.at,
            }
            for each in transfers(db, frame.till)
        ],
        "tills": [{"id": till, "name": name} for till, name in named.items() if till != frame.till],
    }


def _shift(db: sqlite3.Connection, frame: Frame) -> dict[str, object] | None:
    shift = shift_of(db, frame.till)
    if shift is None:
        return None
    return {
        "id": shift.id,
        "opened_at": shift.opened_at,
        "business_date": shift.business_date,
        "float_minor": shift.float_amount,
        "sales": shift.sales,
        "counts": shift.counts,
        "counted": shift.counted is not None,
        "agrees": None if shift.counted is None else shift.counted == shift.expected,
        "today": shift.business_date == frame.today.isoformat(),
        "expected_minor": None if frame.blind else shift.expected,
    }


def _sale(db: sqlite3.Connection, row: tuple[object, ...], frame: Frame) -> dict[str, object]:
    sale, number, units, total, rounding, payable, tendered, change, paid_at, closed_seq = row
    evidence = db.execute(_EVIDENCE, (closed_seq,)).fetchone() or ("", False)
    return {
        "sale": sale,
        "number": number,
        "units": units,
        "total_minor": total,
        "rounding_minor": rounding,
        "payable_minor": payable,
        "tendered_minor": tendered,
        "change_minor": change,
        "paid_at": paid_at,
        "closed": closed_seq is not None,
        "fiscal": fiscal_of(db, str(sale), closed=closed_seq is not None, number=evidence[0] or ""),
        "paper": paper_of(db, str(sale), "receipt", str(number or ""), total, frame)
        or (_device_paper(number, total, paid_at) if evidence[1] else None),
    }


def fiscal_of(db: sqlite3.Connection, sale: str, *, closed: bool, number: str) -> dict[str, object]:
    row = db.execute(_EFFECT, (sale, "fiscal")).fetchone()
    if row is None:
        return {"state": "none", "device": "", "number": "", "hint": ""}
    _, state, why, _, _, _ = row
    hint = "" if closed and state != "not-done" else why
    return {"state": _FISCAL_STATES.get(state, state), "device": "", "number": number, "hint": hint}


def paper_of(
    db: sqlite3.Connection, subject: str, what: str, number: str, total: object, frame: Frame
) -> dict[str, object] | None:
    row = db.execute(_EFFECT, (subject, "paper")).fetchone()
    if row is None:
        return None
    effect, state, _, at, proven, _ = row
    (earlier,) = db.execute(
        "SELECT count(*) FROM effects WHERE subject = ? AND kind = 'paper' AND effect <> ?", (subject, effect)
    ).fetchone()
    shown = "unproven" if state == "done" and not proven else _PAPER_STATES.get(state, state)
    return {
        "effect": effect,
        "what": what,
        "number": number,
        "total_minor": total,
        "at": at,
        "state": shown,
        "copy_of_unknown": earlier > 0,
    }


def _device_paper(number: object, total: object, at: object) -> dict[str, object]:
    """The fiscal device has printed the receipt itself."""
    return {
        "effect": "",
        "what": "receipt",
        "number": str(number or ""),
        "total_minor": total,
        "at": at,
        "state": "fiscal-device",
        "copy_of_unknown": False,
    }


def _papers(db: sqlite3.Connection, frame: Frame) -> list[dict[str, object]]:
    """Every paper of this till whose fate is unknown."""
    found = []
    for _, subject in db.execute(_UNKNOWN_PAPERS, (f"{frame.till}/printer",)).fetchall():
        row = db.execute(_NUMBERED, (subject,)).fetchone()
        slip = row is None and db.execute("SELECT 1 FROM slips WHERE subject = ?", (subject,)).fetchone()
        what, (number, total) = ("receipt", row) if row else ("slip" if slip else "z", ("", 0))
        paper = paper_of(db, subject, what, str(number or ""), total, frame)
        if paper is not None:
            found.append(paper)
    return found


def _only_here(db: sqlite3.Connection) -> dict[str, object]:
    acked = db.execute(_ACKED).fetchone()
    sales, since = db.execute(_ONLY_HERE, (acked[0] if acked else 0,)).fetchone()
    return {"sales": sales, "since": since}
