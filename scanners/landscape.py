"""What a scan knows of the estate, indexed for those who infer from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from vestige.catalog.model import Finding, Place
from vestige.connectors.protocol import Collection
from vestige.scanners.profile import FieldProfile

NEAR_UNIQUE = 0.95
"""Share of values that must be seen once: people register twice, so that an e-mail is rarely quite unique."""


@dataclass(frozen=True, slots=True)
class Landscape:
    """Collections, field profiles and verdicts. ``entities``: of fields whose whole values are personal."""

    collections: dict[tuple[str, str], Collection]
    profiles: dict[Place, FieldProfile]
    entities: dict[Place, frozenset[str]]
    fields: dict[tuple[str, str], tuple[Place, ...]]

    @classmethod
    def of(
        cls, collections: Iterable[Collection], profiles: Iterable[FieldProfile], findings: Iterable[Finding]
    ) -> Self:
        by_place = {profile.place: profile for profile in profiles}
        entities: dict[Place, set[str]] = {}
        for finding in findings:
            if finding.structured and finding.verdict == "personal":
                entities.setdefault(finding.place, set()).add(finding.entity)
        fields: dict[tuple[str, str], list[Place]] = {}
        for place in by_place:
            fields.setdefault((place.store, place.collection), []).append(place)
        return cls(
            {(each.store, each.name): each for each in collections},
            by_place,
            {place: frozenset(found) for place, found in entities.items()},
            {name: tuple(places) for name, places in fields.items()},
        )

    def holding(self, collection: Collection, entity: str) -> list[Place]:
        """The fields of a collection whose whole values are ``entity``."""
        places = self.fields.get((collection.store, collection.name), ())
        return [place for place in places if entity in self.entities.get(place, ())]

    def near_unique(self, place: Place) -> bool:
        """Whether (nearly) every record has a value of its own in a field, as far as it is filled."""
        profile = self.profiles.get(place)
        if (
            profile is None
            or not profile.filled
            or not profile.keys.counts
            or profile.cells > profile.records
        ):
            return False
        distinct = profile.keys.distinct / profile.filled
        return 1 - profile.keys.repeated >= NEAR_UNIQUE and distinct >= (
            NEAR_UNIQUE if profile.keys.exact else 0.85
        )

    def share_filled(self, place: Place) -> float:
        """The share of records that have a value in a field."""
        profile = self.profiles[place]
        return min(1.0, profile.filled / profile.records) if profile.records else 0.0

    def contained(self, child: Place, parent: Place) -> tuple[float, int]:
        """The share of the child's distinct values that the parent has, and out of how many compared."""
        return self.profiles[child].keys.contained_in(self.profiles[parent].keys)

    def declared_unique(self, place: Place) -> bool:
        collection = self.collections.get((place.store, place.collection))
        if collection is None or collection.kind not in ("table", "view"):
            return False
        return (place.field,) in (collection.key, *collection.unique)
