"""Session tokens and device identifiers: long, unlike each other, and named as such."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView

SESSION = "SESSION_TOKEN"
DEVICE = "DEVICE_ID"


def judge(field: FieldView) -> Iterator[Candidate]:
    if field.named("time", "amount", "status", "prose") and not field.named("session", "device"):
        return
    if field.named("device"):
        yield _judged(field, DEVICE, "a device", 6)
    elif field.named("session"):
        yield _judged(field, SESSION, "a session", 10)
    elif _keys_sessions(field) and field.profile.length >= 16 and _random(field):
        yield Candidate(SESSION, 0.8, ("the key of a session, long and random",))


def _judged(field: FieldView, entity: str, what: str, shortest: int) -> Candidate:
    profile = field.profile
    if not profile.filled:
        return Candidate(entity, 0.62, (f"its name is that of {what}; it is empty",))
    if profile.length < shortest or not _random(field) or profile.share("date") > 0.2:
        return Candidate(entity, 0.2, (f"its name is that of {what}, its values are short or ordinary",))
    return Candidate(entity, 0.9, (f"its name is that of {what}, its values are long and random",))


def _random(field: FieldView) -> bool:
    """Single long words of letters and digits, few of which recur."""
    profile = field.profile
    tokens = (
        profile.share("token") + profile.share("digest") + profile.whole("USER_ID") + profile.share("code")
    )
    return max(tokens, profile.share("single")) >= 0.7 and not profile.enum and profile.share("label") < 0.3


def _keys_sessions(field: FieldView) -> bool:
    named = any("session" in part for part in field.collection.meanings)
    return named and field.heads("id") and not field.named("person", "thing")


EXAMPLES = (
    Example(
        "logins",
        "session_id",
        ("d41d8cd98f00b204e9800998ecf8427e", "9e107d9d372bb6826bd81d3542a419d6", "aZ81kdk3jfkd93jd0sk2"),
        SESSION,
    ),
    Example("installs", "device_id", ("A1B2-C3D4-0001", "A1B2-C3D4-0002", "A1B2-C3D4-0003"), DEVICE),
    Example("visits", "session_count", (1, 2, 3), None),
    Example("visits", "device_type", ("mobile", "desktop", "mobile"), None),
)
