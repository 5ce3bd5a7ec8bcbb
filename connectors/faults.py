"""Faults to plant into a connector: each is a way in which a store's code has been wrong somewhere.

Every one wraps a working connector; the conformance suite must catch it by the test that it names. Neither a
driver nor a test runner is needed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vestige.connectors import open_store
from vestige.connectors.passing import Items, Passing
from vestige.connectors.protocol import (
    Connector,
    Description,
    Edit,
    Effects,
    Gap,
    Partition,
    Prepared,
    Since,
    digest,
    locator,
)


class Faulty(Passing):
    """A working connector; each fault overrides one answer."""

    def everything(self, collection: str) -> Items:
        """All items of a collection, by the connector within."""
        for part in self.inner.partitions(collection):
            if part.skip is None:
                yield from self.inner.read(part)


class LooseMatch(Faulty):
    """Finds without regard to case."""

    def find(self, collection: str, fields: Sequence[str], values: Iterable[Sequence[Any]]) -> Items:
        spelt = [
            (form(str(value[0])),) for value in values for form in (str, str.lower, str.upper, str.title)
        ]
        return self.inner.find(collection, fields, spelt)


class BlindToZero(Faulty):
    """Takes 0 for no value."""

    def find(self, collection: str, fields: Sequence[str], values: Iterable[Sequence[Any]]) -> Items:
        return self.inner.find(collection, fields, [value for value in values if all(value)])


class StrictTypes(Faulty):
    """Holds 12 and "12" for different ids."""

    def find(self, collection: str, fields: Sequence[str], values: Iterable[Sequence[Any]]) -> Items:
        kept = [value for value in values if not isinstance(value[0], str)]
        return self.inner.find(collection, fields, kept)


class LostBatch(Faulty):
    """Stops before the last batch."""

    def read(self, partition: Partition) -> Items:
        return iter(list(self.inner.read(partition))[:-1])


class LostRow(Faulty):
    """Leaves the last record of every batch out."""

    def read(self, partition: Partition) -> Items:
        for item in self.inner.read(partition):
            yield item if isinstance(item, Gap) else item.slice(0, item.num_rows - 1)


class RepeatedBatch(Faulty):
    """Reads a page twice."""

    def read(self, partition: Partition) -> Items:
        for item in self.inner.read(partition):
            yield from (item, item)


class WholeAtOnce(Faulty):
    """Loads a collection whole into one batch."""

    def read(self, partition: Partition) -> Items:
        batches = [item for item in self.inner.read(partition) if not isinstance(item, Gap)]
        if batches:
            table = pa.Table.from_batches(batches).combine_chunks()
            yield from table.to_batches()


class LostCollection(Faulty):
    """Sees one collection less."""

    def describe(self) -> Description:
        seen = self.inner.describe()
        return replace(seen, collections=seen.collections[1:])


class LostPartitions(Faulty):
    """Reads only the collections that sort first."""

    def partitions(self, collection: str | None = None, since: Since | None = None) -> Iterator[Partition]:
        if collection is not None:
            return self.inner.partitions(collection, since)
        parts = list(self.inner.partitions(None, since))
        return iter([part for part in parts if part.collection == min(one.collection for one in parts)])


class WrongCount(Faulty):
    """Counts one record too many."""

    def count(self, partition: Partition) -> int | None:
        return (self.inner.count(partition) or 0) + 1


class CachedAnswer(Faulty):
    """Answers a second read from memory."""

    def __init__(self, inner: Connector) -> None:
        super().__init__(inner)
        self.kept: dict[str, list[pa.RecordBatch | Gap]] = {}

    def read(self, partition: Partition) -> Items:
        if partition.collection not in self.kept:
            self.kept[partition.collection] = list(self.inner.read(partition))
        return iter(self.kept[partition.collection])


class SwallowedGap(Faulty):
    """Says nothing of what it could not read."""

    def partitions(self, collection: str | None = None, since: Since | None = None) -> Iterator[Partition]:
        return (part for part in self.inner.partitions(collection, since) if part.skip is None)

    def read(self, partition: Partition) -> Items:
        return (item for item in self.inner.read(partition) if not isinstance(item, Gap))


class Uncommitted(Faulty):
    """Reports the write set, and writes nothing."""

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        places = tuple((edit.collection, edit.locator) for one in prepared for edit in one.edits)
        return Effects(deleted=places, changed=places)


class WriteSetLeftOut(Faulty):
    """Writes, and does not say what."""

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        self.inner.commit(prepared)
        return Effects()


class DigestIgnored(Faulty):
    """Writes whatever the record holds by now."""

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        return self.inner.prepare([replace(edit, digest=None) for edit in edits])


class DigestForgotten(Faulty):
    """Checks the digest when preparing, and no more when committing."""

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        edits = [replace(edit, digest=None) for one in prepared for edit in one.edits]
        return self.inner.commit(self.inner.prepare(edits))


class WrongNeighbour(Faulty):
    """Applies an edit to the record beside."""

    def beside(self, edit: Edit) -> Edit:
        places: list[tuple[dict[str, Any], str]] = []
        for item in self.everything(edit.collection):
            if not isinstance(item, Gap):
                places += [(locator(item, row), digest(item, row)) for row in range(item.num_rows)]
        at = next((place for place, one in enumerate(places) if one[0] == dict(edit.locator)), 0)
        where, check = places[at - 1]
        return replace(edit, locator=where, digest=check)

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        return self.inner.prepare([self.beside(edit) for edit in edits])


class EagerPrepare(Faulty):
    """Writes already when it should only look."""

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        prepared = self.inner.prepare(edits)
        self.inner.commit(prepared)
        return prepared


class ReadOnlyByPromise(Faulty):
    """Opened read-only, it could write all the same."""

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        with open_store(self.settings, writable=True) as other:
            return other.prepare(edits)

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        with open_store(self.settings, writable=True) as other:
            return other.commit(prepared)


class SwappedValues(Faulty):
    """Reads values into the wrong records."""

    def read(self, partition: Partition) -> Items:
        for item in self.inner.read(partition):
            if isinstance(item, Gap):
                yield item
            else:
                order = pa.array(range(item.num_rows - 1, -1, -1))
                last = item.schema.names[-1]
                yield item.set_column(item.num_columns - 1, last, pc.take(item.column(last), order))


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and the name of the conformance test that must fail when it is planted."""

    name: str
    wrap: Callable[[Connector], Connector]
    caught_by: str


