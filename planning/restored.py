"""What a restored backup brought back, and how little of it may be erased again without anybody's word.

A record is only taken for a restored one if it is byte for byte what a purge has erased or changed: its
digest is among the tombstones, and it is linked to the person anew. Whatever else concerns them may be of
their life after the erasure (who registers again is a new subject), and waits for a person's decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import pyarrow as pa
from typing_extensions import TypedDict

from vestige.catalog.estate import Estate
from vestige.catalog.model import IdentitySource
from vestige.catalog.store import Catalog
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import Connector, Gap, Partition, digest, origin_of
from vestige.ledger.plans import Tombstone
from vestige.ledger.store import Ledger
from vestige.matching.extract import Extractor
from vestige.matching.views import cells
from vestige.planning.model import Touched

Progress = Callable[[str], None]
Provable = Callable[[Sequence[Touched]], list[Touched]]
"""Of records that concern a subject, those that may not be acted upon are put up for review."""


class ReturnEntry(TypedDict):
    """Somebody who was erased and is there again. ``subject``: as in the plan that erased them; ``records``:
    those that equal an erased one, by collection; ``known``: whether a person is known by these records."""

    subject: str
    records: dict[str, int]
    known: bool


class Restored(TypedDict):
    """``verify --after-restore``. ``unread``: places that could not be read, and why."""

    format: Literal["vestige/restored/1"]
    store: str
    read: int
    returns: list[ReturnEntry]
    unread: list[tuple[str, str]]


class Return(NamedTuple):
    """``asked``: what the person can be asked for by; readable, it stays in memory."""

    entry: ReturnEntry
    asked: str | None


def stone(estate: Estate, record: Touched) -> Tombstone:
    """The tombstone of a record as it was before its purge; of an object that goes whole, by its name."""
    if record.digest:
        return Tombstone("record", estate.hasher.hash("RECORD", record.digest))
    return _stone_of_object(estate, record.store, str(record.locator.get("object")))


def provable(estate: Estate, ledger: Ledger) -> Provable:
    """Lets only that be acted upon which is what a purge has erased."""

    def prove(records: Sequence[Touched]) -> list[Touched]:
        stones = [stone(estate, record) for record in records]
        known = ledger.tombstones.subjects(stones)
        return [
            one if mark in known or not one.edits else replace(one, action="review", edits=(), after=None)
            for one, mark in zip(records, stones, strict=True)
        ]

    return prove


def restored(
    estate: Estate, catalog: Catalog, ledger: Ledger, store: str, progress: Progress = lambda _: None
) -> tuple[Restored, list[Return]]:
    """Read a store whole, and compare it with the tombstones. Raises StoreError if it cannot be opened."""
    search = _Search(estate, catalog, ledger, store)
    with estate.open(store) as connector:
        for partition in connector.partitions():
            progress(f"{store}.{partition.collection}")
            search.partition(connector, partition)
    returns = list(search.returns())
    found = Restored(
        format="vestige/restored/1",
        store=store,
        read=search.read,
        returns=[one.entry for one in returns],
        unread=sorted(set(search.unread)),
    )
    return found, returns


class _Search:
    """The state of one comparison: counts, and for each subject the best name that its records give."""

    def __init__(self, estate: Estate, catalog: Catalog, ledger: Ledger, store: str) -> None:
        self.read = 0
        self.unread: list[tuple[str, str]] = []
        self._estate, self._ledger, self._store = estate, ledger, store
        self._sources = {s.collection: s for s in catalog.sources() if s.store == store}
        self._extractor = Extractor(estate.regions)
        self._counts: dict[str, Counter[str]] = {}
        self._accounts: dict[str, str] = {}
        self._addresses: dict[str, str] = {}

    def partition(self, connector: Connector, partition: Partition) -> None:
        if partition.names_object:
            self._object(partition)
        if partition.skip is not None:
            self.unread.append((partition.collection, partition.skip))
            return
        try:
            for batch in connector.read(partition):
                if isinstance(batch, Gap):
                    self.unread.append((partition.collection, batch.reason))
                else:
                    self._batch(batch)
        except StoreError as error:
            self.unread.append((partition.collection, error.reason))

    def returns(self) -> Iterator[Return]:
        for subject, counts in sorted(self._counts.items()):
            asked = self._accounts.get(subject) or self._addresses.get(subject)
            yield Return(
                ReturnEntry(subject=subject, records=dict(sorted(counts.items())), known=asked is not None),
                asked,
            )

    def _object(self, partition: Partition) -> None:
        mark = _stone_of_object(self._estate, self._store, str(partition.object))
        for subject in self._ledger.tombstones.subjects([mark]).get(mark, ()):
            self._counts.setdefault(subject, Counter())[partition.collection] += 1

    def _batch(self, batch: pa.RecordBatch) -> None:
        self.read += batch.num_rows
        hasher = self._estate.hasher
        stones = [
            Tombstone("record", hasher.hash("RECORD", digest(batch, row))) for row in range(batch.num_rows)
        ]
        known = self._ledger.tombstones.subjects(stones)
        for row, mark in enumerate(stones):
            for subject in known.get(mark, ()):
                self._record(batch.slice(row, 1), subject)

    def _record(self, row: pa.RecordBatch, subject: str) -> None:
        collection = origin_of(row).collection
        self._counts.setdefault(subject, Counter())[collection] += 1
        source = self._sources.get(collection)
        if source is not None and (key := _key(row, source)):
            self._accounts.setdefault(subject, f"{source.name}:{key}")
        if subject not in self._accounts and subject not in self._addresses:
            for span in self._extractor.spans(row):
                if span.entity == "EMAIL_ADDRESS" and self._is_theirs(span.normal, subject):
                    self._addresses[subject] = span.normal

    def _is_theirs(self, address: str, subject: str) -> bool:
        mark = Tombstone("EMAIL_ADDRESS", self._estate.hasher.hash("EMAIL_ADDRESS", address))
        return subject in self._ledger.tombstones.subjects([mark]).get(mark, ())


def _key(row: pa.RecordBatch, source: IdentitySource) -> str | None:
    return next((cell.text for cell in cells(row, {source.key}) if cell.kind != "null"), None)


def _stone_of_object(estate: Estate, store: str, name: str) -> Tombstone:
    return Tombstone("object", estate.hasher.hash("OBJECT", f"{store}/{name}"))
