"""How right a catalog is: field F1, type accuracy, false fields, by language and by entity."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.quality.estates import Truth
from bench.quality.values import ANY

Where = tuple[str, str, str]


@dataclass
class Score:
    """Counts of fields. ``typed``: personal, found, and its entity is right. ``wrong``: told in words."""

    right: int = 0
    missed: int = 0
    false: int = 0
    typed: int = 0
    clean: int = 0
    wrong: list[str] = field(default_factory=list)

    def __add__(self, other: Score) -> Score:
        return Score(
            self.right + other.right,
            self.missed + other.missed,
            self.false + other.false,
            self.typed + other.typed,
            self.clean + other.clean,
            self.wrong + other.wrong,
        )

    @property
    def f1(self) -> float:
        return _share(2 * self.right, 2 * self.right + self.missed + self.false)

    @property
    def precision(self) -> float:
        return _share(self.right, self.right + self.false)

    @property
    def recall(self) -> float:
        return _share(self.right, self.right + self.missed)

    @property
    def accuracy(self) -> float:
        """Of all fields that are personal, those found with the right entity."""
        return _share(self.typed, self.right + self.missed)

    @property
    def false_rate(self) -> float:
        """Of all fields that are not personal, those that were called so."""
        return _share(self.false, self.false + self.clean)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def said(entries: Iterable[Mapping[str, Any]]) -> dict[Where, set[str]]:
    """By field, the entities that the catalog calls personal. Markers in text are part of their field."""
    found: dict[Where, set[str]] = defaultdict(set)
    for one in entries:
        if one["verdict"] == "personal":
            found[one["store"], one["collection"], one["field"].split("~")[0]].add(one["entity"])
    return found


def judge(truth: Truth, entries: Iterable[Mapping[str, Any]]) -> dict[str, Score]:
    """A score by label of the truth. Fields whose truth is None do not count."""
    named, scores = said(entries), defaultdict[str, Score](Score)
    for where, entity in truth.fields.items():
        if entity is not None:
            label = truth.labels[where[0]]
            scores[label] += _one(where, entity, named.get(where, set()))
    return dict(scores)


def _one(where: Where, entity: str, entities: set[str]) -> Score:
    place, names = ".".join(where), "+".join(sorted(entities))
    if not entity:
        return Score(false=1, wrong=[f"false  {place}: {names}"]) if entities else Score(clean=1)
    if not entities:
        return Score(missed=1, wrong=[f"missed {place}: {entity}"])
    fits = entity in (*entities, ANY) and (entity == ANY or len(entities) == 1)
    return Score(right=1, typed=int(fits), wrong=[] if fits else [f"type   {place}: {entity} said {names}"])


def confusion(truth: Truth, entries: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, str]]:
    """(true entity, said entity) → fields; "-" is not personal."""
    named = said(entries)
    return Counter(
        (entity or "-", one)
        for where, entity in truth.fields.items()
        if entity is not None
        for one in named.get(where) or {"-"}
    )


@dataclass
class Pairs:
    """Precision and recall over a set of things; ``wrong``: told in words."""

    right: int = 0
    missed: int = 0
    false: int = 0
    wrong: list[str] = field(default_factory=list)

    def __add__(self, other: Pairs) -> Pairs:
        sums = self.right + other.right, self.missed + other.missed, self.false + other.false
        return Pairs(*sums, wrong=self.wrong + other.wrong)


def compare(truth: Iterable[tuple[str, ...]], found: Iterable[tuple[str, ...]]) -> Pairs:
    real, claimed = set(truth), set(found)
    words = [f"missed {' '.join(one)}" for one in sorted(real - claimed)]
    words += [f"false  {' '.join(one)}" for one in sorted(claimed - real)]
    return Pairs(len(real & claimed), len(real - claimed), len(claimed - real), words)
