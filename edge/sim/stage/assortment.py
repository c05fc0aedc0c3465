"""What the pretend shop sells: outdoor shoes and clothing in colours and sizes, as the CSV files `hq import` takes."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge.sim.stage.descriptions import DESCRIPTIONS, MATERIAL, MATERIALS
from edge.units import Gtin, Sku

_PREFIX = 571234500
"""Ours and nobody's: GTINs of the pretend shop are this prefix, a number and a check digit."""
LANGUAGES = ("en", "da", "pl", "ro", "sr", "ko")


@dataclass(frozen=True, slots=True)
class Kind:
    """One article; `euro` is its price in whole euros, turned into each country's round prices."""

    id: str
    names: tuple[str, ...]
    """In the order of `LANGUAGES`."""
    text: str
    category: str
    euro: int
    grams: int
    colours: tuple[str, ...]
    sizes: tuple[str, ...]
    material: str


SHOES = tuple(str(size) for size in range(39, 47))
CLOTHES = ("S", "M", "L", "XL")
KINDS: tuple[Kind, ...] = (
    Kind("fjeld", ("Fjeld Boot", "Fjeld støvle", "But górski Fjeld", "Gheată Fjeld", "Чизма Fjeld", "피엘 등산화"),
         "A waxed nubuck boot for wet paths, resoleable.", "boots", 189, 980, ("brown", "black"), SHOES, "nubuck"),
    Kind("stien", ("Stien Trail Shoe", "Stien løbesko", "But trailowy Stien", "Pantof de alergare Stien",
                   "Патика Stien", "스티엔 트레일화"),
         "Light, grippy, dry again by lunch.", "shoes", 119, 560, ("orange", "grey"), SHOES, "mesh"),
    Kind("sund", ("Sund Sandal", "Sund sandal", "Sandał Sund", "Sandală Sund", "Сандала Sund", "순드 샌들"),
         "Cork and webbing for long summers.", "shoes", 69, 420, ("sand", "navy"), SHOES, "cork"),
    Kind("kyst", ("Kyst Rain Jacket", "Kyst regnjakke", "Kurtka Kyst", "Geacă de ploaie Kyst", "Кабаница Kyst",
                  "퀴스트 레인 재킷"),
         "Three layers, taped seams, a hood that turns with you.", "jackets", 229, 610, ("yellow", "navy"), CLOTHES,
         "recycled nylon"),
    Kind("lyng", ("Lyng Fleece", "Lyng fleece", "Polar Lyng", "Bluză fleece Lyng", "Флис Lyng", "링 플리스"),
         "Warm, quiet, no plastic feel.", "jackets", 89, 430, ("green", "plum"), CLOTHES, "merino"),
    Kind("dal", ("Dal Trousers", "Dal bukser", "Spodnie Dal", "Pantaloni Dal", "Панталоне Dal", "달 바지"),
         "Stretch where you bend, strong where you kneel.", "trousers", 99, 480, ("grey", "green"), CLOTHES, "cotton"),
    Kind("ro", ("Ro Wool Sock", "Ro uldsok", "Skarpeta Ro", "Șosetă din lână Ro", "Вунена чарапа Ro", "로 울 양말"),
         "Thick at the heel, thin at the toe.", "accessories", 18, 90, ("grey",), ("36-39", "40-43", "44-47"), "wool"),
    Kind("top", ("Top Beanie", "Top hue", "Czapka Top", "Căciulă Top", "Капа Top", "톱 비니"),
         "Knitted in one piece, no seam to itch.", "accessories", 29, 70, ("red", "blue"), ("one",), "wool"),
    Kind("vind", ("Vind Gloves", "Vind handsker", "Rękawice Vind", "Mănuși Vind", "Рукавице Vind", "빈드 장갑"),
         "Wind stops here; phones still work.", "accessories", 45, 110, ("black",), ("S", "M", "L"), "softshell"),
    Kind("bakke", ("Bakke Day Pack", "Bakke dagsrygsæk", "Plecak Bakke", "Rucsac Bakke", "Ранац Bakke", "바케 배낭"),
         "22 litres, a lid, and nothing that dangles.", "packs", 129, 840, ("rust",), ("one",), "canvas"),
)  # fmt: skip
RATES = {"dk": ("DKK", 800), "pl": ("PLN", 450), "ro": ("RON", 500), "rs": ("RSD", 12000), "kr": ("KRW", 1600)}
"""Country -> currency and its minor units for one euro, as a shopkeeper rounds (₩: no minor unit)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One variant of one kind."""

    kind: Kind
    colour: str
    size: str
    code: Gtin

    @property
    def sku(self) -> Sku:
        return Sku("-".join(part for part in (self.kind.id, self.colour, self.size) if part))


