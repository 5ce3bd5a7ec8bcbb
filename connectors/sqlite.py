"""SQLite files: ``sqlite:///shop.db``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from vestige.connectors.errors import Refused, StoreError, Unavailable
from vestige.connectors.protocol import Collection, Field, FieldType, Reference, Residue, StoreSettings
from vestige.connectors.sql import Dialect, SqlConnector, Table, files
from vestige.connectors.sql.dialect import key_of
from vestige.connectors.sql.limits import seconds
from vestige.connectors.sql.shape import RAW
from vestige.connectors.sql.values import LARGEST, parse, plain

_ADDRESSES = ("rowid", "_rowid_", "oid")
_TYPES: tuple[tuple[str, FieldType], ...] = (
    ("JSON", "json"), ("UUID", "text"), ("BOOL", "boolean"), ("INT", "integer"), ("CHAR", "text"),
    ("CLOB", "text"), ("TEXT", "text"), ("STRING", "text"), ("TIMESTAMP", "timestamp"),
    ("DATETIME", "timestamp"), ("DATE", "date"), ("BLOB", "binary"), ("REAL", "real"), ("FLOA", "real"),
    ("DOUB", "real"), ("DEC", "decimal"), ("NUM", "decimal"),
)  # fmt: skip
Indexes = Sequence[tuple[bool, tuple[str | None, ...]]]
"""A table's whole indexes: whether each is unique, and its columns, None for an expression."""
_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_INTERRUPT", "SQLITE_PROTOCOL")


def open(settings: StoreSettings, *, writable: bool = False) -> SqlConnector:  # noqa: A001 - the registry's name
    """Open a database file. Refused if it does not exist (it is never created) or is no database."""
    return SqlConnector(Sqlite(settings), writable=writable)


