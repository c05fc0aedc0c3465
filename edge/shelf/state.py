"""What a shelf node with ESPHome's stock firmware says over MQTT -> the same readings as from a serial line.

    {prefix}/{node}/sensor/plate_{channel}/state    an absolute raw count; retained
    {prefix}/{node}/status                          `online` or `offline` (its last will)

The absolute state is the truth. Anything else (`event` topics) is for analytics only and is no reading: such a node
keeps nothing while its network is away, so events can be missing. A retained state may be of any age and is no reading
either. These nodes number nothing, so the edge does: a new boot each time the node comes online.
"""

import re
from dataclasses import dataclass

from edge.shelf.frame import GOOD, RAW_MAX, RAW_MIN, Flag, Reading

MAX_PAYLOAD = 32
_TOPIC = re.compile(r"(?P<node>[a-z0-9-]{1,32})/(?:(?P<status>status)|sensor/plate_(?P<channel>0|[1-9][0-9]?)/state)")
_COUNT = re.compile(rb"-?[0-9]{1,8}(?:\.[0-9]{1,10})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class State:
    """One absolute raw count; None when the converter had none (`nan`). `retained`: of unknown age."""

    node: str
    channel: int
    raw: int | None
    retained: bool


@dataclass(frozen=True, slots=True)
class Status:
    """The node came or went."""

    node: str
    online: bool


def parse_message(prefix: str, topic: str, payload: bytes, *, retained: bool) -> State | Status | None:
    """What one MQTT message says; None when it is no state of a shelf node, or nonsense."""
    if not topic.startswith(f"{prefix}/") or len(payload) > MAX_PAYLOAD:
        return None
    found = _TOPIC.fullmatch(topic[len(prefix) + 1 :])
    if found is None:
        return None
    if found["status"]:
        return Status(found["node"], payload == b"online") if payload in (b"online", b"offline") else None
    if payload.lower() == b"nan":
        return State(found["node"], int(found["channel"]), None, retained)
    if _COUNT.fullmatch(payload) is None:
        return None
    raw = int(payload.partition(b".")[0])
    return State(found["node"], int(found["channel"]), raw, retained) if RAW_MIN <= raw <= RAW_MAX else None


class Numbering:
    """Gives the messages of one connection the numbers they lack; `boot` is eight hexadecimal digits, new for each."""

    def __init__(self, boot: str) -> None:
        self._base = int(boot, 16)
        self._boots: dict[str, int] = {}
        self._seq: dict[str, int] = {}

    def number(self, message: State | Status) -> Reading | None:
        """The reading a fresh state is; None for everything else."""
        node = message.node
        if isinstance(message, Status):
            if message.online:
                self._boots[node] = self._boots.get(node, 0) + 1
                self._seq.pop(node, None)
            return None
        if message.retained:
            return None
        seq = self._seq.get(node, 0)
        self._seq[node] = seq + 1
        boot = f"{(self._base + self._boots.get(node, 0)) % 2**32:08x}"
        flags = Flag.NOT_READY if message.raw is None else GOOD
        return Reading(node, boot, seq, 0, message.channel, message.raw or 0, flags)
