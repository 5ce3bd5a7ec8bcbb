"""Every record of a person, and nobody else's, judged on a real store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.planning.shop import build, by_key
from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.connectors import objects
from vestige.connectors.protocol import Patch, SetField, StoreSettings
from vestige.matching.forms import Hasher
from vestige.planning.attribution import attribute
from vestige.planning.errors import Ambiguous, NotFound
from vestige.planning.identity import resolve
from vestige.planning.model import Touched
from vestige.planning.policy import Policy, Rule
from vestige.scanners.scan import scan

Shop = tuple[Estate, Catalog]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    estate, catalog = build(tmp_path)
    with catalog:
        yield estate, catalog


def records(shop: Shop, identifier: str, policy: Policy | None = None) -> dict[tuple[str, object], Touched]:
    resolved = resolve(*shop, identifier)
    return by_key(attribute(*shop, resolved, policy or Policy()).records)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "identifier", ["anna@example.com", " Anna@Example.COM", "+49 30 23125017", "shop.users:18"]
)
def test_a_person_registered_twice_is_one_person(shop: Shop, identifier: str) -> None:
    subject = resolve(*shop, identifier).subject
    assert subject.accounts == (("shop.users", "17"), ("shop.users", "18"))


def test_a_bare_key_of_two_people_is_ambiguous(shop: Shop) -> None:
    with pytest.raises(Ambiguous) as caught:
        resolve(*shop, "17")
    assert "shop.staff:17" in caught.value.candidates


def test_nobody(shop: Shop) -> None:
    with pytest.raises(NotFound):
        resolve(*shop, "nobody@example.com")


def test_every_record_and_nobody_elses(shop: Shop) -> None:
    found = records(shop, "anna@example.com")
    assert {mark: (r.standing, r.action) for mark, r in found.items()} == {
        ("users", 17): ("owner", "erase"),
        ("users", 18): ("owner", "erase"),
        ("users", 170): ("reference", "redact"),
        ("orders", 1): ("owner", "erase"),
        ("orders", 2): ("mention", "redact"),
        ("order_lines", 1): ("owner", "erase"),
        ("order_lines", 4): ("owner", "erase"),
        ("invoices", 1): ("owner", "erase"),
        ("messages", 1): ("shared", "redact"),
        ("messages", 2): ("shared", "redact"),
        ("messages", 4): ("owner", "erase"),
        ("tickets", 1): ("owner", "erase"),
        ("tickets", 2): ("review", "review"),
        ("tickets", 3): ("reference", "redact"),
    }


def test_shared_records_lose_only_the_persons_part(shop: Shop) -> None:
    found = records(shop, "anna@example.com")
    first = {e.field: e for e in found["messages", 1].edits}
    assert first["sender_id"] == SetField(
        "messages", {"id": 1}, "sender_id", None, found["messages", 1].digest
    )
    assert first["body"].pieces == ((19, 23, b""),)  # type: ignore[union-attr]
    gift = found["orders", 2].edits
    assert [e.pieces for e in gift if isinstance(e, Patch)] == [((9, 21, b""), (23, 39, b""))]


def test_the_key_zero_is_a_key(shop: Shop) -> None:
    found = records(shop, "zoe@example.com")
    assert {("orders", 3), ("order_lines", 3), ("tickets", 4), ("users", 0)} <= set(found)


def test_staff_17_is_not_user_17(shop: Shop) -> None:
    found = records(shop, "sam@example.org")
    assert {mark: r.standing for mark, r in found.items()} == {
        ("staff", 17): "owner",
        ("orders", 1): "actor",
        ("orders", 2): "actor",
    }


def test_a_parent_of_a_retained_record_becomes_a_stub(shop: Shop) -> None:
    policy = Policy((Rule(collection="invoices", action="retain", basis="tax law"),))
    found = records(shop, "anna@example.com", policy)
    assert found["invoices", 1].action == "retain"
    assert (found["orders", 1].action, found["users", 17].action) == ("redact", "redact")
    assert {e.field for e in found["users", 17].edits} == {"email", "name", "phone"}
    assert found["users", 18].action == "erase"


def test_a_large_object_of_a_person_goes_once_and_only_if_no_part_names_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database:
        database.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT)")
        people = [(n, f"u{n}@example.com", f"Anna Berg{n}") for n in range(100, 160)]
        database.executemany("INSERT INTO users VALUES (?, ?, ?)", people)
        database.commit()
    for number, *_ in people:
        file = tmp_path / "files" / "users" / str(number) / "notes.txt"
        file.parent.mkdir(parents=True)
        file.write_text("a line like others\n" * 20 + f"ask u{number + 1}@example.com\n" * (number == 118))
    stores = (
        StoreSettings("shop", f"sqlite:///{tmp_path}/shop.db"),
        StoreSettings("files", f"file://{tmp_path}/files"),
    )
    estate = Estate(stores, Hasher(b"k" * 32), ("US",))
    scan(estate, tmp_path / "catalog.duckdb", workers=1)
    monkeypatch.setattr(objects, "PART", 40)
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        found = {
            number: [r.locator for r in _attributed(estate, catalog, number) if r.store == "files"]
            for number in (117, 118)
        }
    assert found[117] == [{"object": "users/117/notes.txt"}]
    assert {"object": "users/118/notes.txt"} not in found[118]


def _attributed(estate: Estate, catalog: Catalog, number: int) -> list[Touched]:
    resolved = resolve(estate, catalog, f"u{number}@example.com")
    return attribute(estate, catalog, resolved, Policy()).records
