"""docs/vectors.json, its wire part: our code reaches it, and so does a page of standard-library Python."""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
from msgspec import Struct, structs
from msgspec.json import schema_components

from edge.sync import wire
from edge.units import Identity, Seq

DOCS = Path(__file__).parents[2] / "docs"
VECTORS: dict[str, Any] = json.loads((DOCS / "vectors.json").read_text(encoding="utf-8"))
WIRE: dict[str, Any] = VECTORS["wire"]
CHAIN: dict[str, Any] = VECTORS["chain"]
BOX = Identity(CHAIN["identity"])


@dataclass(frozen=True)
class Row:
    seq: int
    epoch: str
    time: str
    type: str
    cause: str
    actor: str
    businessdate: str
    data: bytes
    hash: bytes


def rows() -> list[Row]:
    entries = [{**entry, "epoch": CHAIN["epoch"], "data": entry["data"].encode()} for entry in CHAIN["entries"]]
    return [Row(**{**entry, "hash": bytes.fromhex(entry["hash"])}) for entry in entries]


def test_the_batch_is_that_of_the_vectors_byte_for_byte() -> None:
    packed = wire.pack_batch(BOX, rows(), bytes.fromhex(CHAIN["genesis"]))
    assert wire.unpack(packed.payload).decode() == WIRE["batch"]["body"]
    batch = wire.read_batch(base64.b64decode(WIRE["batch"]["deflated_base64"]), BOX)
    assert [bytes(event.data) for event in batch.events] == [row.data for row in rows()]


def test_the_page_and_its_digest_are_those_of_the_vectors() -> None:
    page = wire.read_message(wire.FeedPage, WIRE["page"]["body"].encode())
    assert wire.page_digest(page.entries) == WIRE["page"]["digest"]
    assert wire.unpack(wire.write_message(page)).decode() == WIRE["page"]["body"]
    assert structs.asdict(page)["to"] == 7


def test_shards_and_topics_are_those_of_the_vectors() -> None:
    assert {name: wire.shard_of(Identity(name)) for name in WIRE["shards"]} == WIRE["shards"]
    names = {wire.Channel.ALL_FEED: "", wire.Channel.HQ_STATE: "hq1"}
    assert {str(at): wire.Topics().of(at, names.get(at, BOX)) for at in wire.Channel} == WIRE["topics"]


@pytest.mark.parametrize("case", WIRE["acks"], ids=lambda case: case["name"])
def test_an_ack_means_what_the_vectors_say(case: dict[str, Any]) -> None:
    epoch, seq, digest = case["ack"]
    hashes = {0: CHAIN["genesis"], **{entry["seq"]: entry["hash"] for entry in CHAIN["entries"]}}
    mine = wire.Point(CHAIN["epoch"], seq, hashes[seq]) if seq in hashes else None
    verdict = wire.judge_ack(
        wire.Ack(epoch=epoch, seq=seq, hash=digest),
        acked=case["acked"],
        oldest=Seq(1),
        head=Seq(len(hashes) - 1),
        mine=mine,
    )
    assert type(verdict).__name__.lower() == case["means"]


@pytest.mark.parametrize("case", WIRE["probes"])
def test_a_probe_asks_for_the_places_of_the_vectors(case: dict[str, Any]) -> None:
    assert list(wire.ForkSearch(Seq(case["low"]), Seq(case["high"])).probe()) == case["places"]


def test_the_verifier_passes_the_vectors_and_stops_at_a_changed_one(tmp_path: Path) -> None:
    script = tmp_path / "verify_vectors.py"
    script.write_text((DOCS / "verify_vectors.py").read_text(encoding="utf-8"), encoding="utf-8")
    text = (DOCS / "vectors.json").read_text(encoding="utf-8")
    digest = CHAIN["entries"][2]["hash"]
    for written, code in ((text, 0), (text.replace(digest, "0" * 64), 1), (text.replace('"advance"', '"fork"'), 1)):
        (tmp_path / "vectors.json").write_text(written, encoding="utf-8")
        done = subprocess.run([sys.executable, "-I", str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr


def schemas() -> str:
    """The schemas of every message, as the end of asyncapi.yaml (JSON is YAML)."""
    kinds: list[type[Struct]] = [wire.Batch, *sorted(wire.Message.__subclasses__(), key=lambda kind: kind.__name__)]
    _, found = schema_components(kinds, ref_template="#/components/schemas/{name}")
    return indent(json.dumps(found, indent=1, sort_keys=True), "    ") + "\n"


def test_the_asyncapi_document_has_every_channel_and_the_very_schemas_of_the_code() -> None:
    head, written = (DOCS / "asyncapi.yaml").read_text(encoding="utf-8").split("  schemas:\n")
    assert [channel for channel in wire.Channel if f"/{channel}" not in head] == []
    assert [kind.__name__ for kind in wire.Message.__subclasses__() if f"    {kind.__name__}: " not in head] == []
    assert written == schemas(), "put what `schemas()` gives at the end of docs/asyncapi.yaml"
