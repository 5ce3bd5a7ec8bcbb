"""Proof that edits made without the database's own checks left nothing that refers to nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from vestige.connectors.protocol import Reference
from vestige.connectors.sql.shape import Table


def orphans(connection: sa.Connection, tables: Mapping[str, Table], names: Collection[str]) -> list[int]:
    """Records that refer to nothing, by declared reference from or to one of the collections ``names``."""
    return [
        _count(connection, table, tables[reference.collection], reference)
        for name, table in tables.items()
        for reference in table.collection.references
        if reference.collection in tables and not {name, reference.collection}.isdisjoint(names)
    ]


def _count(connection: sa.Connection, table: Table, target: Table, reference: Reference) -> int:
    child, parent = table.source().alias("child"), target.source().alias("parent")
    fields = [child.c[name] for name in reference.fields]
    same = [one == parent.c[name] for one, name in zip(fields, reference.targets, strict=True)]
    found = sa.exists(sa.select(1).select_from(parent).where(*same))
    statement = sa.select(sa.func.count()).select_from(child)
    given = [field.is_not(None) for field in fields]
    return int(connection.execute(statement.where(*given, ~found)).scalar_one())
