"""The rows that edits name: read again, compared with their digests, changed, and accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import sqlalchemy as sa

from vestige.connectors.errors import Moved, Refused
from vestige.connectors.protocol import Delete, Edit, Effects, Locator, Patch, digest, locator
from vestige.connectors.sql.anew import Edited
from vestige.connectors.sql.dialect import Dialect
from vestige.connectors.sql.keys import chunks, equal
from vestige.connectors.sql.rows import batches, text, to_batch
from vestige.connectors.sql.shape import CONTENT, RAW, Table
from vestige.connectors.sql.values import misfit

Key = tuple[Any, ...]
Values = tuple[tuple[str, Any], ...]


@dataclass(slots=True)
class WriteSet:
    """Effects, while they come in."""

    deleted: list[tuple[str, Locator]] = field(default_factory=list)
    changed: list[tuple[str, Locator]] = field(default_factory=list)
    gone: list[tuple[str, Locator]] = field(default_factory=list)

    def effects(self) -> Effects:
        return Effects(tuple(self.deleted), tuple(self.changed), tuple(self.gone))


@dataclass(slots=True)
class Change:
    """All that one run of edits does to one row."""

    where: Locator
    deletes: bool = False
    rows: int = 0
    edits: list[Edit] = field(default_factory=list)
    values: Values = ()


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
            wanted |= dict.fromkeys(self._keys(edit.locator), mark)
        found = self._compared(wanted, changes)
        there = set(found.values())
        gone = {mark: change for mark, change in changes.items() if mark not in there}
        if gone and self.table.hidden:
            self._refuse_strays(gone.values())
        self.gone = [change.where for change in gone.values()]
        return {key: changes[mark] for key, mark in found.items()}

    def _refuse_strays(self, gone: Iterable[Change]) -> None:
        """A row's own address may change while the row does not: not at its place is not yet gone."""
        wanted = {edit.digest for change in gone for edit in change.edits}
        table = self.table
        read = [self.dialect.reading(table, one.name) for one in table.readable]
        statement = sa.select(sa.literal("", RAW), *read).select_from(table.source())
        result = self.connection.execute(statement)
        for batch in batches(result.fetchmany, table.names, table.readable, table.origin):
            if any(digest(batch, row) in wanted for row in range(batch.num_rows)):
                raise Moved(*self.place, "a record without a key is at another place now")

    def _mark(self, where: Locator) -> str:
        if set(where) != set(self.table.locating):
            raise Refused(*self.place, f"a locator here has the parts {', '.join(self.table.locating)}")
        return repr([str(where[name]) for name in self.table.locating])

    def _keys(self, where: Locator) -> Iterator[Key]:
        """The key as it is compared: in each form that the row may hold it in."""
        apart = self.table.collection.key
        parts = [
            self.dialect.address(self.table, name[1:], where[name[1:]])
            if name.startswith("@")
            else self.dialect.matching(self.table, name, where[name])
            for name in apart
        ]
        if any(not part for part in parts):
            raise Refused(*self.place, "a locator's part is not of its column's type")
        return product(*parts)

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
        seen: set[str] = set()
        for chunk in chunks(wanted, self.columns):
            for key, where, check, record in self._read(chunk):
                mark = self._mark(where)
                if mark not in changes or (mark in seen and self.table.hidden != CONTENT):
                    raise Refused(*self.place, "a locator names more than one record")
                found[key] = mark
                seen.add(mark)
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
        if rows := self.connection.execute(statement).fetchall():
            batch = to_batch([row[width:] for row in rows], table.names, table.readable, table.origin)
            for number, row in enumerate(rows):
                record = dict(zip(table.names, row[width:], strict=True))
                where = locator(batch, number, table.origin)
                yield tuple(row[:width]), where, digest(batch, number), record

    def _fill(self, change: Change, check: str, record: Mapping[str, Any]) -> None:
        change.rows += 1
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
            new = type(value)(raw) if isinstance(value, bytes) else raw.decode()
        except UnicodeDecodeError:
            raise Refused(*self.place, f"{edit.field!r}: the patch cuts a character") from None
        if target is not None and (reason := misfit(target, new)):
            raise Refused(*self.place, f"{edit.field!r}: {reason}")
        return new

    def write(self, pending: Mapping[Key, Change], written: WriteSet, *, deletes: bool = True) -> None:
        """The edits, set by set."""
        for values, keys in _alike(pending):
            if values is None and not deletes:
                continue
            for chunk in chunks(keys, self.columns):
                count = self.dialect.written(self.connection, self.statement(values, chunk))
                self.account(values, pending, chunk, count, written)

    def number(self, pending: Mapping[Key, Change], edited: Edited, written: WriteSet) -> None:
        """The edits by the numbers that the database itself gives its rows."""
        if not self.table.hidden and self.table.field("rowid") is not None:
            raise Refused(*self.place, "a column hides the numbers of its rows")
        place = self.table.collection.name
        for chunk in chunks(pending, self.columns):
            where = equal(self.columns, chunk)
            rows = sa.select(sa.literal_column("rowid"), *self.columns).select_from(self.table.source())
            for number, *key in self.connection.execute(rows.where(where)):
                change = pending[tuple(key)]
                (written.deleted if change.deletes else written.changed).append((place, change.where))
                if change.deletes:
                    edited.doomed.add(number)
                else:
                    edited.values[number] = (*edited.values.get(number, ()), *change.values)

    def statement(self, values: Values | None, keys: Sequence[Key]) -> sa.Update | sa.Delete:
        """Delete these rows, or give them these values."""
        source, where = self.table.source(), equal(self.columns, keys)
        if values is None:
            return sa.delete(source).where(where)
        new: dict[Any, Any] = {source.c[name]: source.c[name] for name in self.table.restless}
        new |= {source.c[name]: self.dialect.literal(value) for name, value in values}
        return sa.update(source).where(where).values(new)

    def account(
        self,
        values: Values | None,
        pending: Mapping[Key, Change],
        keys: Sequence[Key],
        count: int,
        written: WriteSet,
    ) -> None:
        """Adds to the write set what a statement wrote. A row that is not there any more went by a cascade of
        the edits before; one that is there and was not written stops the whole."""
        place = self.table.collection.name
        whole = count == sum(pending[key].rows for key in keys)
        there = set(keys) if whole and values is not None else set[Key]()
        if not whole:
            where = equal(self.columns, keys)
            left = self.connection.execute(
                sa.select(*self.columns).select_from(self.table.source()).where(where)
            )
            there = {tuple(row) for row in left}
        if values is None and there:
            raise Refused(*self.place, "the database kept a record that it was told to delete")
        if len(there) > count:
            raise Refused(*self.place, "the database left a record unchanged")
        for key in keys:
            (written.changed if key in there else written.deleted).append((place, pending[key].where))


def _alike(pending: Mapping[Key, Change]) -> Iterator[tuple[Values | None, list[Key]]]:
    """Rows that get the same values (None: are deleted), in the order in which they were first named."""
    sets: dict[Values | None, list[Key]] = {}
    for key, change in pending.items():
        sets.setdefault(None if change.deletes else change.values, []).append(key)
    yield from sets.items()
