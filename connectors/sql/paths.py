"""Fields inside a column of JSON: ``prefs.contact.email``. Members of an array have the array's path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import pyarrow as pa

from vestige.connectors.sql.shape import Table
from vestige.connectors.sql.values import plain


def _split(columns: Sequence[str], name: str) -> tuple[str, str]:
    """The column that a field is in, and its path there. The longest column wins, for names may have dots."""
    inside = [column for column in columns if name == column or name.startswith(f"{column}.")]
    column = max(inside, key=len, default="")
    return column, name[len(column) + 1 :]


def is_path(table: Table, name: str) -> bool:
    """Whether a field's name leads into a column."""
    column, path = _split([field.name for field in table.fields], name)
    return bool(column and path)


def tuples_at(batch: pa.RecordBatch, row: int, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every combination of values that a record has at these fields, as texts."""
    return product(*(set(_texts(batch, row, name)) for name in names))


def _texts(batch: pa.RecordBatch, row: int, name: str) -> Iterator[str]:
    column, path = _split(batch.schema.names, name)
    value = batch.column(column)[row].as_py() if column else None
    if value is None:
        return
    if not path:
        yield plain(value)
        return
    try:
        yield from (plain(one) for at, one in _scalars(json.loads(value), "") if at == path)
    except (ValueError, RecursionError):
        return


def _scalars(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield from _scalars(child, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for child in node:
            yield from _scalars(child, path)
    elif node is not None:
        yield path, node
