"""``file://`` — a directory as a bucket. Its objects are files at any depth; formats are told by content."""

from __future__ import annotations

from vestige.connectors.directory import Directory, Shelf, root
from vestige.connectors.protocol import Connector, StoreSettings
from vestige.connectors.rewriting import EditedObjects


def open(settings: StoreSettings, *, writable: bool = False) -> Connector:  # noqa: A001 - the registry's name
    """Open a directory. Refused if it does not exist; it is never created."""
    shelf = Shelf(settings.name, root(settings)) if writable else None
    return EditedObjects(settings, shelf or Directory(settings.name, root(settings)), shelf)