class Sqlite(Dialect):
    """The dialect. Values have types of their own, whatever the column declares."""

    def engine(self, *, writable: bool) -> sa.Engine:
        path = files.existing(self.settings)

        def connect() -> sqlite3.Connection:
            mode = "rw" if writable else "ro"
            timeout = seconds(self.settings, "lock_timeout", 5.0)
            connection = sqlite3.connect(
                f"file:{quote(str(path))}?mode={mode}",
                uri=True,
                timeout=timeout,
                check_same_thread=False,
            )
            connection.isolation_level = None
            connection.text_factory = _text
            connection.execute(f"PRAGMA query_only = {0 if writable else 1}")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON" if writable else "SELECT 1")
            return connection

        return sa.create_engine(
            "sqlite://", creator=connect, poolclass=sa.pool.NullPool, hide_parameters=True
        )

    def version(self) -> str | None:
        return files.version(files.existing(self.settings), "-wal", "-journal")

    def begin(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")

    def tables(self, connection: sa.Connection) -> Iterable[Table]:
        listed = connection.exec_driver_sql(
            "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'"
        )
        for name, kind, without_rowid in listed.fetchall():
            if not name.startswith("sqlite_") and kind != "shadow":
                yield self._table(connection, name, kind, bool(without_rowid))

    def _table(self, connection: sa.Connection, name: str, kind: str, without_rowid: bool) -> Table:
        try:
            columns = _rows(
                connection, 'SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?)', name
            )
        except sa.exc.OperationalError as error:  # a view over a table that is not there, a module not loaded
            collection = Collection(self.settings.name, name, "view" if kind == "view" else "table")
            return Table(collection, name, skip=self.fault(error.orig or error)[1])
        columns = [column for column in columns if column[4] != 1]
        fields = tuple(Field(n, _type(t), not (null or pk), None, bool(h)) for n, t, null, pk, h in columns)
        primary = [column[0] for column in sorted(columns, key=lambda one: one[3]) if column[3]]
        hidden = None if kind == "view" or without_rowid else self._hidden(connection, name, columns, primary)
        natives = {column[0]: column[1] for column in columns}
        indexes = _indexes(connection, name)
        collection = Collection(
            self.settings.name, name, "view" if kind == "view" else "table", fields,
            (f"@{hidden}",) if hidden else key_of(fields, primary), _unique(indexes),
            _references(connection, name, primary, indexes), _triggers(connection, name),
        )  # fmt: skip
        return Table(collection, name, None, natives, hidden)

    def _hidden(
        self, connection: sa.Connection, name: str, columns: Sequence[Any], primary: list[str]
    ) -> str | None:
        """The row's number where no key locates it: none is declared, or it may hold NULLs and does."""
        loose = [column[0] for column in columns if column[3] and not column[2]]
        source = Table(Collection("", name, "table"), name)
        if primary and loose:
            empty = sa.or_(*(source.column(one).is_(None) for one in loose))
            if (
                connection.execute(sa.select(1).select_from(source.source()).where(empty).limit(1)).first()
                is None
            ):
                return None
        elif primary:
            return None
        taken = {str(column[0]).lower() for column in columns}
        return next((address for address in _ADDRESSES if address not in taken), None)

    def comparing(self, table: Table, field: Field) -> sa.ColumnElement[Any]:
        return sa.collate(table.column(field.name), "BINARY")

    def candidates(self, table: Table, field: Field, value: Any) -> list[Any]:
        if isinstance(value, bytes):
            return [value]
        text = plain(value)
        affinity = _affinity(table.natives.get(field.name, "INTEGER"))
        if affinity == "TEXT":
            return [text]
        number = _number(text)
        if affinity == "BLOB":
            return [text, *([] if number is None else [number]), text.encode()]
        # The column makes numbers of what looks like one, " 12" too: only the exact spelling is one.
        return [number] if number is not None else [] if _looks_numeric(text) else [text]

    def literal(self, value: Any) -> Any:
        return sa.cast(sa.literal(bytes(value), RAW), sa.Text) if isinstance(value, Undecoded) else value

    def locating(self, table: Table, name: str) -> sa.ColumnElement[Any]:
        field = table.field(name)
        if not table.hidden and field is not None and field.type == "binary":
            return sa.func.hex(table.column(name))
        return super().locating(table, name)

    def fault(self, error: BaseException) -> tuple[type[StoreError], str]:
        code = str(getattr(error, "sqlite_errorname", type(error).__name__))
        if code.startswith("SQLITE_NOTADB"):
            return Refused, "the file is no SQLite database"
        return (Unavailable if code.startswith(_PASSING) else Refused), code

    def residue(self) -> list[Residue]:
        return [
            Residue(
                self.settings.name, "deleted bytes in free pages and the write-ahead log", None, settles=True
            )
        ]

    def settle(self, writer: sa.Engine, touched: Sequence[Table]) -> list[Residue]:  # noqa: ARG002 - the file is one
        """Rewrite the file, so that what was deleted is in none of its bytes."""
        with writer.connect() as connection:
            if connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4'").first():
                connection.exec_driver_sql("ANALYZE")  # its samples are values
            connection.exec_driver_sql("VACUUM")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").first()
        return self.residue() if busy is not None and busy[0] else []


class Undecoded(bytes):
    """Text that is no UTF-8. It is read as bytes and, unlike a BLOB, written as text."""


def _text(raw: bytes) -> str | Undecoded:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return Undecoded(raw)


def _type(declared: str) -> FieldType:
    upper = declared.upper()
    return next((kind for part, kind in _TYPES if part in upper), "other")


def _affinity(declared: str) -> str:
    """SQLite's own rules, in its own order (datatype3.html, 3.1)."""
    upper = declared.upper()
    if "INT" in upper:
        return "INTEGER"
    if any(part in upper for part in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    return "BLOB" if "BLOB" in upper or not upper else "NUMERIC"


def _number(text: str) -> int | float | None:
    kinds: tuple[FieldType, ...] = ("integer", "real")
    for kind in kinds:
        try:
            number: int | float = parse(kind, text)
        except ValueError:
            continue
        return number
    return None


def _looks_numeric(text: str) -> bool:
    try:
        return abs(float(text)) < LARGEST**16
    except ValueError:
        return False


def _rows(connection: sa.Connection, statement: str, name: str) -> list[Any]:
    return list(connection.exec_driver_sql(statement, (name,)).fetchall())


def _indexes(connection: sa.Connection, name: str) -> Indexes:
    indexes = _rows(connection, 'SELECT name, "unique" FROM pragma_index_list(?) WHERE NOT partial', name)
    columns = "SELECT name FROM pragma_index_info(?) ORDER BY seqno"
    return [(bool(u), tuple(part for (part,) in _rows(connection, columns, i))) for i, u in indexes]


def _unique(indexes: Indexes) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(filter(None, columns)) for unique, columns in indexes if unique and None not in columns
    )


def _references(
    connection: sa.Connection, name: str, primary: Sequence[str], indexes: Indexes
) -> tuple[Reference, ...]:
    statement = 'SELECT id, "table", "from", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq'
    groups: dict[int, list[Any]] = {}
    for row in _rows(connection, statement, name):
        groups.setdefault(row[0], []).append(row)
    keys = [tuple(primary), *(columns for _, columns in indexes)]
    return tuple(_reference(connection, rows, keys) for rows in groups.values())


def _reference(
    connection: sa.Connection, rows: Sequence[Any], keys: Iterable[tuple[str | None, ...]]
) -> Reference:
    parent, fields = rows[0][1], tuple(row[2] for row in rows)
    targets = tuple(row[3] for row in rows)
    if None in targets:  # the parent's primary key is meant
        named = _rows(connection, "SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", parent)
        targets = tuple(key for (key,) in named)
    indexed = any(set(key[: len(fields)]) == set(fields) for key in keys)
    return Reference(fields, parent, targets, rows[0][4], indexed)


def _triggers(connection: sa.Connection, name: str) -> tuple[str, ...]:
    statement = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY name"
    )
    return tuple(trigger for (trigger,) in _rows(connection, statement, name))
