"""Rows of a driver → Arrow record batches of 1 to 4 MB.

A column's Arrow type follows the values of the batch, for a store may keep other values than it declares
(SQLite does). Values of several types make a string column; a value's text, and its digest, stays the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from vestige.connectors.protocol import Field, Origin, column, with_origin

TARGET = 2 << 20
_FIRST = 64
_MOST = 20_000
_SIMPLE: dict[type, pa.DataType] = {
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    str: pa.string(),
    bytes: pa.binary(),
    date: pa.date32(),
}
_DECLARED: dict[str, pa.DataType] = {
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}


def batches(
    fetch: Callable[[int], Sequence[Sequence[Any]]],
    names: Sequence[str],
    fields: Sequence[Field],
    origin: Origin,
) -> Iterator[pa.RecordBatch]:
    """Batches of what ``fetch(n)`` gives, n following the size of the rows so far. ``names`` starts with the
    locating columns; ``fields`` are the last ones."""
    size = _FIRST
    while rows := fetch(size):
        batch = to_batch(rows, names, fields, origin)
        yield from _parts(batch)
        size = max(1, min(_MOST, 4 * size, size * TARGET // max(1, batch.nbytes)))


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch, cut where rows became larger than those before."""
    step = max(1, batch.num_rows * TARGET // max(TARGET, batch.nbytes))
    for start in range(0, batch.num_rows, step):
        yield batch.slice(start, step)


def to_batch(
    rows: Sequence[Sequence[Any]], names: Sequence[str], fields: Sequence[Field], origin: Origin
) -> pa.RecordBatch:
    """One batch of these rows."""
    declared: list[Field | None] = [*[None] * (len(names) - len(fields)), *fields]
    columns = list(zip(*rows, strict=True))
    arrays = [_array(values, one) for values, one in zip(columns, declared, strict=True)]
    marks = [_is_json(values, one) for values, one in zip(columns, declared, strict=True)]
    schema = [column(n, a.type, is_json=mark) for n, a, mark in zip(names, arrays, marks, strict=True)]
    return with_origin(pa.RecordBatch.from_arrays(arrays, schema=pa.schema(schema)), origin)


def _array(values: Sequence[Any], declared: Field | None) -> pa.Array[Any]:
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.array(values, _DECLARED.get(declared.type if declared else "text", pa.string()))
    if kinds == {datetime}:
        return _timestamps(values)
    simple = _SIMPLE.get(next(iter(kinds))) if len(kinds) == 1 else None
    try:
        return pa.array(values, simple) if simple else _texts(values)
    except (OverflowError, pa.ArrowInvalid):
        return _texts(values)


def _timestamps(values: Sequence[datetime | None]) -> pa.Array[Any]:
    zones = {value.tzinfo is not None for value in values if value is not None}
    if len(zones) > 1:
        return _texts(values)
    return pa.array(values, pa.timestamp("us", tz="UTC" if zones == {True} else None))


def _texts(values: Sequence[Any]) -> pa.Array[Any]:
    raw = [
        None if value is None else value if isinstance(value, bytes) else text(value).encode()
        for value in values
    ]
    try:
        return pa.array(raw, pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:  # not UTF-8
        return pa.array(raw, pa.binary())


def text(value: Any) -> str:
    """A value as text; nested values as JSON."""
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _is_json(values: Sequence[Any], declared: Field | None) -> bool:
    if declared is None:
        return False
    if declared.type == "json":
        return True
    present = [value for value in values if value is not None]
    return bool(present) and all(isinstance(value, (dict, list)) or _holds_json(value) for value in present)


def _holds_json(value: Any) -> bool:
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True
