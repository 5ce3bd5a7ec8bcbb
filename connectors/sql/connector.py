"""The connector of the SQL family: describe, read, count, find; writing is in :mod:`.writing`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise, product
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import sqlalchemy as sa

from vestige.connectors.errors import Refused, Unavailable
from vestige.connectors.protocol import (
    Description,
    Edit,
    Effects,
    Gap,
    Partition,
    Prepared,
    Residue,
    Since,
    StoreSettings,
)
from vestige.connectors.sql.dialect import Dialect
from vestige.connectors.sql.keys import chunks, equal
from vestige.connectors.sql.paths import is_path, tuples_at
from vestige.connectors.sql.rows import batches
from vestige.connectors.sql.shape import Table
from vestige.connectors.sql.values import plain
from vestige.connectors.sql.writing import prepare, write

PARTITION_ROWS = 250_000


class SqlConnector:
    """One database. Reads over read-only sessions, also when it may write."""

    capabilities = frozenset({"delete", "set", "patch", "transaction", "pushdown"})

    def __init__(self, dialect: Dialect, *, writable: bool = False) -> None:
        self.settings: StoreSettings = dialect.settings
        self.dialect = dialect
        self._reader = dialect.engine(writable=False)
        self._writer = dialect.engine(writable=True) if writable else None
        self._tables: dict[str, Table] | None = None
        with self._session(""):
            pass

    def describe(self) -> Description:
        with self._session("") as connection:
            self._tables = None
            tables = self._shapes(connection).values()
            neighbours = self.dialect.neighbours(connection)
        return Description(tuple(table.collection for table in tables), neighbours)

    def partitions(
        self,
        collection: str | None = None,
        since: Since | None = None,
    ) -> Iterator[Partition]:
        version = self.dialect.version()
        with self._session("") as connection:
            if collection is None or collection not in self._shapes(connection):
                self._tables = None  # to see what appeared since
            shapes = self._shapes(connection)
            wanted = list(shapes.values()) if collection is None else [self._table(connection, collection)]
        for table in wanted:
            # A view may show what is elsewhere: of it nothing is attested.
            attested = version if table.collection.kind == "table" else None
            part = Partition(self.settings.name, table.collection.name, version=attested, skip=table.skip)
            if attested is not None and since is not None and since.version(part) == attested:
                yield part
            else:
                yield from self._partitions(table, part)

    def read(self, partition: Partition) -> Iterator[pa.RecordBatch | Gap]:
        try:
            with self._session(partition.collection) as connection:
                table = self._table(connection, partition.collection)
                yield from (
                    Gap(f"column {name!r}: a name that begins with @ is not read") for name in table.unread
                )
                yield from self._stream(connection, table, _within(table, partition))
        except Unavailable:
            raise
        except Refused as error:
            yield Gap(error.reason)

    def count(self, partition: Partition) -> int | None:
        with self._session(partition.collection) as connection:
            table = self._table(connection, partition.collection)
            return _count(connection, table, _within(table, partition))

    def find(
        self, collection: str, fields: Sequence[str], values: Iterable[Sequence[Any]]
    ) -> Iterator[pa.RecordBatch | Gap]:
        with self._session(collection) as connection:
            table = self._table(connection, collection)
            if any(is_path(table, name) for name in fields):
                yield from self._find_paths(connection, table, fields, values)
                return
            columns = [self._comparing(table, name) for name in fields]
            for chunk in chunks(self._wanted(table, fields, values), columns):
                yield from self._stream(connection, table, equal(columns, chunk))

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        with self._session("") as connection:
            self._tables = None
            return prepare(self.dialect, connection, self._shapes(connection), edits)

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        with self._guard(""):
            return self._commit(prepared)

    def discard(self, prepared: Sequence[Prepared]) -> None:
        """Nothing is written aside."""

    def residue(self) -> list[Residue]:
        return self.dialect.residue()

    def settle(self, touched: Iterable[str]) -> list[Residue]:
        if self._writer is None:
            return self.residue()
        with self._session("") as connection:
            tables = [self._table(connection, name) for name in touched]
        with self._guard(""):
            return self.dialect.settle(self._writer, tables)

    def close(self) -> None:
        self._reader.dispose()
        if self._writer is not None:
            self._writer.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _guard(self, place: str) -> Iterator[None]:
        """Drivers' errors quote values and parameters: what leaves here names store and place alone."""
        try:
            yield
        except sa.exc.DBAPIError as error:
            kind, reason = self.dialect.fault(error.orig or error)
        except sa.exc.SQLAlchemyError as error:
            kind, reason = Refused, type(error).__name__
        else:
            return
        raise kind(self.settings.name, place, reason) from None

    @contextmanager
    def _session(self, place: str) -> Iterator[sa.Connection]:
        with self._guard(place), self._reader.connect() as connection:
            yield connection

    def _shapes(self, connection: sa.Connection) -> dict[str, Table]:
        if self._tables is None:
            self._tables = {table.collection.name: table for table in self.dialect.tables(connection)}
        return self._tables

    def _table(self, connection: sa.Connection, name: str) -> Table:
        table = self._shapes(connection).get(name)
        if table is None:
            raise Refused(self.settings.name, name, "there is no such collection")
        return table

    def _partitions(self, table: Table, part: Partition) -> Iterator[Partition]:
        if table.skip is not None:
            yield part
            return
        try:
            with self._session(part.collection) as connection:
                connection.execute(self._selecting(table).limit(0))
                edges = _edges(connection, table)
        except Refused as error:
            yield replace(part, skip=error.reason)
        else:
            yield from (replace(part, bounds=bounds) for bounds in edges)

    def _selecting(self, table: Table) -> sa.Select[Any]:
        """The locating columns, then the fields, as they are read."""
        apart = [name.removeprefix("@") for name in table.collection.key if name.startswith("@")]
        located = [self.dialect.locating(table, name) for name in apart]
        read = [self.dialect.reading(table, field.name) for field in table.readable]
        return sa.select(*located, *read).select_from(table.source())

    def _stream(
        self, connection: sa.Connection, table: Table, where: sa.ColumnElement[bool]
    ) -> Iterator[pa.RecordBatch]:
        statement = self._selecting(table).where(where)
        result = connection.execution_options(stream_results=True, max_row_buffer=1000).execute(statement)
        yield from batches(result.fetchmany, table.names, table.readable, table.origin)

    def _comparing(self, table: Table, name: str) -> sa.ColumnElement[Any]:
        field = table.field(name)
        if field is not None:
            return self.dialect.comparing(table, field)
        if name.removeprefix("@") in table.locating:
            return self.dialect.locating(table, name.removeprefix("@"))
        raise Refused(self.settings.name, table.collection.name, f"there is no field {name!r}")

    def _wanted(
        self, table: Table, names: Sequence[str], values: Iterable[Sequence[Any]]
    ) -> Iterator[tuple[Any, ...]]:
        """Each looked-for tuple as the tuples of stored values that equal it, none twice."""
        given: set[tuple[str, ...]] = set()
        for value in values:
            forms = [self.dialect.matching(table, name, one) for name, one in zip(names, value, strict=True)]
            for wanted in product(*forms):
                mark = tuple(map(repr, wanted))
                if mark not in given:
                    given.add(mark)
                    yield wanted

    def _find_paths(
        self, connection: sa.Connection, table: Table, names: Sequence[str], values: Iterable[Sequence[Any]]
    ) -> Iterator[pa.RecordBatch]:
        """By paths into columns of JSON, which the database is not asked to search."""
        wanted = {tuple(map(plain, value)) for value in values if None not in value}
        for batch in self._stream(connection, table, sa.true()):
            rows = [
                row for row in range(batch.num_rows) if not wanted.isdisjoint(tuples_at(batch, row, names))
            ]
            if rows:
                yield batch.take(pa.array(rows))

    def _commit(self, prepared: Sequence[Prepared]) -> Effects:
        writer = self._writer or self._reader
        with writer.connect() as connection:
            shapes = {table.collection.name: table for table in self.dialect.tables(connection)}
        return write(self.dialect, writer, shapes, prepared)


