"""User names and handles."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView, share

ENTITY = "USERNAME"
_OTHER = ("meta", "time", "amount", "hash", "email", "password", "ip", "url", "prose")


def judge(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    handles = profile.share("handle")
    if field.named(*_OTHER) or field.in_text or profile.declared in ("date", "timestamp", "boolean"):
        return
    if field.named("username"):
        yield _named(field, handles)
    elif field.only_role and handles >= 0.8 and not _labels(field) and not _keys(field):
        yield Candidate(ENTITY, 0.7, (f"its name is a role of people, {share(handles)} look like handles",))
    elif (field.leaf_is_key or not field.means) and field.of_person >= 0.6 and _are_handles(field):
        yield Candidate(ENTITY, 0.66, (f"{share(handles)} look like handles, each another, beside a person",))


def _named(field: FieldView, handles: float) -> Candidate:
    profile = field.profile
    if not profile.filled:
        return Candidate(ENTITY, 0.65, ("its name says user name; it is empty",))
    if profile.share("integer") > 0.8 or profile.share("date") > 0.3 or _labels(field):
        return Candidate(ENTITY, 0.2, ("its name says user name, its values are numbers, dates or labels",))
    score = 0.93 if handles >= 0.4 else 0.75
    return Candidate(ENTITY, score, (f"its name says user name, {share(handles)} look like one",))


def _are_handles(field: FieldView) -> bool:
    """Small letters, at times with digits or a dot; nearly all different, and no codes."""
    profile = field.profile
    handles = profile.share("handle") >= 0.9 and profile.share("code") + profile.share("digest") < 0.1
    apart = profile.distinct >= max(8, 0.9 * profile.filled) and profile.whole("USER_ID") < 0.2
    return handles and apart and 4 <= profile.length <= 24


def _keys(field: FieldView) -> bool:
    profile = field.profile
    return profile.distinct < 5 or profile.share("integer") >= 0.2 or profile.whole("USER_ID") >= 0.2


def _labels(field: FieldView) -> bool:
    return field.profile.share("label") > 0.5


EXAMPLES = (
    Example("users", "username", ("ana.berg", "bo_22", "cyx"), ENTITY),
    Example("konten", "benutzername", ("ana.berg", "bo_22", "cyx"), ENTITY),
    Example("posts", "author", ("ana.berg", "bo_22", "cyx", "dora9", "eli"), ENTITY),
    Example(
        "clients",
        "identifiant",
        ("ana.berg", "bo_22", "cyxil", "dora9", "eli.b", "femke", "goran", "hana"),
        ENTITY,
        beside=("courriel",),
    ),
    Example("users", "login_count", (4, 5, 6), None),
    Example("users", "last_login", ("2024-05-01 10:02:03", "2024-05-02 11:12:13"), None),
    Example("users", "login", (1, 2, 3), None),
)
