"""Goods, reviews and devices for the pretend server, in the shapes of docs/screens.md."""

from datetime import UTC, datetime, timedelta

from edge.clock import stamp

Json = dict[str, object]
SIZES = ("40", "41", "42", "43", "44", "45")
COLOURS = (("brown", "Brown", "#6b4a2f"), ("moss", "Moss", "#56663a"), ("slate", "Slate", "#4b5560"))
SAID = (
    (5, "Dry feet for a week", "From Skagen to Hirtshals in the rain. Not one blister, not one wet sock.", "Mette", 12),
    (
        1,
        "The sole came off",
        "After two months the left sole came loose. On a mountain: the end of the trip.",
        "Jens",
        40,
    ),
    (4, "Runs small", "Take one size more than usual. Otherwise a wonderful boot.", "Aleksandra", 75),
    (5, "Third pair", "My third pair in ten years. They have not changed a thing.", "Ion", 130),
    (4, "Warm", "Warm enough for the winter, a little heavy for the summer.", "김지우", 200),
    (2, "Laces", "Good boot, poor laces: both broke in the first month.", "Ewa", 260),
)
LIKE = (("Fjeld Low", "slate", 899, 44, 12), ("Klit Sandal", "brown", 549, None, 3), ("Skov Mid", "moss", 1099, 41, 31))
RATING: Json = {"count": len(SAID), "tenths": 35}


def now(days: int = 0) -> str:
    """The time, `days` ago."""
    return stamp(datetime.now(UTC) - timedelta(days=days))


def device(name: str, state: str = "up", cause: str = "") -> Json:
    """A device's health."""
    return {"name": name, "state": state, "since": now(), "cause": cause, "hint": ""}


def count(n: int | None, where: str = "") -> Json:
    """How many there are somewhere."""
    return {"count": n, "few": False, "as_of": now(), "where": where}


def reviews() -> list[Json]:
    """The good and the bad."""
    return [
        {"id": title, "stars": stars, "title": title, "text": text, "author": who, "at": now(days), "verified": True}
        for stars, title, text, who, days in SAID
    ]


def similar(unit: int) -> list[Json]:
    """Other products."""
    return [
        {"id": name[:5], "name": name, "picture": f"/media/boot-{colour}.svg", "price_minor": price * unit,
         "rating": {"count": n, "tenths": tenths}}
        for name, colour, price, tenths, n in LIKE
    ]  # fmt: skip


def product(article: str, unit: int) -> Json:
    """A boot in three colours and six sizes."""
    cells = [
        {"sku": f"{article}-{colour}-{size}", "colour": colour, "size": size, "price_minor": 1299 * unit,
         "here": count((x * 2 + y) % 5), "other": count((x + y * 3) % 4, "Aarhus"), "online": count(9 + x)}
        for y, (colour, _, _) in enumerate(COLOURS)
        for x, size in enumerate(SIZES)
        if (x, y) != (0, 2)
    ]  # fmt: skip
    return {
        "id": article, "name": "Ridge Mid boot", "brand": "Nordvej", "pictures": ["/media/boot-brown.svg"],
        "text": "A leather boot for long days on wet ground: waterproof, resoleable, at home on grass and granite.",
        "price_minor": 1299 * unit, "one_price": True, "lowest_30_days_minor": None, "price_version": 7, "as_of": now(),
        "specifications": [{"name": "Upper", "value": "Nubuck"}, {"name": "Sole", "value": "Rubber"}],
        "colours": [{"code": c, "name": n, "swatch": s, "picture": f"/media/boot-{c}.svg"} for c, n, s in COLOURS],
        "sizes": list(SIZES), "cells": cells, "others": [{"store": "aarhus", "name": "Aarhus"}], "rating": RATING,
        "reviews": reviews(), "reviews_checked": "Only buyers can review.", "similar": similar(unit),
    }  # fmt: skip


def boot_picture(colour: str) -> str:
    """A drawn boot."""
    ink = {code: swatch for code, _, swatch in COLOURS}.get(colour, "#7a6a55")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><rect width="400" height="400" fill="#e9e4d6"/>'
        f'<path d="M120 70h92l6 120c50 20 108 30 118 78v22H112z" fill="{ink}"/><path d="M108 288h232l-4 34H108z"/>'
        '<path d="M150 110h50M152 140h52M156 170h54" stroke="#f2c14e" stroke-width="8" stroke-linecap="round"/></svg>'
    )


def paper_picture() -> str:
    """A printed paper, from afar."""
    bars = "".join(f'<rect x="20" y="{60 + 20 * n}" width="{150 - 9 * n}" height="6"/>' for n in range(6))
    paper = '<path fill="#fff" d="M0 0h200v320H0z"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 320">{paper}{bars}</svg>'
