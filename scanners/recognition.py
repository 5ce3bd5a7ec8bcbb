"""People and places in a field's prose: on a bounded sample, in whatever language it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from vestige.matching.presidio import Presidio
from vestige.matching.prose import Found, Prose

SAMPLE, MAX_TEXT = 24, 2_000
"""Texts of a field that are read, and their first characters that are."""
SURE, LIKELY = 0.7, 0.5
"""Scores from which a single name counts, and what has the form of a full one."""
_FULL_NAME = re.compile(r"[^\W\d_a-z][\w'’.-]*(?:\s+[\w'’.-]+){0,2}\s+[^\W\d_a-z][\w'’.-]+")


def recognised(texts: list[str], model: str = "") -> Iterator[tuple[int, str, str]]:
    """(number of the text; PERSON, LOCATION or ADDRESS; what it says). ``model``: as Presidio takes it."""
    for number, found in enumerate(_prose(model).find(texts) if texts else []):
        for one in found:
            said = texts[number][one.start : one.end]
            entity = _entity(one, said)
            if entity:
                yield number, entity, said


def _entity(found: Found, said: str) -> str | None:
    if found.entity in ("ADDRESS", "LOCATION"):
        return found.entity
    likely = found.score >= SURE or (found.score >= LIKELY and _FULL_NAME.fullmatch(said))
    return "PERSON" if found.entity == "PERSON" and likely else None


@cache
def _prose(model: str) -> Prose:
    """One a process and model: it takes seconds to load."""
    return Prose(model=Presidio(model))
