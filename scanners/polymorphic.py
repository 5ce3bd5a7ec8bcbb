"""Pairs like (``owner_type``, ``owner_id``), (``table_name``, ``row_id``): the type says where keys lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vestige.catalog.model import Place
from vestige.connectors.protocol import Collection
from vestige.scanners import nouns
from vestige.scanners.landscape import Landscape
from vestige.scanners.sampling import Sampler, canonical

ROWS, KEYS = 5000, 200
TYPES = 40
MAPPED, INCLUDED, INCLUDED_EXACT = 0.6, 0.9, 0.4
"""Share of records whose type names a collection; share of keys that must exist there. Histories keep the
keys of deleted rows: where the type is the collection's very name, fewer need to exist."""


@dataclass(frozen=True, slots=True)
class Leg:
    """``child`` refers to ``parent`` in the records where ``when`` (field, value) holds."""

    child: Place
    parent: Place
    when: tuple[str, str]
    evidence: tuple[str, ...]


def legs(land: Landscape, sampler: Sampler, taken: frozenset[Place]) -> Iterator[Leg]:
    """The legs of every polymorphic pair. ``taken``: fields that refer somewhere whatever the type."""
    for collection in land.collections.values():
        places = land.fields.get((collection.store, collection.name), ())
        keys = [place for place in places if place not in taken and _is_key(land, place)]
        for kind in places:
            if keys and _is_type(land, kind):
                yield from _pair(land, sampler, kind, keys)


def is_typed(land: Landscape, key: Place) -> bool:
    """Whether a field named like a key stands beside it that may say what kind of record it leads to."""
    places = land.fields.get((key.store, key.collection), ())
    return any(_fit(kind.field, key.field) > 1 and _is_type(land, kind) for kind in places if kind != key)


def _is_key(land: Landscape, place: Place) -> bool:
    profile, name = land.profiles[place], nouns.field_name(place.field)
    if not profile.keys.counts or profile.prose or "~" in place.field:
        return False
    collection = land.collections[place.store, place.collection]
    return name.keys and collection.key != (place.field,) and bool(name.nouns)


def _is_type(land: Landscape, place: Place) -> bool:
    """Few values, of letters."""
    profile = land.profiles[place]
    lettered = profile.filled > 0 and not profile.integers and not profile.prose
    return lettered and profile.distinct <= TYPES and profile.longest <= 80 and "~" not in place.field


def _pair(land: Landscape, sampler: Sampler, kind: Place, keys: list[Place]) -> Iterator[Leg]:
    key = max(keys, key=lambda place: _fit(kind.field, place.field))
    if _fit(kind.field, key.field) == 0:
        return
    records = sampler.records(kind.store, kind.collection, {kind.field, key.field}, ROWS)
    seen: dict[str, set[str]] = {}
    mapped = total = 0
    for record in records:
        for value, found in zip(record.get(kind.field, ()), record.get(key.field, ()), strict=False):
            total += 1
            mapped += bool(_named_by(land, kind, value))
            if len(seen.setdefault(value, set())) < KEYS:
                seen[value].add(found)
    if total and mapped >= MAPPED * total:
        for value, values in sorted(seen.items()):
            yield from _leg(land, sampler, (kind, key), value, values)


def _fit(kind: str, key: str) -> int:
    """How well two names go together: ``owner_type``, ``owner_id``; ``table_name``, ``row_id``."""
    a, b = nouns.field_name(kind), nouns.field_name(key)
    shared = set(a.nouns) & set(b.nouns)
    if shared:
        return 2 + len(shared)
    return int(set(b.nouns) <= nouns.listed("polymorphic", "records") and bool(b.nouns))


def _leg(
    land: Landscape, sampler: Sampler, pair: tuple[Place, Place], value: str, values: set[str]
) -> Iterator[Leg]:
    kind, key = pair
    best: tuple[float, Place] | None = None
    for collection, named in _named_by(land, kind, value):
        parent = _target(land, collection, kind)
        if parent is None:
            continue
        found = len(sampler.lookup(parent, values, ())) / len({canonical(one) for one in values})
        fits = found >= (INCLUDED_EXACT if named == 1.0 else INCLUDED)
        if fits and (best is None or found * named > best[0]):
            best = found * named, parent
    if best is not None:
        share = f"{best[0]:.0%} of the sampled keys exist there"
        yield Leg(key, best[1], (kind.field, value), ("the type names the collection", share))


def _named_by(land: Landscape, kind: Place, value: str) -> list[tuple[Collection, float]]:
    """Collections that a type value names, with how well: singular, synonym, translation, class name."""
    text = re.split(r"[\\.:/]", value.strip())[-1]
    found = [
        (collection, _names(text, collection.name, kind.collection))
        for collection in land.collections.values()
        if collection.kind in ("table", "view", "documents", "objects") and collection.store == kind.store
    ]
    fitting = [(collection, named) for collection, named in found if named >= 0.6]
    best = max((named for _, named in fitting), default=0.0)
    return [(collection, named) for collection, named in fitting if named >= best - 0.1]


def _names(text: str, collection: str, beside: str) -> float:
    own, table = nouns.table_nouns(text), nouns.table_nouns(collection)
    if len(table) > len(own) and table[0] == nouns.table_nouns(beside)[0]:
        table = table[1:]  # a prefix that all tables have
    if len(own) != len(table):
        return 0.0
    return min((nouns.same(a, b) for a, b in zip(own, table, strict=True)), default=0.0)


def _target(land: Landscape, collection: Collection, kind: Place) -> Place | None:
    if (collection.store, collection.name) == (kind.store, kind.collection):
        return None
    if len(collection.key) == 1 and not collection.key[0].startswith("@"):
        return Place(collection.store, collection.name, collection.key[0])
    return next(_bare_keys(land, collection), None)


def _bare_keys(land: Landscape, collection: Collection) -> Iterator[Place]:
    places: Iterable[Place] = land.fields.get((collection.store, collection.name), ())
    for place in places:
        name = nouns.field_name(place.field)
        if name.keys and not name.nouns and land.near_unique(place):
            yield place
