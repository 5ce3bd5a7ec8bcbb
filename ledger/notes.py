"""Signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), by Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vestige.ledger.errors import Tampered

_ED25519 = b"\1"
_DASH = "\N{EM DASH} "


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies, under the name of the log that it speaks for."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell which key signed."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """``name+id+key``, as other programs for such notes take it."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that was written so. Tampered otherwise."""
        name, _, rest = text.strip().partition("+")
        try:
            raw = base64.b64decode(rest.partition("+")[2], validate=True)
        except binascii.Error:
            raw = b""
        key = cls(name, raw[1:])
        if len(raw) != 33 or str(key) != text.strip():
            raise Tampered("this is not a public key: NAME+ID+KEY")
        return key

    def verifies(self, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Signer:
    """The private key, from 32 bytes or more. Its ``repr`` shows nothing of it."""

    def __init__(self, secret: bytes) -> None:
        seed = HKDF(SHA256(), 32, salt=None, info=b"vestige audit signing key").derive(secret)
        self._private = Ed25519PrivateKey.from_private_bytes(seed)

    def key(self, name: str) -> PublicKey:
        return PublicKey(name, self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its origin, its number of entries, the root of its tree."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def signed(self, signers: Iterable[Signer]) -> str:
        """The note, with a signature line for each signer."""
        lines = (_signature(signer, self.origin, self.text) for signer in signers)
        return f"{self.text}\n{''.join(lines)}"

    @classmethod
    def read(cls, note: str) -> Self:
        """What a note says, whoever signed it. Tampered if it is no checkpoint."""
        text, _ = _parted(note)
        lines = text.split("\n")
        try:
            found = cls(lines[0], int(lines[1]), base64.b64decode(lines[2]))
        except (IndexError, ValueError):
            raise Tampered("this is not a checkpoint") from None
        if found.text != text:
            raise Tampered("this is not a checkpoint")
        return found


def signers(note: str, keys: Iterable[PublicKey]) -> list[PublicKey]:
    """Those of ``keys`` that signed a note. Tampered if a signature of one of them does not hold."""
    text, lines = _parted(note)
    known = {(key.name, key.id): key for key in keys}
    found = []
    for line in lines:
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise Tampered("a signature line cannot be read") from None
        if key := known.get((name, raw[:4])):
            if not key.verifies(raw[4:], text.encode()):
                raise Tampered(f"the signature by {key.id.hex()} does not hold")
            found.append(key)
    return found


def _signature(signer: Signer, origin: str, text: str) -> str:
    raw = signer.key(origin).id + signer.sign(text.encode())
    return f"{_DASH}{origin} {base64.b64encode(raw).decode()}\n"


def _parted(note: str) -> tuple[str, list[str]]:
    text, blank, rest = note.rpartition("\n\n")
    lines = rest.removesuffix("\n").split("\n")
    if not blank or not note.endswith("\n") or any(not line.startswith(_DASH) for line in lines):
        raise Tampered("this is not a signed note")
    return text + "\n", lines
