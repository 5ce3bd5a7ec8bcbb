"""Edits → checked edits → one transaction.

Every row is read again inside the transaction and compared with the digest of its edit before the first
write: what changed is :class:`Moved`, and nothing is written; what is gone is reported as gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from vestige.connectors.errors import Moved, Refused
from vestige.connectors.protocol import (
    Delete,
    Edit,
    Effects,
    Locator,
    Patch,
    Prepared,
    digest,
    locator,
)
from vestige.connectors.sql.dialect import Dialect
from vestige.connectors.sql.keys import chunks, equal
from vestige.connectors.sql.rows import text, to_batch
from vestige.connectors.sql.shape import Table
from vestige.connectors.sql.values import misfit

Key = tuple[Any, ...]
Values = tuple[tuple[str, Any], ...]


@dataclass(slots=True)
class Change:
    """All that one run of edits does to one row."""

    where: Locator
    deletes: bool = False
    edits: list[Edit] = field(default_factory=list)
    values: Values = ()


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
    """One transaction where the database can, else one a collection, children first as given."""
    try:
        return _transaction(dialect, engine, tables, prepared)
    except sa.exc.IntegrityError:
        if dialect.one_transaction or len(prepared) < 2:
            raise
    effects = [_transaction(dialect, engine, tables, [one]) for one in prepared]
    return Effects(
        deleted=tuple(place for one in effects for place in one.deleted),
        changed=tuple(place for one in effects for place in one.changed),
        gone=tuple(place for one in effects for place in one.gone),
    )


def _transaction(
    dialect: Dialect, engine: sa.Engine, tables: Mapping[str, Table], prepared: Sequence[Prepared]
) -> Effects:
    with _begun(dialect, engine) as connection:
        runs = []
        gone: list[tuple[str, Locator]] = []
        for one in prepared:
            rows = Rows(dialect, connection, _table(dialect, tables, one.collection), writes=True)
            pending = rows.pending(one.edits)
            runs.append((rows, pending))
            gone += [(one.collection, where) for where in rows.gone]
        effects = Effects(gone=tuple(gone))
        for rows, pending in runs:
            effects = rows.write(pending, effects)
        return effects


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
    if table.skip is not None:
        raise Refused(dialect.settings.name, name, table.skip)
    return table


def _probe(dialect: Dialect, connection: sa.Connection, table: Table, changes: Iterable[Change]) -> None:
    """Each new value once through the database's own cast."""
    for name, value in {pair for change in changes for pair in change.values if pair[1] is not None}:
        target = table.field(name)
        assert target is not None
        dialect.probe(connection, table, target, value)


