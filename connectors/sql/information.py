"""MariaDB's and MySQL's ``information_schema``, as tables of the family. A role sees there only what it has a
right to: what may be hidden is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from vestige.connectors.protocol import UNKNOWN, Collection, Field, FieldType, Reference
from vestige.connectors.sql.dialect import key_of
from vestige.connectors.sql.rights import Rights, rights_of
from vestige.connectors.sql.shape import CONTENT, Table

CHARSET = " CHARACTER SET "
"""Between a column's type and its character set, in :attr:`Table.natives`."""
_TYPES: dict[str, FieldType] = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year"), "integer"),
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext"), "text"),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), "binary"),
    "float": "real", "double": "real", "decimal": "decimal", "date": "date", "datetime": "timestamp",
    "timestamp": "timestamp", "uuid": "uuid", "json": "json",
}  # fmt: skip
_GENERATED = ("VIRTUAL GENERATED", "STORED GENERATED", "PERSISTENT")

# Each asks of one database, named by a constant: else the server opens every table of every database.
_FAR = """
SELECT DISTINCT CONSTRAINT_SCHEMA, TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS
WHERE UNIQUE_CONSTRAINT_SCHEMA = %s AND CONSTRAINT_SCHEMA <> %s ORDER BY 1, 2
"""
_TABLES = """
SELECT t.TABLE_NAME, t.TABLE_TYPE, t.ENGINE, e.TRANSACTIONS = 'YES'
FROM information_schema.TABLES t LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE
WHERE t.TABLE_SCHEMA = %s AND t.TABLE_TYPE <> 'SEQUENCE' ORDER BY t.TABLE_NAME
"""
_COLUMNS = """
SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, IS_NULLABLE = 'YES',
       IF(DATA_TYPE IN ('char', 'varchar'), CHARACTER_MAXIMUM_LENGTH, NULL), EXTRA
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s ORDER BY ORDINAL_POSITION
"""
_UNIQUE = """
SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %s AND NON_UNIQUE = 0
ORDER BY INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX
"""
_REFERENCES = """
SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME,
       REFERENCED_COLUMN_NAME
FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = %s AND REFERENCED_TABLE_NAME IS NOT NULL
ORDER BY CONSTRAINT_NAME, ORDINAL_POSITION
"""
_ACTIONS = """
SELECT TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS
WHERE CONSTRAINT_SCHEMA = %s
"""
_TRIGGERS = """
SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME
FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = %s ORDER BY TRIGGER_NAME
"""
# MariaDB's JSON is a text with a check.
_JSONS = """
SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.CHECK_CONSTRAINTS
WHERE CONSTRAINT_SCHEMA = %s AND LEVEL = 'Column' AND CHECK_CLAUSE LIKE 'json_valid(%%'
"""
_NONE = "SELECT NULL, NULL WHERE %s IS NULL"

Rows = Mapping[str, Sequence[Any]]
"""By table: what is said of it."""


def tables(connection: sa.Connection, store: str, database: str) -> Iterator[Table]:
    """All tables and views of the database, and the tables elsewhere that refer to these."""
    rights = rights_of(connection)
    far = defaultdict[str, set[str]](set)
    for schema, name in connection.exec_driver_sql(_FAR, (database, database)).fetchall():
        far[schema].add(name)
    yield from _Database(connection, store, database, database, rights).tables()
    for schema, names in far.items():
        elsewhere = _Database(connection, store, database, schema, rights).tables()
        yield from (table for table in elsewhere if table.name in names)
    if not rights.may("SELECT", database):
        hidden = Collection(store, "(tables that the role may not see)", "view")
        yield Table(hidden, "", skip="the role may not SELECT the whole database")