Texts = Mapping[str, str]
"""Language -> words."""


def titles(kind: Kind) -> Texts:
    """What a kind is called."""
    return dict(zip(LANGUAGES, kind.names, strict=True))


def coloured(colour: str) -> Texts:
    """What a colour is called; empty words for none."""
    names = next((names for each, _, *names in COLOURS if each == colour), [""] * (len(LANGUAGES) - 1))
    return dict(zip(LANGUAGES, (colour, *names), strict=True))


def pieces() -> Iterator[Piece]:
    """Every variant, in the order of a size grid."""
    number = 0
    for kind in KINDS:
        for colour in kind.colours:
            for size in kind.sizes:
                number += 1
                yield Piece(kind, colour, size, gtin(100 + number))


def piece(kind: str, colour: str, size: str) -> Piece:
    """One variant by name; KeyError when there is none."""
    for each in pieces():
        if (each.kind.id, each.colour, each.size) == (kind, colour, size):
            return each
    raise KeyError((kind, colour, size))


def display_code(kind: str) -> Gtin:
    """What the tag in the display sample says: the article, no size."""
    return gtin(10 + [each.id for each in KINDS].index(kind))


def gtin(number: int) -> Gtin:
    """Thirteen digits with a check digit."""
    body = f"{_PREFIX}{number:03d}"
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return Gtin(f"{body}{-weighed % 10}")


def price(kind: Kind, country: str) -> int:
    """What a piece costs there, in minor units, ending as prices there do."""
    _, rate = RATES[country]
    step = 1000 if country in ("kr", "rs") else 100
    whole = kind.euro * rate // step * step
    return whole if country == "kr" else whole - (100 if country == "rs" else 5)


def articles_csv() -> bytes:
    """What customers mean: names in every language, pictures, the display sample's tag."""
    header = ["article", "name", *(f"name_{language}" for language in LANGUAGES[1:]), "description",
              *(f"description_{language}" for language in LANGUAGES[1:]), "category", "brand", "attribute_material",
              *(f"attribute_material_{language}" for language in LANGUAGES[1:]), "picture", "codes"]  # fmt: skip
    rows = [
        [kind.id, *kind.names, kind.text, *DESCRIPTIONS[kind.id], kind.category, "Fjeld & Fod", kind.material,
         *MATERIALS[kind.material], "|".join(f"{kind.id}-{colour}.png" for colour in kind.colours),
         display_code(kind.id)]
        for kind in KINDS
    ]  # fmt: skip
    return _csv(header, rows)


def variants_csv(country: str) -> bytes:
    """What is sold and counted, with its barcode and its price there."""
    header = ["sku", "article", "colour", "size", "weight_grams", "position", "code", "price_minor", "currency",
              "tax_label"]  # fmt: skip
    currency, _ = RATES[country]
    rows = [
        [each.sku, each.kind.id, each.colour, "" if each.size == "one" else each.size, str(each.kind.grams),
         str(place), each.code, str(price(each.kind, country)), currency, "standard"]
        for place, each in enumerate(pieces())
    ]  # fmt: skip
    return _csv(header, rows)


def stock_csv(stores: Sequence[str]) -> bytes:
    """Opening stock: some sizes here, some in the other shop, most online."""
    rows = [
        [store, each.sku, str(quantity)]
        for place, each in enumerate(pieces())
        for shelf, store in enumerate([*stores, "online"])
        if (quantity := _stock(place, shelf)) > 0
    ]
    return _csv(["store", "sku", "quantity"], rows)


def _stock(place: int, shelf: int) -> int:
    """A few of most things, of some nothing in the first shop: the second has them."""
    if shelf == 2:
        return 20 + place % 7
    here = (place * 7 + 3) % 5
    return (here + 2 if here else 0) if shelf == 0 else 1 + place % 4


