"""Edits → checked edits → one transaction.

Every row is read again inside the transaction and compared with the digest of its edit before the first
write: what changed is :class:`Moved`, and nothing is written; what is gone is reported as gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby

import sqlalchemy as sa

from vestige.connectors.errors import Refused
from vestige.connectors.protocol import Edit, Effects, Prepared
from vestige.connectors.sql.anew import Edited, Name
from vestige.connectors.sql.dialect import Dialect
from vestige.connectors.sql.edits import Change, Key, Rows, WriteSet
from vestige.connectors.sql.orphans import orphans
from vestige.connectors.sql.shape import Table


def prepare(
    dialect: Dialect, connection: sa.Connection, tables: Mapping[str, Table], edits: Sequence[Edit]
) -> list[Prepared]:
    """Edits by collection, in the order given, each one checked against the rows as they are."""
    prepared = []
    for name, run in groupby(edits, key=lambda edit: edit.collection):
        batch = tuple(run)
        changes = Rows(dialect, connection, _table(dialect, tables, name)).pending(batch)
        _probe(dialect, connection, tables[name], changes.values())
        prepared.append(Prepared(dialect.settings.name, name, None, batch))
    return prepared


def write(
    dialect: Dialect, engine: sa.Engine, tables: Mapping[str, Table], prepared: Sequence[Prepared]
) -> Effects:
    """One transaction, in the order given; where foreign keys forbid that, as the dialect says."""
    try:
        return _transaction(dialect, engine, tables, prepared)
    except sa.exc.IntegrityError:
        if dialect.unbound == "refuse":
            raise
    if dialect.unbound == "checked after":
        return _transaction(dialect, engine, tables, prepared, unchecked=True)
    if dialect.unbound == "one statement":
        return _transaction(dialect, engine, tables, prepared, together=True)
    return _anew(dialect, engine, tables, prepared)


def _anew(
    dialect: Dialect, engine: sa.Engine, tables: Mapping[str, Table], prepared: Sequence[Prepared]
) -> Effects:
    edits: dict[Name, Edited] = {}
    written = WriteSet()
    with engine.connect() as connection:
        for one in prepared:
            table = _table(dialect, tables, one.collection)
            rows = Rows(dialect, connection, table)
            pending = rows.pending(one.edits)
            written.gone += [(one.collection, where) for where in rows.gone]
            rows.number(pending, edits.setdefault((table.schema or "", table.name), Edited()), written)
        connection.rollback()
        dialect.anew(connection, edits)
    return written.effects()


def _transaction(
    dialect: Dialect,
    engine: sa.Engine,
    tables: Mapping[str, Table],
    prepared: Sequence[Prepared],
    *,
    together: bool = False,
    unchecked: bool = False,
) -> Effects:
    with _begun(dialect, engine) as connection:
        names = {one.collection for one in prepared}
        before = orphans(connection, tables, names) if unchecked else []
        if unchecked:
            dialect.uncheck(connection)
        runs: list[tuple[Rows, dict[Key, Change]]] = []
        written = WriteSet()
        for one in prepared:
            rows = Rows(dialect, connection, _table(dialect, tables, one.collection), writes=True)
            runs.append((rows, rows.pending(one.edits)))
            written.gone += [(one.collection, where) for where in rows.gone]
        for rows, pending in runs:
            rows.write(pending, written, deletes=not together)
        if together:
            _delete_together(connection, runs, written)
        if unchecked and orphans(connection, tables, names) != before:
            raise Refused(dialect.settings.name, "", "it would leave records that refer to nothing")
        return written.effects()


def _delete_together(
    connection: sa.Connection, runs: Sequence[tuple[Rows, dict[Key, Change]]], written: WriteSet
) -> None:
    """All deletes in one statement, at whose end foreign keys are checked."""
    doomed = [
        (rows, pending, [k for k, change in pending.items() if change.deletes]) for rows, pending in runs
    ]
    doomed = [one for one in doomed if one[2]]
    steps = [
        rows.statement(None, keys).returning(sa.literal_column("1")).cte(f"step{number}")
        for number, (rows, _, keys) in enumerate(doomed)
    ]
    counts = [sa.select(sa.func.count()).select_from(step).scalar_subquery() for step in steps]
    for (rows, pending, keys), count in zip(
        doomed, connection.execute(sa.select(*counts)).one(), strict=True
    ):
        rows.account(None, pending, keys, count, written)


@contextmanager
def _begun(dialect: Dialect, engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect() as connection, connection.begin():
        dialect.begin(connection)
        yield connection


def _table(dialect: Dialect, tables: Mapping[str, Table], name: str) -> Table:
    table = tables.get(name)
    if table is None:
        raise Refused(dialect.settings.name, name, "there is no such collection")
    if table.collection.kind != "table":
        raise Refused(dialect.settings.name, name, f"a {table.collection.kind} is read, not edited")
    if not table.collection.key:
        raise Refused(dialect.settings.name, name, "its rows have no address")
    if (reason := table.skip or table.fixed) is not None:
        raise Refused(dialect.settings.name, name, reason)
    return table


def _probe(dialect: Dialect, connection: sa.Connection, table: Table, changes: Iterable[Change]) -> None:
    """Each new value once through the database's own cast."""
    for name, value in {pair for change in changes for pair in change.values if pair[1] is not None}:
        target = table.field(name)
        assert target is not None
        dialect.probe(connection, table, target, value)
