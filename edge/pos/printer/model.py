"""Pure: what a receipt printer can do, by model, as its maker documents it.

`pages` are code pages of which every character is verified against the maker's table (number of `ESC t` -> Python
codec). A model nobody has verified prints ASCII as text and everything else as a picture of that line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from edge.errors import Refused


class Fence(StrEnum):
    """How a printer tells that everything before has been printed."""

    PROCESS_ID = "process-id"
    """`GS ( H` function 48: echoes four characters when printing has completed."""
    STATUS = "status"
    """`GS r 1`: answered in its turn, after what came before was processed."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PrinterModel:
    """`columns` of font A (12 x 24 dots) and `small_columns` of font B (9 x 17) on a line of `dots` dots."""

    name: str
    columns: int
    small_columns: int
    dots: int
    dots_per_inch: int = 203
    pages: Mapping[int, str] = field(default_factory=dict)
    kanji: str | None = None
    """Codec of the two-byte mode (`FS &`), where the model has one."""
    fence: Fence = Fence.PROCESS_ID
    qr: bool = True
    cutter: bool = True
    real_time_pulse: bool = True
    """`DLE DC4 1` opens the drawer although the printer is out of paper."""


_EPSON = MappingProxyType(
    {
        19: "cp858",
        16: "cp1252",
        18: "cp852",
        46: "cp1251",
        45: "cp1250",
        17: "cp866",
        51: "cp1257",
        47: "cp1253",
        48: "cp1254",
        0: "cp437",
    }
)
_T88 = PrinterModel("tm-t88", columns=42, small_columns=56, dots=512, dots_per_inch=180, pages=_EPSON)
_T20 = PrinterModel("tm-t20", columns=48, small_columns=64, dots=576, pages=_EPSON)
_GENERIC = PrinterModel(
    "generic-80", columns=48, small_columns=64, dots=576, fence=Fence.STATUS, qr=False, real_time_pulse=False
)
MODELS: Mapping[str, PrinterModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            _T20,
            replace(_T20, name="tm-t20-58", columns=32, small_columns=42, dots=384),
            _T88,
            replace(_T20, name="tm-t20-korea", pages={}, kanji="euc_kr"),
            _GENERIC,
            replace(_GENERIC, name="generic-58", columns=32, small_columns=42, dots=384),
        )
    }
)


def model_named(name: str) -> PrinterModel:
    """The model called `name` in store.toml."""
    try:
        return MODELS[name]
    except KeyError:
        raise Refused(
            f"no printer model {name!r}", hint=f"Use one of {', '.join(MODELS)}.", code="unknown-model"
        ) from None
