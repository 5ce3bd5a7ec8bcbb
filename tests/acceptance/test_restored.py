"""A backup of the days before a purge comes back: what it brought is found, erased and proved again, and who
registered anew in between is left alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.road import vestige
from tests.service import estate as shops

NEW = 99
ACCOUNT = (NEW, shops.MARY, "Mary Sue", "+12025550170")
ORDER = (7777, NEW, 3.5, "please ring Mary Sue")


def run(folder: Path, *arguments: str, code: int = 0) -> Any:
    done = vestige(folder, *arguments, "--json")
    assert done.code == code, (arguments, done.said)
    assert shops.MARY not in done.err
    return json.loads(done.out) if done.out else None


def rows(folder: Path) -> dict[str, set[tuple[Any, ...]]]:
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        return {
            name: set(connection.execute(f"SELECT * FROM {name}"))  # noqa: S608
            for name in ("users", "orders", "invoices")
        }


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The shop, its sessions in a file, and dumps of both in ``dump``; then Mary was erased."""
    shops.build(tmp_path)
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        connection.executescript(
            "PRAGMA legacy_alter_table = ON; ALTER TABLE users RENAME TO old;"
            " CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, full_name TEXT, phone TEXT);"
            " INSERT INTO users SELECT * FROM old; DROP TABLE old;"
        )
    files = tmp_path / "files"
    (files / "exports").mkdir(parents=True)
    lines = (json.dumps({"user_id": n, "device": f"d{n}"}) + "\n" for n in range(1, shops.PEOPLE + 1))
    (files / "sessions.jsonl").write_text("".join(lines))
    (files / "exports" / f"{shops.MARY}.txt").write_text("three lamps\n")
    config = {
        "version": 1,
        "policy": "policy.yaml",
        "stores": {"shop": "sqlite:///shop.db", "files": "file://files"},
    }
    (tmp_path / "vestige.yaml").write_text(json.dumps(config))
    shutil.copytree(files, tmp_path / "dump" / "files")
    shutil.copy(tmp_path / "shop.db", tmp_path / "dump" / "shop.db")
    run(tmp_path, "scan", "--workers", "1")
    run(tmp_path, "plan", "purge", shops.MARY)
    run(tmp_path, "purge", "--yes")
    assert run(tmp_path, "verify")["verdict"] == "pass"
    return tmp_path


def test_what_a_backup_brought_back_goes_again_and_nothing_else(company: Path) -> None:
    for store in ("shop", "files"):
        assert run(company, "verify", "--after-restore", store)["returns"] == []
    erased = rows(company)
    shutil.copy(company / "dump" / "shop.db", company / "shop.db")
    shutil.copytree(company / "dump" / "files", company / "files", dirs_exist_ok=True)
    with closing(sqlite3.connect(company / "shop.db")) as connection:
        connection.execute("INSERT INTO users VALUES (?, ?, ?, ?)", ACCOUNT)
        connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?)", ORDER)
        connection.commit()

    found = run(company, "verify", "--after-restore", "shop", code=3)
    assert [one["records"] for one in found["returns"]] == [{"orders": 1, "users": 1}]
    assert found["returns"][0]["known"]
    found = run(company, "verify", "--after-restore", "files", code=3)
    assert [one["records"] for one in found["returns"]] == [{"exports/*.txt": 1, "sessions.jsonl": 1}]

    run(company, "scan", "--workers", "1")
    (drawn,) = run(company, "plan", "restored", "shop")
    assert drawn["plan"]["restored"]
    run(company, "purge", "--yes")
    assert run(company, "verify")["verdict"] == "pass"
    after = rows(company)
    assert after["users"] - erased["users"] == {ACCOUNT}
    assert after["orders"] - erased["orders"] == {ORDER}
    assert all(erased[name] <= after[name] for name in erased)
    assert (company / "files" / "sessions.jsonl").read_text().count("\n") == shops.PEOPLE - 1
    assert not list((company / "files" / "exports").glob("*"))
    for store in ("shop", "files"):
        assert run(company, "verify", "--after-restore", store)["returns"] == []


def test_a_record_in_another_state_than_it_was_erased_in_waits_for_a_person(company: Path) -> None:
    """And one by which nobody is known stays as well."""
    shutil.copy(company / "dump" / "shop.db", company / "shop.db")
    with closing(sqlite3.connect(company / "shop.db")) as connection:
        connection.execute("UPDATE users SET phone = '+12025550171' WHERE id = 17")
        connection.commit()
    found = run(company, "verify", "--after-restore", "shop", code=3)
    assert [(one["records"], one["known"]) for one in found["returns"]] == [({"orders": 1}, False)]
    run(company, "plan", "restored", "shop", code=4)


def test_a_plan_that_is_drawn_again_stays_within_what_was_restored(company: Path) -> None:
    shutil.copy(company / "dump" / "shop.db", company / "shop.db")
    run(company, "scan", "--workers", "1")
    run(company, "plan", "restored", "shop")
    with closing(sqlite3.connect(company / "shop.db")) as connection:
        connection.execute("INSERT INTO users VALUES (?, ?, ?, ?)", ACCOUNT)
        connection.commit()
    updated = run(company, "plan", "update")["plan"]
    actions = {(step["collection"], step["action"]): step["records"] for step in updated["steps"]}
    assert (actions["users", "redact"], actions["users", "review"]) == (1, 1)
