"""A package holds all that is the person's and nothing that names anybody else."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.planning.shop import build
from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.connectors.protocol import Delete, StoreSettings
from vestige.exporters.errors import Occupied
from vestige.exporters.files import defused, flat, slug
from vestige.exporters.package import export
from vestige.ledger.store import Ledger
from vestige.planning.codec import case_from_bytes
from vestige.planning.draw import draw_plan
from vestige.planning.model import Case, Plan, Touched
from vestige.planning.policy import Policy

SECRET = b"k" * 32
OTHERS = re.compile(r"joanna|weber|zoe|sam@|sam clerk|\b170\b|23125[ -]?170", re.IGNORECASE)


@dataclass
class Shop:
    folder: Path
    estate: Estate
    catalog: Catalog
    ledger: Ledger

    def execute(self, script: str) -> None:
        with sqlite3.connect(self.folder / "shop.db") as connection:
            connection.executescript(script)
        connection.close()

    def planned(self) -> tuple[Plan, Case]:
        plan = draw_plan(
            self.estate, self.catalog, Policy(), self.ledger, SECRET, "anna@example.com", "export"
        )
        return plan, case_from_bytes(self.ledger.open_case(plan.case))

    def export(self, *more: Touched) -> Path:
        plan, case = self.planned()
        case = replace(case, records=(*case.records, *more))
        return export(self.estate, self.catalog, plan, case, self.folder / "package")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    estate, catalog = build(tmp_path)
    with catalog, Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", SECRET) as ledger:
        yield Shop(tmp_path, estate, catalog, ledger)


def records(package: Path, collection: str, store: str = "shop") -> list[dict[str, Any]]:
    return list(json.loads((package / "data" / store / f"{collection}.json").read_text("utf-8")))


def files(package: Path) -> list[Path]:
    return [path for path in package.rglob("*") if path.is_file()]


def test_all_that_is_the_persons_is_there(shop: Shop) -> None:
    package = shop.export()
    assert [r["data"]["email"] for r in records(package, "users") if r["standing"] == "owner"] == [
        "anna@example.com",
        "ANNA@example.com ",
    ]
    assert {r["data"]["id"] for r in records(package, "orders") if r["standing"] == "owner"} == {1}
    assert {r["data"]["sku"] for r in records(package, "order_lines")} == {"A-1", "A-4"}
    assert "yours Anna" in records(package, "messages")[0]["data"]["body"]


def test_nobody_else_is(shop: Shop) -> None:
    shop.execute(
        "UPDATE messages SET body = 'Dear Joanna, mail joanna@example.com or +49 30 23125 170,"
        " not user 170. Zoe Null says hi. am9hbm5hQGV4YW1wbGUuY29t' WHERE id = 1"
    )
    package = shop.export()
    for path in files(package):
        assert OTHERS.findall(path.read_text("utf-8").replace("user 170", "")) == [], path
    message = next(r["data"] for r in records(package, "messages") if r["data"]["id"] == 1)
    assert message["sender_id"] == 17
    assert message["recipient_id"].startswith("Person ")
    assert message["body"].startswith(f"Dear {message['body'].split()[1]}")


def test_the_same_person_has_the_same_label(shop: Shop) -> None:
    shop.execute("UPDATE messages SET body = 'zoe@example.com, ZOE@example.com' WHERE id = 1")
    body = next(r["data"]["body"] for r in records(shop.export(), "messages") if r["data"]["id"] == 1)
    first, second = body.split(", ")
    assert first == second
    assert re.fullmatch(r"Person \d+", first)


def test_what_is_written_on_someone_elses_record_is_cut_down(shop: Shop) -> None:
    order = next(r for r in records(shop.export(), "orders") if r["data"]["id"] == 2)
    assert order["standing"] == "mention"
    assert "anna@example.com" in order["data"]["note"]
    assert str(order["data"]["user_id"]).startswith("Person ")
    account = next(r for r in records(shop.folder / "package", "users") if r["standing"] == "reference")
    assert account["data"]["email"] == account["data"]["name"] == account["data"]["phone"] == "[masked]"
    assert account["data"]["referred_by"] == 17
    assert str(account["locator"]["id"]).startswith("Person ")


def test_documents_and_lines_stay_what_they_are(shop: Shop) -> None:
    folder = shop.folder / "exports"
    folder.mkdir()
    text = {"to": "anna@example.com", "cc": ["joanna@example.com"], "n": 493023125170, "q": 'a "x" é 漢'}
    (folder / "mails.jsonl").write_text(json.dumps(text, ensure_ascii=False) + "\n", "utf-8")
    (folder / "people.csv").write_text("who,what\nanna@example.com,=1+1\njoanna@example.com,b\n")
    files_store = StoreSettings("files", f"file://{folder}")
    shop.estate = replace(shop.estate, stores=(*shop.estate.stores, files_store))
    made = [
        Touched(
            "files", "mails.jsonl", {"object": "mails.jsonl", "row": 1}, "", "mention", (), "to", "export"
        ),
        Touched("files", "people.csv", {"object": "people.csv", "row": 1}, "", "owner", (), "who", "export"),
    ]
    package = shop.export(*made)
    (mail,) = records(package, "mails.jsonl", "files")
    assert mail["data"]["to"] == "anna@example.com"
    assert mail["data"]["q"] == 'a "x" é 漢'
    assert "23125170" not in str(mail)
    assert mail["data"]["cc"][0].startswith("Person ")
    (person,) = records(package, "people.csv", "files")
    assert person["data"] == {"who": "anna@example.com", "what": "=1+1"}
    with (package / "data" / "files" / "people.csv.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["who", "what"], ["anna@example.com", "'=1+1"]]


def test_the_manifest_proves_the_files_and_names_their_origin(shop: Shop) -> None:
    package = shop.export()
    manifest = json.loads((package / "manifest.json").read_text("utf-8"))
    listed = {file["path"]: file["sha256"] for file in manifest["files"]}
    present = {p.relative_to(package).as_posix() for p in files(package)} - {"manifest.json"}
    assert set(listed) == present
    for path, digest in listed.items():
        assert hashlib.sha256((package / path).read_bytes()).hexdigest() == digest
    first = next(r for r in manifest["records"] if r["collection"] == "orders" and r["standing"] == "owner")
    assert first["locator"] == {"id": 1}
    assert first["store"] == "shop"
    assert "user_id" in first["via"]


def test_a_record_that_is_gone_is_named_and_not_silently_left_out(shop: Shop) -> None:
    plan, case = shop.planned()
    shop.execute("DELETE FROM order_lines WHERE id = 4")
    package = export(shop.estate, shop.catalog, plan, case, shop.folder / "package")
    manifest = json.loads((package / "manifest.json").read_text("utf-8"))
    assert manifest["missing"] == [
        {"store": "shop", "collection": "order_lines", "records": 1, "reason": "not there any more"}
    ]
    assert "not there any more" in (package / "index.html").read_text("utf-8")


def test_only_the_owner_may_read_it(shop: Shop) -> None:
    package = shop.export()
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(package)} == {0o600}
    assert stat.S_IMODE(package.stat().st_mode) == 0o700


def test_a_rerun_replaces_the_package_and_leaves_nothing_behind(shop: Shop) -> None:
    package = shop.export()
    (package / "data" / "old.json").write_text("x")
    before = {path.name for path in shop.folder.iterdir()}
    assert shop.export() == package
    assert not (package / "data" / "old.json").exists()
    assert {path.name for path in shop.folder.iterdir()} == before


def test_a_folder_of_somebody_elses_is_left_alone(shop: Shop) -> None:
    (shop.folder / "package").mkdir()
    (shop.folder / "package" / "thesis.txt").write_text("x")
    with pytest.raises(Occupied):
        shop.export()
    assert [path.name for path in (shop.folder / "package").iterdir()] == ["thesis.txt"]


def test_review_entries_stay_where_they_are(shop: Shop) -> None:
    doubtful = Touched(
        "shop", "tickets", {"id": 4}, "", "review", (), "name", "review", (Delete("tickets", {"id": 4}),)
    )
    package = shop.export(doubtful)
    assert 4 not in {r["data"]["id"] for r in records(package, "tickets")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+4930", "'+4930"),
        ("@x", "'@x"),
        ("-x", "'-x"),
        ("-5.2", "-5.2"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("x=1", "x=1"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, expected: str) -> None:
    assert defused(text) == expected


def test_documents_are_flat_in_tables() -> None:
    assert flat({"a": {"b": 1}, "c": [1, "x"], "d": None, "e": "é"}) == {
        "a.b": "1",
        "c": '[1, "x"]',
        "d": "",
        "e": "é",
    }


def test_names_of_files_are_safe_and_distinct() -> None:
    assert slug("users") == "users"
    assert slug("пользователи") == "пользователи"
    assert slug("../../etc") != slug("etc")
    assert "/" not in slug("a/b*")
    assert slug("a/b") != slug("a_b")
    assert slug("..") not in ("..", ".", "")
