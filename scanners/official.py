"""Numbers that a state gave a person, told by the checksums and forms of Presidio's recognisers.

A checksum of one digit passes one number in ten by chance: only how many of a field's values pass says
anything, so a few of them are enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from heapq import nsmallest
from typing import TYPE_CHECKING

import pyarrow as pa

from vestige.scanners.profile import FieldProfile

if TYPE_CHECKING:
    from vestige.matching.columnar.engine import Engine

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


class Some:
    """A few values of a field, those with the smallest hashes."""

    def __init__(self) -> None:
        self._kept: dict[int, str] = {}

    def add(self, hashed: int, text: str) -> None:
        self._kept[hashed] = text
        if len(self._kept) >= 2 * SAMPLE:
            self._kept = {one: self._kept[one] for one in nsmallest(SAMPLE, self._kept)}

    @property
    def texts(self) -> list[str]:
        return [self._kept[one] for one in nsmallest(SAMPLE, self._kept)]


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
    from vestige.matching.columnar.block import of_column

    block = of_column(pa.array([text.strip() for text in texts], pa.string()))
    if block is None:
        return Counter()
    found = _engine().findings(block).to_pylist()
    whole = {
        (one["row"], one["entity"])
        for one in found
        if one["score"] >= SURE and one["start"] == 0 and one["end"] == len(block.value(one["row"]))
    }
    return Counter(entity for _, entity in whole)


@cache
def _engine() -> Engine:
    """One a process: Presidio takes seconds to load."""
    from vestige.matching.columnar.engine import Engine
    from vestige.matching.columnar.registry import predefined

    return Engine(predefined(ENTITIES))
