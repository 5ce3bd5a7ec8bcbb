"""`catalog diff`: what a pipeline is stopped by."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import jsonschema
import pytest

from tests.service import estate
from vestige.service import cli
from vestige.service.schemas import schemas


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    estate.build(folder)
    assert cli.run(["-c", str(folder / "vestige.yaml"), "scan", "--workers", "1"]) == 0
    return folder


@pytest.fixture
def shop(scanned, tmp_path, monkeypatch) -> Path:
    shutil.copytree(scanned, tmp_path, dirs_exist_ok=True)
    shutil.copy(tmp_path / "catalog.duckdb", tmp_path / "before.duckdb")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compared(capsys, code: int) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    capsys.readouterr()
    assert cli.run(["catalog", "diff", "before.duckdb", "--json"]) == code
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, schemas()["catalog-diff.json"])
    return {(one["kind"], one["what"]): (one["before"], one["now"]) for one in found}


def test_other_rows_of_the_same_shape_are_no_difference(shop, capsys):
    with closing(sqlite3.connect(shop / "shop.db")) as connection:
        connection.execute("INSERT INTO users VALUES (900, 'new.one@example.org', 'New One', '+12025550199')")
        connection.commit()
    assert cli.run(["scan", "--workers", "1"]) == 0
    assert compared(capsys, 0) == {}


def test_a_new_personal_field_stops_a_pipeline(shop, capsys):
    with closing(sqlite3.connect(shop / "shop.db")) as connection:
        connection.execute("ALTER TABLE invoices ADD COLUMN sent_to TEXT")
        connection.execute("UPDATE invoices SET sent_to = 'bill' || user_id || '@example.net'")
        connection.commit()
    assert cli.run(["scan", "--workers", "1"]) == 0
    assert compared(capsys, 3)["field", "shop.invoices.sent_to EMAIL_ADDRESS"] == (None, "personal")


def test_what_is_gone_and_what_people_decided_is_told(shop, capsys):
    with closing(sqlite3.connect(shop / "shop.db")) as connection:
        connection.execute("DROP TABLE orders")
        connection.commit()
    assert cli.run(["scan", "--workers", "1"]) == 0
    assert cli.run(["catalog", "reject", "shop.users.email", "EMAIL_ADDRESS"]) == 0
    found = compared(capsys, 3)
    assert found["coverage", "shop.orders"] == ("COMPLETE", None)
    assert found["relation", "shop.orders.user_id->shop.users.id"][1] is None
    assert found["field", "shop.users.email EMAIL_ADDRESS"] == ("personal", None)


def test_what_is_no_catalog_is_refused(shop, capsys):
    (shop / "before.duckdb").write_bytes(b"no catalog")
    assert cli.run(["catalog", "diff", "before.duckdb"]) == 2
    assert cli.run(["catalog", "diff", "nothing.duckdb"]) == 2
    assert "nothing.duckdb" in capsys.readouterr().err
