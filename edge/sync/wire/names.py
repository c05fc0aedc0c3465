"""Names on the wire: stores, nodes, identities, epochs, shards."""

import re
import zlib

from edge.units import Identity, NodeId, StoreId

SHARDS = 64
_NAME = re.compile(r"[a-z0-9-]{1,32}")
_EPOCH = re.compile(r"[0-9a-f]{16}")


def is_name(text: str) -> bool:
    """Whether `text` may name a store, a node or a receiver."""
    return _NAME.fullmatch(text) is not None


def is_epoch(text: str) -> bool:
    """Whether `text` is a 64-bit label in lower-case hex."""
    return _EPOCH.fullmatch(text) is not None


def new_epoch(bits: int) -> str:
    """The epoch label of 64 random bits."""
    return f"{bits & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def make_identity(store: StoreId, node: NodeId) -> Identity:
    """`{store}_{node}`: topic segment, MQTT client id and certificate CN of one box."""
    if not (is_name(store) and is_name(node)):
        raise ValueError(f"not a name of a-z, 0-9 and '-', at most 32 long: {store!r}, {node!r}")
    return Identity(f"{store}_{node}")


def split_identity(identity: str) -> tuple[StoreId, NodeId]:
    """Store and node of an identity; ValueError when it is none."""
    store, _, node = identity.partition("_")
    if not (is_name(store) and is_name(node)):
        raise ValueError(f"not an identity: {identity!r}")
    return StoreId(store), NodeId(node)


def shard_of(identity: Identity) -> str:
    """Two hex digits, by which receivers on one broker share the work."""
    return f"{zlib.crc32(identity.encode()) & (SHARDS - 1):02x}"


def source_of(identity: Identity) -> str:
    """The CloudEvents `source` of a box."""
    store, node = split_identity(identity)
    return f"/stores/{store}/nodes/{node}"
