"""Profiles of made-up fields, by the road that a scan takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from vestige.matching.extract import Extractor
from vestige.matching.forms import Hasher
from vestige.scanners.evidence import Example
from vestige.scanners.profile import FieldProfile
from vestige.scanners.profiler import Profiler

HASHER = Hasher(b"a key for tests, of 32 bytes or more")


def profiles(
    collection: str,
    columns: Mapping[str, Sequence[Any]],
    declared: Mapping[str, str] | None = None,
    store: str = "shop",
    regions: tuple[str, ...] = ("DE",),
) -> list[FieldProfile]:
    """The profiles of one collection."""
    profiler = Profiler(store, collection, HASHER, Extractor(regions), declared or {})
    arrays = {
        name: pa.array(list(values) if any(isinstance(v, int) for v in values) else list(values))
        for name, values in columns.items()
    }
    profiler.observe(pa.RecordBatch.from_pydict(arrays))
    profiler.recognise()
    return list(profiler.finished())


def of_example(example: Example) -> list[FieldProfile]:
    """The profiles of a detector's example, its neighbours empty."""
    count = len(example.values)
    beside = {name: pa.nulls(count, pa.string()) for name in example.beside}
    return profiles(
        example.collection,
        {example.field: example.values, **beside},
        {example.field: example.declared},
    )
