"""What a store's test gives to the conformance suite, and what the suite sees of the store."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from vestige.connectors import open_store
from vestige.connectors.protocol import (
    DOCUMENT,
    LINE,
    Connector,
    Edit,
    Effects,
    Gap,
    Locator,
    Partition,
    Patch,
    StoreSettings,
    digest,
    locator,
)

Record = dict[str, Any]
ADA = "ada@example.com"

EMAILS: tuple[str | None, ...] = (
    *(None, "", " ", "0", "null", ADA, "ADA@example.com", "Ada@Example.com", "nada@example.com"),
    *(
        "ada@example.com.example",
        "ada@example.org",
        " ada@example.com",
        "ada@example.com ",
        "ada+1@example.com",
    ),
    *("o'ada@example.com", 'a"da@example.com', "ada\\@example.com", "a_a@example.com", "a%@example.com"),
    *(
        "äda@example.com",
        "a\u0308da@example.com",
        "ада@example.com",
        "エイダ@example.com",
        "ada@example.com\n",
    ),
    *("ada@example.com; DROP TABLE people", "*", "ada@example.co", "👩‍💻@example.com"),
)
NEIGHBOURS: tuple[Record, ...] = tuple(
    {"id": key, "email": email, "note": f"row {key} of many, met Ada"}
    for key, email in zip((0, 1, 2, 11, 120, 12, *range(121, 200)), EMAILS, strict=False)
)
"""Records that a loose comparison confuses: case, prefix, suffix, quote, accent, empty, 0, NULL."""


class Bench(ABC):
    """A store that runs, as the suite sees it. Everything but :meth:`open` goes past the connector."""

    settings: StoreSettings
    find_field: str | None = "email"
    """A field by which records are found; None where only locators find (lines)."""
    wrap: Callable[[Connector], Connector] | None = None

    @abstractmethod
    def seed(self, name: str, records: Sequence[Record]) -> str:
        """Make a collection with exactly these records, replacing what it held; its name in the store."""

    @abstractmethod
    def rows(self, name: str) -> list[Record]:
        """What the collection (named as by :meth:`seed`) holds now, over a new connection, in any order."""

    @abstractmethod
    def absent(self) -> StoreSettings:
        """Settings of a store of this kind that is not there, with a password if the kind takes one."""

    def unreadable(self) -> str | None:
        """Plant what cannot be read; the name of its collection. None: this kind knows no such thing."""
        return None

    def at_rest(self) -> Iterator[bytes]:
        """The bytes of the store's own files, where the test may look at them."""
        yield from ()

    def decode(self, batch: pa.RecordBatch, row: int) -> Record:
        """The record that was seeded, from the batch."""
        for name in (DOCUMENT, LINE):
            if name in batch.schema.names:
                record: Record = json.loads(batch.column(name)[row].as_py())
                return record
        return {name: batch.column(name)[row].as_py() for name in ("id", "email", "note")}

    def open(self, *, writable: bool = False) -> Connector:
        """The connector under test."""
        connector = open_store(self.settings, writable=writable)
        return self.wrap(connector) if self.wrap else connector


class Seen:
    """Everything that reading a collection gave: records by id, with the batch and row where each came."""

    def __init__(self, bench: Bench, items: Iterator[pa.RecordBatch | Gap]) -> None:
        self.bench, self.gaps, self.sizes = bench, list[Gap](), list[int]()
        self.where: list[tuple[Record, pa.RecordBatch, int]] = []
        for item in items:
            if isinstance(item, Gap):
                self.gaps.append(item)
            else:
                self.sizes.append(item.nbytes)
                self.where += [(bench.decode(item, row), item, row) for row in range(item.num_rows)]

    @property
    def records(self) -> list[Record]:
        return by_id(record for record, _, _ in self.where)

    def at(self, key: int) -> tuple[Locator, str, pa.RecordBatch, int]:
        """Locator, digest, batch and row of the record with this id."""
        batch, row = next((batch, row) for record, batch, row in self.where if record["id"] == key)
        return locator(batch, row), digest(batch, row), batch, row


def by_id(records: Any) -> list[Record]:
    """Records in the order of their ids, to compare without regard to order."""
    return sorted(records, key=lambda record: int(record["id"]))


def partitions(connector: Connector, collection: str) -> list[Partition]:
    return [part for part in connector.partitions(collection) if part.skip is None]


def read(bench: Bench, connector: Connector, collection: str) -> Seen:
    """All records of a collection."""
    return Seen(bench, (item for part in partitions(connector, collection) for item in connector.read(part)))


def patch_of(seen: Seen, collection: str, key: int, text: bytes, by: bytes) -> Patch:
    """A patch that replaces ``text`` wherever the record has it."""
    where, check, batch, row = seen.at(key)
    for name in (name for name in batch.schema.names if not name.startswith("@")):
        value = batch.column(name)[row].as_py()
        raw = value if isinstance(value, bytes) else str(value).encode()
        if (start := raw.find(text)) >= 0:
            return Patch(collection, where, name, ((start, start + len(text), by),), check)
    raise AssertionError(f"{text!r} is in no column")


def apply(bench: Bench, edits: Sequence[Edit]) -> Effects:
    with bench.open(writable=True) as connector:
        return connector.commit(connector.prepare(edits))
