"""A view is no copy: it is planned for as what it shows. A materialised view is one, and is made anew."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.acceptance.road import vestige

MARY, PEOPLE = "mary.sue@example.com", 40
TABLES = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, full_name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), note TEXT);
CREATE TABLE bills (id INTEGER PRIMARY KEY, sent_to TEXT);
"""
FILL = """
INSERT INTO bills SELECT 9000 + id, email FROM users;
INSERT INTO orders SELECT 1000 + id, id, 'please ring ' || full_name FROM users;
"""
VIEWS = """
CREATE {kind} VIEW addresses AS SELECT id AS account, email FROM users;
CREATE {kind} VIEW ordering AS SELECT a.email, o.note FROM addresses a JOIN orders o ON o.user_id = a.account;
CREATE {kind} VIEW bill_addresses AS SELECT id AS bill, sent_to FROM bills;
"""
ELSEWHERE = "CREATE VIEW elsewhere AS SELECT 1 AS nr, '{mail}' AS email UNION SELECT 2, 'pat@example.com'"
POLICY = "rules: [{store: shop, collection: bills, action: retain, basis: tax law, until: 2199-12-31}]\n"
Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(params=["sqlite", "postgresql", "postgresql-materialised"])
def company(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Ask]:
    """A shop whose bills are kept by law, with the address that each was sent to; three views of it."""
    is_file = request.param == "sqlite"
    url = "sqlite:///shop.db" if is_file else request.getfixturevalue("postgresql_database")()

    def ask(script: str) -> list[tuple[Any, ...]]:
        if not is_file:
            with psycopg.connect(url, autocommit=True) as server:
                cursor = server.execute(script)
                return cursor.fetchall() if cursor.description else []
        with closing(sqlite3.connect(tmp_path / "shop.db")) as file:
            if ";" in script:
                return file.executescript(script).fetchall()
            return file.execute(script).fetchall()

    mails = {n: MARY if n == 17 else f"person{n}@example.org" for n in range(1, PEOPLE + 1)}
    names = {n: "Mary Sue" if n == 17 else f"Pat Example{n}" for n in mails}
    rows = ", ".join(f"({n}, '{mails[n]}', '{names[n]}')" for n in mails)
    people = f"INSERT INTO users VALUES {rows};"  # noqa: S608 - the rows above
    views = VIEWS.format(kind="MATERIALIZED" if request.param.endswith("materialised") else "")
    ask(TABLES + people + FILL + views)
    config = {"version": 1, "policy": "policy.yaml", "stores": {"shop": url}}
    (tmp_path / "vestige.yaml").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "vestige.key").write_bytes(bytes(range(32)))
    return tmp_path, ask


def purged(folder: Path) -> dict[str, str]:
    """What the plan said of each collection, carried out."""
    for words in (("scan", "--workers", "1"), ("plan", "purge", MARY), ("purge", "--yes")):
        done = vestige(folder, *words)
        assert done.code == 0, done.said
    steps = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["steps"]
    return {step["collection"]: step["action"] for step in steps}


def test_what_a_view_shows_goes_or_stays_with_its_records(company: tuple[Path, Ask]) -> None:
    folder, ask = company
    actions = purged(folder)
    assert {name for name, one in actions.items() if one == "follow"} == {
        "addresses", "ordering", "bill_addresses"
    }  # fmt: skip
    report = vestige(folder, "verify", "--json")
    assert report.code == 0, report.said
    outcomes = {one["collection"]: one["outcome"] for one in report.document["outcomes"] if one["records"]}
    assert outcomes["bills"] == outcomes["bill_addresses"] == "retained"
    assert outcomes["addresses"] == outcomes["ordering"] == "absent"
    assert {one["meaning"] for one in report.document["traces"]} == {"expected"}
    assert ask("SELECT count(*) FROM addresses") == ask("SELECT count(*) FROM ordering") == [(PEOPLE - 1,)]
    assert ask("SELECT count(*) FROM bill_addresses") == [(PEOPLE,)]


def test_what_a_view_shows_of_elsewhere_is_a_survivor(company: tuple[Path, Ask]) -> None:
    """Of a table that nobody gave to Vestige; here of none at all."""
    folder, ask = company
    (folder / "policy.yaml").write_text(POLICY.replace("retain, basis: tax law, until: 2199-12-31", "erase"))
    ask(ELSEWHERE.format(mail=MARY))
    assert purged(folder)["elsewhere"] == "follow"
    report = vestige(folder, "verify", "--json")
    assert report.code == 3, report.said
    traces = {(one["collection"], one["meaning"]) for one in report.document["traces"]}
    assert traces == {("elsewhere", "survivor")}
    kinds = {one["collection"]: one["outcome"] for one in report.document["outcomes"] if one["records"]}
    assert kinds["elsewhere"] == "unknown"
