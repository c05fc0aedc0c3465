"""What headquarters tells a store: the values of the feed's keyed entries.

A key is the smallest thing replaced whole; its first segment is the kind of value below it:

| key                                 | value          |
|-------------------------------------|----------------|
| `article/{id}`                      | `ArticleValue` |
| `variant/{sku}`                     | `VariantValue` |
| `price/{list}/{sku}/{valid_from}`   | `PriceValue`   |
| `review/{source}/{id}`              | `ReviewValue`  |
| `staff/{id}`                        | `StaffValue`   |
| `role/{id}`                         | `RoleValue`    |
| `setting/{name}`                    | `SettingValue` |
| `stock/{store}/{sku}`               | `StockValue`   |
| `delivery/{document}/{sku}`         | `DeliveryValue`|
| `promotion/{id}`                    | `PromotionValue`|
| `coupon/{code}`                     | `CouponValue`  |
| `member/{customer}`                 | `MemberValue`  |
| `recall/{gtin}/{lot}`               | `RecallValue`  |

Every value carries its own key's parts, bounded text and integer money. A deletion is a tombstone and has no
value. Times are RFC 3339 UTC text as `edge.clock.stamp` writes it, languages are `en`, `da`, `pl`, … .
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
from msgspec import Meta

from edge.feedoffers import CouponValue, MemberValue, PromotionValue
from edge.feedrecalls import RecallValue
from edge.feedshapes import Digest, Long, Short, Stamp, Texts, Word
from edge.letters import written
from edge.units import ArticleId, Grams, Minor, StoreId, UserId

ONLINE = StoreId("online")
"""The pseudo store whose stock the online shop sells."""

Name = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,32}\Z")]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One row of a product page: `Upper material` / `nubuck`, by language."""

    name: Texts
    value: Texts


@dataclass(frozen=True, slots=True)
class ArticleValue:
    """What the customer means: a boot. `codes` name the article itself (the display sample's tag)."""

    id: Word
    name: Texts
    description: Texts = field(default_factory=dict)
    category: Short = ""
    brand: Short = ""
    attributes: Annotated[tuple[Attribute, ...], Meta(max_length=60)] = ()
    pictures: Annotated[tuple[Digest, ...], Meta(max_length=20)] = ()
    """SHA-256 of each picture, the first one on tiles; the bytes are fetched from `/media/{sha256}`."""
    codes: Annotated[tuple[Word, ...], Meta(max_length=50)] = ()
    minimum_age: Annotated[int, Meta(ge=0, le=99)] = 0

    @property
    def article(self) -> ArticleId:
        return ArticleId(self.id)

    def title(self, language: str) -> str:
        """The name in `language`, else in English, else in any."""
        return say(self.name, language)


@dataclass(frozen=True, slots=True)
class VariantValue:
    """What is sold and counted: brown, 43."""

    sku: Word
    article: Word
    colour: Short = ""
    size: Short = ""
    weight_grams: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """What one piece weighs on a shelf plate; 0 when nobody weighed it."""
    codes: Annotated[tuple[Word, ...], Meta(max_length=50)] = ()
    """GTINs, house barcodes and tags that name this variant."""
    position: Annotated[int, Meta(ge=0, le=10_000)] = 0
    """Order in a size grid."""
    by_weight: bool = False

    @property
    def weight(self) -> Grams:
        return Grams(self.weight_grams)


@dataclass(frozen=True, slots=True)
class PriceValue:
    """What `sku` costs from `valid_from` on, tax included; the latest one that has begun is the price.

    `lowest_30_days` is shown beside a reduced price (EU law); 0 when the price is not a reduction.
    """

    list: Word
    sku: Word
    amount: Annotated[int, Meta(ge=0, le=10**12)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
    tax_label: Annotated[str, Meta(min_length=1, max_length=16)]
    valid_from: Stamp
    lowest_30_days: Annotated[int, Meta(ge=0, le=10**12)] = 0

    @property
    def price(self) -> Minor:
        return Minor(self.amount)


@dataclass(frozen=True, slots=True)
class ReviewValue:
    """Somebody's opinion of an article; plain text, never HTML. `verified` when the writer is known to have bought."""

    source: Word
    id: Word
    article: Word
    rating: Annotated[int, Meta(ge=1, le=5)]
    title: Short
    text: Long
    author: Short
    """A nickname; mail addresses stay where the review was written."""
    created_at: Stamp
    verified: bool = False
    language: Annotated[str, Meta(pattern=r"^([a-z]{2})?\Z")] = ""


@dataclass(frozen=True, slots=True)
class StaffValue:
    """Somebody who may sign in at this store; travels on the store's own feed only, never in a fact."""

    id: Word
    name: Short
    role: Word
    pin_hash: Annotated[str, Meta(max_length=400)]
    """Argon2id, as its library writes it."""
    badge_hash: Annotated[str, Meta(max_length=400)] = ""
    active: bool = True
    one_time: bool = False
    """The PIN must be changed at the first sign-in."""

    @property
    def user(self) -> UserId:
        return UserId(self.id)


@dataclass(frozen=True, slots=True)
class RoleValue:
    """What people of a role may do (`edge.rights`); a right this release does not know is kept and means nothing."""

    id: Word
    rights: Annotated[tuple[Word, ...], Meta(max_length=100)] = ()
    ceilings: Annotated[dict[Name, Annotated[int, Meta(ge=0, le=10**12)]], Meta(max_length=50)] = field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True)
