"""The report of some days and the list of their Z, as `/office` shows them (docs/screens.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from edge.pos.books.report import Local, Report, Sum, report
from edge.pos.books.shifts import Book

Json = Mapping[str, object]
MOST_PRODUCTS = 100


def office_view(books: Sequence[Book], local: Local, people: Mapping[str, str]) -> dict[str, object]:
    """`OfficeReport`; `people` are the names of those who work here."""
    made = report(books, local)
    return {
        "totals": {**_sum(made.total), "gross_sales_minor": made.gross_sales, "gross_returns_minor": made.gross_returns,
                   "rounding_minor": made.rounding, "average_minor": _average(made)},
        "counts": {name: made.counts[name] for name in ("no_sales", "discounts", "discounted", "overrides")},
        "hours": _hours(made),
        "taxes": [{"label": label, "rate": rate, **_sum(each)} for (label, rate), each in sorted(made.taxes.items())],
        "products": _products(made),
        "cashiers": _cashiers(made, people),
        "tenders": [{"kind": kind, **_sum(each)} for kind, each in sorted(made.tenders.items())],
        "moves": [{"kind": kind, **_sum(each)} for kind, each in sorted(made.moves.items())],
        "events": [{**event, "user": people.get(str(event["user"]), str(event["user"]))} for event in made.events],
        "z": [_z(book, people) for book in books if book.z is not None],
        "open": [
            {"till": book.till, "business_date": book.date, "opened_at": book.opened.opened_at}
            for book in books
            if book.z is None and book.opened is not None
        ],
    }  # fmt: skip


def _average(made: Report) -> int:
    return made.gross_sales // made.total.sales if made.total.sales else 0


def _sum(of: Sum) -> dict[str, int]:
    minor = {"net", "tax", "gross", "discount"}
    return {f"{name}_minor" if name in minor else name: value for name, value in asdict(of).items()}


def _hours(made: Report) -> list[Json]:
    """By hour of the clock; over several days the same hour of all of them, an hour that came twice apart."""
    twice = {name[:13] for name in made.hours if sum(other[:13] == name[:13] for other in made.hours) > 1}
    found: dict[str, Sum] = {}
    for name, each in sorted(made.hours.items(), key=lambda pair: (pair[0][11:13], -int(pair[0][14:17]), pair[0])):
        hour = name[11:] if name[:13] in twice else name[11:13]
        held = found.setdefault(hour, Sum())
        for part, amount in asdict(each).items():
            setattr(held, part, getattr(held, part) + amount)
    return [{"hour": hour, **_sum(each)} for hour, each in found.items()]


def _products(made: Report) -> list[Json]:
    ranked = sorted(made.products.items(), key=lambda pair: (-pair[1].gross, pair[0]))
    shown: list[Json] = [{"sku": sku, "name": made.names[sku], **_sum(each)} for sku, each in ranked[:MOST_PRODUCTS]]
    if len(ranked) > MOST_PRODUCTS:
        rest = Sum()
        for _, each in ranked[MOST_PRODUCTS:]:
            rest.add(1, **asdict(each))
        shown.append({"sku": "", "name": "", **_sum(rest)})
    return shown


def _cashiers(made: Report, people: Mapping[str, str]) -> list[Json]:
    return [
        {
            "user": user,
            "name": people.get(user, user),
            **_sum(made.cashiers[user]),
            "voided_lines": made.voids[user].units,
            "voided_baskets": made.voids[user].sales,
        }
        for user in sorted({*made.cashiers, *made.voids})
    ]


def _z(book: Book, people: Mapping[str, str]) -> Json:
    z = book.z
    assert z is not None
    return {
        "seq": book.z_seq,
        "till": z.till,
        "series": z.series,
        "z_number": z.z_number,
        "business_date": z.business_date,
        "at": book.z_at,
        "user": people.get(z.user, z.user),
        "sales": z.sales,
        "returns": z.returns,
        "gross_sales_minor": z.gross_sales,
        "gross_returns_minor": z.gross_returns,
        "expected_minor": z.expected_cash,
        "counted_minor": z.counted_cash,
        "net_minor": z.gross_sales - z.gross_returns,
        "variance_minor": z.variance,
        "reason": z.reason,
        "open_items": z.open_baskets + z.unfinished_sales + z.unknown_effects + z.open_transfers,
    }
