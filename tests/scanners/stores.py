"""Small stores made for a test, scanned by the road that every scan takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vestige.catalog.estate import Estate
from vestige.catalog.model import IdentitySource, Relation
from vestige.connectors.protocol import StoreSettings
from vestige.matching.forms import Hasher
from vestige.scanners.scan import scan

HASHER = Hasher(b"a key for tests, of 32 bytes or more")
Tables = Mapping[str, tuple[str, Sequence[Sequence[Any]]]]


@dataclass(frozen=True)
class Scanned:
    sources: tuple[IdentitySource, ...]
    relations: tuple[Relation, ...]

    def all(self, collection: str, field: str) -> list[Relation]:
        """The relations of a field, the strongest first."""
        found = [
            each
            for each in self.relations
            if (each.child.collection, each.child.field) == (collection, field)
        ]
        return sorted(found, key=lambda each: ("active", "review", "rejected").index(each.status))

    def one(self, collection: str, field: str) -> Relation:
        """The one relation of a field that stands, whatever else was rejected."""
        found = [each for each in self.all(collection, field) if each.status != "rejected"]
        assert len(found) == 1, f"{collection}.{field}: {found}"
        return found[0]

    def parent(self, collection: str, field: str) -> str | None:
        """``collection.field`` that a field actively refers to."""
        active = [each for each in self.all(collection, field) if each.status == "active"]
        return f"{active[0].parent.collection}.{active[0].parent.field}" if active else None


def sqlite(path: Path, tables: Tables) -> StoreSettings:
    """A store of tables: name → (column definitions, rows)."""
    connection = sqlite3.connect(path)
    for name, (columns, rows) in tables.items():
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608
    connection.commit()
    connection.close()
    return StoreSettings(path.stem, f"sqlite:///{path}")


def files(folder: Path, contents: Mapping[str, str], scheme: str = "file") -> StoreSettings:
    """A folder of texts as a store."""
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return StoreSettings(folder.name, f"{scheme}://{folder}")


def scanned(
    folder: Path, stores: Iterable[StoreSettings], subjects: tuple[tuple[str, str], ...] = ()
) -> Scanned:
    """Scan stores into a catalog in ``folder``."""
    result = scan(Estate(tuple(stores), HASHER, ("DE",), subjects), folder / "catalog.duckdb", workers=1)
    assert not result.incomplete, result.incomplete
    return Scanned(result.sources, result.relations)
