"""MariaDB and MySQL: ``mariadb://user@host:3306/database``. Their equality is loose (12 is "12abc", a is A);
here it is exact. What the role cannot see is named, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa
from pymysql.constants import CLIENT, FIELD_TYPE
from pymysql.converters import conversions

from vestige.connectors.errors import Refused, StoreError, Unavailable
from vestige.connectors.protocol import Field, Residue, StoreSettings
from vestige.connectors.sql import Dialect, SqlConnector, Table
from vestige.connectors.sql.exact import Exact, Hexed
from vestige.connectors.sql.information import CHARSET, tables
from vestige.connectors.sql.limits import seconds
from vestige.connectors.sql.shape import RAW

_AS_TEXT = (FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL, FIELD_TYPE.TIME)
"""Types that the driver would turn into objects whose text is not the server's."""
_PASSING = (1040, 1053, 1203, 1205, 1213, 1226, 1317, 1927, 1969, 3024)
"""Errors that may pass: too many connections, a shutdown, locks, a deadlock, a limit of time, a kill."""
_NAMING = (1451, 1452, 3819, 4025)
"""Errors that name a constraint, and no value."""
_NEIGHBOURS = """
SELECT concat('database ', SCHEMA_NAME) FROM information_schema.SCHEMATA
WHERE SCHEMA_NAME NOT IN (DATABASE(), 'information_schema', 'mysql', 'performance_schema', 'sys')
UNION SELECT concat('replica ', HOST) FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%%'
ORDER BY 1
"""
_STATISTICS = "SELECT DISTINCT db_name, table_name FROM mysql.column_stats"


def open(settings: StoreSettings, *, writable: bool = False) -> SqlConnector:  # noqa: A001 - the registry's name
    """Open a database. Refused for a wrong password or name, Unavailable if the server does not answer."""
    return SqlConnector(MariaDB(settings), writable=writable)


