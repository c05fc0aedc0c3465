"""What happens outside the database (law 13)."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import EffectId, EffectKind, SaleId, TillId


@fact("effect.intended")
@dataclass(frozen=True, slots=True)
class EffectIntended:
    """Durable before the first byte leaves; the bytes themselves stay in the effect's row (SHA-256 here)."""

    effect: EffectId
    kind: EffectKind
    subject: str
    """What it is for: a sale's id, a shift's id."""
    target: str
    """Which device: `till1/printer`."""
    digest: str


@fact("effect.done")
@dataclass(frozen=True, slots=True)
class EffectDone:
    """It happened; `proven` when the device said so itself."""

    effect: EffectId
    proven: bool


@fact("effect.unknown")
@dataclass(frozen=True, slots=True)
class EffectUnknown:
    """Nobody can say whether it happened; settled by asking, never by repeating."""

    effect: EffectId
    why: str


@fact("effect.settled")
@dataclass(frozen=True, slots=True)
class EffectSettled:
    """Somebody (or the device, asked by its key) said what became of an unknown effect."""

    effect: EffectId
    happened: bool
    by: str


@fact("effect.dropped")
@dataclass(frozen=True, slots=True)
class EffectDropped:
    """It was intended and will never happen (a drawer kick older than two seconds)."""

    effect: EffectId
    why: str


@fact("fiscal.refused")
@dataclass(frozen=True, slots=True)
class FiscalRefused:
    """The device or service said no; the sale stays paid and open until a receipt is issued."""

    sale: SaleId
    till: TillId
    device: str
    why: str


@fact("drawer.opened")
@dataclass(frozen=True, slots=True)
class DrawerOpened:
    """The drawer's own switch says open; `kicked` when we caused it."""

    till: TillId
    kicked: bool


@fact("drawer.closed")
@dataclass(frozen=True, slots=True)
class DrawerClosed:
    """The drawer was pushed shut."""

    till: TillId


@fact("fiscal.reported")
@dataclass(frozen=True, slots=True)
class FiscalReported:
    """A sale closed without its evidence (the law gives a deadline) has been reported; `number` approves it."""

    sale: SaleId
    till: TillId
    device: str
    number: str
    at: str
