"""Passwords and their hashes: secrets, for a human to decide on; never taken for hashes of e-mails."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView

ENTITY = "PASSWORD"


def judge(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    if field.named("time", "meta", "amount", "status") or profile.declared in (
        "date",
        "timestamp",
        "boolean",
    ):
        return
    if profile.share("crypt") >= 0.5 or (field.named("password") and profile.share("single") >= 0.5):
        yield Candidate(ENTITY, 0.5, ("passwords or their hashes",))


EXAMPLES = (
    Example("users", "pw", ("$2b$12$abcdefghijklmnopqrstuv", "$2b$12$zyxwvutsrqponmlkjihgfe"), None),
    Example("users", "password_changed_at", ("2024-05-01", "2024-06-01"), None),
)
