"""Profiles of made-up fields, by the road that a scan takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import yaml

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
    recognizers: Path | None = None,
) -> list[FieldProfile]:
    """The profiles of one collection."""
    profiler = Profiler(
        store, collection, HASHER, Extractor(regions), declared or {}, recognizers=recognizers
    )
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
    with TemporaryDirectory() as folder:
        return profiles(
            example.collection,
            {example.field: example.values, **beside},
            {example.field: example.declared},
            recognizers=_registry(Path(folder), *example.own) if example.own else None,
        )


def _registry(folder: Path, entity: str, pattern: str) -> Path:
    """A registry of one recogniser."""
    one = {
        "name": entity,
        "type": "custom",
        "supported_language": "en",
        "supported_entity": entity,
        "patterns": [{"name": entity, "regex": pattern, "score": 0.8}],
    }
    path = folder / "own.yaml"
    path.write_text(yaml.safe_dump({"supported_languages": ["en"], "recognizers": [one]}))
    return path
