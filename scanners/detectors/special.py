"""Special categories (GDPR article 9) and gender: the name says it, values confirm it, a person is near."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView, share

_CATEGORIES = (
    ("gender", "GENDER"),
    ("ethnicity", "ETHNICITY"),
    ("religion", "RELIGION"),
    ("health", "HEALTH"),
)
_ABOUT_A_LIST = ("id", "meta", "time", "amount")


def judge(field: FieldView) -> Iterator[Candidate]:
    for concept, entity in _CATEGORIES:
        coded = field.profile.share(concept) >= 0.5 and not field.named(*_ABOUT_A_LIST[1:])
        if field.named(concept) and (coded or not field.named(*_ABOUT_A_LIST)):
            yield _named(field, concept, entity)
    yield from _titles(field)


def _named(field: FieldView, concept: str, entity: str) -> Candidate:
    profile = field.profile
    known = profile.share(concept)
    word = entity.lower()
    if field.collection.thing or field.of_person < 0.3 and not field.collection.refers:
        return Candidate(entity, 0.3, (f"its name says {word}, but the record is not about a person",))
    if known < 0.1 and concept not in field.said and field.in_text:
        return Candidate(entity, 0.3, (f"a word cut short that may say {word}, over a text",))
    if profile.share("label") > 0.6 and known < 0.3:
        return Candidate(entity, 0.3, (f"its name says {word}, its values are states",))
    if profile.filled and profile.share("real") > 0.5:
        return Candidate(entity, 0.4, (f"its name says {word}, its values are measures",))
    score = 0.95 if known >= 0.3 else 0.85 if field.heads(concept) else 0.7
    return Candidate(entity, score, (f"its name says {word}, {share(known)} are known words for it",))


def _titles(field: FieldView) -> Iterator[Candidate]:
    """A column of Mr and Mrs under any name, or of m and f beside a person."""
    profile = field.profile
    if field.named("gender") or profile.share("gender") < 0.9 or not 2 <= profile.distinct <= 8:
        return
    if field.of_person >= 0.6 and profile.share("label") < 0.3 and not field.named("size", "amount"):
        yield Candidate("GENDER", 0.65, ("only words for gender, in a record of a person",))


EXAMPLES = (
    Example("users", "gender", ("f", "m", "f", None), "GENDER"),
    Example("kunden", "anrede", ("Herr", "Frau", "Frau"), "GENDER"),
    Example("patients", "diagnosis", ("Asthma", "Migraine", "Asthma"), "HEALTH"),
    Example("mitarbeiter", "konfession", ("ev", "rk", "keine"), "RELIGION"),
    Example("empleados", "etnia", ("latina", "blanca"), "ETHNICITY"),
    Example("contacts", "gndr_cd", ("F", "M", "F"), "GENDER"),
    Example(
        "applications",
        "antec",
        ("The form was sent twice and is complete.", "No reply yet, we asked again on Monday."),
        None,
        beside=("email",),
    ),
    Example("services", "health", ("ok", "failed", "ok"), None),
    Example("products", "gender", ("men", "women", "women"), None),
    Example("countries", "religion", ("catholic", "none", "muslim"), None),
    Example("shirts", "size", ("m", "l", "m"), None),
)
