"""The sweep: every store is read in full and searched for every spelling, wherever the catalog says they are.

It shares with the purge how stores are read and what a normal form is, and nothing of how a person is found.
What could not be read, or is not as many records as the store itself counts, is *unknown*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa

from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import (
    Connector,
    Gap,
    Origin,
    Partition,
    digest,
    locator,
    origin_of,
    with_origin,
)
from vestige.engines import local
from vestige.matching.expand import Hit, KeyPlace, Needles
from vestige.planning.model import Case
from vestige.reports.canaries import Canary, canary, with_canaries
from vestige.reports.places import elsewhere, impersonal, key_places
from vestige.reports.traces import Judge, Meaning, Records, Trace, place

Progress = Callable[[str], None]
Fields = Mapping[tuple[str, str], Set[str]]
"""The columns of each (store, collection) that the scan has seen."""

_TYPES: dict[str, pa.DataType] = {
    "subject": pa.int32(),
    "field": pa.string(),
    "entity": pa.string(),
    "form": pa.string(),
    "certain": pa.bool_(),
    "variant": pa.string(),
    "locator": pa.string(),
    "digest": pa.string(),
    "store": pa.string(),
    "collection": pa.string(),
    "object": pa.string(),
    "read": pa.int64(),
    "counted": pa.int64(),
    "bytes": pa.int64(),
    "gaps": pa.list_(pa.string()),
    "planted": pa.int64(),
    "found": pa.int64(),
}
_OF_HIT = ("subject", "field", "entity", "form", "certain", "variant")
_SCHEMA = pa.schema(_TYPES)
"""What a worker hands back: traces (``subject`` set), and one line a partition of what was read."""


@dataclass(frozen=True, slots=True)
class SweepTask:
    """A partition to read, and everything that is looked for in it. The last subject is the canary."""

    estate: Estate
    partition: Partition
    needles: Needles
    places: tuple[KeyPlace, ...]
    records: Records
    canary: Canary
    canary_index: int


class Reading(NamedTuple):
    """What was read of one partition. ``counted``: by the store itself, None where it has no second road."""

    store: str
    collection: str
    object: str | None
    read: int
    counted: int | None
    bytes: int
    gaps: tuple[str, ...]
    planted: int
    found: int

    @property
    def complete(self) -> bool:
        """Whether all of it was read, and the store counts as much."""
        return not self.gaps and self.counted in (None, self.read)


@dataclass(slots=True)
class Swept:
    """The end of a sweep: each trace with what it means, what was read, what could not be."""

    traces: list[tuple[Trace, Meaning]] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    def counts(self, subject: int | None = None) -> dict[Meaning, int]:
        """Traces per meaning, of one subject or of all."""
        found: dict[Meaning, int] = {"expected": 0, "undecided": 0, "survivor": 0, "unknown": 0}
        for trace, meaning in self.traces:
            if subject in (None, trace.subject):
                found[meaning] += 1
        return found


def sweep(
    estate: Estate,
    catalog: Catalog,
    cases: Sequence[Case],
    *,
    workers: int = 1,
    progress: Progress = lambda _: None,
) -> Swept:
    """Read all configured stores and look for the subjects of ``cases``. Never raises for a store."""
    bird, records = canary(), Records(cases)
    needles = Needles([*(case.subject for case in cases), bird.subject])
    places, swept = key_places(catalog), Swept()
    known = {(one.store, one.name): {each.name for each in one.fields} for one in catalog.collections()}
    tasks = (
        SweepTask(estate, p, needles, places.get((p.store, p.collection), ()), records, bird, len(cases))
        for p in _partitions(estate, known, swept, progress)
    )
    traces = list(_collect(local.run(sweep_partition, tasks, workers=workers), swept))
    sources = {(s.store, s.collection) for s in catalog.sources()}
    views = {(one.store, one.name) for one in catalog.collections() if one.kind == "view"}
    swept.traces = Judge(records, sources, impersonal(catalog), elsewhere(catalog), views).meanings(traces)
    return swept


def _partitions(estate: Estate, known: Fields, swept: Swept, progress: Progress) -> Iterator[Partition]:
    for settings in estate.stores:
        progress(f"sweep {settings.name}")
        try:
            with estate.open(settings.name) as store:
                swept.readings += _appeared(store, known)
                yield from store.partitions()
        except StoreError as error:
            swept.readings.append(_unread(settings.name, "", error.reason))


def _appeared(store: Connector, known: Fields) -> Iterator[Reading]:
    """Tables and columns that the scan has not seen: which keys they hold, nobody knows yet."""
    for one in store.describe().collections:
        if one.kind in ("table", "view"):
            seen = known.get((one.store, one.name))
            if seen is None:
                yield _unread(one.store, one.name, "appeared since the scan; run: vestige scan")
            elif new := sorted({each.name for each in one.fields} - seen):
                columns = f"columns appeared since the scan ({', '.join(new)}); run: vestige scan"
                yield _unread(one.store, one.name, columns)


def _unread(store: str, collection: str, reason: str) -> Reading:
    return Reading(store, collection, None, 0, None, 0, (reason,), 0, 0)


def _collect(batches: Iterable[pa.RecordBatch], swept: Swept) -> Iterator[Trace]:
    for batch in batches:
        for row in batch.to_pylist():
            if row["subject"] is None:
                parts = {name: row[name] for name in Reading._fields}
                swept.readings.append(Reading(**{**parts, "gaps": tuple(row["gaps"] or ())}))
            else:
                yield Trace(**{name: row[name] for name in Trace.__slots__})


def sweep_partition(task: SweepTask) -> Iterator[pa.RecordBatch]:
    """The traces in one partition, and one line of what was read. The function that an engine runs."""
    yield from _Sweep(task).batches()


class _Sweep:
    """The state of reading one partition."""

    def __init__(self, task: SweepTask) -> None:
        self._task, self._partition = task, task.partition
        self._gaps: list[str] = []
        self._read, self._bytes, self._planted = 0, 0, 0
        self._counted: int | None = None
        self._found: set[int] = set()

    def batches(self) -> Iterator[pa.RecordBatch]:
        if self._partition.names_object:
            yield from self._of_name(str(self._partition.object))
        if self._partition.skip is not None:
            self._gaps.append(self._partition.skip)
        else:
            try:
                with self._task.estate.open(self._partition.store) as store:
                    yield from self._of_content(store)
            except StoreError as error:
                self._gaps.append(error.reason)
        yield pa.RecordBatch.from_pylist([self._line()], _SCHEMA)

    def _of_name(self, name: str) -> Iterator[pa.RecordBatch]:
        origin = Origin(self._partition.store, self._partition.collection, key=("@object",))
        batch = with_origin(pa.record_batch([pa.array([name])], ["@object"]), origin)
        hits = [h for h in self._task.needles.search(batch, self._task.places) if self._is_real(h)]
        if hits:
            yield self._traces(batch, [hit._replace(field="object") for hit in hits])

    def _of_content(self, store: Connector) -> Iterator[pa.RecordBatch]:
        for part in store.read(self._partition):
            if isinstance(part, Gap):
                self._gaps.append(part.reason)
                continue
            self._read += part.num_rows
            self._bytes += part.nbytes
            yield from self._of_batch(part)
        self._counted = store.count(self._partition)

    def _of_batch(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        real = batch.num_rows
        if not self._planted:
            batch, self._planted = with_canaries(batch, self._task.canary.spellings)
        hits = list(self._task.needles.search(batch, self._task.places))
        self._found |= {h.row for h in hits if h.row >= real and h.subject == self._task.canary_index}
        hits = [h for h in hits if h.row < real and self._is_real(h)]
        hits += self._task.needles.called(batch, self._concerned(batch.slice(0, real), hits))
        if hits:
            yield self._traces(batch, hits)

    def _is_real(self, hit: Hit) -> bool:
        return hit.subject != self._task.canary_index

    def _concerned(self, batch: pa.RecordBatch, hits: Iterable[Hit]) -> dict[int, set[int]]:
        """Rows of which it is known that they concern a subject, so that their names mean something."""
        rows: dict[int, set[int]] = {}
        for hit in hits:
            rows.setdefault(hit.row, set()).add(hit.subject)
        origin = origin_of(batch)
        for row in self._candidates(batch, origin):
            where = place(locator(batch, row, origin))
            changed = self._task.records.changed(origin.store, origin.collection, where, digest(batch, row))
            if changed:
                rows.setdefault(row, set()).update(changed)
        return rows

    def _candidates(self, batch: pa.RecordBatch, origin: Origin) -> Iterable[int]:
        """Rows that may be a record of a case: in a file any, for rows move when others go."""
        if origin.object is not None:
            return range(batch.num_rows) if origin.object in self._task.records.objects(origin.store) else ()
        keys = self._task.records.keys(origin.store, origin.collection)
        if not keys or not origin.key:
            return ()
        return [
            row for row, value in enumerate(batch.column(origin.key[0]).to_pylist()) if str(value) in keys
        ]

    def _traces(self, batch: pa.RecordBatch, hits: Iterable[Hit]) -> pa.RecordBatch:
        origin = origin_of(batch)
        made = [
            {
                **{name: getattr(hit, name) for name in _OF_HIT},
                "store": origin.store,
                "collection": origin.collection,
                "locator": place(locator(batch, hit.row, origin)),
                "digest": digest(batch, hit.row),
            }
            for hit in hits
        ]
        return pa.RecordBatch.from_pylist(made, _SCHEMA)

    def _line(self) -> dict[str, Any]:
        gaps = [_times(self._gaps.count(reason), reason) for reason in sorted(set(self._gaps))]
        return {
            "store": self._partition.store,
            "collection": self._partition.collection,
            "object": self._partition.object,
            "read": self._read,
            "counted": self._counted,
            "bytes": self._bytes,
            "gaps": gaps,
            "planted": self._planted,
            "found": len(self._found),
        }


def _times(count: int, reason: str) -> str:
    return reason if count == 1 else f"{count:,} × {reason}"
