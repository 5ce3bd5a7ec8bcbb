"""Locks between workers that a crash releases, and tokens that fence off a worker who lost one.

SQLite: a lock on a file beside the ledger. PostgreSQL: an advisory lock of the session. Each time a lock is
had, its token in the ledger grows; a writer that shows an older token is refused.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import OperationalError

from vestige.ledger.database import Database
from vestige.ledger.errors import Busy, Fenced
from vestige.ledger.tables import FENCES

_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write under a name, until another worker has the lock."""

    name: str
    token: int


@contextmanager
def hold(database: Database, name: str, wait: float) -> Iterator[Lease]:
    """Have the lock ``name`` for a while; wait for it at most ``wait`` seconds, then Busy."""
    held = _file_lock(database.path, name, wait) if database.path else _session_lock(database, name, wait)
    with held:
        yield _next(database, name)


def fence(connection: Connection, lease: Lease) -> None:
    """Fenced unless ``lease`` is the newest; to be called in the transaction that writes."""
    newest = connection.scalar(select(FENCES.c.token).where(FENCES.c.name == lease.name).with_for_update())
    if newest != lease.token:
        raise Fenced(f"another worker took over {lease.name}: nothing more is written by this one")


def _next(database: Database, name: str) -> Lease:
    with database.write() as connection:
        token = connection.scalar(select(FENCES.c.token).where(FENCES.c.name == name).with_for_update())
        if token is None:
            connection.execute(insert(FENCES).values(name=name, token=1))
        else:
            connection.execute(update(FENCES).where(FENCES.c.name == name).values(token=token + 1))
    return Lease(name, (token or 0) + 1)


@contextmanager
def _file_lock(ledger: Path, name: str, wait: float) -> Iterator[None]:
    path = ledger.with_name(f"{ledger.name}.lock-{_number(name):016x}")
    handle = _until(wait, name, lambda: _lock_file(path))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _lock_file(path: Path) -> int | None:
    """The locked file's handle, or None. A file that its last holder removed meanwhile is no lock."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(handle)
    return None


@contextmanager
def _session_lock(database: Database, name: str, wait: float) -> Iterator[None]:
    key = {"key": _number(name) - (1 << 63)}
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lock = text("SELECT pg_try_advisory_lock(:key)")
        _until(wait, name, lambda: 1 if connection.scalar(lock, key) else None)
        try:
            yield
        finally:
            with suppress(OperationalError):  # the lock went with its session
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def _until(wait: float, name: str, attempt: Callable[[], int | None]) -> int:
    end = time.monotonic() + wait
    while (got := attempt()) is None:
        if time.monotonic() >= end:
            raise Busy(f"another worker is busy with {name}; try again when it has finished")
        time.sleep(_PAUSE_SECONDS)
    return got


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
