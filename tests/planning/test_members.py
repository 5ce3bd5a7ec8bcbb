"""Several people in one document: what stands beside one of them goes, what stands beside another stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.planning.shop import SCHEMA, catalogued, relation
from vestige.planning.attribution import attribute
from vestige.planning.identity import resolve
from vestige.planning.policy import Policy

_GROUPS = "CREATE TABLE groups (id INTEGER PRIMARY KEY, about JSON); INSERT INTO groups VALUES (1, '{}');"
_PERSONAL = [
    ("users", "id", "USER_ID"),
    ("users", "email", "EMAIL_ADDRESS"),
    ("users", "name", "PERSON"),
    ("groups", "about.members.user_id", "USER_ID"),
    ("groups", "about.members.user_phone", "PHONE_NUMBER"),
    ("groups", "about.members.seats.user_mail", "EMAIL_ADDRESS"),
]


def member(key: int, **more: Any) -> dict[str, Any]:
    return {"user_id": key, "user_phone": f"555-01{key % 100:02}", **more}


def left(folder: Path, about: object) -> object:
    """The document after Anna, who is user 17, was taken out."""
    relations = [relation("groups.about.members.user_id", "users.id", "participant")]
    script = SCHEMA + _GROUPS.format(json.dumps(about))
    estate, catalog = catalogued(folder, script, _PERSONAL, relations, {"users": "id"})
    with catalog:
        found = attribute(estate, catalog, resolve(estate, catalog, "shop.users:17"), Policy())
    (record,) = (one for one in found.records if one.collection == "groups")
    with estate.open("shop", writable=True) as connector:
        connector.commit(connector.prepare(record.edits))
        (batch,) = connector.find("groups", ["id"], [(1,)])
    return json.loads(batch.column("about")[0].as_py())


GONE = {"user_id": None, "user_phone": None}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_only_the_persons_own_member_goes(tmp_path: Path, place: int) -> None:
    others = [member(170), member(0)]
    members = [*others[:place], member(17), *others[place:]]
    expected = [*others[:place], GONE, *others[place:]]
    assert left(tmp_path, {"title": "choïr", "members": members}) == {"title": "choïr", "members": expected}


def test_what_is_deeper_in_the_member_goes_with_it(tmp_path: Path) -> None:
    seats = [{"user_mail": "first@example.net"}, {"user_mail": "second@example.net"}]
    after = left(tmp_path, {"members": [member(170, seats=seats), member(17, seats=seats)]})
    assert after["members"][0] == member(170, seats=seats)  # type: ignore[index]
