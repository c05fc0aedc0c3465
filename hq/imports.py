"""Inside the writer's transaction: a spreadsheet goes into the feed; refused rows are listed in words.

`hq import` is also how a catalogue is corrected: a row replaces what the file's columns speak of and leaves the rest.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import msgspec

from edge.errors import Refused
from edge.feedoffers import CouponValue, PromotionValue
from edge.feedwords import (
    ONLINE,
    ArticleValue,
    DeliveryValue,
    ReviewValue,
    SettingValue,
    Value,
    VariantValue,
    key_of,
    plain,
    read_value,
)
from edge.sync.wire import is_name
from hq import feed, media, stockroom
from hq.cells import Row, attributes, codes, named, nickname, words
from hq.feed import Author
from hq.offers_in import coupon_in, member_in, promotion_in
from hq.people import role_in, staff_row
from hq.pricing import priced
from hq.recalls_in import recall_row
from hq.report import PLURAL, Options, Report
from hq.rows import Sheet, amount, number, read_sheet, readable, several, texts, when, yes

_ORDER = (
    *("role", "staff", "setting", "article", "variant", "code", "price", "review", "stock"),
    *("promotion", "coupon", "member", "recall"),
)
_CODES = "SELECT key FROM held_codes WHERE code = ?"
_CODE = "INSERT INTO held_codes (code, key) VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET key = excluded.key"
_NO_CODES = "DELETE FROM held_codes WHERE key = ?"


def run(db: sqlite3.Connection, data: bytes, options: Options, author: Author) -> Report:
    """Import a CSV file's bytes. Refused when it is no spreadsheet we know; rows are refused one by one."""
    sheet = read_sheet(data)
    db.execute("SAVEPOINT import")
    report = _Import(db, options, author).take(sheet)
    if options.dry_run or (options.all_or_nothing and report.refused):
        db.execute("ROLLBACK TO import")
        report.applied = False
    db.execute("RELEASE import")
    return report


