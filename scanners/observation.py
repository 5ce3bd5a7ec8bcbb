"""What a worker hands back of a partition, as Arrow batches: occurrences, profiles and one coverage line.

One schema for the three, told apart by ``kind``, because an engine streams one kind of batch. No row holds a
readable personal value.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

import pyarrow as pa

from vestige.catalog.model import CoverageLine, Place
from vestige.scanners.profile import FieldProfile

OBSERVATION_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("kind", "store", "collection", "object_id", "field")]
    + [(name, pa.string()) for name in ("entity", "form", "hash")]
    + [("count", pa.int64()), ("body", pa.string())]
)
"""``kind``: ``occurrence`` (entity, form, hash, count), ``profile`` (body: FieldProfile as JSON) or
``coverage`` (body: CoverageLine as JSON)."""

PROFILES = 64
Seen = tuple[str, str, str, str]
"""Field, entity, form, keyed hash."""


def occurrences(store: str, collection: str, object_id: str | None, seen: Counter[Seen]) -> pa.RecordBatch:
    """What was seen so far, in a stable order."""
    ordered = sorted(seen.items())
    columns: dict[str, list[Any]] = {
        "field": [one[0] for one, _ in ordered],
        "entity": [one[1] for one, _ in ordered],
        "form": [one[2] for one, _ in ordered],
        "hash": [one[3] for one, _ in ordered],
        "count": [count for _, count in ordered],
    }
    return _batch("occurrence", (store, collection, object_id), len(ordered), columns)


def profiles(found: Iterable[FieldProfile], object_id: str | None) -> Iterator[pa.RecordBatch]:
    """The profiles of one collection, some to a batch: they differ in size."""
    stream = iter(found)
    while some := list(islice(stream, PROFILES)):
        place = some[0].place
        columns = {"field": [one.place.field for one in some], "body": [one.to_json() for one in some]}
        yield _batch("profile", (place.store, place.collection, object_id), len(some), columns)


def coverage(line: CoverageLine) -> pa.RecordBatch:
    """What was read of the partition, and what not."""
    body = json.dumps(asdict(line))
    return _batch("coverage", (line.store, line.collection, line.object_id), 1, {"body": [body]})


def coverage_lines(batch: pa.RecordBatch) -> list[CoverageLine]:
    """The lines of a batch of kind ``coverage``."""
    return [CoverageLine(**json.loads(str(body))) for body in batch.column("body").to_pylist()]


def profile_rows(batch: pa.RecordBatch) -> list[tuple[Place, str | None, str]]:
    """(field, object id, JSON) of a batch of kind ``profile``."""
    names = ("store", "collection", "field", "object_id", "body")
    columns = (batch.column(name).to_pylist() for name in names)
    return [(Place(s, c, f), o, body) for s, c, f, o, body in zip(*columns, strict=True)]


def kind_of(batch: pa.RecordBatch) -> str:
    """The one kind of a batch's rows."""
    return str(batch.column("kind")[0].as_py())


def _batch(
    kind: str, partition: tuple[str, str, str | None], rows: int, columns: Mapping[str, list[Any]]
) -> pa.RecordBatch:
    store, collection, object_id = partition
    same = {"kind": kind, "store": store, "collection": collection, "object_id": object_id}
    arrays = [
        pa.array(columns.get(field.name, [same.get(field.name)] * rows), field.type)
        for field in OBSERVATION_SCHEMA
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=OBSERVATION_SCHEMA)
