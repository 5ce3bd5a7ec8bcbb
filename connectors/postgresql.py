"""PostgreSQL: ``postgresql://user@host:5432/database``. What its role cannot see is named, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_interface
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.abc import Loader
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader
from psycopg.types.string import TextLoader

from vestige.connectors.errors import Refused, StoreError, Unavailable
from vestige.connectors.protocol import Collection, Field, FieldType, Reference, Residue, StoreSettings
from vestige.connectors.sql import Dialect, SqlConnector, Table
from vestige.connectors.sql.dialect import key_of
from vestige.connectors.sql.limits import seconds
from vestige.connectors.sql.shape import RAW, Native

_TYPES: dict[str, FieldType] = {
    "int2": "integer", "int4": "integer", "int8": "integer", "float4": "real", "float8": "real",
    "numeric": "decimal", "bool": "boolean", "date": "date", "timestamp": "timestamp",
    "timestamptz": "timestamp", "uuid": "uuid", "json": "json", "jsonb": "json", "bytea": "binary",
    "text": "text", "varchar": "text", "bpchar": "text", "name": "text",
}  # fmt: skip
_AS_TEXT = (
    *("numeric", "uuid", "inet", "cidr", "json", "jsonb", "interval", "time", "timetz"),
    *(
        f"{kind}{span}"
        for kind in ("int4", "int8", "num", "date", "ts", "tstz")
        for span in ("range", "multirange")
    ),
)
"""Types that the driver would turn into objects that batches do not hold."""
_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_PASSING = ("08", "40", "53", "55", "57")
"""SQLSTATE classes that may pass: connection, deadlock, resources, locks, cancelled by a timeout."""

_TABLES = """
SELECT c.oid, n.nspname, c.relname, c.relkind,
       has_schema_privilege(n.oid, 'USAGE')
       AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')) AS readable,
       has_table_privilege(c.oid, 'SELECT') AS whole,
       row_security_active(c.oid) AS secured
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
ORDER BY n.nspname, c.relname
"""
_COLUMNS = """
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), coalesce(b.typname, t.typname),
       NOT (a.attnotnull OR t.typnotnull),
       CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
       a.attgenerated <> '' OR a.attidentity = 'a',
       coalesce((SELECT NOT collisdeterministic FROM pg_collation WHERE oid = a.attcollation), false)
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = nullif(t.typbasetype, 0)
WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
"""
_CONSTRAINTS = """
SELECT k.conrelid, k.contype, n.nspname, p.relname, k.confdeltype,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u(num, pos)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY u.pos),
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u(num, pos)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY u.pos),
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL
               AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