def _edges(connection: sa.Connection, table: Table) -> list[tuple[Any, Any] | None]:
    """Half-open ranges of the key, open at both ends; one of None where there is no number to cut by."""
    if (key := table.number) is None:
        return [None]
    column = table.column(key)
    low, high = connection.execute(
        sa.select(sa.func.min(column), sa.func.max(column)).select_from(table.source())
    ).one()
    if not (isinstance(low, int) and isinstance(high, int)) or high - low < PARTITION_ROWS:
        return [None]
    parts = -(-_count(connection, table, sa.true()) // PARTITION_ROWS)
    if parts < 2:
        return [None]
    cuts = [None, *(low + (high - low + 1) * part // parts for part in range(1, parts)), None]
    return list(pairwise(cuts))


def _within(table: Table, partition: Partition) -> sa.ColumnElement[bool]:
    if partition.bounds is None or table.number is None:
        return sa.true()
    column = table.column(table.number)
    low, high = partition.bounds
    ends = [*([] if low is None else [column >= low]), *([] if high is None else [column < high])]
    return sa.and_(sa.true(), *ends)


def _count(connection: sa.Connection, table: Table, where: sa.ColumnElement[bool]) -> int:
    statement = sa.select(sa.func.count()).select_from(table.source()).where(where)
    return int(connection.execute(statement).scalar_one())
