"""Numbers that a state or an insurer gave a person, under the name that Presidio has for them, if any."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import Candidate, Example, FieldView, share
from vestige.scanners.lexicon import tokens

ENTITY = "NATIONAL_ID"
_NAMED = {
    "ssn": "US_SSN", "nino": "UK_NINO", "nhs": "UK_NHS", "dni": "ES_NIF", "nif": "ES_NIF", "nie": "ES_NIE",
    "pesel": "PL_PESEL", "hetu": "FI_PERSONAL_IDENTITY_CODE", "fiscale": "IT_FISCAL_CODE",
    "passaporto": "IT_PASSPORT", "aadhaar": "IN_AADHAAR",
}  # fmt: skip


def judge(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    if not field.named("national") or field.named("meta", "time", "hash") or field.in_text:
        return
    entity = next((_NAMED[word] for word in tokens(field.leaf) if word in _NAMED), ENTITY)
    digits = sum(cells for mask, cells in profile.shapes.items() if "9" in mask)
    if not profile.filled:
        yield Candidate(entity, 0.62, ("its name is that of a national number; it is empty",))
    elif digits < 0.6 * profile.filled or profile.enum:
        yield Candidate(entity, 0.2, ("its name is that of a national number, its values are not",))
    elif field.collection.thing or field.of_person < 0.3:
        yield Candidate(entity, 0.4, ("its name is that of a national number; of a person or a company?",))
    else:
        yield Candidate(
            entity, 0.92, (f"a national number of a person, {share(digits / profile.filled)} with digits",)
        )


EXAMPLES = (
    Example("empleados", "dni", ("12345678Z", "87654321X", "11223344B"), "ES_NIF"),
    Example("pracownicy", "pesel", ("44051401359", "02070803628", "90090515836"), "PL_PESEL"),
    Example("users", "passport_no", ("C01X00T47", "C01X00T48"), ENTITY),
    Example("companies", "tax_id", ("12-3456789", "98-7654321"), None),
)