class _Database:
    """What ``schema`` says of itself, where names are told as they are from ``home``."""

    def __init__(self, connection: sa.Connection, store: str, home: str, schema: str, rights: Rights) -> None:
        self.store, self.home, self.schema, self.rights = store, home, schema, rights
        self.connection = connection
        mariadb = connection.dialect.is_mariadb  # type: ignore[attr-defined]
        self.columns, self.unique, self.references, self.actions, self.triggers, self.jsons = (
            self._grouped(statement)
            for statement in (
                _COLUMNS, _UNIQUE, _REFERENCES, _ACTIONS, _TRIGGERS, _JSONS if mariadb else _NONE
            )
        )  # fmt: skip

    def _grouped(self, statement: str) -> Rows:
        found = defaultdict[str, list[Any]](list)
        for name, *rest in self.connection.exec_driver_sql(statement, (self.schema,)).fetchall():
            found[name].append(tuple(rest))
        return found

    def tables(self) -> Iterator[Table]:
        for row in self.connection.exec_driver_sql(_TABLES, (self.schema,)).fetchall():
            yield self._table(*row)

    def _table(self, name: str, kind: str, engine: str | None, safe: int | None) -> Table:
        columns = self.columns.get(name, ())
        jsons = {one for (one,) in self.jsons.get(name, ())}
        fields = tuple(_field(one, one[0] in jsons) for one in columns)
        unique = _keys(self.unique.get(name, ()))
        key = () if kind == "VIEW" else _key(fields, unique)
        collection = Collection(
            self.store,
            self._named(self.schema, name),
            "view" if kind == "VIEW" else "table",
            fields,
            key,
            unique,
            tuple(self._references(name)),
            self._triggers(name, kind),
        )
        return Table(
            collection,
            name,
            self.schema,
            {one[0]: one[2] + (CHARSET + one[3] if one[3] else "") for one in columns},
            CONTENT if key == (f"@{CONTENT}",) else None,
            _skip(kind, self.rights.may("SELECT", self.schema, name)),
            None if safe else f"its engine {engine} has no transactions",
            tuple(one[0] for one in columns if "on update" in one[6].lower()),
        )

    def _references(self, name: str) -> Iterator[Reference]:
        """Its foreign keys, whose actions a role that may only read is not told. InnoDB has none without an
        index."""
        actions = dict(self.actions.get(name, ()))
        for constraint, run in groupby(self.references.get(name, ()), itemgetter(0)):
            _, fields, schemas, parents, targets = zip(*run, strict=True)
            parent = self._named(schemas[0], parents[0])
            yield Reference(fields, parent, targets, actions.get(constraint, UNKNOWN), indexed=True)

    def _triggers(self, name: str, kind: str) -> tuple[str, ...]:
        if kind == "VIEW" or self.rights.may("TRIGGER", self.schema, name):
            return tuple(trigger for (trigger,) in self.triggers.get(name, ()))
        return ("(hidden: the role has no right to TRIGGER)",)

    def _named(self, schema: str, name: str) -> str:
        return name if schema == self.home else f"{schema}.{name}"


def _field(column: Any, is_json: bool) -> Field:
    name, kind, _, _, nullable, length, extra = column
    generated = any(word in extra.upper() for word in _GENERATED)
    declared = "json" if is_json else _TYPES.get(kind, "other")
    return Field(name, declared, bool(nullable), length, generated)


def _key(fields: Sequence[Field], unique: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The primary key, else a unique one without NULLs, else the address that is made of all of the row."""
    sure = {field.name for field in fields if not field.nullable}
    key = next((one for one in unique if sure.issuperset(one)), None)
    if key is not None:
        return key_of(fields, key)
    return () if CONTENT in {field.name for field in fields} else (f"@{CONTENT}",)


def _keys(rows: Sequence[Any]) -> tuple[tuple[str, ...], ...]:
    """The columns of each unique index, of whole columns alone: not of their beginnings or expressions."""
    runs = [list(run) for _, run in groupby(rows, itemgetter(0))]
    whole = [run for run in runs if all(column and part is None for _, column, part in run)]
    return tuple(tuple(column for _, column, _ in run) for run in whole)


def _skip(kind: str, whole: bool) -> str | None:
    if kind == "SYSTEM VERSIONED":
        return "it keeps former versions of its rows (system versioning), which are not read or erased"
    return None if whole else "the role may not SELECT all of it"
