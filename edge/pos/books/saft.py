"""SAF-T Cash Register as one XML file, written piece by piece (pure): NOT run through any authority's schema or script.

The order and bounds of the elements are those of Skatteetaten's schema 1.00, kept by hand. Amounts of a return are
negative and debit. See docs/export.md for what the books do not know.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge.facts import SaleClosed, SaleReturned, ShiftClosed, ShiftRead
from edge.pos.books.rows import receipts
from edge.pos.books.saft_codes import ALL, DISCOUNT, GOODS, PAYMENTS, RETURN, RETURN_LINE, SALE, SALE_LINE, event_of
from edge.pos.books.saft_report import Maker, event_report, side, sums
from edge.pos.books.shifts import Book, Line
from edge.pos.books.xml import HEAD, around, clean, ident, leaf, node
from edge.units import BasisPoints, TillId

NOT_CHECKED = "Not run through the authority's schema, script or validator."
_UNKNOWN = "0 where the books do not know: copies of receipts, price look-ups, amounts of voided baskets and lines."
_STREET = re.compile(r"(.+?) +(\d+ ?[A-Za-z]?)")
_TOWN = re.compile(r"(\d{4}) +(.+)")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a country changes: its file's version and its standard VAT code of each rate."""

    country: str
    version: str
    vat: Mapping[BasisPoints, str]

    @property
    def space(self) -> str:
        """The XML namespace."""
        return f"urn:StandardAuditFile-Taxation-CashRegister:{self.country}"


NORWAY = Dialect("NO", "1.0", {BasisPoints(2500): "3", BasisPoints(1500): "31", BasisPoints(1200): "33"})
"""Other rates are standard code 0: no VAT treatment known to us."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose books these are, what was asked for, and when; `names` and `before` may lack somebody.

    `local` gives a stored time on the store's clock, `before` what a till sold and took back before its first book.
    """

    name: str
    address: str
    tax_number: str
    currency: str
    decimals: int
    first: str
    last: str
    made: datetime
    software: str
    local: Callable[[str], datetime]
    tills: Mapping[TillId, str]
    names: Mapping[str, str]
    before: Mapping[TillId, tuple[int, int]]

    @property
    def ident(self) -> str:
        """The company's number: the digits of its tax number."""
        return "".join(re.findall(r"\d", self.tax_number)) or self.tax_number


def saft_file(books: Sequence[Book], shop: Shop, dialect: Dialect) -> tuple[str, Iterator[bytes]]:
    """The file's name as the authority wants it, and its bytes piece by piece."""
    return f"SAF-T Cash Register_{shop.ident}_{shop.made:%Y%m%d%H%M%S}_1_1.xml", (
        part.encode() for part in _document(books, shop, dialect)
    )


def _document(books: Sequence[Book], shop: Shop, dialect: Dialect) -> Iterator[str]:
    yield f"{HEAD}<!-- {NOT_CHECKED} -->\n"
    yield from around("auditfile", _inside(books, shop, dialect), f' xmlns="{dialect.space}"')


def _inside(books: Sequence[Book], shop: Shop, dialect: Dialect) -> Iterator[str]:
    yield node(
        "header", leaf("fiscalYear", shop.first[:4]), leaf("startDate", shop.first), leaf("endDate", shop.last),
        leaf("curCode", shop.currency), leaf("dateCreated", f"{shop.made:%Y-%m-%d}"),
        leaf("timeCreated", f"{shop.made:%H:%M:%S}"), leaf("softwareDesc", "Store Edge"),
        leaf("softwareVersion", shop.software, 20), leaf("softwareCompanyName", "Store Edge"),
        leaf("auditfileVersion", dialect.version), leaf("headerComment", f"{NOT_CHECKED} {_UNKNOWN}"),
    )  # fmt: skip
    yield from around("company", _company(books, shop, dialect))


def _company(books: Sequence[Book], shop: Shop, dialect: Dialect) -> Iterator[str]:
    where = _address(shop, dialect)
    yield leaf("companyIdent", ident(shop.ident)) + leaf("companyName", shop.name, 100)
    yield leaf("taxRegistrationCountry", dialect.country) + leaf("taxRegIdent", shop.tax_number, 50) + where
    yield from _masters(books, shop, dialect)
    yield from around("location", _location(books, shop, where))


