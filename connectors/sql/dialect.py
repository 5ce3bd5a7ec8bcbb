"""What one kind of database has to say for the family to read and write it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal

import sqlalchemy as sa

from vestige.connectors.errors import Refused, StoreError
from vestige.connectors.protocol import Field, Residue, StoreSettings
from vestige.connectors.sql.anew import Edited, Name
from vestige.connectors.sql.shape import RAW, Table
from vestige.connectors.sql.values import parse

_JSON_SAFE = ("integer", "text", "uuid")


class Dialect(ABC):
    """One database. No state but its settings: the engines belong to the connector."""

    unbound: ClassVar[Literal["refuse", "one statement", "checked after", "anew"]] = "refuse"
    """What helps when a foreign key that is not deferred forbids the edits in the order given: all deletes in
    one statement, foreign keys that we check after the last edit, or the whole database written anew."""

    def __init__(self, settings: StoreSettings) -> None:
        self.settings = settings

    @abstractmethod
    def engine(self, *, writable: bool) -> sa.Engine:
        """An engine whose sessions the *database* keeps read-only unless ``writable``."""

    @abstractmethod
    def tables(self, connection: sa.Connection) -> Iterable[Table]:
        """All tables and views, without row counts."""

    @abstractmethod
    def fault(self, error: BaseException) -> tuple[type[StoreError], str]:
        """What a driver's error means: an error type and a reason that holds no value."""

    @abstractmethod
    def residue(self) -> list[Residue]: ...

    @abstractmethod
    def settle(self, writer: sa.Engine, touched: Sequence[Table]) -> list[Residue]: ...

    def neighbours(self, connection: sa.Connection) -> tuple[str, ...]:  # noqa: ARG002 - most kinds have none
        return ()

    def version(self) -> str | None:
        """What is another after any change of any table, as far as the database can attest it."""
        return None

    def begin(self, connection: sa.Connection) -> None:  # noqa: B027 - most kinds need nothing
        """Prepare a transaction that writes: locks, deferred constraints."""

    def uncheck(self, connection: sa.Connection) -> None:  # noqa: B027 - for MariaDB
        """Have the database check no foreign keys in this session."""

    def locating(self, table: Table, name: str) -> sa.ColumnElement[Any]:
        """A part of the locator as the row gives it: an integer or text, for a locator is JSON."""
        column = table.column(name)
        field = table.field(name)
        if table.hidden or (field is not None and field.type in _JSON_SAFE):
            return column
        return sa.cast(column, sa.Text).label(None)

    def reading(self, table: Table, name: str) -> sa.ColumnElement[Any]:
        """A field as it is read into a batch."""
        return table.column(name)

    def comparing(self, table: Table, field: Field) -> sa.ColumnElement[Any]:
        """A field as it is compared, exactly, with what :meth:`candidates` makes of a value."""
        column = table.column(field.name)
        return sa.type_coerce(sa.cast(column, sa.Text), RAW) if field.type in ("other", "json") else column

    def candidates(self, table: Table, field: Field, value: Any) -> list[Any]:  # noqa: ARG002 - for SQLite
        """The stored values that equal a looked-for one; none if no value of the field's type can."""
        try:
            return [parse(field.type, value)]
        except ValueError:
            return []

    def matching(self, table: Table, name: str, value: Any) -> list[Any]:
        """As :meth:`candidates`, for a field or a part of the locator."""
        field = table.field(name)
        if value is None:
            return []
        if field is not None:
            return self.candidates(table, field, value)
        return self.address(table, name, value)

    def address(self, table: Table, name: str, value: Any) -> list[Any]:  # noqa: ARG002 - for MariaDB
        """A locator's part that is no field (or is not one that JSON holds): a row number, or text."""
        if table.hidden is None or table.hidden == "ctid":
            return [str(value)]
        return self.candidates(table, Field(table.hidden, "integer"), value)

    def literal(self, value: Any) -> Any:
        """A value as it is stored: itself, or an expression that makes it."""
        return value

    def anew(self, connection: sa.Connection, edits: Mapping[Name, Edited]) -> None:  # noqa: ARG002 - for DuckDB
        """Write the whole database anew, with edits in it."""
        raise Refused(self.settings.name, "", "this kind of database is edited in place")

    def locking(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """The rows that are about to be written, locked where the dialect can."""
        return statement

    def written(self, connection: sa.Connection, statement: sa.Update | sa.Delete) -> int:
        """Run a statement that writes; the number of rows that it wrote, as the database returned them."""
        return len(connection.execute(statement.returning(sa.literal_column("1"))).fetchall())

    def probe(self, connection: sa.Connection, table: Table, field: Field, value: Any) -> None:  # noqa: B027
        """Ask the database whether a value can be cast to a field's type; its error says no."""


def key_of(columns: Sequence[Field], names: Sequence[str]) -> tuple[str, ...]:
    """``Collection.key``: a part that JSON cannot hold is a locating column of its own (``@day``)."""
    kinds = {field.name: field.type for field in columns}
    return tuple(name if kinds.get(name) in _JSON_SAFE else f"@{name}" for name in names)