class _Import:
    def __init__(self, db: sqlite3.Connection, options: Options, author: Author) -> None:
        self._db, self._options, self._author = db, options, author
        self._fresh: dict[str, Value] = {}
        self._report = Report()
        self._of_variant = False

    def take(self, sheet: Sheet) -> Report:
        self._report.read = len(sheet.rows) + len(sheet.broken)
        self._report.refused += sheet.broken
        self._of_variant = "variant" in sheet.kinds
        bad: set[int] = {row for row, _ in sheet.broken}
        for kind in (kind for kind in _ORDER if kind in sheet.kinds):
            if kind == "code" and {"article", "variant"} & set(sheet.kinds):
                continue  # the code belongs to what the row itself describes
            step = _STEPS[kind]
            for row, cells in sheet.rows:
                if row in bad:
                    continue
                try:
                    step(self, cells, row)
                except (ValueError, Refused) as error:
                    bad.add(row)
                    self._report.refused.append((row, words(error)))
            self._write(kind)
        return self._report

    def _write(self, kind: str) -> None:
        changed = feed.put(self._db, feed.ALL, self._fresh.values(), self._author)
        self._report.unchanged += len(self._fresh) - changed
        self._count(kind, changed)
        self._fresh.clear()

    def _count(self, kind: str, changed: int) -> None:
        if changed:
            name = PLURAL[kind]
            self._report.changed[name] = self._report.changed.get(name, 0) + changed

    def _hold(self, value: Value) -> None:
        """Check the value's own bounds, claim its codes, then keep it for writing."""
        key = key_of(value)
        read_value(key.partition("/")[0], msgspec.json.encode(plain(value)))
        if isinstance(value, ArticleValue | VariantValue):
            self._claim(value.codes, key)
        self._fresh[key] = value

    def _find(self, key: str) -> Value | None:
        return self._fresh.get(key) or feed.value(self._db, key)

    def promotion(self, row: Row, _: int) -> None:
        """What goods are given together; a row is the whole promotion."""
        self._hold(promotion_in(row, self._since(f"promotion/{row['promotion']}"), self._options.currency))

    def coupon(self, row: Row, _: int) -> None:
        """What opens a promotion; refused when nobody has heard of it."""
        if self._find(f"promotion/{row['promotion']}") is None:
            raise ValueError(f"there is no promotion {row['promotion']!r}; import it first")
        self._hold(coupon_in(row, self._since(f"coupon/{row['coupon']}")))

    def _since(self, key: str) -> str:
        """Where a row does not say from when: as before, else from now on."""
        held = self._find(key)
        return held.valid_from if isinstance(held, PromotionValue | CouponValue) else self._author.at

    def member(self, row: Row, _: int) -> None:
        """Which groups a customer belongs to."""
        self._hold(member_in(row))

    def recall(self, row: Row, _: int) -> None:
        """A lot that no shop may sell any more; `lifted` when it may again."""
        self._told("recall", recall_row(self._db, row, self._author))

    def role(self, row: Row, _: int) -> None:
        """What people of a role may do, at every shop."""
        self._hold(role_in(row))

    def staff(self, row: Row, _: int) -> None:
        """Somebody who works at one shop, on that shop's own feed; `leaves` takes them off it."""
        self._told("staff", staff_row(self._db, row, self._author, self._fresh.get))

    def _told(self, kind: str, done: int) -> None:
        self._count(kind, done)
        self._report.unchanged += 1 - done

    def setting(self, row: Row, _: int) -> None:
        """What screens are told: `colour.brown.da`, `reviews.checked`, `wall.highlights`."""
        self._hold(SettingValue(named(row, "setting"), row["value"]))

    def article(self, row: Row, _: int) -> None:
        key = f"article/{named(row, 'article')}"
        if key in self._fresh:
            row = {column: cell for column, cell in row.items() if cell}
        held = self._find(key)
        before = held if isinstance(held, ArticleValue) else ArticleValue(row["article"], {})
        names = texts(row, "name", before.name)
        if not names:
            raise ValueError("an article needs a name")
        self._hold(
            replace(
                before,
                name=names,
                description=texts(row, "description", before.description),
                category=row.get("category", before.category),
                brand=row.get("brand", before.brand),
                attributes=attributes(row, before.attributes),
                pictures=self._pictures(row, before.pictures),
                codes=before.codes if self._of_variant else codes(row, before.codes),
                minimum_age=number(row.get("minimum_age") or str(before.minimum_age), "age"),
            )
        )

    def variant(self, row: Row, at: int) -> None:
        if row.get("code") and bool(row.get("sku")) != bool(row.get("article")):
            self.code(row, at)
            return
        article = named(row, "article")
        if self._find(f"article/{article}") is None:
            raise ValueError(f"there is no article {article!r}; import the articles first")
        sku = named(row, "sku")
        held = self._find(f"variant/{sku}")
        before = held if isinstance(held, VariantValue) else VariantValue(sku, article)
        self._hold(
            replace(
                before,
                article=article,
                colour=row.get("colour", before.colour),
                size=row.get("size", before.size),
                weight_grams=number(row.get("weight_grams") or str(before.weight_grams), "weight in grams"),
                codes=codes(row, before.codes),
                position=number(row.get("position") or str(before.position), "position"),
                by_weight=yes(row["by_weight"]) if "by_weight" in row else before.by_weight,
            )
        )

    def code(self, row: Row, _: int) -> None:
        """A barcode or tag of a variant or, without one, of an article; beside those it has."""
        code = named(row, "code")
        key = f"variant/{row['sku']}" if row.get("sku") else f"article/{named(row, 'article')}"
        held = self._find(key)
        if not isinstance(held, VariantValue | ArticleValue):
            raise ValueError(f"there is no {key.replace('/', ' ')}")
        self._hold(replace(held, codes=tuple(dict.fromkeys((*held.codes, code)))))

    def price(self, row: Row, _: int) -> None:
        sku = named(row, "sku")
        if not (row.get("price") or row.get("price_minor")):
            return
        if self._find(f"variant/{sku}") is None:
            raise ValueError(f"there is no variant {sku!r}")
        currency = row.get("currency") or self._options.currency
        minor = number(row["price_minor"], "price") if row.get("price_minor") else amount(row["price"], currency)
        if not row.get("tax_label"):
            raise ValueError("a price needs a tax label (A, B, …) as the country's profile names it")
        begins = when(row.get("valid_from", ""), self._author.at)
        price = (row.get("list") or self._options.price_list, sku, minor, currency, row["tax_label"], begins)
        self._hold(priced(self._db, *price))
        self._write("price")  # the next row may be the price that follows this one

    def review(self, row: Row, number_: int) -> None:
        article = named(row, "article")
        if self._find(f"article/{article}") is None:
            raise ValueError(f"there is no article {article!r}")
        if not row["text"] and not row.get("title"):
            raise ValueError("a review needs some text")
        self._hold(
            ReviewValue(
                source=row.get("source") or "import",
                id=row.get("id") or f"{self._options.document}-{number_}",
                article=article,
                rating=number(row["rating"], "rating"),
                title=row.get("title", ""),
                text=row["text"],
                author=nickname(row.get("author", "")),
                created_at=when(row.get("created_at", ""), self._author.at),
                verified=yes(row.get("verified", "")),
                language=row.get("language", ""),
            )
        )

    def stock(self, row: Row, _: int) -> None:
        sku, store = named(row, "sku"), row["store"]
        if not row["quantity"]:
            return
        if self._find(f"variant/{sku}") is None:
            raise ValueError(f"there is no variant {sku!r}")
        quantity = number(row["quantity"], "quantity")
        document = row.get("document") or self._options.document
        if store != ONLINE:
            self._deliver(store, DeliveryValue(document, sku, quantity))
            return
        done = stockroom.receive(self._db, sku, quantity, document, self._author)
        self._count("stock", int(done))
        self._report.unchanged += int(not done)

    def _deliver(self, store: str, goods: DeliveryValue) -> None:
        """A shop alone writes what lies in it: it is told what comes, and receives it."""
        if not is_name(store):
            raise ValueError(f"{store!r} is no store's id")
        if goods.quantity < 1:
            raise ValueError("a delivery has at least one piece; a shop counts to correct its stock")
        held = feed.value(self._db, key_of(goods), store)
        if isinstance(held, DeliveryValue) and held != goods:
            raise ValueError(f"document {goods.document} already brings {held.quantity} of it; use another document")
        done = feed.put(self._db, store, [goods], self._author)
        self._told("delivery", done)

    def _claim(self, codes: Sequence[str], key: str) -> None:
        """These codes belong to `key` alone."""
        for code in codes:
            owner = self._db.execute(_CODES, (code,)).fetchone()
            if owner is not None and owner[0] != key:
                raise ValueError(f"code {code} already belongs to {owner[0].replace('/', ' ')}")
            if owner is None and not readable(code):
                raise ValueError(f"code {code} has a wrong check digit, no scanner would read it; compare the barcode")
        self._db.execute(_NO_CODES, (key,))
        self._db.executemany(_CODE, [(code, key) for code in codes])

    def _pictures(self, row: Row, held: tuple[str, ...]) -> tuple[str, ...]:
        if "picture" not in row:
            return held
        names = several(row["picture"])
        return tuple(media.keep(self._db, name, self._options.folder) for name in names)


_STEPS: Mapping[str, Callable[[_Import, Row, int], None]] = {
    "role": _Import.role,
    "staff": _Import.staff,
    "setting": _Import.setting,
    "article": _Import.article,
    "variant": _Import.variant,
    "code": _Import.code,
    "price": _Import.price,
    "review": _Import.review,
    "stock": _Import.stock,
    "promotion": _Import.promotion,
    "coupon": _Import.coupon,
    "member": _Import.member,
    "recall": _Import.recall,
}
