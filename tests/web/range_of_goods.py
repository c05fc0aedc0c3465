"""What the tests' shop sells, as headquarters says it."""

from collections.abc import Sequence

from edge.feedwords import (
    ArticleValue,
    Attribute,
    PriceValue,
    ReviewValue,
    SettingValue,
    StockValue,
    Value,
    VariantValue,
)
from edge.units import ArticleId, Sku

BOOT, SOCK, SANDAL, HAT = ArticleId("boot"), ArticleId("sock"), ArticleId("sandal"), ArticleId("hat")
BROWN_43, BROWN_44, BLACK_43 = Sku("boot-brown-43"), Sku("boot-brown-44"), Sku("boot-black-43")
BOOT_CODE, BROWN_43_CODE, SOCK_CODE = "5701234567899", "5701234567431", "5701234500001"
PICTURE, OTHER_PICTURE = "a" * 64, "b" * 64


def price(sku: str, amount: int, since: str = "2026-01-01T00:00:00.000Z", lowest: int = 0) -> PriceValue:
    return PriceValue("main", sku, amount, "DKK", "standard", since, lowest)


def review(name: str, stars: int, day: int = 1, article: str = "boot") -> ReviewValue:
    return ReviewValue(
        "web", name, article, stars, f"Title {name}", "Text", "Ida", f"2026-05-{day:02}T10:00:00.000Z", True
    )


def material(of: str) -> Attribute:
    return Attribute({"en": "Upper", "da": "Overdel"}, {"en": of, "da": f"{of} (dansk)"})


def goods() -> Sequence[Value]:
    """A boot in three variants, a sandal rather like it, a sock in the same category, a hat in another."""
    return [
        ArticleValue(
            "boot", {"en": "Fjeld Boot", "da": "Støvle Łódź"}, {"en": "For hills."}, "shoes", "Fjeld",
            (material("nubuck"),), (PICTURE, OTHER_PICTURE), (BOOT_CODE,),
        ),
        VariantValue("boot-brown-43", "boot", "brown", "43", 900, (BROWN_43_CODE,), 1),
        VariantValue("boot-brown-44", "boot", "brown", "44", 920, ("5701234567448",), 2),
        VariantValue("boot-black-43", "boot", "black", "43", 900, ("5701234567455",), 3),
        ArticleValue("sandal", {"en": "Fjeld Sandal"}, {}, "shoes", "Fjeld", (material("nubuck"),)),
        VariantValue("sandal-42", "sandal", "", "42"),
        ArticleValue("sock", {"en": "Wool Sock"}, {}, "shoes", "Uld"),
        VariantValue("sock", "sock", codes=(SOCK_CODE,)),
        ArticleValue("hat", {"en": "Sun Hat"}, {}, "hats", "Sol"),
        VariantValue("hat", "hat"),
        price("boot-brown-43", 99900), price("boot-brown-44", 99900), price("boot-black-43", 89900, lowest=84900),
        price("sandal-42", 79900), price("sock", 4925), price("hat", 19900),
        SettingValue("store.name.aar", "Fjeld Aarhus"),
        SettingValue("reviews.checked", "Only buyers may write."),
        SettingValue("colour.brown.da", "brun"), SettingValue("colour.brown.swatch", "#7a4a21"),
        StockValue("aar", "boot-brown-43", 4, "2026-06-06T08:00:00.000Z"),
        StockValue("ode", "boot-brown-43", 1, "2026-06-06T08:00:00.000Z"),
        StockValue("online", "boot-brown-43", 17, "2026-06-06T08:50:00.000Z"),
    ]  # fmt: skip
