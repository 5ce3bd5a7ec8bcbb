"""Many keys in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

CHUNK = 500
_SEVERAL = 100
"""Tuples of several columns: each is an AND in a chain of ORs, whose depth databases limit."""


def chunks(values: Iterable[tuple[Any, ...]], columns: Sequence[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """As many at once as one statement takes well."""
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK if len(columns) == 1 else _SEVERAL)):
        yield chunk


def equal(
    columns: Sequence[sa.ColumnElement[Any]], values: Sequence[tuple[Any, ...]]
) -> sa.ColumnElement[bool]:
    """Where the columns hold one of these tuples."""
    if len(columns) == 1:
        return columns[0].in_([value for (value,) in values])
    alike = (
        sa.and_(*(column == one for column, one in zip(columns, value, strict=True))) for value in values
    )
    return sa.or_(sa.false(), *alike)