_CAUGHT: dict[type[Passing], str] = {
    LooseMatch: "test_find_is_exact",
    BlindToZero: "test_find_takes_a_number_as_text",
    StrictTypes: "test_find_takes_a_number_as_text",
    LostBatch: "test_read_gives_every_record_once",
    LostRow: "test_read_gives_every_record_once",
    RepeatedBatch: "test_read_gives_every_record_once",
    SwappedValues: "test_read_gives_every_record_once",
    WholeAtOnce: "test_read_streams",
    LostCollection: "test_describe_names_every_collection",
    LostPartitions: "test_describe_names_every_collection",
    WrongCount: "test_count_agrees",
    CachedAnswer: "test_read_is_fresh",
    SwallowedGap: "test_what_cannot_be_read_is_said",
    Uncommitted: "test_a_second_run_changes_nothing",
    WriteSetLeftOut: "test_a_second_run_changes_nothing",
    DigestIgnored: "test_a_changed_record_is_left",
    DigestForgotten: "test_a_record_that_changes_before_the_commit_is_left",
    WrongNeighbour: "test_patch_cuts_the_bytes_alone",
    EagerPrepare: "test_prepare_changes_nothing",
    ReadOnlyByPromise: "test_read_only_is_read_only",
}
FAULTS = tuple(Fault(kind.__name__, kind, test) for kind, test in _CAUGHT.items())
