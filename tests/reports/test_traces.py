"""A stub's own key may stay where it is, as a number or a UUID; nothing else of the person may."""

from __future__ import annotations

import pytest

from vestige.connectors.protocol import SetField
from vestige.planning.model import Case, Subject, Touched
from vestige.reports.traces import Judge, Records, Trace, place

WHERE = {"id": "95a0d71c-ccd0-404c-9662-4da17424993c"}


@pytest.mark.parametrize(
    ("field", "entity", "form", "meaning"),
    [
        ("id", "USER_ID", "clear", "expected"),
        ("id", "USER_ID", "key", "expected"),
        ("ref", "USER_ID", "clear", "survivor"),
        ("id", "EMAIL_ADDRESS", "clear", "survivor"),
    ],
)
def test_what_a_stub_may_keep(field: str, entity: str, form: str, meaning: str) -> None:
    edits = (SetField("users", WHERE, "ref", None),)
    stub = Touched("shop", "users", WHERE, "d", "owner", (), "own account", "redact", edits)
    judge = Judge(Records([Case(Subject("s", (), ()), (stub,))]), [("shop", "users")])
    trace = Trace(0, "shop", "users", field, entity, form, True, place(WHERE), "other")
    assert [m for _, m in judge.meanings([trace])] == [meaning]
