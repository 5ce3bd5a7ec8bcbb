"""DuckDB files: ``duckdb:///warehouse.duckdb``. The driver itself, in the shape that SQLAlchemy asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from vestige.connectors.errors import Refused, StoreError, Unavailable
from vestige.connectors.protocol import Collection, Field, FieldType, Reference, Residue, StoreSettings
from vestige.connectors.sql import Dialect, SqlConnector, Table, files
from vestige.connectors.sql.anew import Edited, Name, rewrite
from vestige.connectors.sql.dialect import key_of
from vestige.connectors.sql.shape import RAW, Native

_TYPES: dict[str, FieldType] = {
    "VARCHAR": "text", "UUID": "uuid", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp",
    "JSON": "json", "BLOB": "binary", "DOUBLE": "real", "FLOAT": "real",
}  # fmt: skip
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_AS_TEXT = ("TIMESTAMP WITH TIME ZONE", "BIT", "INTERVAL", "TIME WITH TIME ZONE")
"""The driver needs further packages for these, or has no value for them."""

_MEMORY = "256MB"
"""What a session may keep of a file that it reads; by default that is most of the machine's memory."""
_COLUMNS = """
SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns()
WHERE NOT internal AND database_name = current_database() ORDER BY schema_name, table_name, column_index
"""
_CONSTRAINTS = """
SELECT schema_name, table_name, constraint_type, constraint_column_names, referenced_table,
       referenced_column_names
FROM duckdb_constraints() WHERE database_name = current_database() ORDER BY constraint_index
"""


def open(settings: StoreSettings, *, writable: bool = False) -> SqlConnector:  # noqa: A001 - the registry's name
    """Open a database file. Refused if it does not exist (it is never created) or is no database."""
    return SqlConnector(DuckDB(settings), writable=writable)


class _Session:
    """A connection whose cursors share its transaction: the driver's own are connections of their own."""

    def __init__(self, path: Path, writable: bool) -> None:
        self.inner = duckdb.connect(str(path), read_only=not writable)
        self.inner.execute(f"SET memory_limit = '{_MEMORY}'")
        self.begun = False

    def cursor(self) -> _Cursor:
        return _Cursor(self.inner)

    def begin(self) -> None:
        self.inner.begin()
        self.begun = True

    def commit(self) -> None:
        if self.begun:
            self.begun = False
            self.inner.commit()

    def rollback(self) -> None:
        if self.begun:
            self.begun = False
            self.inner.rollback()

    def close(self) -> None:
        self.inner.close()


class _Cursor:
    arraysize = 1
    rowcount = -1

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    @property
    def description(self) -> Any:
        return self.inner.description

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self.inner.execute(statement, list(parameters))

    def fetchone(self) -> Any:
        return self.inner.fetchone()

    def fetchmany(self, size: int = 1) -> Any:
        return self.inner.fetchmany(size)

    def fetchall(self) -> Any:
        return self.inner.fetchall()

    def close(self) -> None:
        """The result goes with the next statement."""


class _Sql(DefaultDialect):
    """What SQLAlchemy needs to know to write DuckDB's SQL."""

    name = "duckdb"
    supports_statement_cache = True
    delete_returning = update_returning = True
    default_paramstyle = "qmark"

    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.begin()


