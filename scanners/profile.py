"""What is remembered of a field: counts, shapes and keyed samples, never a value.

A profile is made per partition, merged per field, and kept in the catalog as JSON, so that verdicts,
relations and sources can be decided again without reading a store.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

from vestige.catalog.model import Place
from vestige.scanners.sketch import Sketch

SHAPES = 32
FEW = 64


@dataclass(slots=True)
class EntityCount:
    """How often an entity was found in a field: cells that hold it, that are it as a whole, distinct."""

    rows: int = 0
    whole: int = 0
    distinct: Sketch = field(default_factory=lambda: Sketch(FEW))

    def merge(self, other: EntityCount) -> None:
        self.rows += other.rows
        self.whole += other.whole
        self.distinct.merge(other.distinct)


@dataclass(slots=True)
class FieldProfile:
    """One field of a collection (of one partition, or merged).

    ``declared``: the store's type, ``text`` where only reading tells. ``records``: records read in the
    collection; ``cells``: scalars seen in this field (array members count each); ``filled``: those neither
    NULL nor empty. ``ascending``, ``dense``: whole numbers in rising order, without big holes.

    ``keys``: sample of ``hasher.hash("KEY", canonical)`` (first 16 hex digits as a number), canonical being
    the normal form of a whole e-mail, else ``forms.key``; empty for prose, floats and dates. ``digests``: of
    a field of e-mails the sample of ``hasher.hash("EMAIL_HASH", digest)`` of their digests; of others, of the
    digests they hold. ``values``: sample of the texts.

    All other counters count cells: ``shapes`` by runs of letters, digits, signs (``Aa@a.a``), ``kinds`` by
    JSON kind, ``classes`` by what values look like (:mod:`vestige.scanners.features`), ``digits`` by the
    number of digits of all-digit values, ``forms`` by the form of a span (``sha256``).
    """

    place: Place
    declared: str = "text"
    records: int = 0
    cells: int = 0
    filled: int = 0
    characters: int = 0
    longest: int = 0
    words: int = 0
    ascending: bool = True
    dense: bool = False
    keys: Sketch = field(default_factory=Sketch)
    digests: Sketch = field(default_factory=Sketch)
    values: Sketch = field(default_factory=lambda: Sketch(FEW * 4))
    shapes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    digits: Counter[int] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    entities: dict[str, EntityCount] = field(default_factory=dict)

    @property
    def distinct(self) -> int:
        """Distinct filled values (estimated when there are many)."""
        return self.values.distinct

    @property
    def unique(self) -> bool:
        """No filled value was seen twice, as far as the samples tell; never for an array's members."""
        return self.filled > 0 and self.values.repeated == 0 and self.keys.repeated == 0

    @property
    def integers(self) -> bool:
        """Whether every filled value is a whole number."""
        return 0 < self.filled == self.classes["integer"]

    @property
    def enum(self) -> bool:
        """Few values, each of them often: a status, a kind, a country."""
        return self.filled >= 8 and self.distinct <= min(40, self.filled / 3)

    @property
    def prose(self) -> bool:
        """Sentences rather than values."""
        return self.filled > 0 and (
            self.words / self.filled >= 4.5 or self.classes["sentence"] >= 0.3 * self.filled
        )

    @property
    def length(self) -> float:
        """Mean characters of a filled value."""
        return self.characters / self.filled if self.filled else 0.0

    @property
    def depth(self) -> int:
        """Steps below the column: 0 for ``email``, 1 for ``ship_to.phone``."""
        return self.place.field.count(".")

    def share(self, value_class: str) -> float:
        """The share of filled cells of one class."""
        return self.classes[value_class] / self.filled if self.filled else 0.0

    def whole(self, entity: str) -> float:
        """The share of filled cells that are this entity as a whole."""
        found = self.entities.get(entity)
        return found.whole / self.filled if found and self.filled else 0.0

    def rows(self, entity: str) -> int:
        """Cells that hold this entity somewhere."""
        found = self.entities.get(entity)
        return found.rows if found else 0

    def merge(self, other: FieldProfile) -> None:
        """Take in the profile of the same field of another partition."""
        for name in ("records", "cells", "filled", "characters", "words"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest = max(self.longest, other.longest)
        self.ascending, self.dense = self.ascending and other.ascending, self.dense and other.dense
        for name in ("keys", "digests", "values"):
            getattr(self, name).merge(getattr(other, name))
        for name in ("shapes", "kinds", "classes", "digits", "forms"):
            getattr(self, name).update(getattr(other, name))
        self.shapes = Counter(dict(self.shapes.most_common(SHAPES)))
        for entity, count in other.entities.items():
            self.entities.setdefault(entity, EntityCount()).merge(count)

    def to_json(self) -> str:
        return json.dumps(
            {name: _plain(getattr(self, name)) for name in self.__slots__}, separators=(",", ":")
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        parts: dict[str, Any] = json.loads(text)
        for name in ("keys", "digests", "values"):
            parts[name] = Sketch.from_json(parts[name])
        for name in ("shapes", "kinds", "classes", "forms"):
            parts[name] = Counter(parts[name])
        parts["digits"] = Counter({int(count): cells for count, cells in parts["digits"].items()})
        parts["entities"] = {name: _entity(one) for name, one in parts["entities"].items()}
        return cls(**{**parts, "place": Place(*parts["place"])})


def _plain(value: Any) -> Any:
    match value:
        case Sketch():
            return value.to_json()
        case Place():
            return [value.store, value.collection, value.field]
        case EntityCount():
            return {"rows": value.rows, "whole": value.whole, "distinct": value.distinct.to_json()}
        case dict():
            return {str(name): _plain(one) for name, one in value.items()}
    return value


def _entity(parts: dict[str, Any]) -> EntityCount:
    return EntityCount(parts["rows"], parts["whole"], Sketch.from_json(parts["distinct"]))
