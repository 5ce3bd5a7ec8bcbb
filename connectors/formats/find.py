"""Which records of a batch hold wanted values: by column, path of a document, or part of the locator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

import pyarrow as pa

from vestige.connectors.formats.paths import VALUE, parse
from vestige.connectors.protocol import DOCUMENT, Origin, is_json


class Wanted:
    """Tuples of values of some fields. 12 and "12" are one; None equals nothing."""

    def __init__(self, fields: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
        self.fields = tuple(fields)
        texts = (tuple(map(text, value)) for value in values)
        self.tuples = {one for one in texts if None not in one}

    @property
    def objects(self) -> set[str | None] | None:
        """The only objects that can hold what is wanted; None if any can."""
        if "object" not in self.fields:
            return None
        place = self.fields.index("object")
        return {one[place] for one in self.tuples}

    def of(self, batch: pa.RecordBatch, origin: Origin) -> Iterator[int]:
        """The rows that are wanted."""
        columns = [_column(batch, origin, field) for field in self.fields]
        for row, cells in enumerate(zip(*columns, strict=True)):
            if any(one in self.tuples for one in product(*cells)):
                yield row


def text(value: object) -> str | None:
    """A value as text to compare."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case bytes():
            return value.decode("utf-8", "replace")
    return str(value)


def _column(batch: pa.RecordBatch, origin: Origin, field: str) -> Sequence[set[str | None]]:
    """For each row the texts that a field has there."""
    places: dict[str, list[str | None]] = (
        {"object": [origin.object] * batch.num_rows} if origin.object else {}
    )
    if origin.unit != "key":
        places[origin.unit] = [str(origin.first + row) for row in range(batch.num_rows)]
    elif f"@{field}" in batch.schema.names:
        places[field] = batch.column(f"@{field}").to_pylist()
    found = [{place} for place in places.get(field, [None] * batch.num_rows)]
    for cell, value in zip(found, _values(batch, field), strict=True):
        cell.update(value)
    return found


def _values(batch: pa.RecordBatch, field: str) -> Iterable[set[str | None]]:
    if field in batch.schema.names and field != DOCUMENT:
        return ({text(value)} for value in batch.column(field).to_pylist())
    name, _, path = (DOCUMENT, "", field) if DOCUMENT in batch.schema.names else field.partition(".")
    if name in batch.schema.names and is_json(batch.schema.field(name)):
        return (_at(value, path) for value in batch.column(name).to_pylist())
    return (set() for _ in range(batch.num_rows))


def _at(raw: str | None, path: str) -> set[str | None]:
    """The scalars at a path of a document; a text that is no object or array has the path ``value``."""
    try:
        value = parse(raw or "")
    except ValueError:
        return {raw} if path == VALUE else set()
    if not isinstance(value, dict | list):
        return {text(value)} if path == VALUE else set()
    return {text(one) for one in _walk(value, path)}


def _walk(value: Any, path: str) -> Iterator[Any]:
    if isinstance(value, list):
        for member in value:
            yield from _walk(member, path)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name == path:
                yield from _walk(member, "")
            elif path.startswith(f"{name}."):
                yield from _walk(member, path[len(name) + 1 :])
    elif not path:
        yield value
