"""The box, its journal and the feeds applied to it."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import NodeId, Seq, StoreId


@fact("box.started")
@dataclass(frozen=True, slots=True)
class BoxStarted:
    """The store's process opened its journal; `boot` is new for every start."""

    store: StoreId
    node: NodeId
    boot: str
    version: str


@fact("journal.sealed")
@dataclass(frozen=True, slots=True)
class JournalSealed:
    """The head before this entry was signed (Ed25519, hex) and written to the head file."""

    seq: Seq
    hash: str
    public_key: str
    signature: str


@fact("feed.applied")
@dataclass(frozen=True, slots=True)
class FeedApplied:
    """A page of HQ's feed was applied: entries `first`..`last` of `feed`; digest = SHA-256 of the page's entries."""

    feed: str
    epoch: str
    first: Seq
    last: Seq
    digest: str


@fact("command.changed_nothing")
@dataclass(frozen=True, slots=True)
class NothingChanged:
    """Somebody asked for what was so already; kept so that the same key is answered the same for ever."""

    command: str
