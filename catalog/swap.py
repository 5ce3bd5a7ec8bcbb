"""A file written aside and swapped in at once; whoever reads the old one keeps reading it."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def publishing(path: Path) -> Iterator[None]:
    """One publisher at a time, so that a decision entered during a scan is not lost at its end."""
    with open(path.with_name(f"{path.name}.lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def aside(path: Path) -> Path:
    """A fresh name beside ``path``; what killed writers left under such names is removed."""
    for leftover in path.parent.glob(f"{path.name}.*.new"):
        owner = re.match(r"\.(\d+)-", leftover.name.removeprefix(path.name))
        if owner is not None and not _alive(int(owner[1])):
            discard(leftover)
    return path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.new")


def discard(new: Path) -> None:
    """Remove a file written aside, with DuckDB's log and spill folder."""
    new.unlink(missing_ok=True)
    new.with_name(f"{new.name}.wal").unlink(missing_ok=True)
    shutil.rmtree(new.with_name(f"{new.name}.tmp"), ignore_errors=True)


def swap(new: Path, path: Path) -> None:
    """Put ``new`` in the place of ``path``, durably."""
    _sync(new)
    os.replace(new, path)
    _sync(path.parent)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
