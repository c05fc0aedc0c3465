"""What the pretend shop's other screens are told."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from edge.clock import stamp
from tests.web.goods import RATING, Json, device, now, reviews, similar
from tests.web.shop import ITEM, MONEY, Shop


def display(shop: Shop) -> Json:
    phase = "basket" if shop.lines else "paid" if shop.last else "idle" if shop.float_minor is not None else "closed"
    paid = (
        shop.last
        if phase == "paid" and shop.last
        else {"total_minor": shop.total, "tendered_minor": None, "change_minor": None}
    )
    return {
        "seq": shop.seq,
        "at": now(),
        "phase": phase,
        "training": bool(shop.training),
        "lines": [asdict(x) for x in shop.lines],
        "rounding_minor": 0,
        "newest": shop.lines[-1].line if shop.lines else None,
        "total_minor": paid["total_minor"],
        "discount_minor": sum(line.discount_minor for line in shop.lines),
        "payable_minor": paid["total_minor"],
        "tendered_minor": paid["tendered_minor"],
        "change_minor": paid["change_minor"],
    }


def wall(shop: Shop) -> Json:
    return {
        "seq": shop.seq,
        "at": now(),
        "name": "Boots",
        "reader": device("Reader"),
        "tap": shop.tap,
        "tills": [{"id": "1", "name": "Till 1"}],
        "list_base": "http://127.0.0.1/list/",
        "highlights": similar(shop.unit),
    }


def shelf(shop: Shop) -> Json:
    expires = stamp(datetime.now(UTC) + timedelta(seconds=shop.expires))
    seen = {"count": None if shop.blind else 4, "blind": shop.blind, "as_of": now()}
    return {
        "seq": shop.seq,
        "at": now(),
        "as_of": now(),
        "expires_at": expires,
        "hash": "h",
        "article": "b1",
        "name": "Ridge Mid boot",
        "variant": "brown · 43",
        "picture": "/media/boot-brown.svg",
        "price_minor": 1299 * shop.unit,
        "lowest_30_days_minor": None,
        "on_shelf": seen,
        "on_hand": {"count": 6, "as_of": now()},
        "rating": RATING,
        "reviews": reviews(),
    }


def the_list(shop: Shop, id: str) -> Json:
    items = [
        {
            **ITEM,
            "article": article,
            "sku": sku,
            "price_minor": 1299 * shop.unit,
            "here": {"count": 3, "few": False, "as_of": now(), "where": ""},
        }
        for article, sku in shop.wall_list
    ]
    return {"list": id, "at": now(), "sent_to": None, "items": items}


def sim(shop: Shop) -> Json:
    boots = [
        {"id": f"t{n}", "code": f"570000000000{n}", "name": {"en": name}, "picture": f"/media/boot-{colour}.svg"}
        for n, (name, colour) in enumerate((("Ridge Mid boot", "brown"), ("Fjeld Low", "slate"), ("Skov Mid", "moss")))
    ]
    papers = [
        {"id": "2", "picture": "/media/paper.svg", "at": now()},
        {"id": "1", "picture": "/media/paper.svg", "at": now()},
    ]
    return {
        "seq": shop.seq,
        "at": now(),
        "country": shop.country,
        "countries": [{"code": c, "name": c} for c in MONEY],
        "counters": {
            "store": 1204,
            "hq": 1200,
            "sales_store": 41,
            "sales_hq": 40,
            "only_here": 1,
            "line_up": False,
        },
        "power": "on",
        "switching": "",
        "printers": [
            {
                "id": "p1",
                "till": "1",
                "paper": "out",
                "cover_open": False,
                "plugged": True,
                "drawer_open": True,
                "kicks": 7,
                "papers": papers,
            }
        ],
        "scanners": [{"till": "1", "codes": boots}],
        "readers": [{"id": "r1", "wall": "1", "plugged": True, "tags": boots}],
        "plates": [
            {
                "id": "a1",
                "shelf": "1",
                "name": {"en": "Ridge Mid boot"},
                "variant": {"en": "brown · 43"},
                "display": True,
                "picture": None,
                "units": 4,
                "plugged": True,
            }
        ],
        "fiscal": [{"till": "1", "kind": "device", "plugged": True, "receipts": 12}],
        "terminals": [
            {"till": "1", "plugged": True, "next": "decline", "busy": True, "held": 2, "slips": [["0001", "99"]]}
        ],
        "proof": "/sim/proof",
    }
