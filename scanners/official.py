"""Numbers that a state gave a person, told by the checksums and forms of Presidio's recognisers.

A checksum of one digit passes one number in ten by chance: only how many of a field's values pass says
anything, so a few of them are enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from vestige.scanners.profile import FieldProfile

if TYPE_CHECKING:
    from presidio_analyzer import PatternRecognizer

SAMPLE = 64
SURE = 0.5
"""Presidio's score for a form that little else has; a checksum that holds gives 1."""
ENTITIES = frozenset(
    {
        "AU_MEDICARE", "AU_TFN", "CA_SIN", "DE_HEALTH_INSURANCE", "DE_ID_CARD", "DE_PASSPORT",
        "DE_SOCIAL_SECURITY", "DE_TAX_ID", "ES_NIE", "ES_NIF", "FI_PERSONAL_IDENTITY_CODE", "IN_AADHAAR",
        "IN_PAN", "IT_FISCAL_CODE", "KR_FRN", "KR_RRN", "NG_NIN", "PL_PESEL", "SE_PERSONNUMMER",
        "SG_NRIC_FIN", "TH_TNIN", "TR_NATIONAL_ID", "UK_DRIVING_LICENCE", "UK_NHS", "UK_NINO",
        "US_ITIN", "US_SSN",
        "ZA_ID_NUMBER",
    }
)  # fmt: skip
_SHORTEST, _LONGEST = 8, 24
_OTHERWISE = ("EMAIL_ADDRESS", "URL", "IP_ADDRESS", "MAC_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "USER_ID")


def is_worth_a_look(profile: FieldProfile) -> bool:
    """Whether the values could be such numbers: with digits, neither short nor long, nothing else known."""
    with_digits = sum(cells for mask, cells in profile.shapes.items() if "9" in mask)
    return (
        _SHORTEST <= profile.length <= _LONGEST
        and with_digits >= 0.9 * profile.filled
        and not profile.enum
        and profile.words < 1.5 * profile.filled
        and profile.share("date") + profile.share("plus") < 0.5
        and all(profile.whole(entity) < 0.5 for entity in _OTHERWISE)
    )


def passing(texts: Sequence[str]) -> Counter[str]:
    """Entity → how many of these values are such a number as a whole."""
    return Counter(entity for text in texts for entity in _kinds(text.strip()))


def _kinds(text: str) -> set[str]:
    return {
        found.entity_type
        for one in _recognizers()
        for found in one.analyze(text, one.supported_entities)
        if found.score >= SURE and (found.start, found.end) == (0, len(text))
    }


@cache
def _recognizers() -> list[PatternRecognizer]:
    """Made once a process. So few values are judged one by one sooner than patterns could be compiled."""
    from vestige.matching.columnar.registry import predefined

    return predefined(ENTITIES)
