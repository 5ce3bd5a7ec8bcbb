"""SQLite keeps to the protocol, and to what only SQLite has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from vestige.connectors.bench import Bench, Record
from vestige.connectors.conformance import Conformance
from vestige.connectors.protocol import StoreSettings


class SqliteBench(Bench):
    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop.db"
        self.settings = StoreSettings("shop", f"sqlite:///{self.path}")
        self.run("PRAGMA journal_mode = WAL")

    def run(self, statement: str, rows: Sequence[Sequence[object]] = ((),)) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.executemany(statement, rows) if rows != ((),) else connection.execute(statement)

    def seed(self, name: str, records: Sequence[Record]) -> str:
        self.run(f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER PRIMARY KEY, email TEXT, note TEXT)")
        self.run(f"DELETE FROM {name}")  # noqa: S608 - a literal of the suite
        self.run(f"INSERT INTO {name} VALUES (?, ?, ?)", [tuple(record.values()) for record in records])  # noqa: S608
        return name

    def rows(self, name: str) -> list[Record]:
        with closing(sqlite3.connect(self.path)) as connection:
            found = connection.execute(f"SELECT id, email, note FROM {name}").fetchall()  # noqa: S608
        return [dict(zip(("id", "email", "note"), row, strict=True)) for row in found]

    def absent(self) -> StoreSettings:
        return StoreSettings("nowhere", f"sqlite:///{self.path.with_name('absent.db')}")

    def unreadable(self) -> str:
        self.run("CREATE VIEW broken AS SELECT * FROM no_such_table")
        return "broken"

    def at_rest(self) -> Iterator[bytes]:
        yield from (path.read_bytes() for path in self.path.parent.glob("shop.db*"))


class TestSqlite(Conformance):
    @pytest.fixture(params=["sqlite"])
    def bench(self, tmp_path: Path) -> SqliteBench:
        return SqliteBench(tmp_path)
