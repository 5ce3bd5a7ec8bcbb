"""The estate: the configured stores, and what every room needs to read them alike."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from vestige.connectors import open_store
from vestige.connectors.errors import Refused
from vestige.connectors.protocol import Connector, Partition, StoreSettings
from vestige.matching.forms import Hasher


@dataclass(frozen=True, slots=True)
class Estate:
    """What is configured. Picklable: workers get the whole of it.

    ``regions``: ISO countries in which a national phone number is read. ``subjects``: configured identity
    sources, as (``store.collection``, key field). ``recognizers``: a file of Presidio's recogniser registry.
    ``model``: whose word is asked for in prose, as :class:`vestige.matching.presidio.Presidio` takes it.
    """

    stores: tuple[StoreSettings, ...]
    hasher: Hasher
    regions: tuple[str, ...] = ()
    subjects: tuple[tuple[str, str], ...] = ()
    recognizers: Path | None = None
    model: str = ""

    def object_id(self, partition: Partition) -> str | None:
        """The keyed hash under which the catalog remembers an object's name; None for a part of a table."""
        if partition.object is None:
            return None
        return self.hasher.hash("OBJECT", f"{partition.store}/{partition.object}")

    def settings(self, name: str) -> StoreSettings:
        """The settings of one store. Refused if no such store is configured."""
        for store in self.stores:
            if store.name == name:
                return store
        raise Refused(name, "", "no such store is configured")

    def open(self, name: str, *, writable: bool = False) -> Connector:
        """Open one store; to read, by its ``verify`` URL or role if it has one."""
        settings = self.settings(name)
        return open_store(
            settings if writable else settings.options.get("verify", settings), writable=writable
        )


class OpenStores:
    """Stores opened when first asked for, and kept open for reading until the job ends. A context manager."""

    def __init__(self, estate: Estate) -> None:
        self._estate, self._stack = estate, ExitStack()
        self._opened: dict[str, Connector] = {}

    def __getitem__(self, name: str) -> Connector:
        """One store, read-only. Raises Refused or Unavailable."""
        if name not in self._opened:
            self._opened[name] = self._stack.enter_context(self._estate.open(name))
        return self._opened[name]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
