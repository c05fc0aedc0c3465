"""Every topic of the cable, built and parsed in one place."""

from dataclasses import dataclass
from enum import StrEnum

from edge.sync.wire.names import is_name, shard_of, split_identity
from edge.units import Identity


class Channel(StrEnum):
    """What travels on a topic; the value is the topic's tail."""

    JOURNAL = "up/journal"
    HELLO = "up/hello"
    TELEMETRY = "up/telemetry"
    WANT = "up/want"
    ASK = "up/ask"
    PRIVATE = "up/private"
    STATUS = "status"
    ACK = "down/ack"
    FEED = "down/feed"
    ANSWER = "down/answer"
    ALL_FEED = "all/feed"
    HQ_STATE = "hq/state"

    @property
    def qos(self) -> int:
        """0 for what is repeated or may be lost, 1 for the rest."""
        return 0 if self in {Channel.TELEMETRY, Channel.ACK, Channel.ALL_FEED} else 1


_OF_A_BOX = {str(channel): channel for channel in Channel if channel not in {Channel.ALL_FEED, Channel.HQ_STATE}}
_UP = (Channel.JOURNAL, Channel.HELLO, Channel.TELEMETRY, Channel.WANT, Channel.ASK, Channel.PRIVATE, Channel.STATUS)

_DOWN = (Channel.ACK, Channel.FEED, Channel.ANSWER)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message came in: `name` is the box's identity, the receiver's name, or empty for `all/feed`."""

    channel: Channel
    name: str

    @property
    def identity(self) -> Identity:
        """The box, on a channel of one box."""
        split_identity(self.name)
        return Identity(self.name)


@dataclass(frozen=True, slots=True)
class Topics:
    """Builds and parses topics under one prefix."""

    prefix: str = "retail/v1"

    def of(self, channel: Channel, name: str = "") -> str:
        """The topic of `channel` for a box (by identity) or a receiver (by name)."""
        if channel is Channel.ALL_FEED:
            return f"{self.prefix}/all/feed"
        if channel is Channel.HQ_STATE:
            return f"{self.prefix}/hq/state/{name}"
        return f"{self.prefix}/{shard_of(Identity(name))}/{name}/{channel}"

    def for_node(self, identity: Identity) -> tuple[tuple[str, int], ...]:
        """What a box subscribes to, with the QoS."""
        down = tuple(
            (self.of(channel, identity), channel.qos) for channel in (Channel.ACK, Channel.FEED, Channel.ANSWER)
        )
        return (*down, (self.of(Channel.ALL_FEED), 0), (self.of(Channel.HQ_STATE, "+"), 1))

    def for_receiver(self, shard: str = "+") -> tuple[tuple[str, int], ...]:
        """What a receiver subscribes to, of one shard or of all."""
        return tuple((f"{self.prefix}/{shard}/+/{channel}", channel.qos) for channel in _UP)

    def parse(self, topic: str) -> Address | None:
        """What `topic` means; None when it is not ours, malformed, or its shard is not that of its identity."""
        head, _, rest = topic.partition(f"{self.prefix}/")
        if head or not rest:
            return None
        if rest == "all/feed":
            return Address(Channel.ALL_FEED, "")
        if rest.startswith("hq/state/"):
            receiver = rest.removeprefix("hq/state/")
            return Address(Channel.HQ_STATE, receiver) if is_name(receiver) else None
        shard, _, rest = rest.partition("/")
        identity, _, tail = rest.partition("/")
        channel = _OF_A_BOX.get(tail)
        try:
            split_identity(identity)
        except ValueError:
            return None
        return Address(channel, identity) if channel and shard == shard_of(Identity(identity)) else None