REVIEWS: tuple[tuple[str, int, str, str, str], ...] = (
    ("fjeld", 5, "Dry after a week in the bog", "Walked from hut to hut in sleet, dry socks every evening.", "Maja"),
    ("fjeld", 4, "Stiff, then perfect", "Ten days of blisters, then the best boot I have owned.", "Torben"),
    ("fjeld", 1, "Eyelet came out", "Second walk, an eyelet tore out. They mended it, but still.", "P. Holm"),
    ("fjeld", 5, "Resoled twice", "Nine years old and on its third sole.", "Anne-Sofie"),
    ("fjeld", 4, "Runs large", "Take half a size less than usual.", "Kuba"),
    ("fjeld", 5, "My feet say thanks", "Wide enough at last.", "Ioana"),
    ("stien", 5, "Grip like a goat", "Wet roots are no worry any more.", "Søren"),
    ("stien", 2, "Worn out in a season", "The sole is smooth after 400 km.", "Milan"),
    ("stien", 4, "Light", "I forget that I wear them.", "Min-jun"),
    ("stien", 4, "Good value", "Would buy again, in another colour.", "Agata"),
    ("stien", 5, "Dries fast", "Crossed three streams, dry at lunch.", "Freja"),
    ("kyst", 5, "A day of rain, nothing inside", "Eight hours on the ferry deck.", "Lars"),
    ("kyst", 3, "Good, but loud", "It rustles. My dog hates it.", "Zofia"),
    ("kyst", 4, "The hood is clever", "Turns with the head, finally.", "Dragana"),
    ("lyng", 5, "Soft", "I sleep in it.", "Ji-woo"),
    ("ro", 5, "No holes yet", "Two winters.", "Bogdan"),
    ("ro", 2, "Shrank", "Washed at 40, now my daughter wears them.", "Hanne"),
    ("top", 4, "Warm", "Simple and warm.", "Nikola"),
    ("bakke", 5, "Fits under the seat", "And carries well.", "Ewa"),
)


COLOURS: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    ("brown", "#7a5233", "brun", "brązowy", "maro", "браон", "갈색"),
    ("black", "#2b2926", "sort", "czarny", "negru", "црна", "검정"),
    ("orange", "#d9702b", "orange", "pomarańczowy", "portocaliu", "наранџаста", "주황"),
    ("grey", "#8b8d8c", "grå", "szary", "gri", "сива", "회색"),
    ("sand", "#d8c29a", "sand", "piaskowy", "nisip", "песак", "모래색"),
    ("navy", "#27395c", "marineblå", "granatowy", "bleumarin", "тегет", "남색"),
    ("yellow", "#e3b62f", "gul", "żółty", "galben", "жута", "노랑"),
    ("green", "#4f7052", "grøn", "zielony", "verde", "зелена", "초록"),
    ("plum", "#6d3f5c", "blomme", "śliwkowy", "prună", "шљива", "자두색"),
    ("red", "#b6392f", "rød", "czerwony", "roșu", "црвена", "빨강"),
    ("blue", "#3a6ea5", "blå", "niebieski", "albastru", "плава", "파랑"),
    ("rust", "#a4532c", "rust", "rdzawy", "ruginiu", "рђа", "적갈색"),
)
"""Colour, its swatch, and its name in the languages after English."""
CHECKED = {
    "": "Reviews are not checked to be from buyers.",
    "da": "Anmeldelser kontrolleres ikke for, om de er skrevet af købere.",
    "pl": "Nie sprawdzamy, czy opinie pochodzą od kupujących.",
    "ro": "Nu verificăm dacă recenziile provin de la cumpărători.",
    "sr": "Не проверавамо да ли су рецензије од купаца.",
    "ko": "리뷰 작성자의 구매 여부는 확인하지 않습니다.",
}
"""How reviews are checked, as EU law wants it said; here they are not."""


def settings_csv(other_stores: Sequence[str]) -> bytes:
    """What screens are told: names of colours, which stores are near, what the wall shows when nobody taps."""
    rows = [["stores.near", ",".join(other_stores)], ["wall.highlights", "fjeld,kyst,stien,bakke"]]
    rows += [[f"reviews.checked.{tongue}" if tongue else "reviews.checked", text] for tongue, text in CHECKED.items()]
    rows += [[f"attribute.material.{tongue}", name] for tongue, name in zip(LANGUAGES[1:], MATERIAL, strict=True)]
    for colour, swatch, *names in COLOURS:
        rows.append([f"colour.{colour}.swatch", swatch])
        rows += [[f"colour.{colour}.{tongue}", name] for tongue, name in zip(LANGUAGES[1:], names, strict=True)]
    return _csv(["setting", "value"], rows)


def reviews_csv() -> bytes:
    """Reviews people wrote in the pretend online shop, good and bad."""
    rows = [
        ["shop", f"r{number}", article, str(rating), title, text, author, f"2026-0{1 + number % 9}-1{number % 10}"]
        for number, (article, rating, title, text, author) in enumerate(REVIEWS, 1)
    ]
    return _csv(["source", "id", "article", "rating", "title", "text", "author", "created_at"], rows)


def _csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
