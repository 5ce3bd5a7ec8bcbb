"""`verify --integrity`: what a schedule finds without any request, and what it blames on nobody."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pymysql
import pytest

from tests.acceptance.road import run, vestige
from tests.service import estate as shops

POLICY = "retention: [{store: shop, collection: users, soft_delete: deleted_at, days: 30}]\n"
Execute = Callable[[str], Any]


@pytest.fixture(params=["sqlite", "duckdb", "postgresql", "mariadb"])
def company(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Execute]:
    """The shop in one kind of database, and sessions in a file beside it; scanned."""
    shops.build(tmp_path)
    url, execute = _shop(request, tmp_path)
    sessions = "".join(
        json.dumps({"user_id": n, "device": f"d{n}"}) + "\n" for n in range(1, shops.PEOPLE + 1)
    )
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "sessions.jsonl").write_text(sessions)
    config = {
        "version": 1,
        "policy": "policy.yaml",
        "stores": {"shop": url, "files": "file:///files".replace("///", "//")},
    }
    (tmp_path / "vestige.yaml").write_text(json.dumps(config))
    (tmp_path / "policy.yaml").write_text(POLICY)
    scanned = vestige(tmp_path, "scan", "--workers", "1")
    assert scanned.code == 0, scanned.said
    return tmp_path, execute


def _shop(request: pytest.FixtureRequest, folder: Path) -> tuple[str, Execute]:
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.execute("ALTER TABLE users ADD COLUMN deleted_at TEXT")
        connection.commit()
        script = [line for line in connection.iterdump() if line.startswith(("CREATE", "INSERT"))]
    if request.param == "sqlite":
        return "sqlite:///shop.db", lambda text: _sqlite(folder / "shop.db", text)
    if request.param == "duckdb":
        import duckdb

        made = str(folder / "shop.duckdb")
        execute: Execute = lambda text: _duckdb(duckdb, made, text)  # noqa: E731
        url = "duckdb:///shop.duckdb"
    else:
        url = request.getfixturevalue(f"{request.param}_database")()
        on_server = {"postgresql": _postgresql, "mariadb": _mariadb}[request.param]
        execute = lambda text: on_server(url, text)  # noqa: E731
    for line in script:  # without the foreign keys, which would not let a test break a reference
        execute(
            line.replace(" REFERENCES users (id)", "")
            .replace('"users"', "users")
            .replace('"orders"', "orders")
            .replace('"invoices"', "invoices")
        )
    return url, execute


def _sqlite(path: Path, text: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(text)
        connection.commit()


def _duckdb(duckdb: Any, path: str, text: str) -> None:
    with duckdb.connect(path) as connection:
        connection.execute(text)


def _postgresql(url: str, text: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(text)


def _mariadb(url: str, text: str) -> None:
    parts = urlsplit(url)
    where = {"host": "127.0.0.1", "port": parts.port, "user": "root", "database": parts.path[1:]}
    with closing(pymysql.connect(**where, autocommit=True)) as connection:
        connection.cursor().execute(text.replace("TEXT", "varchar(99)"))


def checked(folder: Path, *more: str) -> tuple[int, dict[str, dict[str, Any]], str]:
    """The exit code, the entries by place, and all that was said, by the program itself: a library that Great
    Expectations imports takes a forked child for a run of its own doctests."""
    ended = run(folder, "verify", "--integrity", "--json", *more)
    assert ended.out, ended.err
    return ended.code, {one["place"]: one for one in ended.document["checks"]}, ended.said


ORDERS, SESSIONS = "shop.orders.user_id → shop.users.id", "files.sessions.jsonl.user_id → shop.users.id"


def test_what_breaks_is_found_and_what_was_broken_before_is_not_blamed(company: tuple[Path, Execute]) -> None:
    folder, execute = company
    code, entries, _ = checked(folder)
    assert code == 0, entries
    sql = (folder / "shop.duckdb").exists()
    assert entries[ORDERS]["engine"] == ("vestige" if sql else "great_expectations")
    assert entries[ORDERS]["found"] == entries[SESSIONS]["found"] == 0

    execute("DELETE FROM users WHERE id = 17")
    code, entries, said = checked(folder)
    assert code == 3
    assert {place for place, one in entries.items() if one["result"] == "fail"} >= {ORDERS, SESSIONS}
    assert entries[ORDERS]["found"] == entries[SESSIONS]["found"] == 1
    assert shops.MARY not in said

    (folder / "before.json").write_text(run(folder, "verify", "--integrity", "--json").out)
    code, entries, _ = checked(folder, "--baseline", "before.json")
    assert (code, entries[ORDERS]["found"], entries[ORDERS]["result"]) == (0, 1, "pass")
    execute("DELETE FROM users WHERE id = 18")
    code, entries, _ = checked(folder, "--baseline", "before.json")
    assert (code, entries[ORDERS]["found"], entries[ORDERS]["before"]) == (3, 2, 1)


def test_rows_past_their_retention_are_found(company: tuple[Path, Execute]) -> None:
    folder, execute = company
    execute("UPDATE users SET deleted_at = '2001-02-03' WHERE id IN (3, 4)")
    execute("UPDATE users SET deleted_at = '2199-02-03' WHERE id = 5")
    code, entries, _ = checked(folder)
    assert (code, entries["shop.users.deleted_at"]["found"]) == (3, 2)


def test_what_no_scan_has_seen_is_unknown(company: tuple[Path, Execute]) -> None:
    folder, execute = company
    execute("ALTER TABLE orders ADD COLUMN contact TEXT")
    execute("CREATE TABLE leads (email TEXT)")
    code, entries, _ = checked(folder)
    assert (code, entries["shop"]["found"], entries["shop"]["result"]) == (4, 2, "unknown")


def test_a_baseline_that_is_none_is_refused(tmp_path: Path) -> None:
    shops.build(tmp_path)
    (tmp_path / "before.json").write_text("{}")
    ended = vestige(tmp_path, "verify", "--integrity", "--baseline", "before.json")
    assert ended.code == 2
    assert "before.json" in ended.said


def test_great_expectations_leaves_nothing_behind(company: tuple[Path, Execute]) -> None:
    folder, execute = company
    execute("DELETE FROM users WHERE id = 17")
    before = {path for path in folder.rglob("*") if path.is_file()}
    checked(folder)
    made = [path for path in folder.rglob("*") if path.is_file() and path not in before]
    assert not [path for path in made if "ledger" not in path.name and "catalog" not in path.name]
