"""In doubt a record is shared, never owned; and what waits for review is never acted upon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.planning.shop import by_key, catalogued, relation
from vestige.catalog.model import Relation
from vestige.planning.attribution import attribute
from vestige.planning.identity import resolve
from vestige.planning.model import Touched
from vestige.planning.policy import Policy

NAMES = ("Ada Berg", "Bo Clarke", "Cyd Dahl", "Dov Eden", "Eva Falk")
KEY, OTHER = "letters.sender", "letters.recipient"


def script(keys: Sequence[object], second: Sequence[object], kind: str = "INTEGER") -> str:
    """Five people and five letters, from each of them to whom ``second`` says; letter 0 is Ada's."""
    users = ", ".join(
        f"({key!r}, '{n.split()[0].lower()}@example.com', '{n}')" for key, n in zip(keys, NAMES, strict=True)
    )
    rows = ", ".join(
        f"({n}, {a!r}, {'NULL' if b is None else repr(b)})"
        for n, (a, b) in enumerate(zip(keys, second, strict=True))
    )
    return f"""
    CREATE TABLE users (id {kind} PRIMARY KEY, email TEXT, name TEXT);
    CREATE TABLE letters (id INTEGER PRIMARY KEY, sender {kind}, recipient {kind});
    INSERT INTO users VALUES {users}; INSERT INTO letters VALUES {rows};
    """  # noqa: S608


PERSONAL = [
    ("users", "id", "USER_ID"),
    ("users", "email", "EMAIL_ADDRESS"),
    ("users", "name", "PERSON"),
    ("letters", "sender", "USER_ID"),
    ("letters", "recipient", "USER_ID"),
]
SENDER = relation(KEY, "users.id", "participant")
READERS = """
    CREATE TABLE readers (id INTEGER PRIMARY KEY, email TEXT);
    INSERT INTO readers VALUES (7, 'Ada+News@example.com'), (8, 'bo@example.com');
"""
TAGGED = "UPDATE users SET email = 'ada+x@example.com' WHERE id = 1;"
NUMBERS, TELLING = (0, 1, 2, 3, 4), ("K-1000", "K-1001", "K-1002", "K-1003", "K-1004")


def found(
    folder: Path, made: str, relations: Sequence[Relation], identifier: str = "ada@example.com"
) -> dict[tuple[str, object], Touched]:
    estate, catalog = catalogued(folder, made, PERSONAL, relations, {"users": "id"})
    with catalog:
        resolved = resolve(estate, catalog, identifier)
        return by_key(attribute(estate, catalog, resolved, Policy()).records)  # type: ignore[return-value]


def doubtful(**more: object) -> Relation:
    return replace(relation(OTHER, "users.id", "participant"), origin="inferred", status="review", **more)  # type: ignore[arg-type]


def test_a_relation_under_review_that_leads_to_somebody_else(tmp_path: Path) -> None:
    records = found(tmp_path, script(NUMBERS, (1, 2, 3, 4, 0)), [SENDER, doubtful()])
    assert (records["letters", 0].standing, records["letters", 0].action) == ("shared", "redact")
    assert [edit.field for edit in records["letters", 0].edits] == ["sender"]  # type: ignore[union-attr]


def test_a_relation_under_review_that_leads_to_the_subject_alone(tmp_path: Path) -> None:
    records = found(tmp_path, script(NUMBERS, (1, 2, 3, 4, 0)), [SENDER, doubtful()])
    assert (records["letters", 4].action, records["letters", 4].edits) == ("review", ())


def test_a_relation_under_review_that_leads_to_nobody(tmp_path: Path) -> None:
    records = found(tmp_path, script(NUMBERS, (99, 98, 3, 4, 0)), [SENDER, doubtful()])
    assert records["letters", 0].action == "erase"


def test_actors_share_nothing_even_in_doubt(tmp_path: Path) -> None:
    records = found(tmp_path, script(NUMBERS, (1, 2, 3, 4, 0)), [SENDER, replace(doubtful(), role="actor")])
    assert records["letters", 0].action == "erase"


def test_a_twin_of_the_field_that_holds_the_subject(tmp_path: Path) -> None:
    records = found(tmp_path, script(NUMBERS, (1, 2, 3, 4, 0)), [SENDER])
    assert records["letters", 0].standing == "shared"


@pytest.mark.parametrize(
    "second", [(1, 1, 1, 1, 1), (1, 20, 30, 40, 50)], ids=["too narrow", "mostly not of people"]
)
def test_no_twin(tmp_path: Path, second: Sequence[object]) -> None:
    records = found(tmp_path, script(NUMBERS, second), [SENDER])
    assert records["letters", 0].action == "erase"


def test_a_twin_that_a_person_rejected(tmp_path: Path) -> None:
    records = found(
        tmp_path, script(NUMBERS, (1, 2, 3, 4, 0)), [SENDER, replace(doubtful(), status="rejected")]
    )
    assert records["letters", 0].action == "erase"


def test_a_telling_key_of_somebody_else(tmp_path: Path) -> None:
    second = ("K-1001", None, None, None, None)
    records = found(tmp_path, script(TELLING, second, "TEXT"), [SENDER])
    assert records["letters", 0].standing == "shared"


@pytest.mark.parametrize("identifier", ["ada@example.com", "ada+news@example.com"])
def test_an_address_with_a_tag_in_another_source(tmp_path: Path, identifier: str) -> None:
    made = script(NUMBERS, NUMBERS) + READERS
    personal = [*PERSONAL, ("readers", "id", "USER_ID"), ("readers", "email", "EMAIL_ADDRESS")]
    estate, catalog = catalogued(tmp_path, made, personal, [SENDER], {"users": "id", "readers": "id"})
    with catalog:
        assert resolve(estate, catalog, identifier).subject.accounts == (
            ("shop.readers", "7"),
            ("shop.users", "0"),
        )


def test_an_address_with_a_tag_in_the_same_source_is_somebody_elses(tmp_path: Path) -> None:
    made = script(NUMBERS, NUMBERS) + TAGGED
    records = found(tmp_path, made, [SENDER])
    assert ("users", 1) not in records
    assert ("users", 0) in records
