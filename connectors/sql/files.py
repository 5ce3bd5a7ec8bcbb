"""Databases that are a file."""

from __future__ import annotations

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
