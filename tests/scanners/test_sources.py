"""Whose rows are people: proposed by evidence, and not where a table merely mentions them."""

from __future__ import annotations

from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest

from tests.scanners.people import COLUMNS, STAFF, USERS, numbers, people
from tests.scanners.stores import Tables, files, scanned, sqlite

PEOPLE: Tables = {"users": (COLUMNS, USERS), "staff": (COLUMNS, STAFF)}


def found(tmp_path: Path, tables: Tables) -> dict[str, str]:
    """Collection → key of the sources that are proposed."""
    result = scanned(tmp_path, [sqlite(tmp_path / "shop.db", tables)])
    return {each.collection: each.key for each in result.sources}


def test_customers_and_staff_are_sources_with_their_identifiers(tmp_path: Path) -> None:
    result = scanned(tmp_path, [sqlite(tmp_path / "shop.db", PEOPLE)])
    assert {each.name for each in result.sources} == {"shop.users", "shop.staff"}
    assert set(result.sources[0].identifiers) == {
        ("id", "USER_ID"),
        ("first_name", "PERSON"),
        ("last_name", "PERSON"),
        ("email", "EMAIL_ADDRESS"),
    }


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("Mitglieder", "MitgliedNr INTEGER PRIMARY KEY, Vorname TEXT, Nachname TEXT, Mailadresse TEXT"),
        ("t_clientes", "codigo INTEGER PRIMARY KEY, nombre TEXT, apellido TEXT, correo TEXT"),
        ("utilisateurs", "id INTEGER PRIMARY KEY, prenom TEXT, nom TEXT, courriel TEXT"),
        ("PATIENT", "PAT_ID INTEGER PRIMARY KEY, FNAME TEXT, LNAME TEXT, EMAIL_ADDR TEXT"),
        ("pelanggan", "id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT"),
    ],
)
def test_people_in_many_languages(tmp_path: Path, table: str, columns: str) -> None:
    assert found(tmp_path, {table: (columns, USERS)}) == {table: columns.split()[0]}


def test_a_person_registered_twice_in_capitals_leaves_the_table_a_source(tmp_path: Path) -> None:
    twice = [(201 + i, first, last, email.upper()) for i, (_, first, last, email) in enumerate(USERS[:6])]
    assert found(tmp_path, {"users": (COLUMNS, [*USERS, *twice])}) == {"users": "id"}


def test_a_table_keyed_by_email_is_a_source(tmp_path: Path) -> None:
    readers = [
        (email, f"{first} {last}", "2024-01-01") for _, first, last, email in people(120, "example.net")
    ]
    tables = {"subscribers": ("email TEXT PRIMARY KEY, full_name TEXT, since TEXT", readers)}
    assert found(tmp_path, tables) == {"subscribers": "email"}


def test_orders_tickets_logs_and_copies_are_none(tmp_path: Path) -> None:
    count = 300
    mails = [USERS[one - 1][3] for one in numbers(count, 200)]
    once = [(i, mail, f"{first} {last}", 9.5) for i, first, last, mail in USERS]
    tables: Tables = {
        **PEOPLE,
        "orders": ("id INTEGER PRIMARY KEY, email TEXT, name TEXT, total REAL", once),
        "tickets": ("id INTEGER PRIMARY KEY, email TEXT", list(enumerate(mails, 1))),
        "users_history": (COLUMNS, USERS),
        "users_old": (COLUMNS, USERS[:150]),
        "newsletter": ("email TEXT PRIMARY KEY, opted_in INTEGER", [(u[3], 1) for u in USERS[:90]]),
    }
    assert found(tmp_path, tables) == {"users": "id", "staff": "id"}


def test_an_export_of_the_customers_is_no_second_source(tmp_path: Path) -> None:
    rows = "".join(f"{i};{first} {last};{mail}\n" for i, first, last, mail in USERS[:150])
    stores = [
        sqlite(tmp_path / "shop.db", PEOPLE),
        files(tmp_path / "bucket", {"exports/users.csv": f"id;name;email\n{rows}"}),
    ]
    assert {each.name for each in scanned(tmp_path, stores).sources} == {"shop.users", "shop.staff"}


def test_a_uuid_beside_the_key_identifies_too(tmp_path: Path) -> None:
    users = [(*user, str(uuid5(NAMESPACE_URL, user[3]))) for user in USERS]
    result = scanned(
        tmp_path, [sqlite(tmp_path / "shop.db", {"users": (f"{COLUMNS}, public_id TEXT", users)})]
    )
    assert {("id", "USER_ID"), ("public_id", "USER_ID")} <= set(result.sources[0].identifiers)


def test_what_is_configured_wins(tmp_path: Path) -> None:
    result = scanned(tmp_path, [sqlite(tmp_path / "shop.db", PEOPLE)], (("shop.staff", "id"),))
    assert [(each.name, each.key, each.origin) for each in result.sources] == [
        ("shop.staff", "id", "configured")
    ]
    assert ("email", "EMAIL_ADDRESS") in result.sources[0].identifiers


def test_a_register_of_another_store_with_numbers_of_its_own_is_one_in_any_language(tmp_path: Path) -> None:
    known = sqlite(tmp_path / "shop.db", PEOPLE)
    some = [(n, first, last, email) for n, (_, first, last, email) in enumerate(USERS[20:90], 1)]
    bare = [(email, "2026-01-01") for *_, email in USERS[20:90]]
    other = sqlite(
        tmp_path / "news.db",
        {"mfuko": (COLUMNS, some), "orodha": ("email TEXT PRIMARY KEY, since TEXT", bare)},
    )
    assert {each.name for each in scanned(tmp_path, [known, other]).sources} == {
        "shop.users", "shop.staff", "news.mfuko"
    }  # fmt: skip
