"""Whose record is it? Each case is a sentence of the design."""

from __future__ import annotations

import pytest

from vestige.planning.ownership import Ref, standing


def ref(field: str, whose: str = "mine", role: str = "owner", **more: object) -> Ref:
    return Ref(field, "USER_ID", whose, role, "", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("refs", "expected"),
    [
        pytest.param([ref("user_id")], "owner", id="the only reference owns"),
        pytest.param([ref("user_id"), ref("email")], "owner", id="two references to one person own"),
        pytest.param([ref("user_id"), ref("staff_id", "other", "actor")], "owner", id="actors do not share"),
        pytest.param([ref("staff_id", role="actor")], "actor", id="an actor's record stays"),
        pytest.param(
            [ref("user_id", "other"), ref("created_by", role="actor")], "actor", id="another's record, my act"
        ),
        pytest.param(
            [ref("sender_id", role="participant"), ref("recipient_id", "other", "participant")],
            "shared",
            id="a message between two is shared",
        ),
        pytest.param([ref("sender_id", role="participant")], "owner", id="the last participant owns"),
        pytest.param(
            [ref("from_email", role="participant"), ref("to_email", "unknown", "participant")],
            "shared",
            id="an unknown recipient is a person too",
        ),
        pytest.param(
            [ref("user_id"), ref("second_email", "unknown")], "owner", id="an unknown address may be mine"
        ),
        pytest.param([ref("order_id", through="erased")], "owner", id="an order line follows its order"),
        pytest.param(
            [ref("order_id", through="erased", dependent=False)],
            "reference",
            id="a loose reference is nulled",
        ),
        pytest.param(
            [ref("user_id", "other"), ref("reply_to", through="erased")],
            "reference",
            id="another's reply to my record loses its reference",
        ),
        pytest.param(
            [ref("message_id", through="shared")], "mention", id="what hangs on a shared record stays"
        ),
        pytest.param([ref("user_id", "other")], None, id="another's record is none of mine"),
        pytest.param([], None, id="no reference, no standing"),
    ],
)
def test_standing(refs: list[Ref], expected: str | None) -> None:
    assert standing(refs, own_account=False, others_account=False) == expected


def test_an_account_belongs_to_its_person_whatever_it_refers_to() -> None:
    refs = [ref("referred_by", "other", "participant")]
    assert standing(refs, own_account=True, others_account=False) == "owner"


def test_another_account_is_never_taken_but_loses_its_reference() -> None:
    assert standing([ref("referred_by")], own_account=False, others_account=True) == "reference"