def _address(shop: Shop, dialect: Dialect) -> str:
    street, _, rest = shop.address.partition(",")
    numbered, town = _STREET.fullmatch(street.strip()), _TOWN.fullmatch(rest.strip())
    return node(
        "streetAddress", leaf("streetname", numbered[1] if numbered else street, 100),
        leaf("number", numbered[2] if numbered else "", 20),
        leaf("additionalAddressDetails", "" if town else rest.strip(), 100),
        leaf("city", town[2] if town else "", 50), leaf("postalCode", town[1] if town else ""),
        leaf("country", dialect.country),
    )  # fmt: skip


def _masters(books: Sequence[Book], shop: Shop, dialect: Dialect) -> Iterator[str]:
    """Every code the file uses: the schema wants each to be explained once."""
    rates: dict[str, BasisPoints] = {}
    people: dict[str, None] = {}
    goods: dict[str, str] = {}
    for book in books:
        for line in book.lines:
            people[line.actor] = None
        for _, fact, _ in receipts(book):
            people[fact.user] = None
            rates.update({tax.label: tax.rate for tax in fact.taxes})
            goods.update({item.sku: item.name for item in fact.lines})
    yield node("vatCodeDetails", *(
        node("vatCodeDetail", leaf("vatCode", label, 20), leaf("dateOfEntry", shop.first),
             leaf("standardVatCode", dialect.vat.get(rate, "0")))
        for label, rate in rates.items()
    ))  # fmt: skip
    yield node("periods", node(
        "period", leaf("periodNumber", 1), leaf("startDatePeriod", shop.first), leaf("endDatePeriod", shop.last),
    ))  # fmt: skip
    yield node("employees", *(_employee(each, shop) for each in people))
    yield from around("articles", (
        node("article", leaf("artID", ident(sku)), leaf("dateOfEntry", shop.first), leaf("artGroupID", GOODS.id),
             leaf("artDesc", name or sku))
        for sku, name in goods.items()
    ))  # fmt: skip
    yield node("basics", *(
        node("basic", leaf("basicType", code.kind), leaf("basicID", code.id),
             leaf("predefinedBasicID", code.predefined), leaf("basicDesc", code.text))
        for code in ALL
    ))  # fmt: skip


def _employee(user: str, shop: Shop) -> str:
    first, _, rest = shop.names.get(user, "").partition(" ")
    return node(
        "employee", leaf("empID", ident(user)), leaf("dateOfEntry", shop.first), leaf("timeOfEntry", "00:00:00"),
        leaf("firstName", first, 50), leaf("surName", rest or first or user, 100),
    )  # fmt: skip


def _location(books: Sequence[Book], shop: Shop, where: str) -> Iterator[str]:
    yield leaf("name", shop.name, 100) + where
    for till in dict.fromkeys(book.till for book in books):
        yield from around("cashregister", _register([book for book in books if book.till == till], till, shop))


def _register(books: Sequence[Book], till: TillId, shop: Shop) -> Iterator[str]:
    """A till: all its events, then all its receipts, as the schema has them."""
    yield leaf("registerID", till, 100) + leaf("regDesc", shop.tills.get(till, ""))
    before = shop.before.get(till, (0, 0))
    for book in books:
        for line in book.lines:
            yield _event(Maker(shop.ident, shop.name, shop.decimals, before), book, line, shop)
        whole = sums(book, book.lines[-1].seq)
        before = before[0] + whole.sold, before[1] + whole.back
    for book in books:
        for line, fact, sign in receipts(book):
            yield _receipt(book, line, fact, sign, shop)


def _at(text: str, shop: Shop) -> tuple[str, str]:
    at = shop.local(text)
    return f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"


def _event(maker: Maker, book: Book, line: Line, shop: Shop) -> str:
    fact, code, (day, time) = line.fact, event_of(line.fact), _at(line.at, shop)
    if code is None:
        return ""
    subject = (
        getattr(fact, "number", "") if isinstance(fact, SaleClosed | SaleReturned) else getattr(fact, "basket", "")
    )
    report = event_report(maker, book, line, fact, (day, time)) if isinstance(fact, ShiftClosed | ShiftRead) else ""
    return node(
        "event", leaf("eventID", line.seq), leaf("eventType", code.id), leaf("transID", ident(subject)),
        leaf("empID", ident(line.actor)), leaf("eventDate", day), leaf("eventTime", time),
        leaf("eventText", getattr(fact, "reason", ""), 9999), report,
    )  # fmt: skip


