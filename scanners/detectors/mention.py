"""People and places that a text mentions: by the recogniser and by greetings, corroborated."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView

ENOUGH = 2
OFTEN = 0.1


def judge(field: FieldView) -> Iterator[Candidate]:
    if field.in_text and not field.named("url", "hash", "id"):
        yield from _people(field)
        yield from _places(field)


def _people(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    told = profile.classes["greeting"] + profile.classes["full_name"]
    rows, distinct = _recognised(field, "PERSON")
    words = (
        f"{profile.classes['greeting']} texts greet somebody, {profile.classes['full_name']} name somebody",
        f"{rows} of {profile.classes['analysed']} looked at hold what a recogniser takes for a name",
    )
    if told >= ENOUGH or (told and rows):
        yield Candidate("PERSON", 0.8, words, structured=False)
    elif told or (distinct > ENOUGH and rows >= OFTEN * profile.classes["analysed"]):
        sure = 0.5 if field.collection.thing else 0.62
        yield Candidate("PERSON", sure, words, structured=False)
    elif distinct >= ENOUGH:
        yield Candidate("PERSON", 0.4, words, structured=False)


def _places(field: FieldView) -> Iterator[Candidate]:
    """Where somebody is or lives, beside people: addresses surely, other places for a human to decide."""
    rows, distinct = _recognised(field, "LOCATION")
    addresses, streets = _recognised(field, "ADDRESS")
    people = field.profile.classes["full_name"] or field.profile.rows("PERSON")
    if people and streets >= ENOUGH:
        yield Candidate("LOCATION", 0.7, (f"{addresses} texts hold an address",), structured=False)
    elif people and distinct >= ENOUGH or streets >= ENOUGH:
        yield Candidate("LOCATION", 0.45, (f"{rows + addresses} texts mention a place",), structured=False)


def _recognised(field: FieldView, entity: str) -> tuple[int, int]:
    found = field.profile.entities.get(entity)
    return (found.rows, found.distinct.distinct) if found else (0, 0)


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