class MariaDB(Dialect):
    """The dialect. A row without a key is addressed by the SHA-256 of all that it holds."""

    unbound = "checked after"

    def engine(self, *, writable: bool) -> sa.Engine:
        url = sa.make_url(self.settings.url).set(drivername="mysql+pymysql")
        if not url.database:
            raise Refused(self.settings.name, "", "the URL names no database")
        if self.settings.password is not None:
            url = url.set(password=self.settings.password.value)
        engine = sa.create_engine(
            url,
            poolclass=sa.pool.NullPool if writable else sa.pool.QueuePool,
            hide_parameters=True,
            connect_args={
                "charset": "utf8mb4",
                "binary_prefix": True,
                "client_flag": CLIENT.FOUND_ROWS,
                "connect_timeout": 10,
                "conv": {kind: to for kind, to in conversions.items() if kind not in _AS_TEXT},
                "sql_mode": "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION",
                "init_command": self._limits(),
            },
        )
        # READ COMMITTED sees who refers to a row since it was locked, and locks no rows but those it writes.
        mode = "READ COMMITTED, READ WRITE" if writable else "REPEATABLE READ, READ ONLY"
        sa.event.listen(
            engine, "connect", lambda c, _: c.query(f"SET SESSION TRANSACTION ISOLATION LEVEL {mode}")
        )
        sa.event.listen(engine, "handle_error", _give_up)
        return engine

    def _limits(self) -> str:
        statement = seconds(self.settings, "statement_timeout", 0)
        lock = max(1, ceil(seconds(self.settings, "lock_timeout", 5)))
        return (
            f"SET SESSION lock_wait_timeout = {lock}, innodb_lock_wait_timeout = {lock}"
            ", time_zone = '+00:00', net_write_timeout = 600, sql_select_limit = 18446744073709551615"
            f" /*M!100101 , max_statement_time = {statement} */"
            f" /*!50708 , max_execution_time = {ceil(1000 * statement)} */"
        )

    def uncheck(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql("SET SESSION foreign_key_checks = 0")

    def tables(self, connection: sa.Connection) -> Iterable[Table]:
        return tables(connection, self.settings.name, str(sa.make_url(self.settings.url).database))

    def neighbours(self, connection: sa.Connection) -> tuple[str, ...]:
        return tuple(connection.exec_driver_sql(_NEIGHBOURS).scalars())

    def locating(self, table: Table, name: str) -> sa.ColumnElement[Any]:
        if table.hidden == name:
            return _content(table)
        field, column = table.field(name), table.column(name)
        if field is not None and field.type == "binary":
            return sa.type_coerce(sa.func.hex(column), Hexed(column))
        return column if field is not None and field.type in ("integer", "uuid") else _exact(table, name)

    def comparing(self, table: Table, field: Field) -> sa.ColumnElement[Any]:
        if field.type in ("text", "json", "other"):
            return _exact(table, field.name)
        return table.column(field.name)

    def candidates(self, table: Table, field: Field, value: Any) -> list[Any]:
        if table.natives[field.name].endswith("unsigned") and re.fullmatch("[0-9]{19,20}", str(value)):
            return [int(value)]
        found = super().candidates(table, field, value)
        return [_in_utc(one) if isinstance(one, datetime) else one for one in found]

    def address(self, table: Table, name: str, value: Any) -> list[Any]:
        field = table.field(name)
        is_hex = field is not None and field.type == "binary"
        return [] if is_hex and not re.fullmatch("([0-9A-F]{2})*", str(value)) else [str(value)]

    def locking(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        return statement.with_for_update()

    def written(self, connection: sa.Connection, statement: sa.Update | sa.Delete) -> int:
        """The rows that it met: the driver asks for these, not for those that became others."""
        return connection.execute(statement).rowcount

    def probe(self, connection: sa.Connection, table: Table, field: Field, value: Any) -> None:  # noqa: ARG002
        native = table.natives[field.name]
        members = re.findall(r"'((?:[^']|'')*)'", native) if native.startswith("enum(") else None
        if members is not None and str(value) not in [one.replace("''", "'") for one in members]:
            reason = f"{field.name!r}: the value is none of its enumeration"
            raise Refused(self.settings.name, table.collection.name, reason)

    def fault(self, error: BaseException) -> tuple[type[StoreError], str]:
        code = error.args[0] if error.args else 0
        if not isinstance(code, int) or not code or 2000 <= code < 2100:
            return Unavailable, "the server does not answer"
        if code in (1044, 1045, 1049, 1698):
            return Refused, f"the server refused the user or the database ({code})"
        named = re.search("CONSTRAINT `([^`]+)`", str(error)) if code in _NAMING else None
        reason = f"{type(error).__name__} ({code})" + (f", constraint {named[1]}" if named else "")
        return (Unavailable if code in _PASSING else Refused), reason

    def residue(self, expiry: datetime | None = None) -> list[Residue]:
        """``expiry``: when the binary log of now goes."""
        name = self.settings.name
        return [
            Residue(name, "deleted rows in table files and undo logs, until these are reused", None, False),
            Residue(name, "images of rows in the binary log, until it expires", expiry, settles=False),
            Residue(name, "statements in the general and the slow log, where these are on", None, False),
            Residue(name, "least and greatest values in mysql.column_stats, until ANALYZE", None, True),
        ]

    def settle(self, writer: sa.Engine, touched: Sequence[Table]) -> list[Residue]:
        """Gather statistics anew where there are any of what was touched; the rest passes with time."""
        with writer.connect() as connection:
            seconds_kept = connection.exec_driver_sql("SELECT @@binlog_expire_logs_seconds").scalar_one()
            expiry = datetime.now(UTC) + timedelta(seconds=seconds_kept) if seconds_kept else None
            left = self.residue(expiry)
            if _analysed(connection, touched):
                left = [one for one in left if not one.settles]
        return left


def _give_up(context: sa.engine.ExceptionContext) -> None:
    """With a connection that the driver closed, nothing is rolled back any more; and of its last answer, the
    driver would read on when the cursor is closed."""
    driver: Any = context.connection and context.connection.connection.dbapi_connection
    if driver is None or driver.open:
        return
    context.is_disconnect = True
    cursor = context.execution_context and context.execution_context.cursor
    if (answer := getattr(cursor, "_result", None)) is not None:
        answer.unbuffered_active = False


def _analysed(connection: sa.Connection, touched: Sequence[Table]) -> bool:
    """Whether no column's statistics tell of what these tables held before."""
    try:
        known = {tuple(row) for row in connection.exec_driver_sql(_STATISTICS)}
        quote = connection.dialect.identifier_preparer.quote_identifier
        for table in touched:
            if (table.schema, table.name) in known:
                where = f"{quote(table.schema or '')}.{quote(table.name)}"
                connection.exec_driver_sql(f"ANALYZE TABLE {where} PERSISTENT FOR ALL")
    except sa.exc.DBAPIError:  # a right that the role has not, or MySQL, which has no such table
        return False
    return True


def _content(table: Table) -> sa.ColumnElement[Any]:
    """The SHA-256 of what a row holds, in all of its columns."""
    held = [
        sa.func.coalesce(sa.func.sha2(sa.cast(table.column(name), sa.LargeBinary), 256), "-")
        for name in table.natives
    ]
    return sa.type_coerce(sa.func.sha2(sa.func.concat(*held), 256), RAW)


def _exact(table: Table, name: str) -> sa.ColumnElement[Any]:
    """A column whose comparison is exact; what is no text is compared as the text that it shows."""
    charset = table.natives[name].rpartition(CHARSET)[2] if CHARSET in table.natives[name] else None
    if charset:
        return sa.type_coerce(table.column(name), Exact(charset))
    return sa.type_coerce(sa.cast(table.column(name), sa.Text), Exact("utf8mb4"))


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
