"""Up or down, since when, and what to do about it, for every part."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from logging import getLogger

from edge.clock import Clock, stamp

log = getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """One part's state; `hint` says what a shop assistant can do when it is down."""

    name: str
    up: bool
    since: datetime
    hint: str = ""
    detail: str = ""


class Health:
    """Keeps one `Part` a name; logs a line when a thing goes and one when it returns, nothing between."""

    def __init__(self, clock: Clock, changed: Callable[[Part], None] = lambda part: None) -> None:
        self._clock, self._changed = clock, changed
        self._parts: dict[str, Part] = {}

    def up(self, name: str, detail: str = "") -> None:
        """`name` works."""
        self._set(name, up=True, hint="", detail=detail)

    def down(self, name: str, hint: str, detail: str = "") -> None:
        """`name` does not work; `hint` is what to do."""
        self._set(name, up=False, hint=hint, detail=detail)

    def forget(self, name: str) -> None:
        """`name` no longer belongs to this box."""
        self._parts.pop(name, None)

    def part(self, name: str) -> Part | None:
        return self._parts.get(name)

    def snapshot(self) -> dict[str, Part]:
        """All parts by name, in the order of their names."""
        return dict(sorted(self._parts.items()))

    def as_json(self) -> dict[str, dict[str, object]]:
        """The snapshot as `/healthz` shows it."""
        return {
            name: {"up": part.up, "since": stamp(part.since), "hint": part.hint, "detail": part.detail}
            for name, part in self.snapshot().items()
        }

    def _set(self, name: str, *, up: bool, hint: str, detail: str) -> None:
        old = self._parts.get(name)
        if old is not None and (old.up, old.hint, old.detail) == (up, hint, detail):
            return
        turned = old is None or old.up != up
        since = self._clock.now() if old is None or turned else old.since
        part = self._parts[name] = Part(name, up, since, hint, detail)
        if turned and up:
            log.info("%s is up", name)
        elif turned:
            log.warning("%s is down: %s (%s)", name, hint, detail or "no detail")
        self._changed(part)
