"""One partition in, observations out: the function that an engine runs, here or on Spark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from vestige.catalog.estate import Estate
from vestige.catalog.model import CoverageLine, CoverageStatus
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import Connector, Gap, Partition
from vestige.matching.extract import Extractor
from vestige.scanners import observation
from vestige.scanners.profiler import Profiler

FLUSH = 25_000
"""Distinct occurrences that a worker keeps before it hands them back."""


@dataclass(frozen=True, slots=True)
class ScanTask:
    """A partition to read. ``declared``: (column, type) as described. ``sample``: records at most.
    ``vocabulary``: what the estate calls its tables."""

    estate: Estate
    partition: Partition
    declared: tuple[tuple[str, str], ...] = ()
    sample: int | None = None
    vocabulary: frozenset[str] = frozenset()


def scan_partition(task: ScanTask) -> Iterator[pa.RecordBatch]:
    """The observations of one partition, as batches of OBSERVATION_SCHEMA; the last is its coverage line.

    A store's error becomes the coverage line: what was read until then is handed back all the same.
    """
    if task.partition.skip is not None:
        yield observation.coverage(_line(task, _skipped(task.partition.skip), task.partition.skip))
        return
    yield from _Reading(task).batches()


class _Reading:
    """The state of reading one partition."""

    def __init__(self, task: ScanTask) -> None:
        self._task, self._gaps, self._reason = task, list[str](), ""
        self._object_id = task.estate.object_id(task.partition)
        self._profiler = Profiler(
            task.partition.store,
            task.partition.collection,
            task.estate.hasher,
            Extractor(task.estate.regions),
            dict(task.declared),
            task.vocabulary,
            task.estate.recognizers,
            task.estate.model,
        )

    def batches(self) -> Iterator[pa.RecordBatch]:
        partition, profiler = self._task.partition, self._profiler
        if partition.names_object:
            profiler.name(str(partition.object))
        try:
            with self._task.estate.open(partition.store) as store:
                yield from self._read(store)
                self._reconcile(store)
        except StoreError as error:
            self._gaps.append(error.reason)
        profiler.recognise()
        yield observation.occurrences(partition.store, partition.collection, self._object_id, profiler.seen)
        yield from observation.profiles(profiler.finished(), self._object_id)
        yield observation.coverage(self._coverage())

    def _read(self, store: Connector) -> Iterator[pa.RecordBatch]:
        partition, profiler = self._task.partition, self._profiler
        for part in store.read(partition):
            if isinstance(part, Gap):
                self._gaps.append(part.reason)
                continue
            profiler.observe(part)
            if len(profiler.seen) >= FLUSH:
                yield observation.occurrences(
                    partition.store, partition.collection, self._object_id, profiler.seen
                )
                profiler.seen.clear()
            if self._task.sample is not None and profiler.records >= self._task.sample:
                self._reason = f"a sample of {profiler.records} records"
                return

    def _reconcile(self, store: Connector) -> None:
        """Compare with the store's own count, unless it is a sample."""
        if self._reason:
            return
        counted = store.count(self._task.partition)
        if counted is not None and counted != self._profiler.records:
            self._reason = f"store counts {counted}, read {self._profiler.records}"

    def _coverage(self) -> CoverageLine:
        reasons = [self._reason] if self._reason else []
        if self._gaps:
            first = sorted(set(self._gaps))
            reasons.append(f"{len(self._gaps)} not read: {'; '.join(first[:3])}")
        if self._profiler.dropped:
            reasons.append(f"{self._profiler.dropped} values in more paths than are looked at")
        read = self._profiler.records
        status: CoverageStatus = "COMPLETE" if not reasons else "PARTIAL" if read else "SKIPPED"
        return _line(self._task, status, "; ".join(reasons) or None, read)


def _skipped(reason: str) -> CoverageStatus:
    return "OPAQUE" if reason.startswith("opaque") else "SKIPPED"


def _line(
    task: ScanTask, status: CoverageStatus, reason: str | None, records: int | None = None
) -> CoverageLine:
    one = task.partition
    return CoverageLine(
        one.store,
        one.collection,
        label(task.estate, one),
        task.estate.object_id(one),
        status,
        reason,
        records,
        one.version,
        one.size,
    )


_LONG_NUMBER = re.compile(r"(?<![^\W\d_])\d{5,}|(?<=/)\d+(?=[./]|\Z)")


def label(estate: Estate, partition: Partition) -> str:
    """What a report calls a partition: an object's name with what may be personal in it masked."""
    if partition.object is None:
        return partition.collection
    name = partition.object
    batch = pa.RecordBatch.from_pydict({"object": pa.array([name], pa.string())})
    spans = sorted(Extractor(estate.regions).spans(batch), key=lambda span: (span.start, -span.end))
    raw, made, at = name.encode(), "", 0
    for span in spans:
        if span.start >= at:
            made += raw[at : span.start].decode("utf-8", "replace") + f"{{{span.entity}}}"
            at = span.end
    made += raw[at:].decode("utf-8", "replace")
    return _LONG_NUMBER.sub("{NUMBER}", made)
