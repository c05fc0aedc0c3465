"""A device's state as pages show it (docs/screens.md: `Device`)."""

from collections.abc import Mapping

from edge.clock import stamp
from edge.health import Part

Json = Mapping[str, object]


def device(name: str, part: Part | None, cause: str = "offline") -> Json:
    """`Device` from what health knows; `none` when there is no such device."""
    if part is None:
        return {"name": name, "state": "none", "since": None, "cause": "", "hint": ""}
    return {
        "name": name,
        "state": "up" if part.up else "down",
        "since": stamp(part.since),
        "cause": "" if part.up else cause,
        "hint": part.hint,
    }
