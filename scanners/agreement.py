"""Whether the parent that a child record names is really the one: do their other identifiers agree?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vestige.catalog.model import Place
from vestige.matching import forms, names
from vestige.matching.roles import stem_of
from vestige.scanners import nouns
from vestige.scanners.landscape import Landscape
from vestige.scanners.sampling import ADDRESSES, Record, Sampler, canonical

COMPARABLE = ("EMAIL_ADDRESS", "PHONE_NUMBER", "PERSON", "USERNAME", "USER_ID")
DECISIVE = frozenset({"EMAIL_ADDRESS", "PERSON"})
"""Identifiers whose disagreement speaks against a relation: people have several phones and user names."""
AGREES, DISAGREES, FEWEST, FEWEST_AGAINST = 0.75, 0.2, 3, 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """An identifier (``entity``; ``stem`` tells the sender's from the recipient's) beside a child field: how
    many records could be compared, and the share that agreed."""

    entity: str
    stem: str
    compared: int
    share: float

    @property
    def agrees(self) -> bool:
        return self.compared >= FEWEST and self.share >= AGREES

    @property
    def disagrees(self) -> bool:
        return self.entity in DECISIVE and self.compared >= FEWEST_AGAINST and self.share <= DISAGREES


def compare(land: Landscape, sampler: Sampler, child: Place, parent: Place) -> list[Comparison]:
    """Compare each identifier that a sample of child records has with those of the parents that they name."""
    mine, theirs = _identifiers(land, child), _identifiers(land, parent)
    shared = {entity for entity, _ in mine} & {entity for entity, _ in theirs}
    if not shared:
        return []
    wanted = {
        child.field,
        *(field for (entity, _), fields in mine.items() if entity in shared for field in fields),
    }
    records = [one for one in sampler.records(child.store, child.collection, wanted) if child.field in one]
    keys = {value for record in records for value in record[child.field]}
    parent_fields = {field for (entity, _), fields in theirs.items() if entity in shared for field in fields}
    parents = sampler.lookup(parent, keys, parent_fields)
    pairs = [
        (one, parents[canonical(key)])
        for one in records
        for key in one[child.field][:1]
        if canonical(key) in parents
    ]
    regions = sampler.estate.regions
    return [
        _compare(entity, stem, pairs, (fields, _fields_of(theirs, entity)), regions)
        for (entity, stem), fields in mine.items()
        if entity in shared
    ]


def relevant(child: Place, comparison: Comparison) -> bool:
    """Whether an identifier, by its name, is of whom the child field refers to: ``email`` and ``user_email``
    of ``user_id``, but not ``recipient_email``."""
    stem = stem_of(child.field.rpartition("~")[2])
    if not comparison.stem:
        return not any(map(nouns.is_role, nouns.field_name(child.field).nouns))
    return any(nouns.same(a, b) >= 0.9 for a in stem.split("_") if a for b in comparison.stem.split("_"))


def _identifiers(land: Landscape, place: Place) -> dict[tuple[str, str], list[str]]:
    """(entity, stem) → fields of the record that hold it, the place itself aside."""
    found: dict[tuple[str, str], list[str]] = {}
    for other in land.fields.get((place.store, place.collection), ()):
        if other == place:
            continue
        for entity in COMPARABLE:
            if entity in land.entities.get(other, ()):
                found.setdefault((entity, stem_of(other.field)), []).append(other.field)
    line = land.profiles.get(Place(place.store, place.collection, "line"))
    if line is not None and line.rows("EMAIL_ADDRESS"):
        found[("EMAIL_ADDRESS", "")] = list(ADDRESSES)
    return found


def _fields_of(found: dict[tuple[str, str], list[str]], entity: str) -> list[str]:
    return [field for (one, _), fields in found.items() if one == entity for field in fields]


def _compare(
    entity: str,
    stem: str,
    pairs: Sequence[tuple[Record, Record]],
    fields: tuple[list[str], list[str]],
    regions: Sequence[str],
) -> Comparison:
    compared = agreed = 0
    for child, parent in pairs:
        mine, theirs = (
            _values(entity, record, names_, regions)
            for record, names_ in zip((child, parent), fields, strict=True)
        )
        if mine and theirs:
            compared += 1
            agreed += _agree(entity, mine, theirs)
    return Comparison(entity, stem, compared, agreed / compared if compared else 0.0)


def _values(entity: str, record: Record, fields: Iterable[str], regions: Sequence[str]) -> set[str]:
    texts = [text for name in fields for text in record.get(name, ())]
    if entity == "PERSON":
        return {token for text in texts for token in names.tokens(text)}
    return {forms.normal(entity, text, regions) or text.casefold() for text in texts}


def _agree(entity: str, mine: set[str], theirs: set[str]) -> bool:
    """Names agree when the shorter lies in the longer (a middle name, a first name alone)."""
    if entity == "PERSON":
        return mine <= theirs or (len(theirs) > 1 and theirs <= mine)
    return bool(mine & theirs)
