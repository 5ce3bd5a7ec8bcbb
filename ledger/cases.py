"""Cases: bytes that live sealed, each under a random key of its own, until their verdict."""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, delete, insert, select

from vestige.ledger.database import Database
from vestige.ledger.entries import append
from vestige.ledger.errors import CaseEnded, Tampered
from vestige.ledger.tables import CASE_KEYS, CASES, PLANS, now

_NONCE = 12


class Cases:
    """AES-256-GCM under a random key per case.

    ``secret``: the estate's key, which wraps the cases' keys, so that the ledger alone opens nothing.
    """

    def __init__(self, database: Database, secret: bytes | None) -> None:
        self._database = database
        self._wrap = _derive(secret, b"vestige case keys") if secret is not None else None

    def seal(self, data: bytes) -> str:
        """Seal ``data``; returns the id of the new case."""
        case, secret = uuid.uuid4().hex, AESGCM.generate_key(256)
        kept = _encrypt(self._wrap, secret, case) if self._wrap else secret
        with self._database.write() as connection:
            connection.execute(insert(CASE_KEYS).values(case_id=case, secret=kept))
            connection.execute(
                insert(CASES).values(id=case, sealed=_encrypt(secret, data, case), created=now())
            )
        return case

    def open(self, case: str) -> bytes:
        """The bytes that were sealed. Raises CaseEnded, or Tampered if they or the estate's key changed."""
        joined = select(CASES.c.sealed, CASE_KEYS.c.secret).join(CASE_KEYS, CASES.c.id == CASE_KEYS.c.case_id)
        with self._database.read() as connection:
            row = connection.execute(joined.where(CASES.c.id == case)).one_or_none()
        if row is None:
            raise CaseEnded(f"case {case} has ended: its identifiers and records were destroyed")
        return _decrypt(self._unwrapped(row.secret, case), row.sealed, case)

    def reference(self, connection: Connection, case: str, subject: str) -> str:
        """A subject's label hashed under the case's key: when that is destroyed, it leads to nobody."""
        wrapped = connection.scalar(select(CASE_KEYS.c.secret).where(CASE_KEYS.c.case_id == case))
        if wrapped is None:
            raise CaseEnded(f"case {case} has ended")
        key = _derive(self._unwrapped(wrapped, case), b"vestige audit subjects")
        return hmac.new(key, subject.encode(), hashlib.sha256).hexdigest()

    def destroy(self, case: str) -> None:
        """Delete key and bytes, leaving none in the file. Repeatable; Busy while another process reads it."""
        with self._database.write() as connection:
            connection.execute(delete(CASE_KEYS).where(CASE_KEYS.c.case_id == case))
            if connection.execute(delete(CASES).where(CASES.c.id == case)).rowcount:
                plan = connection.scalar(select(PLANS.c.id).where(PLANS.c.case_id == case))
                append(connection, "end", case=case, plan=plan)
        self._database.scrub()

    def _unwrapped(self, secret: bytes, case: str) -> bytes:
        return _decrypt(self._wrap, secret, case) if self._wrap else secret


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret)


def _encrypt(key: bytes, data: bytes, case: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, case.encode())


def _decrypt(key: bytes, data: bytes, case: str) -> bytes:
    try:
        return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], case.encode())
    except (InvalidTag, ValueError):
        raise Tampered(
            f"case {case} does not open: the ledger or the key is not the one it was sealed with"
        ) from None
