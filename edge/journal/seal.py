"""Seals: the head, signed, in a file beside the journal and as a fact HQ keeps."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from edge.facts import JournalSealed
from edge.journal.entry import Head
from edge.journal.tx import Tx
from edge.units import Identity, Seq


@dataclass(frozen=True, slots=True)
class HeadFile:
    """The head file's content; hashes, key and signature in hex."""

    identity: str
    epoch: str
    seq: int
    hash: str
    public_key: str
    signature: str


@dataclass(frozen=True, slots=True)
class SealKey:
    """The box's signing key; never leaves the box."""

    private: Ed25519PrivateKey

    @classmethod
    def load(cls, path: Path) -> "SealKey":
        """Read the key, or make one (file mode 0600) where there is none."""
        if path.exists():
            return cls(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
        key = Ed25519PrivateKey.generate()
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes_raw())
        return cls(key)

    @property
    def public(self) -> str:
        """The key that proves its signatures, in hex."""
        raw = self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return raw.hex()

    def seal(self, identity: Identity, head: Head) -> HeadFile:
        """Sign `head`."""
        signature = self.private.sign(sealed_bytes(identity, head.seq, head.hash.hex()))
        return HeadFile(identity, head.epoch, head.seq, head.hash.hex(), self.public, signature.hex())

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether this key has signed `message`."""
        try:
            self.private.public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return True


def sealed_bytes(identity: str, seq: int, hash: str) -> bytes:
    """What a seal signs."""
    return f"store-edge/seal/1\n{identity}\n{seq}\n{hash}".encode()


def authentic(seal: HeadFile) -> bool:
    """Whether the seal's signature is that of the key it names."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.public_key))
        key.verify(bytes.fromhex(seal.signature), sealed_bytes(seal.identity, seal.seq, seal.hash))
    except (InvalidSignature, ValueError):
        return False
    return True


def record_seal(tx: Tx, key: SealKey) -> HeadFile:
    """Seal the head before this entry and record it; write the answer with `write_head` after commit."""
    seal = key.seal(tx.identity, tx.head)
    tx.record(JournalSealed(Seq(seal.seq), seal.hash, seal.public_key, seal.signature))
    return seal


def head_path(journal: Path) -> Path:
    """Where the head file of a journal lies."""
    return journal.with_suffix(".head")


def key_path(journal: Path) -> Path:
    """Where the signing key of a journal lies."""
    return journal.with_suffix(".key")


def write_head(journal: Path, seal: HeadFile) -> None:
    """Replace the head file, fsynced, so that a cut leaves the old one or the new one."""
    path = head_path(journal)
    fresh = path.with_suffix(".head.new")
    with fresh.open("wb") as file:
        file.write(msgspec.json.encode(seal))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_head(journal: Path) -> HeadFile | None:
    """The head file's content; None when there is no file. Raises msgspec.DecodeError when it is damaged."""
    path = head_path(journal)
    return msgspec.json.decode(path.read_bytes(), type=HeadFile) if path.exists() else None
