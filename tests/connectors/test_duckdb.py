"""DuckDB keeps to the protocol, and to what only DuckDB has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from vestige.connectors.bench import Bench, Record
from vestige.connectors.conformance import Conformance
from vestige.connectors.protocol import StoreSettings


class DuckBench(Bench):
    def __init__(self, folder: Path) -> None:
        self.path = folder / "warehouse.duckdb"
        self.settings = StoreSettings("warehouse", f"duckdb:///{self.path}")
        duckdb.connect(str(self.path)).close()

    def run(self, *statements: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            for statement in statements:
                connection.execute(statement)

    def seed(self, name: str, records: Sequence[Record]) -> str:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {name} (id BIGINT PRIMARY KEY, email VARCHAR, note VARCHAR)"
            )
            connection.execute(f"DELETE FROM {name}")  # noqa: S608 - a literal of the suite
            columns = [[record[field] for record in records] for field in ("id", "email", "note")]
            connection.execute(f"INSERT INTO {name} SELECT unnest(?), unnest(?), unnest(?)", columns)
        return name

    def rows(self, name: str) -> list[Record]:
        with duckdb.connect(str(self.path)) as connection:
            found = connection.execute(f"SELECT id, email, note FROM {name}").fetchall()  # noqa: S608
        return [dict(zip(("id", "email", "note"), row, strict=True)) for row in found]

    def absent(self) -> StoreSettings:
        return StoreSettings("nowhere", f"duckdb:///{self.path.with_name('absent.duckdb')}")

    def unreadable(self) -> str:
        self.run("CREATE TABLE base (a INT)", "CREATE VIEW broken AS SELECT a FROM base", "DROP TABLE base")
        return "broken"

    def at_rest(self) -> Iterator[bytes]:
        yield from (path.read_bytes() for path in self.path.parent.glob("warehouse*"))


class TestDuckdb(Conformance):
    @pytest.fixture(params=["duckdb"])
    def bench(self, tmp_path: Path) -> DuckBench:
        return DuckBench(tmp_path)
