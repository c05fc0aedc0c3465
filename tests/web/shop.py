"""One pretend till, wall and shelf, from memory: for the pages' own tests, with no place in the product."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from edge.web.live import Live
from tests.web.goods import Json, device, now, product

MONEY = {"DK": ("DKK", 2), "PL": ("PLN", 2), "RO": ("RON", 2), "RS": ("RSD", 2), "KR": ("KRW", 0)}
NOTES = (50, 100, 200, 500, 1000, 2000, 5000, 10000)
BUYER = {
    "kind": "cash-receipt",
    "required_from_minor": 100000,
    "pattern": r"\d{10,11}",
    "example": "01012345678",
    "ways": [],
}
ITEM = {"article": "b1", "sku": "b1-brown-43", "name": "Ridge Mid boot", "variant": "brown · 43", "picture": None}


SALE = {
    "number": "1-1A-7",
    "at": "2026-07-01T10:00:00.000Z",
    "payable_minor": 15000,
    "tendered_minor": 20000,
    "change_minor": 5000,
}


class Refusal(Exception):
    """Answered as a problem."""

    def __init__(self, status: int, code: str, **more: object) -> None:
        super().__init__(code)
        self.status = status
        self.body: Json = {
            "type": "about:blank",
            "title": code,
            "status": status,
            "detail": "",
            "hint": "",
            "code": code,
            **more,
        }


@dataclass
class Line:
    line: int
    sku: str
    name: str
    variant: str
    unit_price_minor: int
    quantity: int = 1
    gross_minor: int = 0
    discount_minor: int = 0
    reduction: Json | None = None
    promotions: list[Json] = field(default_factory=list)
    article: str = "b1"
    picture: str | None = None
    on_hand: int | None = 3
    over_hold: bool = False


@dataclass
class Shop:
    """A shop whose every state a test can set."""

    country: str = "DK"
    seq: int = 1
    boot: str = "boot-1"
    user: Json | None = None
    float_minor: int | None = None
    takings: int = 0
    reduction: Json | None = None
    counts: list[int] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    last: Json | None = None
    papers: list[Json] = field(default_factory=list)
    unfinished: list[Json] = field(default_factory=list)
    lists: list[Json] = field(default_factory=list)
    tasks: list[Json] = field(default_factory=list)
    today: bool = True
    transfers: list[Json] = field(default_factory=list)
    bodies: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    tenders: list[Json] = field(default_factory=list)
    ways: list[Json] = field(default_factory=list)
    terminal: Json = field(default_factory=lambda: device("Terminal", "none"))
    declined: Json | None = None
    printer: Json = field(default_factory=lambda: device("Printer"))
    fiscal: Json = field(default_factory=lambda: device("Fiscal", "none"))
    hq: Json = field(default_factory=lambda: device("HQ"))
    only_here: Json = field(default_factory=lambda: {"sales": 0, "since": None})
    tap: Json | None = None
    blind: str = ""
    expires: int = 60
    wall_list: list[tuple[str, str | None]] = field(default_factory=list)
    answers: dict[str, tuple[int, Json]] = field(default_factory=dict)
    cut: int = 0
    """How many commands go unanswered, though done."""
    done: list[str] = field(default_factory=list)
    discounts: list[Json] = field(default_factory=list)
    coupons: list[Json] = field(default_factory=list)
    scanned: list[str] = field(default_factory=list)
    training: Json | None = None
    waiting: list[Line] = field(default_factory=list)
    parked: list[Json] = field(default_factory=list)
    locked: set[str] = field(default_factory=set)
    one_time: str = ""
    """A PIN that must be changed at the first sign-in."""
    needs: dict[str, str] = field(default_factory=dict)
    """Verb -> the right a manager must lend it, once."""
    streams: int = 0
    live: Live | None = None
    tell: Callable[[], None] = lambda: None

    @property
    def unit(self) -> int:
        """Minor units of 1 krone, or of ₩100."""
        return 100

    @property
    def total(self) -> int:
        return sum(line.gross_minor for line in self.lines)

    @property
    def taken(self) -> int:
        return sum(_int(each["amount_minor"]) for each in self.tenders if each["state"] == "captured")

    def shift(self) -> Json | None:
        if self.float_minor is None:
            return None
        agrees = self.counts[-1] == self.float_minor + self.takings if self.counts else None
        return {
            "id": "z",
            "opened_at": now(),
            "business_date": "2026-07-01",
            "float_minor": self.float_minor,
            "sales": 1,
            "counts": len(self.counts),
            "counted": bool(self.counts),
            "agrees": agrees,
            "today": self.today,
            "expected_minor": None,
        }

    def basket(self) -> Json | None:
        if not self.lines:
            return None
        total, tax = self.total, {"label": "A", "rate": 2500, "gross_minor": self.total, "tax_minor": self.total // 5}
        return {
            "id": "b1",
            "opened_at": now(),
            "units": sum(line.quantity for line in self.lines),
            "total_minor": total,
            "discount_minor": sum(line.discount_minor for line in self.lines),
            "reduction": self.reduction,
            "promotions": [],
            "coupons": self.coupons,
            "cash": {"payable_minor": total - self.taken, "rounding_minor": 0},
            "rest_minor": total - self.taken,
            "declined": self.declined,
            "taxes": [tax],
            "lines": [asdict(x) for x in self.lines],
            "notes": [n * self.unit for n in NOTES if n * self.unit >= total][:4],
        }

    def state(self) -> Json:
        currency, decimals = MONEY[self.country]
        return {
            "seq": self.seq,
            "at": now(),
            "boot": self.boot,
            "till": {"id": "1", "name": "Till 1"},
            "user": self.user,
            "users": [
                {
                    "id": "mette",
                    "name": "Mette",
                    "role": "cashier",
                    "rights": ["sell"],
                    "locked": "mette" in self.locked,
                },
                {
                    "id": "anders",
                    "name": "Anders",
                    "role": "manager",
                    "rights": ["sell", "unlock", "variance"],
                    "locked": False,
                },
            ],
            "shift": self.shift(),
            "basket": self.basket(),
            "cash": {"transfers": self.transfers, "tills": [{"id": "2", "name": "Till 2"}]},
            "parked": self.parked,
            "training": self.training,
            "last_sale": self.last,
            "unfinished": self.unfinished,
            "papers": self.papers,
            "tenders": self.tenders,
            "ways": self.ways,
            "slips": 0,
            "terminal": self.terminal,
            "returns": {"open": [], "last": None},
            "printer": self.printer,
            "fiscal": self.fiscal,
            "drawer": device("Drawer"),
            "hq": self.hq,
            "only_here": self.only_here,
            "lists": self.lists,
            "asked": None,
            "tasks": self.tasks,
            "profile": {
                "country": self.country,
                "currency": currency,
                "decimals": decimals,
                "time_zone": "Europe/Copenhagen",
                "denominations": [n * self.unit for n in (1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)],
                "fiscal": "device" if self.country == "PL" else "none",
                "buyer": BUYER if self.country == "KR" else None,
            },
        }

    def tapped(self, article: str | None) -> None:
        """Hold a product, or something strange, to the wall."""
        kind = "ours" if article else "not-ours"
        self.tap = {
            "seq": self.seq + 1,
            "at": now(),
            "kind": kind,
            "article": article,
            "sku": None,
            "product": product(article, self.unit) if article else None,
        }

    def send_list(self) -> None:
        """The wall's list arrives at the till."""
        self.lists = [{"list": "L1", "wall": "1", "at": now(), "items": [{**ITEM, "price_minor": 1299 * self.unit}]}]

    def carry_out(self, verb: str, body: Mapping[str, object]) -> Json:
        """One command; raises Refusal."""
        self.seq += 1
        if verb in self.needs:
            asked = {"right": self.needs[verb], "action": "0" * 64, "before": "", "after": "", "approvers": ["anders"]}
            raise Refusal(403, "approval-needed", **{"approval-needed": asked})
        self.done.append(verb)
        match verb:
            case "sign-in":
                return self.sign_in(str(body["user"]), str(body["pin"]), str(body.get("new_pin", "")))
            case "approve":
                self.manager(body["manager"])
                self.needs = {verb: right for verb, right in self.needs.items() if right != body["right"]}
            case "unlock":
                self.manager(body["manager"])
                self.locked.discard(str(body["user"]))
            case "sign-out":
                self.user = None
            case "open-shift":
                self.float_minor, self.takings, self.counts = _int(body["float_minor"]), 0, []
            case "scan":
                return self.scan(str(body["code"]))
            case "add":
                return self.add(str(body["sku"]), _int(body["quantity"]), override=bool(body.get("override_hold")))
            case "set-quantity" | "void-line":
                return self.change(_int(body["line"]), _int(body.get("quantity", 0)))
            case "coupon":
                return self.coupon(str(body["code"]))
            case "drop-coupon":
                self.coupons = []
            case "discount-line" | "discount-basket":
                return self.discount(body)
            case "start-training":
                self.training = {"since": now(), "user": "mette"}
            case "end-training":
                self.training, self.lines = None, []
            case "park":
                row = {"basket": f"b{self.seq}", "number": len(self.parked) + 1, "name": str(body.get("name", ""))}
                row |= {"till": {"id": "1", "name": "Till 1"}, "at": now(), "units": 1, "total_minor": self.total}
                self.parked, self.lines, self.waiting = [*self.parked, row], [], self.lines
                return {"number": row["number"]}
            case "resume":
                self.parked, self.lines = [], self.waiting
            case "void-parked":
                self.parked = []
            case "void-basket":
                self.lines = []
            case "pay":
                return self.pay(_int(body["total_minor"]), _rows(body["tenders"]))
            case "settle-paper":
                self.papers = []
            case "take-list":
                self.lists = []
                return {"lines": [self.add("b1-brown-43", 1)["line"]], "choose": []}
            case "count":
                self.counts.append(sum(_int(each["value"]) * _int(each["count"]) for each in _rows(body["pieces"])))
                agrees = self.counts[-1] == self.expected
                return {
                    "total_minor": self.counts[-1],
                    "agrees": agrees,
                    "recount": not agrees and len(self.counts) == 1,
                }
            case "variance":
                return {
                    "expected_minor": self.expected,
                    "counted_minor": self.counts[-1],
                    "variance_minor": self.counts[-1] - self.expected,
                    "candidates": [
                        {"kind": "void", "count": 1, "amount_minor": 8900, "sales": []},
                        {"kind": "no-sale", "count": 2, "amount_minor": None, "sales": []},
                        {"kind": "wrong-change", "count": 1, "amount_minor": None, "sales": [SALE]},
                    ],
                }
            case "move-cash" | "no-sale" | "send-cash" | "receive-cash" | "take-back-cash" | "x-report":
                return self.cash(verb, body)
            case "close-shift":
                return {"z": self.close(str(body.get("reason", "")))}
        return {}

    def cash(self, verb: str, body: Mapping[str, object]) -> Json:
        self.bodies.append((verb, body))
        if verb in ("receive-cash", "take-back-cash"):
            self.transfers = [each for each in self.transfers if each["move"] != body["move"]]
        if verb != "x-report":
            return {"move": "m1"}
        counts = ("sales", "returns", "lines", "voided_lines", "voided_baskets", "no_sales")
        return {"x": {"business_date": "2026-07-01", **dict.fromkeys(counts, 1), "figures": None}}

    @property
    def expected(self) -> int:
        return (self.float_minor or 0) + self.takings

    def manager(self, shown: object) -> None:
        if shown != {"user": "anders", "pin": "1234"}:
            raise Refusal(401, "wrong-pin")

    def sign_in(self, user: str, pin: str, new_pin: str = "") -> Json:
        if pin != (self.one_time or "1234"):
            raise Refusal(401, "wrong-pin")
        if self.one_time and not new_pin:
            raise Refusal(403, "new-pin-needed")
        self.one_time = ""
        self.user = {
            "id": user,
            "name": user.title(),
            "role": "manager" if user == "anders" else "cashier",
            "rights": [],
            "session": 1,
        }
        return {"session": "s", "user": self.user}

    def scan(self, code: str) -> Json:
        self.scanned.append(code)
        if code == "SUMMER":
            return self.coupon(code)
        if code == "CARD-7":
            return {"kind": "customer"}
        if code == "5700000000000":
            return {"kind": "choose", "article": "b1"}
        if code == "5700000000001":
            return {"kind": "line", **self.add("sock-grey-40", 1)}
        raise Refusal(404, "unknown-code")

    def add(self, sku: str, quantity: int, *, override: bool = False) -> Json:
        if sku == "b1-moss-45" and not override:
            held = {
                "sku": sku,
                "name": "Ridge Mid boot",
                "variant": "moss · 45",
                "wanted": 1,
                "on_hand": 2,
                "held": 2,
                "available": 0,
            }
            raise Refusal(409, "held", held=held)
        found = next((each for each in self.lines if each.sku == sku), None)
        if found is None:
            boot, variant = sku.startswith("b1"), " · ".join(sku.split("-")[1:])
            found = Line(
                max((x.line for x in self.lines), default=0) + 1,
                sku,
                "Ridge Mid boot" if boot else "Wool socks",
                variant,
                (1299 if boot else 89) * self.unit,
                0,
                picture="/media/boot-brown.svg" if boot else None,
            )
            self.lines.append(found)
        return self.change(found.line, found.quantity + quantity)

    def change(self, number: int, quantity: int) -> Json:
        found = next((each for each in self.lines if each.line == number), None)
        if found is None:
            raise Refusal(404, "unknown-line")
        found.quantity, found.gross_minor = quantity, quantity * found.unit_price_minor
        self.lines = [each for each in self.lines if each.quantity]
        return {"line": number}

    def coupon(self, code: str) -> Json:
        if code != "SUMMER":
            raise Refusal(404, "unknown-coupon")
        given = {"promotion": "ten", "name": "Ten off", "amount_minor": 1000}
        for line in self.lines:
            line.promotions, line.discount_minor, line.gross_minor = [given], 1000, line.gross_minor - 1000
        self.coupons = [{"code": code, "name": "Ten off", "amount_minor": 1000 * len(self.lines)}]
        return {"kind": "coupon", "coupon": code, "name": "Ten off"}

    def discount(self, body: Mapping[str, object]) -> Json:
        """Cashiers give ten percent, of a line or of everything."""
        rate, amount = _int(body.get("rate", 0)), _int(body.get("amount_minor", 0))
        self.discounts.append(dict(body))
        given = {"rate": rate, "amount_minor": amount, "reason": body.get("reason", "")} if rate or amount else None
        for line in self.lines:
            if "line" in body and line.line != body["line"]:
                continue
            gross = line.quantity * line.unit_price_minor
            line.discount_minor = gross * rate // 10_000 + amount
            line.gross_minor, line.reduction = gross - line.discount_minor, given
        if "line" not in body:
            self.reduction = given
        return {}

    def pay(self, total: int, tenders: Sequence[Mapping[str, object]]) -> Json:
        if total != self.total:
            raise Refusal(409, "total-changed")
        tendered, sale = _int(tenders[0]["tendered_minor"]), f"sale{self.seq}"
        paper = {
            "effect": "e1",
            "what": "receipt",
            "number": "1-1A-1",
            "total_minor": total,
            "at": now(),
            "state": "done",
            "copy_of_unknown": False,
        }
        paid: Json = {
            "sale": sale,
            "payable_minor": total,
            "tendered_minor": tendered,
            "change_minor": tendered - total,
        }
        self.last = {
            **paid,
            "number": "1-1A-1",
            "units": 1,
            "total_minor": total,
            "rounding_minor": 0,
            "paid_at": now(),
            "closed": True,
            "fiscal": {"state": "none", "device": "", "number": "", "hint": ""},
            "paper": paper,
        }
        self.takings += total
        self.lines = []
        return paid

    def close(self, reason: str) -> Json:
        counted, expected, self.float_minor = self.counts[-1], self.expected, None
        tax = {"label": "A", "rate": 2500, "net_minor": 800, "tax_minor": 200, "gross_minor": 1000}
        return {
            "z_number": 12,
            "business_date": "2026-07-01",
            "sales": 1,
            "returns": 0,
            "gross_sales_minor": self.takings,
            "gross_returns_minor": 0,
            "taxes": [tax],
            "tenders": [],
            "moves": [],
            "no_sales": 0,
            "open_baskets": 0,
            "unfinished_sales": 0,
            "unknown_effects": 1,
            "open_transfers": 0,
            "rounding_minor": 0,
            "float_minor": 0,
            "expected_minor": expected,
            "counted_minor": counted,
            "variance_minor": counted - expected,
            "reason": reason,
        }


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _rows(value: object) -> Sequence[Mapping[str, object]]:
    assert isinstance(value, list)
    return value