class DuckDB(Dialect):
    """The dialect. What its foreign keys forbid in place, the file written anew allows."""

    unbound = "anew"

    def engine(self, *, writable: bool) -> sa.Engine:
        path = files.existing(self.settings)
        dialect = _Sql(paramstyle="qmark", dbapi=duckdb)
        # The file is open only while it is used: another process can write only while none has it.
        pool = sa.pool.NullPool(lambda: _Session(path, writable), dialect=dialect)  # type: ignore[arg-type]
        return sa.Engine(pool, dialect, sa.make_url("duckdb://"), hide_parameters=True)

    def version(self) -> str | None:
        return files.version(files.existing(self.settings), ".wal")

    def tables(self, connection: sa.Connection) -> Iterable[Table]:
        columns: dict[tuple[str, str], list[Any]] = {}
        for row in connection.exec_driver_sql(_COLUMNS).fetchall():
            columns.setdefault((row[0], row[1]), []).append(row)
        constraints: dict[tuple[str, str], list[Any]] = {}
        for row in connection.exec_driver_sql(_CONSTRAINTS).fetchall():
            constraints.setdefault((row[0], row[1]), []).append(row)
        views = "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal"
        seen = {tuple(row) for row in connection.exec_driver_sql(views).fetchall()}
        return [self._table(at, rows, constraints.get(at, []), at in seen) for at, rows in columns.items()]

    def _table(
        self, at: tuple[str, str], rows: Sequence[Any], constraints: Sequence[Any], view: bool
    ) -> Table:
        schema, name = at
        fields = tuple(Field(column, _type(kind), bool(null)) for _, _, column, kind, null in rows)
        keys = [tuple(row[3]) for row in constraints if row[2] == "PRIMARY KEY"]
        hidden = "rowid" if not keys and not view and "rowid" not in {one.name for one in fields} else None
        collection = Collection(
            self.settings.name,
            _named(schema, name),
            "view" if view else "table",
            fields,
            ("@rowid",) if hidden else key_of(fields, keys[0] if keys else ()),
            tuple(tuple(row[3]) for row in constraints if row[2] == "UNIQUE"),
            tuple(_reference(schema, row) for row in constraints if row[2] == "FOREIGN KEY"),
        )
        return Table(collection, name, schema, {row[2]: row[3] for row in rows}, hidden)

    def reading(self, table: Table, name: str) -> sa.ColumnElement[Any]:
        column = table.column(name)
        return sa.cast(column, sa.Text) if table.natives[name] in _AS_TEXT else column

    def comparing(self, table: Table, field: Field) -> sa.ColumnElement[Any]:
        if table.natives[field.name] in _AS_TEXT:
            return sa.type_coerce(sa.cast(table.column(field.name), sa.Text), RAW)
        return super().comparing(table, field)

    def candidates(self, table: Table, field: Field, value: Any) -> list[Any]:
        if table.natives.get(field.name) in _AS_TEXT:
            return [str(value)]
        return super().candidates(table, field, value)

    def written(self, connection: sa.Connection, statement: sa.Update | sa.Delete) -> int:
        """Without RETURNING, which makes of an update a delete and an insert; foreign keys forbid these."""
        return int(connection.execute(statement).scalar_one())

    def probe(self, connection: sa.Connection, table: Table, field: Field, value: Any) -> None:
        if field.type == "other":
            native = Native(table.natives[field.name])
            connection.execute(sa.select(sa.cast(sa.literal(value, RAW), native).is_(None)))

    def fault(self, error: BaseException) -> tuple[type[StoreError], str]:
        text = str(error)
        if "Could not set lock" in text or "different configuration" in text or "Conflict" in text:
            return Unavailable, "the file is in use"
        if "not a valid DuckDB database" in text:
            return Refused, "the file is no DuckDB database"
        return Refused, type(error).__name__

    def residue(self) -> list[Residue]:
        return [Residue(self.settings.name, "deleted bytes in the database file", None, settles=True)]

    def settle(self, writer: sa.Engine, touched: Sequence[Table]) -> list[Residue]:  # noqa: ARG002 - the file is one
        """Copy the database into a fresh file and swap it in, if the copy lacks nothing."""
        path = files.existing(self.settings)
        try:
            with duckdb.connect(str(path)) as connection:
                return [] if rewrite(connection, path) else self.residue()
        except duckdb.Error:
            return self.residue()

    def anew(self, connection: sa.Connection, edits: Mapping[Name, Edited]) -> None:
        """Refused if a constraint forbids the edits; the file is then as it was."""
        session = connection.connection.dbapi_connection
        assert isinstance(session, _Session)
        try:
            copied = rewrite(session.inner, files.existing(self.settings), edits)
        except duckdb.Error as error:
            kind, reason = self.fault(error)
            raise kind(self.settings.name, "", reason) from None
        if not copied:
            raise Refused(self.settings.name, "", "the file cannot be written anew without a loss")


def _named(schema: str, name: str) -> str:
    return name if schema == "main" else f"{schema}.{name}"


def _type(native: str) -> FieldType:
    if native in _INTEGERS:
        return "integer"
    if native.startswith("DECIMAL") or native in ("HUGEINT", "UHUGEINT", "UBIGINT"):
        return "decimal"
    if native.endswith("]") or native.startswith(("STRUCT", "MAP", "UNION")):
        return "other"
    return "timestamp" if native.startswith("TIMESTAMP") else _TYPES.get(native, "other")


def _reference(schema: str, row: Any) -> Reference:
    return Reference(tuple(row[3]), _named(schema, row[4]), tuple(row[5]))
