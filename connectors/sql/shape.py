"""A table as a dialect describes it, and its names as SQL expressions (quoting is SQLAlchemy's)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name

from vestige.connectors.protocol import Collection, Field, Origin


class Raw(sa.types.UserDefinedType[Any]):
    """Values pass between us and the driver as they are: no casts, no conversions."""

    cache_ok = True

    def coerce_compared_value(self, op: Any, value: Any) -> Raw:  # noqa: ARG002 - the signature is SQLAlchemy's
        return self


class Native(sa.types.UserDefinedType[Any]):
    """A type by the name that the database itself gives it."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name.replace("%", "%%")


RAW = Raw()
CONTENT = "row_sha256"
"""The address of a row that is made of what the row holds: rows that are alike share one."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view. ``hidden`` is the dialect's own address of a row, where no declared key can locate.

    ``natives``: field → the type as the store writes it. ``skip``: why it cannot be read; ``fixed``: why its
    rows cannot be edited. ``restless``: fields that the database itself changes when a row changes.
    """

    collection: Collection
    name: str
    schema: str | None = None
    natives: Mapping[str, str] = field(default_factory=dict)
    hidden: str | None = None
    skip: str | None = None
    fixed: str | None = None
    restless: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.collection.fields

    @property
    def locating(self) -> tuple[str, ...]:
        """Names of the locator's parts."""
        return tuple(name.removeprefix("@") for name in self.collection.key)

    @property
    def readable(self) -> list[Field]:
        return [field for field in self.fields if not field.name.startswith("@")]

    @property
    def unread(self) -> list[str]:
        """Columns that a batch cannot name: a leading @ marks what only locates."""
        return [field.name for field in self.fields if field.name.startswith("@")]

    @property
    def names(self) -> list[str]:
        """The columns of a batch."""
        apart = [name for name in self.collection.key if name.startswith("@")]
        return apart + [field.name for field in self.readable]

    @property
    def number(self) -> str | None:
        """A column of integers that orders all rows, to cut the table by."""
        if len(self.locating) != 1 or self.hidden in ("ctid", CONTENT):
            return None
        field = self.field(self.locating[0])
        return self.locating[0] if self.hidden or (field and field.type == "integer") else None

    @property
    def origin(self) -> Origin:
        return Origin(self.collection.store, self.collection.name, key=self.collection.key)

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    def source(self) -> sa.TableClause:
        schema = quoted_name(self.schema, True) if self.schema else None
        return sa.table(quoted_name(self.name, True), *map(self.column, self.natives), schema=schema)

    def column(self, name: str) -> sa.ColumnClause[Any]:
        return sa.column(quoted_name(name, True), RAW)
