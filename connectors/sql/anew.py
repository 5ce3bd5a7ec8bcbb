"""A DuckDB file written anew, with edits in it, and put in the old one's place.

DuckDB keeps deleted bytes in its file, and its foreign keys forbid in place what is right in the end: a row
and its parent in one transaction, a new value in an indexed column of a row that others refer to. Inserted
anew, parents first, every constraint is checked; the swap makes it one step.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

Name = tuple[str, str]
"""(schema, table)."""

_INVENTORY = """
SELECT 'table', schema_name, table_name, '' FROM duckdb_tables() WHERE database_name = ?1 AND NOT internal
UNION ALL SELECT 'view', schema_name, view_name, '' FROM duckdb_views()
          WHERE database_name = ?1 AND NOT internal
UNION ALL SELECT 'index', schema_name, index_name, '' FROM duckdb_indexes() WHERE database_name = ?1
UNION ALL SELECT 'sequence', schema_name, sequence_name, CAST(last_value AS VARCHAR) FROM duckdb_sequences()
          WHERE database_name = ?1
UNION ALL SELECT 'function', schema_name, function_name, '' FROM duckdb_functions()
          WHERE database_name = ?1 AND NOT internal
UNION ALL SELECT constraint_type, schema_name, table_name, constraint_text FROM duckdb_constraints()
          WHERE database_name = ?1
ORDER BY ALL
"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns WHERE table_catalog = ? AND table_schema = ?
AND table_name = ? AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
_REFERENCES = """
SELECT schema_name, table_name, referenced_table, constraint_column_names, referenced_column_names
FROM duckdb_constraints() WHERE database_name = ? AND constraint_type = 'FOREIGN KEY'
"""


@dataclass(frozen=True, slots=True)
class Edited:
    """Edits of one table by row number: the rows that go, and new values of rows that stay."""

    doomed: set[int] = field(default_factory=set)
    values: dict[int, tuple[tuple[str, Any], ...]] = field(default_factory=dict)


def rewrite(
    connection: duckdb.DuckDBPyConnection, path: Path, edits: Mapping[Name, Edited] | None = None
) -> bool:
    """Whether the database open in ``connection`` was put in its place anew; not if the copy lacks anything.

    The old file stays open for writing, and so locked, until then. Raises the driver's ConstraintException
    if the edits leave an orphan; the file is then as it was.
    """
    fresh = path.with_name(f".{path.name}.fresh")
    fresh.unlink(missing_ok=True)
    try:
        connection.execute("CHECKPOINT")
        before = _current(connection)
        connection.execute(f"ATTACH {_literal(fresh)} AS vestige_after")
        copy = _Copy(connection, before, "vestige_after", edits or {})
        copied = copy.make()
        connection.execute("CHECKPOINT vestige_after")
        connection.execute("DETACH vestige_after")
        if copied:
            shutil.copymode(path, fresh)
            os.replace(fresh, path)
        return copied
    finally:
        fresh.unlink(missing_ok=True)


