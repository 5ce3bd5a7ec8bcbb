"""The bench of field verdicts counts right, and its estates are what their truth says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

from bench.quality import estates, people, tables
from bench.quality.estates import Column, Table, Truth
from bench.quality.scoring import compare, confusion, judge

WHERE = ("shop", "users")


def _entry(field: str, entity: str, verdict: str = "personal") -> dict[str, str]:
    return {"store": "shop", "collection": "users", "field": field, "entity": entity, "verdict": verdict}


def test_a_score_by_hand() -> None:
    kinds = {
        "mail": "EMAIL_ADDRESS",
        "city": "ADDRESS",
        "tel": "PHONE_NUMBER",
        "size": "",
        "sku": "",
        "job": None,
    }
    truth = Truth({(*WHERE, name): entity for name, entity in kinds.items()}, labels={"shop": "en"})
    said = [
        _entry("mail", "EMAIL_ADDRESS"),
        _entry("city", "PERSON"),
        _entry("tel", "PHONE_NUMBER", "review"),
        _entry("size", "USER_ID"),
        _entry("job", "PERSON"),
    ]
    score = judge(truth, said)["en"]
    assert (score.right, score.missed, score.false, score.typed, score.clean) == (2, 1, 1, 1, 1)
    assert (score.precision, score.recall, score.f1) == (2 / 3, 2 / 3, 2 / 3)
    assert (score.accuracy, score.false_rate) == (1 / 3, 1 / 2)
    assert confusion(truth, said)["ADDRESS", "PERSON"] == 1


def test_pairs_by_hand() -> None:
    found = compare([("a", "b"), ("c", "d")], [("a", "b"), ("e", "f")])
    assert (found.right, found.missed, found.false) == (1, 1, 1)


def test_a_key_is_personal_where_its_table_is() -> None:
    sources = frozenset({"users"})
    users, orders = Table("users", True, []), Table("orders", False, [])
    assert users.entity(Column("id", "id"), sources) == "USER_ID"
    assert orders.entity(Column("id", "id"), sources) == ""
    assert orders.entity(Column("user", "id", "users"), sources) == "USER_ID"
    assert orders.entity(Column("lot", "id", "lots"), sources) == ""


def test_the_estates_have_the_fields_of_their_truth(tmp_path: Path) -> None:
    for number, build in enumerate(estates.relational(seed=3, held=False)):
        folder = tmp_path / str(number)
        folder.mkdir()
        truth = build(folder)
        (database,) = folder.glob("*.db")
        with closing(sqlite3.connect(database)) as connection:
            names = [
                row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            found = {
                (name, row[1]) for name in names for row in connection.execute(f'PRAGMA table_info("{name}")')
            }
        assert found == {where[1:] for where in truth.fields}


def test_open_and_held_out_sheets_share_no_table(tmp_path: Path) -> None:
    found = []
    for held in (False, True):
        folder = tmp_path / str(held)
        folder.mkdir()
        (build,) = tables.web(1, held)
        found.append({collection.partition(".")[0] for _, collection, _ in build(folder).fields})
    assert found[0]
    assert found[1]
    assert not found[0] & found[1]


def test_an_iban_is_valid_and_of_no_bank() -> None:
    for language in ("de", "en", "it", "nl"):
        text = people.iban(Random(1), language)
        assert int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1
        assert "9999" in text or "NONE" in text
