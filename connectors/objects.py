"""The family of stores that hold objects: a directory, logs, a bucket. A store adds its :class:`Bucket`."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from types import TracebackType
from typing import Any, BinaryIO, Literal, NamedTuple, Protocol, Self

import pyarrow as pa

from vestige.connectors.errors import Refused, StoreError
from vestige.connectors.families import object_families
from vestige.connectors.formats.detect import Recognised, recognise
from vestige.connectors.formats.find import Wanted
from vestige.connectors.formats.model import Part, Source
from vestige.connectors.formats.ranges import cuts, part
from vestige.connectors.protocol import (
    Collection,
    Description,
    Gap,
    Origin,
    Partition,
    Residue,
    Since,
    StoreSettings,
    origin_of,
    with_origin,
)

PART = 16 << 20
"""Bytes of a part of a large object of lines."""


class Entry(NamedTuple):
    """An object as it is listed. ``skip``: why it cannot be read."""

    name: str
    size: int | None = None
    skip: str | None = None


class Bucket(Protocol):
    """Where the objects are. Every method may raise Refused or Unavailable."""

    def entries(self) -> Iterator[Entry]:
        """All objects, in the order of their names."""

    def open(self, name: str) -> BinaryIO:
        """The stored bytes; Refused if the object is gone."""

    def version(self, name: str, known: str | None = None, before: float = math.inf) -> str:
        """The version an object has now. ``known`` spares the digest if size and time are still its own, and
        nothing of the object was touched since ``before`` (seconds since the epoch)."""


@dataclass(frozen=True, slots=True)
class Item:
    """An object, recognised and in its collection."""

    entry: Entry
    seen: Recognised | None
    collection: str = ""

    @property
    def skip(self) -> str | None:
        return self.entry.skip if self.seen is None else self.seen.skip

    @property
    def signature(self) -> Hashable | None:
        """The format and its columns; None for an empty object, which fits any."""
        if self.seen is None or self.seen.format is None:
            return self.skip
        return None if self.seen.empty else (self.seen.format.name, self.seen.format.fields)


class Objects:
    """Reading a bucket. ``capabilities`` are those of a bucket that is only read."""

    kind: Literal["objects", "log"] = "objects"
    lines_only = False
    capabilities: frozenset[str] = frozenset()

    def __init__(self, settings: StoreSettings, bucket: Bucket) -> None:
        self.settings, self.bucket = settings, bucket

    def items(self) -> list[Item]:
        """All objects with their collections."""
        items = [self._item(entry) for entry in self.bucket.entries()]
        return [
            Item(item.entry, item.seen, label)
            for item, label in zip(items, self.families(items), strict=True)
        ]

    def families(self, items: Sequence[Item]) -> list[str]:
        """The collection of each object."""
        return object_families([(item.entry.name, item.signature) for item in items])

    def _item(self, entry: Entry) -> Item:
        if entry.skip is not None:
            return Item(entry, None)
        try:
            return Item(entry, self.recognise(entry.name))
        except StoreError as error:
            return Item(entry._replace(skip=error.reason), None)

    def recognise(self, name: str) -> Recognised:
        """What an object is."""
        return recognise(Source(partial(self.bucket.open, name)), name, lines_only=self.lines_only)

    def describe(self) -> Description:
        first: dict[str, Item] = {}
        for item in self.items():
            if item.collection not in first or first[item.collection].signature is None:
                first[item.collection] = item
        return Description(tuple(self._collection(name, item) for name, item in sorted(first.items())))

    def _collection(self, name: str, item: Item) -> Collection:
        form = None if item.seen is None else item.seen.format
        if form is None:
            return Collection(self.settings.name, name, self.kind, key=("object",))
        place = tuple(part.removeprefix("@") for part in form.key) or (form.unit,)
        return Collection(self.settings.name, name, self.kind, form.fields, ("object", *place))

    def partitions(self, collection: str | None = None, since: Since | None = None) -> Iterator[Partition]:
        for item in self.items():
            if collection in (None, item.collection):
                part = self._partition(item, since)
                attested = since is not None and part.version == since.version(part)
                yield from [part] if attested else self._parts(part, item)

    def _parts(self, whole: Partition, item: Item) -> Iterator[Partition]:
        """A large object that can be cut in parts; any other as it is. ``bounds``: its first and last byte,
        and the number of its first record."""
        seen = item.seen
        form = seen.format if seen is not None and whole.skip is None and not seen.source.packing.gz else None
        size = whole.size or 0
        if seen is None or form is None or not form.by_line or size < 2 * PART:
            yield whole
            return
        first = 1
        for start, end in cuts(seen.source, size, PART):
            yield replace(whole, bounds=(start, end, first))
            first += (form.count(part(seen.source, start, end)) or 0) if end is not None else 0

    def _partition(self, item: Item, since: Since | None) -> Partition:
        name = item.entry.name
        part = Partition(self.settings.name, item.collection, name, size=item.entry.size, skip=item.skip)
        if item.entry.skip is not None:
            return part
        try:
            if since is None:
                return replace(part, version=self.bucket.version(name))
            return replace(part, version=self.bucket.version(name, since.version(part), since.began))
        except StoreError as error:
            return replace(part, skip=error.reason)

    def read(self, partition: Partition) -> Iterator[pa.RecordBatch | Gap]:
        name = self._name(partition)
        try:
            version = self.bucket.version(name, partition.version)
            if partition.bounds is not None and self.changed(name, str(partition.version)):
                raise Refused(self.settings.name, partition.collection, "it changed since it was listed")
            seen = self.recognise(name)
        except StoreError as error:
            yield Gap(error.reason, {"object": name})
            return
        yield from self._records(seen, partition, name, version)
        if self.changed(name, version):
            yield Gap("it changed while it was read", {"object": name})

    def changed(self, name: str, version: str) -> bool:
        """Whether an object is another than it was."""
        try:
            return self.bucket.version(name, version) != version
        except StoreError:
            return True

    def _records(
        self, seen: Recognised, partition: Partition, name: str, version: str
    ) -> Iterator[pa.RecordBatch | Gap]:
        if seen.format is None:
            yield Gap(seen.skip or "", {"object": name})
            return
        form, (source, before) = seen.format, _source(seen, partition)
        origin = Origin(self.settings.name, partition.collection, name, version, form.unit, key=form.key)
        for one in form.read(source):
            if isinstance(one, Part):
                yield with_origin(one.batch, replace(origin, first=one.first + before))
            else:
                place = one.locator or {}
                if before:
                    place = {unit: number + before for unit, number in place.items()}
                yield Gap(one.reason, {"object": name, **place})

    def count(self, partition: Partition) -> int | None:
        seen = self.recognise(self._name(partition))
        return None if seen.format is None else seen.format.count(_source(seen, partition)[0])

    def find(
        self, collection: str, fields: Sequence[str], values: Iterable[Sequence[Any]]
    ) -> Iterator[pa.RecordBatch | Gap]:
        wanted = Wanted(fields, values)
        for item in self.members(collection):
            if wanted.objects is None or item.entry.name in wanted.objects:
                yield from self._found(item, wanted)

    def members(self, collection: str) -> list[Item]:
        """The objects of a collection. Refused if there is none."""
        members = [item for item in self.items() if item.collection == collection]
        if not members:
            raise Refused(self.settings.name, "", "no such collection")
        return members

    def _found(self, item: Item, wanted: Wanted) -> Iterator[pa.RecordBatch | Gap]:
        part = Partition(self.settings.name, item.collection, item.entry.name, skip=item.skip)
        if part.skip is not None:
            yield Gap(part.skip, {"object": item.entry.name})
            return
        for one in self.read(part):
            if isinstance(one, Gap):
                yield one
            else:
                yield from _slices(one, wanted)

    def residue(self) -> list[Residue]:
        """Nothing: freed blocks and snapshots of a file system are beyond this store's reach."""
        return []

    def settle(self, touched: Iterable[str]) -> list[Residue]:  # noqa: ARG002 - nothing settles
        return []

    def close(self) -> None:
        """Nothing is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _name(self, partition: Partition) -> str:
        if partition.object is None:
            raise Refused(self.settings.name, partition.collection, "a partition of objects names its object")
        return partition.object


def _source(seen: Recognised, partition: Partition) -> tuple[Source, int]:
    """The source of a partition, and how many records of its object stand before it."""
    if partition.bounds is None:
        return seen.source, 0
    start, end, first = partition.bounds
    return part(seen.source, start, end), first - 1


def _slices(batch: pa.RecordBatch, wanted: Wanted) -> Iterator[pa.RecordBatch]:
    """The wanted rows: together where they have a key of their own, else in runs that keep their numbers."""
    origin = origin_of(batch)
    rows = list(wanted.of(batch, origin))
    if origin.unit == "key":
        if rows:
            yield batch.take(pa.array(rows))
        return
    for _, run in groupby(enumerate(rows), lambda place: place[1] - place[0]):
        numbers = [row for _, row in run]
        yield with_origin(
            batch.slice(numbers[0], len(numbers)), replace(origin, first=origin.first + numbers[0])
        )