class _Copy:
    """From the database ``before`` to the empty one ``after``."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        before: str,
        after: str,
        edits: Mapping[Name, Edited],
    ) -> None:
        self.connection, self.before, self.after, self.edits = connection, before, after, edits

    def make(self) -> bool:
        """Whether ``after`` has all that ``before`` has, but for the edits."""
        quoted = _quoted(self.before)
        self.connection.execute(f"COPY FROM DATABASE {quoted} TO {_quoted(self.after)} (SCHEMA)")
        self.connection.execute("BEGIN")
        counts = [self._table(name) for name in self._parents_first()]
        self.connection.execute("COMMIT")
        return all(counts) and self._inventory(self.before) == self._inventory(self.after)

    def _parents_first(self) -> Iterable[Name]:
        tables = [(schema, name) for kind, schema, name, _ in self._inventory(self.before) if kind == "table"]
        graph: dict[Name, set[Name]] = {table: set() for table in tables}
        for schema, name, parent, *_ in self.connection.execute(_REFERENCES, [self.before]).fetchall():
            if parent != name:
                graph[schema, name].add((schema, parent))
        return TopologicalSorter(graph).static_order()

    def _table(self, name: Name) -> bool:
        """Copy one table; whether as many rows came as had to."""
        edits = self.edits.get(name, Edited())
        columns = [c for (c,) in self.connection.execute(_COLUMNS, [self.before, *name]).fetchall()]
        kept = self._kept(name, columns, edits)
        own = self._own_references(name)
        came = self._by_levels(name, columns, kept, own) if own else self._insert(name, columns, kept, "true")
        return came == self._count(_quoted(self.before, *name)) - len(edits.doomed)

    def _kept(self, name: Name, columns: list[str], edits: Edited) -> str:
        """A query of the rows that stay, as they shall be, with their number as ``vestige_row``."""
        table, run = _quoted(self.before, *name), self.connection.execute
        empty = f"SELECT rowid AS vestige_row, * FROM {table} LIMIT 0"  # noqa: S608 - quoted
        run(f"CREATE OR REPLACE TEMP TABLE vestige_new AS {empty}")
        run("CREATE OR REPLACE TEMP TABLE vestige_gone (vestige_row BIGINT)")
        for row in edits.doomed:
            run("INSERT INTO vestige_gone VALUES (?)", [row])
        for row, values in edits.values.items():
            run(f"INSERT INTO vestige_new SELECT rowid, * FROM {table} WHERE rowid = ?", [row])  # noqa: S608
            for column, value in values:
                run(f"UPDATE vestige_new SET {_quoted(column)} = ? WHERE vestige_row = ?", [value, row])  # noqa: S608
        new = [
            f"CASE WHEN n.vestige_row IS NULL THEN o.{c} ELSE n.{c} END AS {c}" for c in map(_quoted, columns)
        ]
        return (
            f"SELECT o.rowid AS vestige_row, {', '.join(new)} FROM {table} o"  # noqa: S608 - quoted
            " LEFT JOIN vestige_new n ON n.vestige_row = o.rowid"
            " WHERE o.rowid NOT IN (SELECT vestige_row FROM vestige_gone)"
        )

    def _insert(self, name: Name, columns: list[str], kept: str, where: str) -> int:
        said = ", ".join(map(_quoted, columns))
        statement = (
            f"INSERT INTO {_quoted(self.after, *name)} ({said}) SELECT {said} FROM ({kept}) WHERE {where}"  # noqa: S608
        )
        (count,) = self.connection.execute(statement).fetchone() or (0,)
        return int(count)

    def _by_levels(self, name: Name, columns: list[str], kept: str, own: list[tuple[Any, Any]]) -> int:
        """A table that refers to itself: first rows that refer to none, then those that refer to these."""
        run, after, came = self.connection.execute, _quoted(self.after, *name), 0
        run(f"CREATE OR REPLACE TEMP TABLE vestige_todo AS SELECT vestige_row FROM ({kept})")  # noqa: S608
        there = [_is_there(after, fields, targets) for fields, targets in own]
        ready = (
            f"SELECT vestige_row FROM ({kept}) k WHERE {' AND '.join(there)}"  # noqa: S608 - quoted
            " AND vestige_row IN (SELECT vestige_row FROM vestige_todo)"
        )
        while True:
            run(f"CREATE OR REPLACE TEMP TABLE vestige_ready AS {ready}")
            count = self._insert(
                name, columns, kept, "vestige_row IN (SELECT vestige_row FROM vestige_ready)"
            )
            run("DELETE FROM vestige_todo WHERE vestige_row IN (SELECT vestige_row FROM vestige_ready)")
            came += count
            if not count:  # what is left would be orphans, and says so
                return came + self._insert(
                    name, columns, kept, "vestige_row IN (SELECT vestige_row FROM vestige_todo)"
                )

    def _own_references(self, name: Name) -> list[tuple[Any, Any]]:
        found = self.connection.execute(_REFERENCES, [self.before]).fetchall()
        return [
            (fields, targets) for s, t, parent, fields, targets in found if (s, t) == name and parent == t
        ]

    def _inventory(self, database: str) -> list[Any]:
        """Everything a database has."""
        things: list[Any] = self.connection.execute(_INVENTORY, [database]).fetchall()
        return things

    def _count(self, quoted: str) -> int:
        (count,) = self.connection.execute(f"SELECT count(*) FROM {quoted}").fetchone() or (0,)  # noqa: S608
        return int(count)


def _is_there(after: str, fields: list[str], targets: list[str]) -> str:
    """Whether the row that a row ``k`` refers to is there, or there is none."""
    pairs = list(zip(map(_quoted, fields), map(_quoted, targets), strict=True))
    empty = " OR ".join(f"k.{child} IS NULL" for child, _ in pairs)
    same = " AND ".join(f"p.{parent} = k.{child}" for child, parent in pairs)
    return f"({empty} OR EXISTS (SELECT 1 FROM {after} p WHERE {same}))"  # noqa: S608 - quoted


def _current(connection: duckdb.DuckDBPyConnection) -> str:
    (name,) = connection.execute("SELECT current_database()").fetchone() or ("",)
    return str(name)


def _quoted(*parts: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
