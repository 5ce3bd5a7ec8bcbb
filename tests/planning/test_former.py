"""What a person was called before: told by the records of changes, searched for, never acted upon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.planning.shop import SCHEMA, by_key, catalogued, relation
from vestige.matching.roles import changed_field
from vestige.planning.attribution import Attribution, attribute
from vestige.planning.identity import resolve
from vestige.planning.model import Case
from vestige.planning.policy import Policy
from vestige.reports.sweep import sweep

HISTORY = """
CREATE TABLE history (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), old_email TEXT,
                      new_email TEXT, from_email TEXT, to_email TEXT);
CREATE TABLE leads (id INTEGER PRIMARY KEY, contact TEXT);
INSERT INTO leads VALUES (1, 'first@example.net'), (2, 'nobody@example.net');
"""
_CHANGE = "INSERT INTO history VALUES {};"
_PERSONAL = [
    ("users", "id", "USER_ID"),
    ("users", "email", "EMAIL_ADDRESS"),
    ("users", "name", "PERSON"),
    ("history", "user_id", "USER_ID"),
    ("history", "old_email", "EMAIL_ADDRESS"),
    ("history", "new_email", "EMAIL_ADDRESS"),
    ("leads", "contact", "EMAIL_ADDRESS"),
]


def walked(
    folder: Path, rows: Sequence[str], *, swept: bool = False
) -> tuple[set[str], Attribution, list[str]]:
    """Anna's former addresses after a walk over history rows, the walk, and what a sweep then says."""
    script = SCHEMA + HISTORY + "".join(_CHANGE.format(row) for row in rows)
    relations = [relation("history.user_id", "users.id")]
    estate, catalog = catalogued(folder, script, _PERSONAL, relations, {"users": "id"})
    with catalog:
        resolved = resolve(estate, catalog, "anna@example.com")
        found = attribute(estate, catalog, resolved, Policy())
        subject = replace(resolved.subject, identifiers=resolved.subject.identifiers + found.former)
        said = sweep(estate, catalog, [Case(subject, tuple(found.records))]).traces if swept else []
    meanings = [meaning for trace, meaning in said if trace.collection == "leads"]
    return {one.normal for one in found.former}, found, meanings


def test_an_address_of_before_is_known(tmp_path: Path) -> None:
    row = "(1, 17, 'First@example.net', 'anna@example.com', NULL, NULL)"
    assert walked(tmp_path, [row])[0] == {"first@example.net"}


def test_several_changes_ago(tmp_path: Path) -> None:
    rows = [
        "(1, 17, 'first@example.net', 'second@example.net', NULL, NULL)",
        "(2, 17, 'second@example.net', 'anna@example.com', NULL, NULL)",
    ]
    assert walked(tmp_path, rows)[0] == {"first@example.net", "second@example.net"}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("(1, 17, 'joanna@example.com', 'anna@example.com', NULL, NULL)", id="another's by now"),
        pytest.param(
            "(1, 170, 'first@example.net', 'joanna@example.com', NULL, NULL)", id="another's change"
        ),
        pytest.param("(1, 17, 'first@example.net', 'else@example.net', NULL, NULL)", id="leads to nobody"),
        pytest.param("(1, 17, NULL, NULL, 'first@example.net', 'anna@example.com')", id="from and to"),
        pytest.param("(1, 17, 'first@example.net', NULL, NULL, NULL)", id="nothing beside it"),
    ],
)
def test_nothing_is_taken_for_a_former_address_that_may_not_be_one(tmp_path: Path, row: str) -> None:
    assert walked(tmp_path, [row])[0] == set()


def test_it_links_no_record_and_the_sweep_names_where_it_stands(tmp_path: Path) -> None:
    row = "(1, 17, 'first@example.net', 'anna@example.com', NULL, NULL)"
    _, found, meanings = walked(tmp_path, [row], swept=True)
    assert not [where for where in by_key(found.records) if where[0] == "leads"]
    assert meanings == ["unknown"]


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("old.email", "email"),
        ("email_before", "email"),
        ("vorherigeMail", "mail"),
        ("neue_mail", "mail"),
        ("email", None),
        ("from_email", None),
    ],
)
def test_fields_that_speak_of_a_change(field: str, what: str | None) -> None:
    assert changed_field(field) == what
