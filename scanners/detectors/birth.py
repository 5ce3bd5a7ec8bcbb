"""Dates of birth. A date is not personal by itself: a name, or old dates in a person's record, say so."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView, share

ENTITY = "DATE_OF_BIRTH"


def judge(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    dates = profile.share("date")
    other = field.named("city", "region", "family", "fullname", "address")
    if field.named("birth") and (dates >= 0.9 or not other):
        yield _named(field, dates)
    elif dates >= 0.9 and profile.share("birth") >= 0.85 and profile.share("clock") < 0.1:
        yield from _by_look(field)


def _named(field: FieldView, dates: float) -> Candidate:
    profile = field.profile
    if not profile.filled:
        return Candidate(ENTITY, 0.65, ("its name says birth; it is empty",))
    if dates >= 0.5 or profile.declared in ("date", "timestamp"):
        return Candidate(ENTITY, 0.97, (f"its name says birth, {share(dates)} are dates",))
    if profile.share("integer") >= 0.9 or profile.share("named") < 0.3:
        return Candidate(ENTITY, 0.85, ("its name says birth; years, or another way to write dates",))
    return Candidate(ENTITY, 0.3, ("its name says birth, but its values are words",))


def _by_look(field: FieldView) -> Iterator[Candidate]:
    old = field.profile.share("birth")
    if field.of_person >= 0.6 and field.profile.distinct >= 5 and not field.named("time", "thing", "amount"):
        yield Candidate(ENTITY, 0.62, (f"{share(old)} are dates before 2013, in a record of a person",))


EXAMPLES = (
    Example("patienten", "geb_dat", ("1984-03-02", "1990-11-30", "1955-01-15"), ENTITY),
    Example("users", "dob", ("02/03/1984", "30/11/1990", "15/01/1955"), ENTITY),
    Example("users", "birth_year", (1984, 1990, 1955), ENTITY, declared="integer"),
    Example("t_personal", "datGeburt", ("1984-03-02", "1990-11-30", "1955-01-15"), ENTITY),
    Example("users", "birth_city", ("Madrid", "Sevilla"), "ADDRESS"),
    Example("users", "created_at", ("2004-03-02", "2009-11-30", "2005-01-15"), None),
    Example("books", "published", ("1984-03-02", "1990-11-30", "1955-01-15"), None),
)