def _receipt(book: Book, line: Line, fact: SaleClosed | SaleReturned, sign: int, shop: Shop) -> str:
    money = Maker("", "", shop.decimals, (0, 0)).money
    day, time = _at(fact.paid_at if isinstance(fact, SaleClosed) else line.at, shop)
    tax = sum(each.tax for each in fact.taxes)
    number, kind = _number(fact.number), "C" if sign > 0 else "D"
    return node(
        "cashtransaction", leaf("nr", ident(number)), leaf("transID", ident(fact.number)),
        leaf("transType", SALE.id if sign > 0 else RETURN.id), leaf("transAmntIn", money(sign * fact.total)),
        leaf("transAmntEx", money(sign * (fact.total - tax))), leaf("amntTp", kind), leaf("empID", ident(fact.user)),
        leaf("periodNumber", 1), leaf("transDate", day), leaf("transTime", time), leaf("bookDate", book.date),
        leaf("refID", fact.original if isinstance(fact, SaleReturned) else ""),
        leaf("desc", fact.reason if isinstance(fact, SaleReturned) else "", 9999),
        *_lines(fact, number, sign, money),
        *(_vat(each.label, each.rate, sign * each.tax, money(sign * each.net), money) for each in fact.taxes),
        node("rounding", leaf("roundingAmnt", money(sign * fact.rounding))),
        *(
            node("payment", leaf("paymentType", PAYMENTS[each.kind].id), leaf("paidAmnt", money(sign * each.amount)),
                 leaf("empID", ident(fact.user)), leaf("curCode", fact.currency),
                 leaf("paymentRefID", each.reference))
            for each in fact.tenders
        ),
        leaf("signature", "none"), leaf("keyVersion", "0"), leaf("voidTransaction", "false"),
        leaf("trainingID", "false"),
    ) + "\n"  # fmt: skip


def _lines(fact: SaleClosed | SaleReturned, number: str, sign: int, money: Callable[[int], str]) -> Iterator[str]:
    """A document's tax is rounded once: its lines share it, the last of a rate has what is left."""
    sums_ = {each.label: each for each in fact.taxes}
    last = {item.tax_label: item.line for item in fact.lines}
    run: dict[str, tuple[int, int]] = {}
    for item in fact.lines:
        whole, (before, given) = sums_[item.tax_label], run.get(item.tax_label, (0, 0))
        now = before + item.gross
        upto = whole.tax if item.line == last[item.tax_label] else _share(whole.tax, now, whole.gross)
        run[item.tax_label], tax = (now, upto), upto - given
        net = money(sign * (item.gross - tax))
        yield node(
            "ctLine", leaf("nr", ident(number)), leaf("lineID", item.line),
            leaf("lineType", SALE_LINE.id if sign > 0 else RETURN_LINE.id), leaf("artGroupID", GOODS.id),
            leaf("artID", ident(item.sku)), leaf("qnt", sign * item.quantity),
            leaf("lineAmntIn", money(sign * item.gross)), leaf("lineAmntEx", net),
            leaf("amntTp", "C" if sign > 0 else "D"), leaf("ppu", money(item.unit_price)),
            leaf("cashTransLineDescr", clean(item.name, 999)),
            _vat(whole.label, whole.rate, sign * tax, net, money),
            node("discount", leaf("dscTp", DISCOUNT.id), leaf("dscAmnt", money(sign * item.discount)))
            if item.discount else "",
        )  # fmt: skip


def _share(tax: int, part: int, whole: int) -> int:
    """`tax * part / whole`, rounded half away from zero; of nothing, nothing."""
    if not whole:
        return 0
    over, sign = abs(tax * part), -1 if (tax * part < 0) != (whole < 0) else 1
    return sign * ((2 * over + abs(whole)) // (2 * abs(whole)))


def _vat(label: str, rate: BasisPoints, tax: int, net: str, money: Callable[[int], str]) -> str:
    return node(
        "vat", leaf("vatCode", label, 20), leaf("vatPerc", money_rate(rate)), leaf("vatAmnt", money(tax)),
        leaf("vatAmntTp", side(tax)), leaf("vatBasAmnt", net),
    )  # fmt: skip


def money_rate(rate: BasisPoints) -> str:
    """`25.00`."""
    return f"{rate // 100}.{rate % 100:02d}"


def _number(receipt: str) -> str:
    """The running number at a receipt number's end."""
    last = receipt.rpartition("-")[2]
    return last if last.isdecimal() else receipt
