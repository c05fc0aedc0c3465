"""The feed's values: what a store may believe of what headquarters says."""

import msgspec
import pytest

from edge.feedoffers import CouponValue, MemberValue, Part, PromotionKind, PromotionValue
from edge.feedrecalls import RecallValue
from edge.feedwords import (
    KINDS,
    ArticleValue,
    Attribute,
    DeliveryValue,
    PriceValue,
    ReviewValue,
    RoleValue,
    SettingValue,
    StaffValue,
    StockValue,
    Value,
    VariantValue,
    key_of,
    kind_of,
    plain,
    read_value,
    say,
)

MORNING = "2026-03-01T08:00:00.000Z"
EXAMPLES: tuple[tuple[str, Value], ...] = (
    (
        "article/ridge-boot",
        ArticleValue(
            "ridge-boot",
            {"en": "Ridge boot", "da": "Ridge støvle"},
            attributes=(Attribute({"en": "Upper"}, {"en": "Nubuck"}),),
            pictures=("ab" * 32,),
            codes=("05712345000012",),
        ),
    ),
    ("variant/RB-BR-43", VariantValue("RB-BR-43", "ridge-boot", "brown", "43", 1240, ("05712345000029",))),
    (f"price/dk/RB-BR-43/{MORNING}", PriceValue("dk", "RB-BR-43", 129900, "DKK", "A", MORNING)),
    ("review/shop/r1", ReviewValue("shop", "r1", "ridge-boot", 1, "Leaks", "Wet socks <b>twice</b>.", "Ida", MORNING)),
    ("staff/ida", StaffValue("ida", "Ida", "manager", "$argon2id$v=19$m=19456,t=2,p=1$x$y")),
    ("role/keyholder", RoleValue("keyholder", ("sell", "void"), {"discount_line": 500})),
    ("setting/display.rotate_seconds", SettingValue("display.rotate_seconds", "8")),
    ("stock/online/RB-BR-43", StockValue("online", "RB-BR-43", 4, MORNING)),
    ("delivery/opening/RB-BR-43", DeliveryValue("opening", "RB-BR-43", 6)),
    (
        "promotion/boots-and-socks",
        PromotionValue(
            "boots-and-socks",
            {"en": "Boots and socks", "da": "Støvler og sokker"},
            PromotionKind.BUNDLE,
            (Part(categories=("boots",)), Part(articles=("sock",), quantity=2)),
            MORNING,
            "DKK",
            price=139900,
            valid_until="2026-04-01T00:00:00.000Z",
            days=(5, 6),
            begins="16:00",
            ends="20:00",
        ),
    ),
    ("coupon/SPRING-7K2", CouponValue("SPRING-7K2", "boots-and-socks", MORNING)),
    ("member/c7", MemberValue("c7", ("club",))),
    ("recall/07032069804988/L-7/B", RecallValue("07032069804988", "L-7/B", {"en": "Glass in it."})),
)


@pytest.mark.parametrize(("key", "value"), EXAMPLES, ids=[kind_of(key) for key, _ in EXAMPLES])
def test_a_value_survives_the_wire_and_knows_its_key(key: str, value: Value) -> None:
    assert key_of(value) == key
    assert read_value(kind_of(key), msgspec.json.encode(plain(value))) == value


def test_every_kind_has_an_example() -> None:
    assert {kind_of(key) for key, _ in EXAMPLES} == set(KINDS)


def test_a_kind_of_a_later_release_is_not_understood_and_no_error() -> None:
    assert read_value("hologram", b"{}") is None


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("review", {"rating": 0}),
        ("review", {"rating": 6}),
        ("review", {"text": "x" * 8001}),
        ("price", {"amount": 12.5}),
        ("price", {"amount": -1}),
        ("price", {"sku": "a/b"}),
        ("price", {"currency": "dkk"}),
        ("price", {"valid_from": "tomorrow"}),
        ("article", {"id": "boot\n"}),
        ("article", {"id": ""}),
        ("article", {"pictures": ["../../etc/passwd"]}),
        ("stock", {"available": "4"}),
        ("promotion", {"parts": []}),
        ("promotion", {"parts": [{"everything": True}]}),
        ("promotion", {"parts": [{}, {"everything": True}]}),
        ("promotion", {"parts": [{"everything": True, "skus": ["a"]}, {"everything": True}]}),
        ("promotion", {"price": None}),
        ("promotion", {"rate": 1000}),
        ("promotion", {"price": 1.5}),
        ("promotion", {"price": -1}),
        ("promotion", {"kind": "percent"}),
        ("promotion", {"kind": "buy-get"}),
        ("promotion", {"kind": "mix"}),
        ("promotion", {"kind": "threshold"}),
        ("promotion", {"kind": "lottery"}),
        ("promotion", {"buy": 1}),
        ("promotion", {"count": 3}),
        ("promotion", {"floor": 3}),
        ("promotion", {"valid_until": MORNING}),
        ("promotion", {"days": [0]}),
        ("promotion", {"begins": "25:00"}),
        ("promotion", {"ends": ""}),
        ("promotion", {"name": {}}),
        ("promotion", {"exclusion": "two words"}),
        ("coupon", {"code": ""}),
        ("coupon", {"uses": -1}),
        ("member", {"groups": ["a b"]}),
        ("recall", {"gtin": "7032069804988"}),
        ("recall", {"lot": ""}),
    ],
)
def test_a_value_out_of_bounds_is_refused(kind: str, change: dict[str, object]) -> None:
    value = next(value for key, value in EXAMPLES if kind_of(key) == kind)
    with pytest.raises(msgspec.ValidationError):
        read_value(kind, msgspec.json.encode(plain(value) | change))


def test_a_text_falls_back_to_english_then_to_any() -> None:
    assert say({"en": "boot", "da": "støvle"}, "da") == "støvle"
    assert say({"en": "boot", "da": "støvle"}, "pl") == "boot"
    assert say({"da": "støvle"}, "pl") == "støvle"
    assert say({}, "pl") == ""