class SettingValue:
    """One named setting of the store, such as `display.rotate_seconds`."""

    name: Word
    value: Long


@dataclass(frozen=True, slots=True)
class StockValue:
    """Units of `sku` that `store` (or `online`) could hand over when HQ last heard: `as_of`."""

    store: Word
    sku: Word
    available: Annotated[int, Meta(ge=-(10**9), le=10**9)]
    as_of: Stamp
    as_of_seq: Annotated[int, Meta(ge=0)] = 0
    """The store's journal position this number stands on; 0 where no journal is behind it."""


@dataclass(frozen=True, slots=True)
class DeliveryValue:
    """Goods on their way to (or opening stock of) this store, on the store's own feed.

    The store alone writes its physical stock: it receives each (document, sku) once, as a fact of its own.
    """

    document: Word
    sku: Word
    quantity: Annotated[int, Meta(ge=1, le=10**6)]


Goods = ArticleValue | VariantValue | PriceValue | ReviewValue | StockValue | DeliveryValue
Value = Goods | StaffValue | RoleValue | SettingValue | PromotionValue | CouponValue | MemberValue | RecallValue

KINDS: Mapping[str, type[Value]] = {
    "article": ArticleValue,
    "variant": VariantValue,
    "price": PriceValue,
    "review": ReviewValue,
    "staff": StaffValue,
    "role": RoleValue,
    "setting": SettingValue,
    "stock": StockValue,
    "delivery": DeliveryValue,
    "promotion": PromotionValue,
    "coupon": CouponValue,
    "member": MemberValue,
    "recall": RecallValue,
}
_keys: Mapping[type[Value], tuple[str, tuple[str, ...]]] = {
    ArticleValue: ("article", ("id",)),
    VariantValue: ("variant", ("sku",)),
    PriceValue: ("price", ("list", "sku", "valid_from")),
    ReviewValue: ("review", ("source", "id")),
    StaffValue: ("staff", ("id",)),
    RoleValue: ("role", ("id",)),
    SettingValue: ("setting", ("name",)),
    StockValue: ("stock", ("store", "sku")),
    DeliveryValue: ("delivery", ("document", "sku")),
    PromotionValue: ("promotion", ("id",)),
    CouponValue: ("coupon", ("code",)),
    MemberValue: ("member", ("customer",)),
    RecallValue: ("recall", ("gtin", "lot")),
}
_decoders: Mapping[str, msgspec.json.Decoder[Value]] = {
    kind: msgspec.json.Decoder(shape) for kind, shape in KINDS.items()
}


def kind_of(key: str) -> str:
    """The kind a key belongs to: its first segment."""
    return key.partition("/")[0]


def read_value(kind: str, data: bytes) -> Value | None:
    """The value whose JSON is `data`, or None when this release does not know `kind`.

    Raises msgspec.ValidationError (a ValueError) when the data does not fit.
    """
    decoder = _decoders.get(kind)
    return None if decoder is None else decoder.decode(data)


def key_of(value: Value) -> str:
    """The key under which `value` is held and replaced whole."""
    kind, parts = _keys[type(value)]
    return "/".join((kind, *(str(getattr(value, part)) for part in parts)))


def plain(value: Value) -> dict[str, object]:
    """`value` as canonical-JSON-able data: what an entry of the feed carries."""
    return msgspec.json.decode(msgspec.json.encode(value), type=dict[str, object])


def say(texts: Mapping[str, str], language: str) -> str:
    """The text in `language` (`da`, `sr@latin`, …), else in English, else in any, else empty."""
    own = texts.get(language.partition("@")[0])
    return written(own, language) if own else texts.get("en") or next(iter(texts.values()), "")


def slug(name: str) -> str:
    """An attribute's name as settings write it: `Upper material` -> `upper_material`."""
    return "_".join(name.casefold().split())
