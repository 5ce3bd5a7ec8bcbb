"""Phone numbers: by name and shape; without a name only where the form is unmistakable."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView, share

ENTITY = "PHONE_NUMBER"


def judge(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    whole, dialled = profile.whole(ENTITY), profile.share("dialled")
    if field.named("phone") and not field.named("hash", "device", "email"):
        yield from _named(field, whole, dialled)
    elif whole >= 0.5:
        yield _unnamed(field, whole)
    elif profile.rows(ENTITY):
        yield from _mentioned(field)


def _named(field: FieldView, whole: float, dialled: float) -> Iterator[Candidate]:
    profile = field.profile
    if not profile.filled:
        if not field.named("meta", "time"):
            yield Candidate(ENTITY, 0.65, ("its name says phone; it is empty",))
    elif whole >= 0.3 or (dialled >= 0.6 and profile.share("date") < 0.2 and not profile.enum):
        evidence = f"its name says phone, {share(max(whole, dialled))} of the values are such numbers"
        yield Candidate(ENTITY, 0.96, (evidence,))
    else:
        yield Candidate(ENTITY, 0.15, ("its name says phone, but its values are no numbers to dial",))


def _unnamed(field: FieldView, whole: float) -> Candidate:
    """Article numbers, epochs and counters are shaped like phones too."""
    profile = field.profile
    if profile.share("plus") >= 0.5 and profile.distinct > 1 and not _only_digits(field):
        return Candidate(ENTITY, 0.9, (f"{share(whole)} are numbers with a country code",))
    if field.named("id", "amount", "time", "thing") or profile.integers or profile.share("date") > 0.1:
        return Candidate(ENTITY, 0.15, ("shaped like phones, but whole numbers or codes of something else",))
    spaced = sum(cells for mask, cells in profile.shapes.items() if any(sign in mask for sign in " ()/.-"))
    if field.of_person >= 0.6 and spaced >= 0.4 * profile.filled:
        return Candidate(ENTITY, 0.7, (f"{share(whole)} are national numbers, in a collection of people",))
    return Candidate(ENTITY, 0.2, ("shaped like phones, without any other sign of one",))


def _only_digits(field: FieldView) -> bool:
    """No sign between them: ``0049…`` may be the number of a parcel."""
    return field.profile.shapes["9"] >= 0.9 * field.profile.filled


def _mentioned(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    rows = profile.rows(ENTITY)
    if not field.in_text:
        told = profile.share("plus") >= 0.2 and not _only_digits(field)
        sure = 0.7 if profile.whole("EMAIL_ADDRESS") >= 0.05 or told else 0.2
        words = f"{share(rows / profile.filled)} are shaped like phones, others stand in the same field"
        yield Candidate(ENTITY, sure, (words,))
    elif profile.entities[ENTITY].distinct.distinct > 1 or profile.filled < 50:
        yield Candidate(ENTITY, 0.75, (f"{rows} texts mention a number",), structured=False)
    else:
        yield Candidate(ENTITY, 0.5, ("one text mentions a number",), structured=False)


EXAMPLES = (
    Example("kunden", "telefon", ("030 23125 001", "030 23125 002", "+49 30 23125 003"), ENTITY),
    Example("t_7", "c9", ("+1 202-555-0101", "+1 202-555-0102", "+1 202-555-0103"), ENTITY),
    Example("products", "sku", ("202-555-0101", "202-555-0102", "202-555-0103"), None),
    Example("events", "created", (1700000000, 1700000100, 1700000200), None, declared="integer"),
    Example("users", "phone_model", ("iPhone 12", "Pixel 7", "Pixel 8"), None),
    Example("users", "phone_verified", (0, 1, 1), None),
    Example("users", "ph_nbr", ("030 23125 001", "030 23125 002"), ENTITY),
    Example("kunden", "Tel. (dienstl.)", ("030 23125 001", "030 23125 002"), ENTITY),
    Example("parcels", "parcel_no", ("004930231250", "004930231251", "004930231252"), None),
    Example("parcels", "parcel_no", ("004930231250", "009999912345", "008888812345"), None),
)
