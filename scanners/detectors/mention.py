"""People and places that a text mentions: by the recogniser and by greetings, corroborated."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView

ENOUGH = 2


def judge(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    if not field.in_text or field.named("url", "hash", "id"):
        return
    greeted = profile.classes["greeting"]
    named = profile.classes["full_name"]
    people = profile.entities.get("PERSON")
    distinct = people.distinct.distinct if people else 0
    if greeted + named >= ENOUGH or distinct >= ENOUGH and greeted + named:
        words = f"{greeted} texts greet somebody, {named} hold a full name, {distinct} names recognised"
        yield Candidate("PERSON", 0.8, (words,), structured=False)
    elif greeted + named or distinct >= ENOUGH:
        words = f"names of people in a few texts ({greeted + named} greetings and full names)"
        score = 0.62 if distinct >= 2 * ENOUGH or greeted + named else 0.5
        yield Candidate("PERSON", score, (words,), structured=False)


EXAMPLES = (
    Example(
        "tickets",
        "body",
        (
            "Dear Anna, the parcel has not come yet, what now?",
            "Hello Luis Ortega, your order was sent today.",
            "Please call Marie Dubois about the broken lamp.",
        ),
        "PERSON",
    ),
    Example(
        "products",
        "description",
        (
            "A solid oak table for six people, oiled by hand.",
            "This lamp lights up any room, in three colours.",
        ),
        None,
    ),
)
