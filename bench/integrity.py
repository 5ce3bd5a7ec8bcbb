"""What a thousand references cost to check beyond their own SQL: ``python -m bench.integrity``."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from vestige.catalog.model import Place, Relation
from vestige.connectors.protocol import StoreSettings
from vestige.reports.expectations import Expectation, expectation, validate

CHECKS, ROWS = 1000, 2000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.db"
        asked = _made(path)
        began = time.process_time()
        with closing(sqlite3.connect(path)) as connection:
            by_hand = [connection.execute(one.query).fetchone()[0] for one in asked]
        alone = time.process_time() - began
        began = time.process_time()
        found = [count for _, count in validate(StoreSettings("shop", f"sqlite:///{path}"), asked)]
        whole = time.process_time() - began
    assert found == by_hand
    print(f"{CHECKS} checks: {alone:.1f} s of CPU as plain SQL, {whole:.1f} s as a suite, import included")


def _made(path: Path) -> list[Expectation]:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO users VALUES (?)", ((n,) for n in range(ROWS)))
        for number in range(CHECKS // 100):
            fields = ", ".join(f"user{n} INTEGER" for n in range(100))
            connection.execute(f"CREATE TABLE t{number} (id INTEGER PRIMARY KEY, {fields})")
            connection.execute(f"INSERT INTO t{number} (id, user7) VALUES (1, 5), (2, {ROWS + 1})")  # noqa: S608
        connection.commit()
    return [_asked(f"t{number}", f"user{n}") for number in range(CHECKS // 100) for n in range(100)]


def _asked(table: str, field: str) -> Expectation:
    child, parent = Place("shop", table, field), Place("shop", "users", "id")
    return expectation(f"{table}.{field}", Relation(child, parent, "owner", "declared", "active"))


if __name__ == "__main__":
    main()
