"""Partitions as Spark tasks, by mapInArrow. No text crosses the JVM: tasks and results are opaque bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from vestige.engines.local import pack, unpack

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Task = TypeVar("Task")
_TASK = "task binary"
_BATCH = "batch binary"


def run(
    function: Callable[[Task], Iterator[pa.RecordBatch]], tasks: Iterable[Task], *, workers: int
) -> Iterator[pa.RecordBatch]:
    """The batches of ``function`` over all ``tasks``, one Spark task each.

    Uses the active session, else ``local[workers]``. Executors need this package installed. A task that fails
    is retried as Spark is configured to; then Spark's own exception is raised.
    """
    from pyspark import cloudpickle
    from pyspark.storagelevel import StorageLevel

    rows = [(bytearray(cloudpickle.dumps(task)),) for task in tasks]
    if not rows:
        return
    session = _session(workers)
    frame = session.createDataFrame(rows, _TASK).repartition(len(rows))
    results = frame.mapInArrow(_mapper(function), _BATCH).persist(StorageLevel.DISK_ONLY)
    try:
        # All tasks run here, side by side; toLocalIterator alone would run them one after the other.
        results.count()
        for row in results.toLocalIterator(prefetchPartitions=True):
            yield unpack(bytes(row.batch))
    finally:
        results.unpersist()


def _session(workers: int) -> SparkSession:
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    return active or SparkSession.builder.master(f"local[{workers}]").appName("vestige").getOrCreate()


def _mapper(
    function: Callable[[Task], Iterator[pa.RecordBatch]],
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What runs on the executors: tasks in, one packed batch per row out."""

    def mapped(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import cloudpickle

        for batch in batches:
            for raw in batch.column("task").to_pylist():
                for result in function(cloudpickle.loads(raw)):
                    yield pa.RecordBatch.from_pydict({"batch": pa.array([pack(result)], pa.binary())})

    return mapped
