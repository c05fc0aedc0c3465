"""What the shelves ask the shop to record: the room's commands, each with the key that makes it happen once."""

from dataclasses import dataclass
from typing import ClassVar

from edge.units import ArticleId, Grams, Key, PlateId, Sku

CHANGED_WHILE_BLIND = "changed-while-blind"
NO_FIRST_COUNT = "no-first-count"
FEWER_THAN_NONE = "fewer-than-none"
REMOVED = "removed"
"""Reasons of a withdrawal; further ones: `silent`, `unplugged`, `restarted`, `noise`, `unknown-step` and, from the
node itself, `not-ready`, `saturated`, `gain-changed`, `brownout`."""


@dataclass(frozen=True, slots=True)
class CountPlate:
    """`delta` whole units came or went; `residual` in thousandths of a unit."""

    right: ClassVar[str] = ""
    plate: PlateId
    sku: Sku
    count: int
    delta: int
    step: Grams
    residual: int
    weight: Grams


@dataclass(frozen=True, slots=True)
class DoubtPlate:
    """The weight changed by no whole number of units."""

    right: ClassVar[str] = ""
    plate: PlateId
    sku: Sku
    step: Grams
    weight: Grams
    residual: int


@dataclass(frozen=True, slots=True)
class WithdrawPlate:
    """The count can no longer be vouched for; with `recount` only a person can say it again."""

    right: ClassVar[str] = ""
    plate: PlateId
    reason: str
    sku: Sku | None
    recount: bool = False


@dataclass(frozen=True, slots=True)
class RestorePlate:
    """The plate sees, and weighs what `count` units weighed."""

    right: ClassVar[str] = ""
    plate: PlateId
    sku: Sku
    count: int
    weight: Grams


@dataclass(frozen=True, slots=True)
class HandleDisplay:
    """A sample is `present`, `lifted`, `back` or `gone`."""

    right: ClassVar[str] = ""
    plate: PlateId
    article: ArticleId
    what: str


@dataclass(frozen=True, slots=True)
class RecountPlate:
    """A person counted the plate: `count` units weigh `weight`, whatever was believed before."""

    right: ClassVar[str] = "stock"
    plate: PlateId
    sku: Sku
    count: int
    weight: Grams


@dataclass(frozen=True, slots=True)
class CalibratePlate:
    """New points, proved by a check mass; `base` is the version they replace."""

    right: ClassVar[str] = "stock"
    plate: PlateId
    base: int
    zero: int
    loaded: int
    mass: Grams
    check: int
    check_mass: Grams


@dataclass(frozen=True, slots=True)
class RevertCalibration:
    """The points of version `to` again (0: those of the configuration, which are carried here)."""

    right: ClassVar[str] = "stock"
    plate: PlateId
    base: int
    to: int
    zero: int
    loaded: int
    mass: Grams


Sensed = CountPlate | DoubtPlate | WithdrawPlate | RestorePlate | HandleDisplay


@dataclass(frozen=True, slots=True)
class Verdict:
    """A command and its cause: the reading (node, boot, seq) that led to it, so that none counts twice."""

    cause: Key
    command: Sensed
