"""What a user's own recognisers found: they know their numbers, so a field that holds them is personal."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.custom import PREFIX
from vestige.scanners.evidence import Candidate, Example, FieldView, share


def judge(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    for name in profile.entities:
        if not name.startswith(PREFIX):
            continue
        entity, whole, rows = name.removeprefix(PREFIX), profile.whole(name), profile.rows(name)
        if whole >= 0.5:
            yield Candidate(entity, 0.9, (f"{share(whole)} of the values match a recogniser of yours",))
        else:
            yield Candidate(
                entity, 0.75, (f"a recogniser of yours matches in {rows} values",), structured=False
            )


_STAFF = ("STAFF_NUMBER", r"\bNX-\d{5}\b")
EXAMPLES = (
    Example("badges", "code", ("NX-10007", "NX-10014", "NX-10021"), "STAFF_NUMBER", own=_STAFF),
    Example("badges", "remark", ("returned by NX-10007", "lost", "lost again"), "STAFF_NUMBER", own=_STAFF),
    Example("badges", "colour", ("NX-100", "blue", "NX-1000070"), None, own=_STAFF),
)
