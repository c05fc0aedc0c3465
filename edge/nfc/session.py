"""From sightings to taps: what one reader's field means, as a pure state machine.

One tap is one tag: the same UID again within two seconds is still that tap; a tag is gone after two missed looks.
UIDs starting 08 are invented anew by phones (and by tags that hide theirs): they are never told apart or tracked.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from edge.nfc.tag import Link, NotOurs, Why, static_part

SAME_TAP = 2.0
"""Seconds after a tag was last seen during which it is still the same tap."""
MISSES = 2
TRIES = 3
"""Failed reads before the customer is told."""


@dataclass(frozen=True, slots=True)
class TagSeen:
    """A tap. `uid`: upper-case hex, empty when it must not be tracked. `uri`: what it said, else `why` it did not."""

    reader: str
    uid: str
    uri: str
    why: Why | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TagGone:
    """The tag of the last tap has left the field."""

    reader: str
    uid: str
    at: datetime


TagEvent = TagSeen | TagGone


def track(uid: bytes) -> str:
    """The name a tag is followed under; empty for one that must not be followed."""
    return "" if not uid or uid[0] == 0x08 else uid.hex().upper()


def agreed(first: Link | NotOurs, second: Link | NotOurs) -> Link | NotOurs:
    """What two readings of an unproved tag come to: a wire may lie once, not twice the same."""
    if isinstance(first, Link) and isinstance(second, Link):
        return second if static_part(first.uri) == static_part(second.uri) else NotOurs(Why.UNREADABLE)
    return second if first == second else NotOurs(Why.UNREADABLE)


def worth_another_try(said: Link | NotOurs) -> bool:
    """The tag may be ours: it was only read badly."""
    return isinstance(said, NotOurs) and said.why in {Why.UNREADABLE, Why.DAMAGED}


@dataclass(slots=True)
class Session:
    """One reader's field. Times are monotonic seconds; a tag's name is what `track` made of its UID."""

    _present: str | None = None
    _known: bool = False
    """The present tag needs no reading: its tap was told, now or within the last two seconds."""
    _owed: bool = False
    """Its going is to be told: once for every tap that was told."""
    _misses: int = 0
    _tries: int = 0
    _recent: dict[str, float] = field(default_factory=dict)

    def sighted(self, tag: str, at: float) -> str | None:
        """A tag is in the field; returns the one whose place it took, if its going is owed. Then ask `wanted`."""
        left = None
        if tag != self._present:
            left = self._leave()
            self._present, self._tries = tag, 0
            self._known = at - self._recent.get(tag, float("-inf")) < SAME_TAP
        self._misses = 0
        self._recent = {name: seen for name, seen in self._recent.items() if at - seen < SAME_TAP}
        if self._known:
            self._recent[tag] = at
        return left

    @property
    def wanted(self) -> bool:
        """The present tag is to be read."""
        return self._present is not None and not self._known

    def tried(self, said: Link | NotOurs, at: float) -> bool:
        """The present tag was read: True when that is to be told, False when it is to be tried again."""
        self._tries += 1
        if worth_another_try(said) and self._tries < TRIES:
            return False
        if self._present is not None:
            self._known = self._owed = True
            self._recent[self._present] = at
        return True

    def missed(self) -> str | None:
        """Nothing is in the field; returns the tag that is now gone, if its going is owed."""
        self._misses += 1
        return self._leave() if self._misses >= MISSES else None

    def _leave(self) -> str | None:
        gone = self._present if self._owed else None
        self._present, self._known, self._owed, self._misses = None, False, False, 0
        return gone


@dataclass(slots=True)
class DailyKey:
    """Pseudonyms for tags that are not ours: equal within a day, unlinkable across days (the key is never stored)."""

    secret: Callable[[], str]
    """Gives a fresh secret (`Ids.secret`)."""
    _day: date | None = None
    _key: bytes = b""

    def pseudonym(self, uid: str, day: date) -> str:
        """`anon-` and sixteen hex digits; empty for a UID that must not be tracked."""
        if not uid:
            return ""
        if day != self._day:
            self._day, self._key = day, self.secret().encode()
        return "anon-" + hmac.new(self._key, uid.encode(), hashlib.sha256).hexdigest()[:16]