class Rows:
    """The rows of one table that edits name, over one connection."""

    def __init__(
        self, dialect: Dialect, connection: sa.Connection, table: Table, *, writes: bool = False
    ) -> None:
        self.dialect, self.connection, self.table, self.writes = dialect, connection, table, writes
        self.place = (dialect.settings.name, table.collection.name)
        self.columns = [dialect.locating(table, name) for name in table.locating]
        self.gone: list[Locator] = []

    def pending(self, edits: Sequence[Edit]) -> dict[Key, Change]:
        """What is to be done, by key as the row gives it. Moved if a row is not what its digest says."""
        changes: dict[str, Change] = {}
        wanted: dict[Key, str] = {}
        for edit in edits:
            mark = self._mark(edit.locator)
            change = changes.setdefault(mark, Change(edit.locator))
            change.edits.append(self._checked(edit))
            change.deletes |= isinstance(edit, Delete)
            wanted[self._key(edit.locator)] = mark
        found = self._compared(wanted, changes)
        self.gone = [change.where for mark, change in changes.items() if mark not in found.values()]
        return {key: changes[mark] for key, mark in found.items()}

    def _mark(self, where: Locator) -> str:
        if set(where) != set(self.table.locating):
            raise Refused(*self.place, f"a locator here has the parts {', '.join(self.table.locating)}")
        return repr([str(where[name]) for name in self.table.locating])

    def _key(self, where: Locator) -> Key:
        """The key as it is compared; a tuple that no row has if a part cannot be of its type."""
        apart = self.table.collection.key
        parts = [
            self.dialect.address(self.table, where[name.removeprefix("@")])
            if name.startswith("@")
            else self.dialect.matching(self.table, name, where[name])
            for name in apart
        ]
        if any(not part for part in parts):
            raise Refused(*self.place, "a locator's part is not of its column's type")
        return tuple(part[0] for part in parts)

    def _checked(self, edit: Edit) -> Edit:
        if isinstance(edit, Delete):
            return edit
        target = self.table.field(edit.field)
        if target is None or edit.field.startswith("@"):
            raise Refused(*self.place, f"there is no field {edit.field!r} to edit")
        reason = misfit(target, edit.value) if not isinstance(edit, Patch) else None
        if reason or target.generated:
            raise Refused(*self.place, f"{edit.field!r}: {reason or 'it is generated'}")
        return edit

    def _compared(self, wanted: Mapping[Key, str], changes: Mapping[str, Change]) -> dict[Key, str]:
        """Reads the rows again, checks their digests, fills in the values; key → mark of those there."""
        found: dict[Key, str] = {}
        for chunk in chunks(wanted, self.columns):
            for key, where, check, record in self._read(chunk):
                mark = self._mark(where)
                if mark not in changes or mark in found.values():
                    raise Refused(*self.place, "a locator names more than one record")
                found[key] = mark
                self._fill(changes[mark], check, record)
        return found

    def _read(self, keys: Sequence[Key]) -> Iterator[tuple[Key, Locator, str, dict[str, Any]]]:
        table = self.table
        apart = [
            self.dialect.locating(table, n.removeprefix("@"))
            for n in table.collection.key
            if n.startswith("@")
        ]
        fields = [self.dialect.reading(table, one.name) for one in table.readable]
        statement = sa.select(*self.columns, *apart, *fields).select_from(table.source())
        statement = statement.where(equal(self.columns, keys))
        if self.writes:
            statement = self.dialect.locking(statement)
        width = len(self.columns)
        for row in self.connection.execute(statement).fetchall():
            batch = to_batch([row[width:]], table.names, table.readable, table.origin)
            record = dict(zip(table.names, row[width:], strict=True))
            yield tuple(row[:width]), locator(batch, 0), digest(batch, 0), record

    def _fill(self, change: Change, check: str, record: Mapping[str, Any]) -> None:
        if any(edit.digest not in (None, check) for edit in change.edits):
            raise Moved(*self.place, "a record is not as it was when the plan was frozen")
        values = dict[str, Any]()
        for edit in change.edits:
            if isinstance(edit, Patch):
                values[edit.field] = self._patched(edit, values.get(edit.field, record[edit.field]))
            elif not isinstance(edit, Delete):
                values[edit.field] = edit.value
        change.values = tuple(sorted(values.items()))

    def _patched(self, edit: Patch, value: Any) -> Any:
        raw = value if isinstance(value, bytes) else text(value).encode()
        if value is None or any(not 0 <= start <= end <= len(raw) for start, end, _ in edit.pieces):
            raise Moved(*self.place, f"{edit.field!r} is shorter than the patch")
        for start, end, by in reversed(edit.pieces):
            raw = raw[:start] + by + raw[end:]
        target = self.table.field(edit.field)
        try:
            new = raw if isinstance(value, bytes) else raw.decode()
        except UnicodeDecodeError:
            raise Refused(*self.place, f"{edit.field!r}: the patch cuts a character") from None
        if target is not None and (reason := misfit(target, new)):
            raise Refused(*self.place, f"{edit.field!r}: {reason}")
        return new

    def write(self, pending: Mapping[Key, Change], effects: Effects) -> Effects:
        """The edits, set by set; the write set as the database returned it."""
        name = self.table.collection.name
        deleted, changed = list(effects.deleted), list(effects.changed)
        for values, keys in _alike(pending):
            statement = self._statement(values)
            for chunk in chunks(keys, self.columns):
                done, cascaded = self._execute(statement, chunk)
                (deleted if values is None else changed).extend((name, pending[key].where) for key in done)
                deleted.extend((name, pending[key].where) for key in cascaded)
        return replace(effects, deleted=tuple(deleted), changed=tuple(changed))

    def _statement(self, values: Values | None) -> sa.Delete | sa.Update:
        source = self.table.source()
        if values is None:
            return sa.delete(source)
        return sa.update(source).values({source.c[name]: value for name, value in values})

    def _execute(self, statement: sa.Delete | sa.Update, keys: Sequence[Key]) -> tuple[list[Key], list[Key]]:
        """Keys that were written, and keys that an edit before has already taken away by a cascade."""
        where = equal(self.columns, keys)
        returned = self.connection.execute(statement.where(where).returning(*self.columns)).fetchall()
        if len(returned) == len(keys):
            return list(keys), []
        left = self.connection.execute(sa.select(*self.columns).select_from(self.table.source()).where(where))
        there = {tuple(row) for row in left}
        if isinstance(statement, sa.Delete) and there:
            raise Refused(*self.place, "the database kept a record that it was told to delete")
        if len(there) > len(returned):
            raise Refused(*self.place, "the database left a record unchanged")
        return [key for key in keys if key in there], [key for key in keys if key not in there]


def _alike(pending: Mapping[Key, Change]) -> Iterator[tuple[Values | None, list[Key]]]:
    """Rows that get the same values (None: are deleted), in the order in which they were first named."""
    sets: dict[Values | None, list[Key]] = {}
    for key, change in pending.items():
        sets.setdefault(None if change.deletes else change.values, []).append(key)
    yield from sets.items()
