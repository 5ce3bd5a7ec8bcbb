"""Names of people in columns: by the field's name, the collection's own kind, and the look of the values."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import (
    Candidate,
    Example,
    FieldView,
    is_given,
    looks_like_people,
    may_be_families,
    share,
)

ENTITY = "PERSON"
_SOMETHING_ELSE = ("id", "hash", "email", "phone", "meta", "time", "amount", "url")
_NOT_NAMES = ("id", "hash", "email", "phone", "meta", "time", "amount", "url", "thing", "status", "username")


def judge(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    if profile.kinds["text"] == 0 and profile.filled or profile.whole("EMAIL_ADDRESS") > 0.3:
        return
    if field.named("given", "family", "fullname"):
        yield _by_name(field)
    elif field.in_text or field.heads("prose") and not field.named("person"):
        return
    elif field.named("name"):
        yield from _bare_name(field)
    elif field.done_by or field.named("person") and not field.named(*_SOMETHING_ELSE):
        yield from _role(field)
    elif not field.named(*_NOT_NAMES):
        yield from _by_look(field)


def _by_name(field: FieldView) -> Candidate:
    profile = field.profile
    looks = profile.share("named")
    if not profile.filled:
        return Candidate(ENTITY, 0.65, ("its name is that of a part of a name; it is empty",))
    if looks >= 0.4 and not field.heads("meta") and not field.heads("id"):
        return Candidate(ENTITY, 0.96, (f"its name is that of a name, {share(looks)} look like one",))
    if profile.share("given") >= 0.3:
        return Candidate(
            ENTITY, 0.9, (f"its name is that of a name, {share(profile.share('given'))} hold one",)
        )
    other = profile.share("integer") + profile.share("code") + profile.share("date")
    score = 0.3 if other > 0.5 or field.in_text or profile.share("label") > 0.5 else 0.62
    return Candidate(ENTITY, score, (f"its name is that of a name, only {share(looks)} look like one",))


def _bare_name(field: FieldView) -> Iterator[Candidate]:
    """``name``: of a person or of a thing, by what stands around it."""
    profile = field.profile
    looks, given = profile.share("named"), profile.share("given")
    if field.named("thing", "city", "street", "region") and not field.named("person"):
        yield Candidate(ENTITY, 0.1, ("the name of a thing or a place",))
    elif profile.share("company") >= 0.3 or (profile.enum and given < 0.5 and field.of_person < 0.6):
        yield Candidate(ENTITY, 0.2, ("names of companies, or few that recur",))
    elif field.of_person >= 0.6 and looks >= 0.4 and (given >= 0.1 or not _lends(field)):
        yield Candidate(ENTITY, 0.93, (f"the name of a record about a person, {share(looks)} look like one",))
    elif looks_like_people(profile) and not field.collection.thing:
        yield Candidate(ENTITY, 0.8, (f"{share(given)} hold a known given name",))
    else:
        yield Candidate(ENTITY, 0.2, ("a name, but no sign that it is a person's",))


def _lends(field: FieldView) -> bool:
    """Whether its records merely refer to people: the name is that of the thing."""
    home = field.collection
    return home.owned and not field.in_source and not home.about("person") and not field.named("person")


def _role(field: FieldView) -> Iterator[Candidate]:
    """``driver``, ``signed by``: a person, if the values are names and not keys or kinds."""
    profile = field.profile
    looks, given = profile.share("named"), profile.share("given")
    if field.named("thing", "status") and not field.heads("person"):
        return
    if looks >= 0.7 and (given >= 0.25 or profile.words >= 1.7 * profile.filled) and not _labels(field):
        yield Candidate(ENTITY, 0.88, (f"its name is a role of people, {share(looks)} look like names",))


def _by_look(field: FieldView) -> Iterator[Candidate]:
    """Under a heading that says nothing: full names; given names alone; family names beside these."""
    profile = field.profile
    given, silent = profile.share("given"), not field.means
    if field.collection.thing or profile.share("named") < 0.8 or profile.distinct < 5:
        return
    if looks_like_people(profile):
        yield Candidate(ENTITY, 0.72, (f"several words each, {share(given)} hold a known given name",))
    elif silent and is_given(profile, few=field.of_person >= 0.6) and profile.share("place") < 0.2:
        sure = 0.72 if given >= 0.65 or field.of_person >= 0.6 else 0.5
        yield Candidate(ENTITY, sure, (f"{share(given)} hold a known given name",))
    elif silent and field.of_person >= 0.6 and _beside_given(field):
        yield Candidate(ENTITY, 0.65, ("single words, few of which recur, beside given names",))


def _beside_given(field: FieldView) -> bool:
    """Whether it could hold the family names to another field's given names."""
    given = any(one is not field.profile and is_given(one, few=True) for one in field.collection.profiles)
    return given and may_be_families(field.profile)


def _labels(field: FieldView) -> bool:
    profile = field.profile
    return profile.share("label") > 0.3 or profile.share("company") > 0.3


_PEOPLE = ("Anna Berg", "Luis Ortega", "Marie Dubois", "Jan Novak", "Olga Sokolova", "Peter Olsen")

EXAMPLES = (
    Example("members", "last_name", ("Berg", "Ortega", "Dubois", "O'Neil"), ENTITY),
    Example("kunden", "vorname", ("Anna", "Luis", "Marie"), ENTITY),
    Example("clients", "nom", ("Berg", "Ortega", "Dubois"), ENTITY, beside=("prenom", "courriel")),
    Example("orders", "customer_name", _PEOPLE, ENTITY),
    Example("trips", "driver", _PEOPLE, ENTITY),
    Example("products", "name", ("Oak Table", "Lamp", "Desk Chair", "Anna Sofa"), None),
    Example("categories", "name", ("Garden", "Kitchen", "Office"), None),
    Example("files", "file_name", ("report.pdf", "scan.png", "a.txt"), None),
    Example("artists", "name", ("Iron Lake", "The Anna Band", "Marie Dubois", "Blue Sky"), None),
    Example("users", "role", ("admin", "member", "admin"), None),
    Example("t_17", "Unnamed: 3", (*_PEOPLE, "Elena Costa", "Paul Meyer", "Sara Lind"), ENTITY),
    Example("complaints", "entered_by", _PEOPLE, ENTITY),
    Example("posts", "comment_author", _PEOPLE, ENTITY),
    Example("results", "Last *", ("Berg", "Ortega", "Dubois"), ENTITY, beside=("First *",)),
    Example(
        "CUSTMAST", "CUSLNM", ("Berg", "Ortega", "Dubois"), ENTITY, beside=("CUSNUM", "CUSFNM", "CUSZIP")
    ),
    Example("species", "family", ("Rosaceae", "Fagaceae", "Salicaceae"), None),
    Example("plans", "str_bezeichnung", ("Grundpaket", "Nachttarif", "Winteraktion"), None),
    Example("fleet", "vessel", ("Queen Anne", "Nordic Star", "Peter Pan") * 4, None),
)
