"""Exact comparison in MariaDB and MySQL, where ``=`` follows a collation: a is A, and trailing spaces are
nothing. The loose comparison stays beside the exact one, for it alone uses an index."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.operators import in_op

from vestige.connectors.sql.shape import RAW, Raw


class Exact(Raw):
    """Text of a column in ``charset``, compared character by character."""

    cache_ok = True

    def __init__(self, charset: str = "") -> None:
        self.charset = charset

    class Comparator(sa.types.UserDefinedType.Comparator[Any]):
        type: Any

        def operate(self, op: Callable[..., Any], *other: Any, **kwargs: Any) -> Any:
            if op not in (eq, in_op):
                return super().operate(op, *other, **kwargs)
            values = other[0] if op is in_op else [other[0]]
            plain = sa.type_coerce(self.expr, RAW)
            text = sa.func.convert(plain.op("USING")(sa.literal_column("utf8mb4")))
            exact = sa.cast(text, sa.LargeBinary).in_([value.encode() for value in values])
            # An IN with a text that the column's character set does not have is an error to the server.
            loose = self.type.charset == "utf8mb4" or all(value.isascii() for value in values)
            return sa.and_(plain.in_(values), exact) if loose else exact

    comparator_factory = Comparator


class Hexed(Raw):
    """The bytes of ``column`` as hexadecimal digits, compared as bytes."""

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        self.column = column

    class Comparator(sa.types.UserDefinedType.Comparator[Any]):
        type: Any

        def operate(self, op: Callable[..., Any], *other: Any, **kwargs: Any) -> Any:
            if op not in (eq, in_op):
                return super().operate(op, *other, **kwargs)
            values = other[0] if op is in_op else [other[0]]
            return self.type.column.in_([bytes.fromhex(value) for value in values])

    comparator_factory = Comparator
    cache_ok = False
