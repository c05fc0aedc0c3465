"""docs/vectors.json: canonical bytes and hashes another implementation must reach; and RFC 8785, told by others."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from unicodedata import normalize

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from edge.journal.chain import canonical, entry_hash, genesis
from edge.units import Identity, Seq


@dataclass(frozen=True)
class Case:
    name: str
    value: dict[str, object]
    canonical: str


@dataclass(frozen=True)
class Entry:
    seq: int
    time: str
    type: str
    cause: str
    actor: str
    businessdate: str
    data: str
    hash: str


@dataclass(frozen=True)
class Chain:
    identity: str
    epoch: str
    genesis: str
    entries: list[Entry]


@dataclass(frozen=True)
class Vectors:
    canonical: list[Case]
    chain: Chain


VECTORS = msgspec.json.decode((Path(__file__).parents[2] / "docs/vectors.json").read_bytes(), type=Vectors)
letters = st.text(st.characters(codec="utf-8", exclude_characters="\0")).map(lambda text: normalize("NFC", text))
leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | letters
keys = st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True)
plain = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=30)


@pytest.mark.parametrize("case", VECTORS.canonical, ids=lambda case: case.name)
def test_a_value_has_the_canonical_bytes_of_the_vectors(case: Case) -> None:
    assert canonical(case.value) == case.canonical.encode()


def test_the_chain_has_the_hashes_of_the_vectors() -> None:
    chain = VECTORS.chain
    before = genesis(Identity(chain.identity), chain.epoch)
    assert before.hex() == chain.genesis
    for e in chain.entries:
        words = (e.time, e.type, e.cause, e.actor, e.businessdate)
        before = entry_hash(before, Seq(e.seq), *words, e.data.encode())
        assert before.hex() == e.hash


@given(plain)
def test_canonical_bytes_are_those_of_rfc_8785(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(json.loads(json.dumps(value)))


@given(letters, letters, st.binary(max_size=60))
def test_the_hash_is_plain_sha_256_over_what_the_protocol_says(cause: str, actor: str, data: bytes) -> None:
    head = f"7\n2026-03-01T08:00:00.000Z\nedge.x.v1\n{cause}\n{actor}\n2026-03-01\n".encode()
    hashed = entry_hash(bytes(32), Seq(7), "2026-03-01T08:00:00.000Z", "edge.x.v1", cause, actor, "2026-03-01", data)
    assert hashed == sha256(bytes(32) + head + data).digest()
