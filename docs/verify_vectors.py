"""Checks vectors.json with nothing but Python's standard library: what any other implementation must reach.

Run `python3 docs/verify_vectors.py`; it prints what it proved and ends with 0, or names the first difference and ends
with 1.
"""

import base64
import hashlib
import json
import sys
import zlib
from pathlib import Path


def same(what: str, found: object, expected: object) -> None:
    """End here when they differ."""
    if found != expected:
        sys.exit(f"{what}: {found!r} is not {expected!r}")


def canonical(value: object) -> bytes:
    """RFC 8785 for our narrowed values: keys are ASCII, so sorting them by code point is sorting by code unit."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def genesis(identity: str, epoch: str) -> bytes:
    return hashlib.sha256(f"store-edge/1\n{identity}\n{epoch}".encode()).digest()


def entry_hash(prev: bytes, head: list[object], data: bytes) -> bytes:
    return hashlib.sha256(prev + "".join(f"{line}\n" for line in head).encode() + data).digest()


vectors = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
for case in vectors["canonical"]:
    same(f"canonical bytes of {case['name']}", canonical(case["value"]), case["canonical"].encode())

chain, wire = vectors["chain"], vectors["wire"]
prev = genesis(chain["identity"], chain["epoch"])
same("genesis", prev.hex(), chain["genesis"])
for entry in chain["entries"]:
    head = [entry[name] for name in ("seq", "time", "type", "cause", "actor", "businessdate")]
    prev = entry_hash(prev, head, entry["data"].encode())
    same(f"hash of entry {entry['seq']}", prev.hex(), entry["hash"])

for identity, shard in wire["shards"].items():
    same(f"shard of {identity}", f"{zlib.crc32(identity.encode()) & 0x3F:02x}", shard)

batch = json.loads(wire["batch"]["body"])
same(
    "the deflated batch",
    zlib.decompress(base64.b64decode(wire["batch"]["deflated_base64"])).decode(),
    wire["batch"]["body"],
)
same("entries in the batch", (batch["first"], batch["count"]), (1, len(chain["entries"])))
prev = bytes.fromhex(batch["prev"])
same("hash before the batch", prev.hex(), chain["genesis"])
for seq, event in enumerate(batch["events"], batch["first"]):
    same("id", event["id"], f"{batch['epoch']}:{seq}")
    same("sequence", event["sequence"], f"{seq:019d}")
    head = [seq, event["time"], event["type"], event["cause"], event["actor"], event["businessdate"]]
    prev = entry_hash(prev, head, canonical(event["data"]))
    same(f"hash of event {seq}", prev.hex(), event["hash"])

page = json.loads(wire["page"]["body"])
text = "".join(f"{entry['seq']}\n{entry['key']}\n{canonical(entry['value']).decode()}\n" for entry in page["entries"])
same("digest of the page", hashlib.sha256(text.encode()).hexdigest(), wire["page"]["digest"])

hashes = {0: chain["genesis"], **{entry["seq"]: entry["hash"] for entry in chain["entries"]}}
for case in wire["acks"]:
    epoch, seq, digest = case["ack"]
    valid = epoch == chain["epoch"] and hashes.get(seq) == digest
    order = "advance" if seq > case["acked"] else "rewind" if seq < case["acked"] else "ignore"
    same(f"ack {case['name']}", order if valid else "fork", case["means"])

for case in wire["probes"]:
    steps = [0, *(2**n for n in range(63))]
    same("probe", [case["high"] - 1 - step for step in steps if case["high"] - 1 - step > case["low"]], case["places"])

sys.stdout.write(
    f"{len(vectors['canonical'])} values, {len(hashes) - 1} entries, one batch, one page: all as written\n"
)
