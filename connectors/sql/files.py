"""Databases that are a file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

from vestige.connectors.errors import Refused
from vestige.connectors.protocol import StoreSettings


def existing(settings: StoreSettings) -> Path:
    """The file of ``scheme:///path``. Refused if it is not there: a database is never created."""
    path = Path(unquote(urlsplit(settings.url).path.removeprefix("/")))
    if not path.is_file():
        raise Refused(settings.name, "", f"there is no database file {path.name!r}")
    return path


_HEAD = 3 * 4096
"""Bytes that hold the counters which SQLite (one page) and DuckDB (three blocks) raise with each change."""


def version(path: Path, *logs: str) -> str:
    """What is another after any change of a database: its file, its counters, and the ``logs`` beside it."""
    files = [path, *(path.with_name(path.name + log) for log in logs)]
    with path.open("rb") as raw:
        counters = hashlib.sha256(raw.read(_HEAD)).hexdigest()
    return "-".join([counters[:16], *filter(None, map(_state, files))])


def _state(path: Path) -> str:
    """Of a file that is not empty: its identity, size and time. (A reader's SQLite may touch the log's owner,
    and so the time of its change.)"""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return ""
    return f"{seen.st_ino}.{seen.st_size}.{seen.st_mtime_ns}" if seen.st_size else ""
