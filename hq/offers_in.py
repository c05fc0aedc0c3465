"""Pure: a spreadsheet's row becomes a promotion, a coupon or a customer's groups, or a reason in words why not."""

import re
from collections.abc import Mapping

import msgspec

from edge.feedoffers import MOST_PARTS, CouponValue, MemberValue, PromotionKind, PromotionValue
from hq.rows import amount, number, several, texts, when, yes

Row = Mapping[str, str]
_PLAIN = ("skus", "articles")


def promotion_in(row: Row, now: str, currency: str) -> PromotionValue:
    """A promotion; a row is the whole of it. ValueError in words when it is none."""
    money = row.get("currency") or currency
    told: dict[str, object] = {
        "id": row["promotion"],
        "name": texts(row, "name", {}),
        "kind": _kind(row["gives"]),
        "parts": [part for place in range(1, MOST_PARTS + 1) if (part := _part(row, place))],
        "valid_from": when(row.get("valid_from", ""), now),
        "currency": money,
        "coupon": yes(row.get("needs_coupon", "")),
        "groups": several(row.get("groups", "")),
        "days": [number(day, "day of the week") for day in several(row.get("days", ""))],
    }
    told |= {key: row[key] for key in ("begins", "ends", "exclusion") if row.get(key)}
    told |= {key: number(row[key], key) for key in ("buy", "get", "count", "priority", "times") if row.get(key)}
    if row.get("percent"):
        told["rate"] = amount(row["percent"].removesuffix("%").strip(), "")
    for column, key in (("off", "amount"), ("set_price", "price"), ("floor", "floor")):
        if row.get(column):
            told[key] = amount(row[column], money)
    if row.get("until"):
        told["valid_until"] = when(row["until"], now)
    if told["kind"] is PromotionKind.THRESHOLD:
        told.setdefault("exclusion", "basket")
    return msgspec.convert(told, PromotionValue)


def coupon_in(row: Row, now: str) -> CouponValue:
    """A coupon; without `uses` it counts once."""
    until = when(row["until"], now) if row.get("until") else None
    uses = number(row["uses"], "number of uses") if row.get("uses") else 1
    return CouponValue(row["coupon"], row["promotion"], when(row.get("valid_from", ""), now), until, uses)


def member_in(row: Row) -> MemberValue:
    """The groups of a customer, by their number; an empty cell takes them out of all."""
    return MemberValue(row["customer"], several(row["groups"]))


def _kind(text: str) -> PromotionKind:
    try:
        return PromotionKind(text.strip().lower())
    except ValueError:
        raise ValueError(f"{text!r} is no kind of promotion; write one of {', '.join(PromotionKind)}") from None


def _part(row: Row, place: int) -> dict[str, object]:
    """The goods of one part, from `skus`, `articles`, … or `skus_2`, `articles_2`, …; empty when none is named."""
    tail = "" if place == 1 else f"_{place}"
    part: dict[str, object] = {name: named for name in _PLAIN if (named := several(row.get(name + tail, "")))}
    if categories := [each.strip() for each in re.split(r"[|;]", row.get(f"categories{tail}", "")) if each.strip()]:
        part["categories"] = categories
    if yes(row.get(f"everything{tail}", "")):
        part["everything"] = True
    if part and row.get(f"quantity{tail}"):
        part["quantity"] = number(row[f"quantity{tail}"], "quantity")
    return part
