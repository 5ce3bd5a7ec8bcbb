"""References within a table that no name tells: a reply names what was written before it, in any language."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from math import log

from vestige.catalog.model import Place, Relation
from vestige.connectors.protocol import Collection
from vestige.scanners.landscape import Landscape
from vestige.scanners.sampling import Sampler

FEWEST = 8
EARLIER = 0.98
"""Share of the records whose value must be smaller than their own key, and be a key of the table."""
BY_CHANCE = log(0.01)
"""Log-probability that values dealt out at random would all be smaller; above it, nothing is said."""


def earlier(land: Landscape, sampler: Sampler, taken: Container[Place]) -> Iterator[Relation]:
    """Relations of optional number fields to their own table's key, where each record names an earlier one.

    ``taken``: fields of which it is known where they lead.
    """
    for collection in land.collections.values():
        key = _key(land, collection)
        for place in land.fields.get((collection.store, collection.name), ()) if key else ():
            if key and place not in taken and _may_refer(land, place, key):
                pairs = _pairs(sampler, place, key)
                if _precede(pairs):
                    said = f"each of {len(pairs)} records compared names an earlier one of its own table"
                    yield Relation(place, key, "reference", "inferred", "active", (said,))


def _key(land: Landscape, collection: Collection) -> Place | None:
    if len(collection.key) != 1 or collection.kind not in ("table", "view"):
        return None
    place = Place(collection.store, collection.name, collection.key[0])
    return place if place in land.profiles and land.profiles[place].integers else None


def _may_refer(land: Landscape, place: Place, key: Place) -> bool:
    profile = land.profiles[place]
    if place == key or not profile.integers or profile.filled < FEWEST or land.share_filled(place) >= EARLIER:
        return False
    share, compared = land.contained(place, key)
    return compared > 0 and share >= EARLIER


def _pairs(sampler: Sampler, place: Place, key: Place) -> list[tuple[int, int]]:
    """(value, own key) of a sample of records."""
    records = sampler.records(place.store, place.collection, {place.field, key.field})
    both = [(one[place.field][0], one[key.field][0]) for one in records if place.field in one]
    return [(int(value), int(own)) for value, own in both if value.isdecimal() and own.isdecimal()]


def _precede(pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether values are smaller than their records' keys, and would not be if they were dealt out anew:
    a rating from 1 to 5 is smaller than nearly every key."""
    if len(pairs) < FEWEST or sum(value < own for value, own in pairs) < EARLIER * len(pairs):
        return False
    values = sorted(value for value, _ in pairs)
    expected = sum(bisect_left(values, own) for _, own in pairs) / len(pairs) ** 2
    return expected > 0 and len(pairs) * log(expected) < BY_CHANCE
