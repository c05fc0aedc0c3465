"""Commands of the floor: a tap at a wall, and a customer's list. Anybody may send them; nothing here is trusted."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Protocol

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact, ListOpened, WallTapped
from edge.journal.tx import Tx
from edge.nfc.session import DailyKey, TagSeen
from edge.nfc.sun import Fraud, SunKeys, fresh, verify
from edge.nfc.tables import chosen, last_counter
from edge.nfc.tag import GoodsTag, NotOurs, SlotTag, Why, read_uri
from edge.nfc.wall import Choice, Chosen, add, remove, send
from edge.units import ArticleId, Gtin, ListId, Origin, Sku, TillId, WallId


class GoodsPort(Protocol):
    """What this room needs to know of the catalogue, inside the writer's transaction."""

    def find(self, db: sqlite3.Connection, gtin: Gtin) -> tuple[ArticleId, Sku | None] | None:
        """What a GTIN names: an article, and the variant if it says which."""

    def sold(self, db: sqlite3.Connection, article: ArticleId, sku: Sku | None) -> bool:
        """Is there such an article, and is `sku` (if any) one of its variants?"""


@dataclass(frozen=True, slots=True)
class Floor:
    """What the floor's commands are decided by. Without `sun` keys no proof is asked of tags that offer one."""

    goods: GoodsPort
    hosts: frozenset[str]
    walls: frozenset[WallId]
    tills: frozenset[TillId]
    daily: DailyKey
    sun: SunKeys | None = None


@dataclass(frozen=True, slots=True)
class Tap:
    """A reader saw a tag: what it said, or why it said nothing."""

    right: ClassVar[str] = ""
    wall: WallId
    reader: str
    uid: str
    uri: str
    why: str = ""

    @classmethod
    def of(cls, wall: WallId, seen: TagSeen) -> "Tap":
        return cls(wall, seen.reader, seen.uid, seen.uri, str(seen.why or ""))


@dataclass(frozen=True, slots=True)
class OpenList:
    """A customer begins to choose."""

    right: ClassVar[str] = ""
    origin: Origin
    wall: WallId | None = None


@dataclass(frozen=True, slots=True)
class AddToList:
    """Put an article, or one of its variants, on a list; without a `list` a new one is opened."""

    right: ClassVar[str] = ""
    list: ListId | None
    article: ArticleId
    sku: Sku | None
    origin: Origin = Origin.WALL
    wall: WallId | None = None


@dataclass(frozen=True, slots=True)
class RemoveFromList:
    """Take a thing off a list."""

    right: ClassVar[str] = ""
    list: ListId
    article: ArticleId
    sku: Sku | None


@dataclass(frozen=True, slots=True)
class SendListToTill:
    """Show a list at a till, for its cashier to take."""

    right: ClassVar[str] = ""
    list: ListId
    till: TillId


def handlers(floor: Floor) -> Mapping[type[Command], Handler]:
    """The floor's commands, for the one door."""
    return {
        Tap: partial(_tap, floor),
        OpenList: partial(_open_list, floor),
        AddToList: partial(_add, floor),
        RemoveFromList: _remove,
        SendListToTill: partial(_send, floor),
    }


def _tap(floor: Floor, tx: Tx, command: Tap, context: Context) -> Sequence[Fact]:
    _known(floor, command.wall)
    tag = _goods(floor, command)
    named = floor.goods.find(tx.db, tag.gtin)
    if named is None:
        raise Refused(
            f"{tag.gtin} is not in this shop's range",
            hint="Ask a member of staff about it.",
            code="unknown-product",
            status=404,
        )
    name, counter = _identity(floor, tx, tag, command)
    return [WallTapped(command.wall, command.reader, *named, name, counter)]


def _goods(floor: Floor, command: Tap) -> GoodsTag:
    """The goods a tap names, or a refusal in the customer's words."""
    tag = NotOurs(Why(command.why)) if command.why else read_uri(command.uri, floor.hosts)
    match tag:
        case GoodsTag():
            return tag
        case SlotTag():
            raise Refused(
                f"slot {tag.slot} is a place on a shelf",
                hint="Hold the product itself to the wall.",
                code="slot",
                status=422,
            )
        case NotOurs(why=Why.UNREADABLE | Why.DAMAGED as why):
            raise Refused(
                f"the tag could not be read ({why})",
                hint="Hold the tag still against the mark for a moment.",
                code="unreadable",
                status=422,
            )
        case NotOurs(why=why):  # what it says is a stranger's text: it does not go on a screen
            raise Refused(
                f"this tag is not one of ours ({why})",
                hint="Hold a product of this shop to the wall.",
                code="not-ours",
                status=422,
            )


def _identity(floor: Floor, tx: Tx, tag: GoodsTag, command: Tap) -> tuple[str, int | None]:
    """The tag's name in our registry and what it counted; a pseudonym for one that has no name."""
    if tag.sun is not None and floor.sun is not None:
        proof = verify(tag.sun, floor.sun)
        name = "" if isinstance(proof, Fraud) else f"sun-{proof.uid.hex()}"
        proof = proof if isinstance(proof, Fraud) else fresh(proof, last_counter(tx.db, name))
        if isinstance(proof, Fraud):
            raise Refused(
                f"this tag does not prove itself ({proof})",
                hint="Hold it to the wall once more. If it stays so, show it to a member of staff.",
                code=proof,
                status=422,
            )
        return name, proof.counter
    if tag.serial is not None:
        return f"{tag.gtin}.{tag.serial}", None
    return floor.daily.pseudonym(command.uid, tx.now.date()), None


def _open_list(floor: Floor, tx: Tx, command: OpenList, context: Context) -> Sequence[Fact]:
    return [_opened(floor, command.origin, command.wall, context)]


def _add(floor: Floor, tx: Tx, command: AddToList, context: Context) -> Sequence[Fact]:
    if not floor.goods.sold(tx.db, command.article, command.sku):
        raise Refused("there is no such article here", hint="Choose it again.", code="unknown-product", status=404)
    choice = Choice(command.article, command.sku)
    if command.list is not None:
        return add(_chosen(tx, command.list), choice)
    opened = _opened(floor, command.origin, command.wall, context)
    return [opened, *add(Chosen(opened.list, opened.wall), choice)]


def _remove(tx: Tx, command: RemoveFromList, context: Context) -> Sequence[Fact]:
    return remove(_chosen(tx, command.list), Choice(command.article, command.sku))


def _send(floor: Floor, tx: Tx, command: SendListToTill, context: Context) -> Sequence[Fact]:
    if command.till not in floor.tills:
        raise Refused(f"there is no till {command.till}", hint="Choose a till.", code="unknown-till", status=404)
    return send(_chosen(tx, command.list), command.till)


def _opened(floor: Floor, origin: Origin, wall: WallId | None, context: Context) -> ListOpened:
    if wall is not None:
        _known(floor, wall)
    return ListOpened(ListId(context.ids.new()), origin, wall)


def _known(floor: Floor, wall: WallId) -> None:
    if wall not in floor.walls:
        raise Refused(f"there is no wall {wall}", hint="Check the screen's address.", code="unknown-wall", status=404)


def _chosen(tx: Tx, list: ListId) -> Chosen:
    found = chosen(tx.db, list)
    if found is None:
        raise Refused("there is no such list", hint="Start a new list.", code="unknown-list", status=404)
    return found