FROM pg_constraint k
LEFT JOIN pg_class p ON p.oid = k.confrelid LEFT JOIN pg_namespace n ON n.oid = p.relnamespace
WHERE k.conrelid = ANY(%s) AND k.contype IN ('p', 'u', 'f') ORDER BY k.conrelid, k.conname
"""
# Materialised views of tables and of other views of these, in the order in which to refresh them.
_COPIES = """
WITH RECURSIVE shows AS (
    SELECT DISTINCT r.ev_class AS view, d.refobjid AS shown
    FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
      AND r.ev_class <> d.refobjid
), found AS (
    SELECT view, 1 AS depth FROM shows WHERE shown = ANY(%s::regclass[])
    UNION SELECT s.view, f.depth + 1 FROM found f JOIN shows s ON s.shown = f.view
)
SELECT format('%%I.%%I', n.nspname, c.relname) FROM found f
JOIN pg_class c ON c.oid = f.view JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' GROUP BY n.nspname, c.relname ORDER BY max(f.depth)
"""
_TRIGGERS = """
SELECT g.tgrelid, g.tgname FROM pg_trigger g
WHERE g.tgrelid = ANY(%s) AND NOT g.tgisinternal ORDER BY g.tgrelid, g.tgname
"""
_NEIGHBOURS = """
SELECT 'database ' || datname FROM pg_database
WHERE datname <> current_database() AND NOT datistemplate AND datallowconn
UNION ALL SELECT 'publication ' || pubname FROM pg_publication
UNION ALL SELECT 'foreign server ' || srvname FROM pg_foreign_server
UNION ALL SELECT 'replication slot ' || slot_name FROM pg_replication_slots
ORDER BY 1
"""


def open(settings: StoreSettings, *, writable: bool = False) -> SqlConnector:  # noqa: A001 - the registry's name
    """Open a database. Refused for a wrong password or name, Unavailable if the server does not answer."""
    return SqlConnector(PostgreSQL(settings), writable=writable)


class PostgreSQL(Dialect):
    """The dialect. A literal travels as text of no type, so that the server reads it as the column's own."""

    unbound = "one statement"

    def engine(self, *, writable: bool) -> sa.Engine:
        url = sa.make_url(self.settings.url).set(drivername="postgresql+psycopg")
        if self.settings.password is not None:
            url = url.set(password=self.settings.password.value)
        engine = sa.create_engine(
            url,
            pool_size=1,
            max_overflow=-1,
            hide_parameters=True,
            connect_args={
                "options": self._options(writable),
                "connect_timeout": 10,
                "application_name": "vestige",
            },
        )
        sa.event.listen(engine, "connect", _adapt)
        return engine

    def _options(self, writable: bool) -> str:
        limits = {
            "default_transaction_read_only": "off" if writable else "on",
            "statement_timeout": int(1000 * seconds(self.settings, "statement_timeout", 0)),
            "lock_timeout": int(1000 * seconds(self.settings, "lock_timeout", 5)),
            "timezone": "UTC",
            "row_security": "on",
        }
        return " ".join(f"-c {name}={value}" for name, value in limits.items())

    def begin(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")

    def tables(self, connection: sa.Connection) -> Iterable[Table]:
        rows = connection.exec_driver_sql(_TABLES).fetchall()
        oids = [row[0] for row in rows]
        columns = _grouped(connection, _COLUMNS, oids)
        constraints = _grouped(connection, _CONSTRAINTS, oids)
        triggers = _grouped(connection, _TRIGGERS, oids)
        return [self._table(row, columns[row[0]], constraints[row[0]], triggers[row[0]]) for row in rows]

    def _table(
        self, row: Any, columns: Sequence[Any], constraints: Sequence[Any], triggers: Sequence[Any]
    ) -> Table:
        _, schema, name, kind, readable, whole, secured = row
        fields = tuple(Field(c[1], _TYPES.get(c[3], "other"), c[4], c[5], c[6]) for c in columns)
        keys = [tuple(one[5]) for one in constraints if one[1] == "p"]
        hidden = "ctid" if kind == "r" and not keys else None
        collection = Collection(
            self.settings.name,
            _named(schema, name),
            "table" if kind in ("r", "p") else "view",
            fields,
            ("@ctid",) if hidden else key_of(fields, keys[0] if keys else ()),
            tuple(tuple(one[5]) for one in constraints if one[1] == "u"),
            tuple(_reference(one) for one in constraints if one[1] == "f"),
            tuple(one[1] for one in triggers),
        )
        natives = {c[1]: f"{'~' if c[7] else ''}{c[2]}" for c in columns}
        return Table(collection, name, schema, natives, hidden, _skip(readable, whole, secured))

    def neighbours(self, connection: sa.Connection) -> tuple[str, ...]:
        return tuple(connection.exec_driver_sql(_NEIGHBOURS).scalars())

    def locating(self, table: Table, name: str) -> sa.ColumnElement[Any]:
        if table.hidden == name:
            return sa.type_coerce(sa.cast(table.column(name), sa.Text), RAW)
        return super().locating(table, name)

    def reading(self, table: Table, name: str) -> sa.ColumnElement[Any]:
        column = table.column(name)
        if table.natives[name].endswith("[]"):
            return sa.cast(sa.func.to_json(column), sa.Text)
        return column

    def comparing(self, table: Table, field: Field) -> sa.ColumnElement[Any]:
        column = table.column(field.name)
        if table.natives[field.name] in ("inet", "cidr"):
            return column
        if table.natives[field.name].startswith("~"):  # a collation that holds different texts for equal
            return sa.collate(column, "C")
        return super().comparing(table, field)

    def candidates(self, table: Table, field: Field, value: Any) -> list[Any]:
        found = super().candidates(table, field, value)
        if table.natives.get(field.name) in ("inet", "cidr"):
            return [one for one in found if _is_address(one)]
        return [one for one in found if not (isinstance(one, str) and "\0" in one)]

    def locking(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        return statement.with_for_update()

    def probe(self, connection: sa.Connection, table: Table, field: Field, value: Any) -> None:
        if field.type in ("other", "json", "date", "timestamp"):
            native = Native(table.natives[field.name].removeprefix("~"))
            connection.execute(sa.select(sa.cast(sa.literal(value, RAW), native).is_(None)))

    def fault(self, error: BaseException) -> tuple[type[StoreError], str]:
        state = getattr(error, "sqlstate", None)
        if state is None:
            return Unavailable, "the server does not answer"
        if state in ("28P01", "28000", "3D000"):
            return Refused, f"the server refused the user or the database ({state})"
        constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
        reason = f"{type(error).__name__} ({state})" + (f", constraint {constraint}" if constraint else "")
        return (Unavailable if state.startswith(_PASSING) else Refused), reason

    def residue(self) -> list[Residue]:
        name = self.settings.name
        return [
            Residue(name, "dead rows in table files, until VACUUM and reuse", None, settles=True),
            Residue(name, "images of rows in the write-ahead log, until it is recycled", None, settles=False),
            Residue(name, "samples of values in pg_statistic, until ANALYZE", None, settles=True),
        ]

    def settle(self, writer: sa.Engine, touched: Sequence[Table]) -> list[Residue]:
        """Refresh the copies of what was touched, VACUUM and ANALYZE it; freed bytes and the log stay until
        they are overwritten."""
        left = [residue for residue in self.residue() if not residue.settles]
        autocommit = writer.execution_options(isolation_level="AUTOCOMMIT")
        with autocommit.connect() as connection:
            quote = connection.dialect.identifier_preparer.quote_identifier
            names = [f"{quote(table.schema or 'public')}.{quote(table.name)}" for table in touched]
            for name in names:
                connection.exec_driver_sql(f"VACUUM (ANALYZE) {name}")
            for name in connection.exec_driver_sql(_COPIES, (names,)).scalars().all():
                left += self._refreshed(connection, name)
        return left

    def _refreshed(self, connection: sa.Connection, view: str) -> list[Residue]:
        try:
            connection.exec_driver_sql(f"REFRESH MATERIALIZED VIEW {view}")
        except sa.exc.ProgrammingError:  # only its owner may
            what = f"copies of rows in the materialised view {view}, until its owner refreshes it"
            return [Residue(self.settings.name, what, None, settles=True)]
        return []


class _Date(DateLoader):
    """Infinity and years BC, which Python has no dates for, stay text; so in the next two."""

    def load(self, data: Any) -> Any:
        return _or_text(super().load, data)


class _Timestamp(TimestampLoader):
    def load(self, data: Any) -> Any:
        return _or_text(super().load, data)


class _Timestamptz(TimestamptzLoader):
    def load(self, data: Any) -> Any:
        return _or_text(super().load, data)


def _or_text(load: Callable[[Any], Any], data: Any) -> Any:
    try:
        return load(data)
    except psycopg.DataError:
        return bytes(data).decode()


def _adapt(connection: psycopg.Connection[Any], _: object) -> None:
    loaders: dict[str, type[Loader]] = {"date": _Date, "timestamp": _Timestamp, "timestamptz": _Timestamptz}
    for name, loader in (loaders | dict.fromkeys(_AS_TEXT, TextLoader)).items():
        connection.adapters.register_loader(name, loader)


def _grouped(connection: sa.Connection, statement: str, oids: Sequence[int]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {oid: [] for oid in oids}
    for row in connection.exec_driver_sql(statement, (list(oids),)).fetchall():
        groups[row[0]].append(row)
    return groups


def _skip(readable: bool, whole: bool, secured: bool) -> str | None:
    if not readable:
        return "the role may not SELECT it"
    if not whole:
        return "the role may not SELECT all of its columns"
    return "row-level security hides rows from this role" if secured else None


def _named(schema: str, name: str) -> str:
    return name if schema == "public" else f"{schema}.{name}"


def _reference(row: Any) -> Reference:
    return Reference(tuple(row[5]), _named(row[2], row[3]), tuple(row[6]), _ACTIONS[row[4]], row[7])


def _is_address(text: str) -> bool:
    try:
        ip_interface(text)
    except ValueError:
        return False
    return True
