"""Orphans are counted over all kinds of relations, and compared with what was broken before."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from tests.planning.shop import RELATIONS, build
from vestige.catalog.estate import Estate
from vestige.catalog.model import Place, Relation
from vestige.connectors.protocol import StoreSettings
from vestige.reports.integrity import broken, orphans, relation_id


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    estate, catalog = build(tmp_path)
    catalog.close()
    return estate


def execute(estate: Estate, script: str) -> None:
    with sqlite3.connect(estate.stores[0].url.removeprefix("sqlite:///")) as connection:
        connection.executescript(script)
    connection.close()


def counts(estate: Estate, *relations: Relation) -> list[int | None]:
    return list(orphans(estate, relations or RELATIONS).values())


def relation(child: str, parent: str, **more: object) -> Relation:
    ends = [Place(*end.split("/")) for end in (child, parent)]
    return Relation(*ends, "owner", "inferred", "active", **more)  # type: ignore[arg-type]


def test_a_sound_estate_has_no_orphans(estate: Estate) -> None:
    assert set(counts(estate)) == {0}


def test_each_record_that_leads_nowhere_counts(estate: Estate) -> None:
    before = orphans(estate, RELATIONS)
    execute(estate, "DELETE FROM users WHERE id IN (0, 17)")
    after = orphans(estate, RELATIONS)
    assert broken(before, after) == {
        "shop.orders.user_id → shop.users.id": 2,
        "shop.messages.sender_id → shop.users.id": 2,
        "shop.messages.recipient_id → shop.users.id": 1,
        "shop.tickets.user_id → shop.users.id": 2,
        "shop.users.referred_by → shop.users.id": 1,
    }
    assert broken(after, after) == {}


def test_references_by_text_address_and_type_are_followed(estate: Estate) -> None:
    execute(
        estate,
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, who TEXT, mail TEXT, kind TEXT, what TEXT);"
        "INSERT INTO notes VALUES (1, ' 17 ', 'Zoe@Example.com', 'User', '170'),"
        " (2, '17.0', 'nobody@example.com', 'order', '170'), (3, NULL, NULL, 'user', '999')",
    )
    assert counts(
        estate,
        relation("shop/notes/who", "shop/users/id"),
        relation("shop/notes/mail", "shop/users/email"),
        relation("shop/notes/what", "shop/users/id", when=("kind", "user")),
    ) == [0, 1, 1]


def test_a_composite_key_counts_as_a_whole(estate: Estate) -> None:
    execute(
        estate,
        "CREATE TABLE seats (row INTEGER, seat INTEGER, PRIMARY KEY (row, seat));"
        "CREATE TABLE bookings (id INTEGER PRIMARY KEY, row INTEGER, seat INTEGER);"
        "INSERT INTO seats VALUES (1, 2), (2, 1);"
        "INSERT INTO bookings VALUES (1, 1, 2), (2, 1, 1), (3, 1, NULL), (4, 2, 1)",
    )
    pair = relation("shop/bookings/row", "shop/seats/row", composite=(("seat", "seat"),))
    assert counts(estate, pair) == [1]


def test_files_refer_to_tables(estate: Estate, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "events.jsonl").write_text('{"by": {"id": 17}}\n{"by": {"id": "171"}}\n{"by": null}\n')
    estate = replace(estate, stores=(*estate.stores, StoreSettings("files", f"file://{folder}")))
    assert counts(estate, relation("files/events.jsonl/by.id", "shop/users/id")) == [1]


def test_what_could_not_be_read_is_not_counted(estate: Estate) -> None:
    missing = relation("shop/nowhere/user_id", "shop/users/id")
    assert orphans(estate, [missing]) == {relation_id(missing): None}


def test_markers_and_relations_that_nobody_trusts_are_left_out(estate: Estate) -> None:
    marker = relation("shop/orders/note~user_id", "shop/users/id")
    assert counts(estate, marker, replace(RELATIONS[0], status="review")) == []
