"""What relations and identity sources say of single fields: which hold keys of people, and which never do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vestige.catalog.model import IdentitySource, Place, Relation
from vestige.scanners.evidence import Candidate

USER_ID = "USER_ID"
KEYS = (USER_ID, "USERNAME")
_Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Links:
    """``keys``: keys of identity sources. ``candidates``: what a field is by its links. ``elsewhere``: fields
    that refer to no such key, with the collections they refer to. ``owned``: collections from which relations
    lead to people; ``belonging``: by their keys. ``sources``: those whose rows are people."""

    keys: frozenset[Place]
    candidates: dict[Place, tuple[Candidate, ...]]
    elsewhere: dict[Place, frozenset[_Name]]
    owned: frozenset[_Name]
    belonging: frozenset[_Name]
    sources: frozenset[_Name]


def links(relations: Sequence[Relation], sources: Sequence[IdentitySource]) -> Links:
    """Follow the relations from the identity sources outwards."""
    live = [one for one in relations if one.status != "rejected"]
    own = _own(sources)
    found = _followed(live, own)
    people = frozenset((one.store, one.collection) for one in sources)
    # The number in a file's name is that of the person whose file it is.
    by_key = {_of(place) for place in found.keys() - own.keys() if "~" not in place.field}
    by_any = {_of(one.child) for one in live if one.status == "active" and _of(one.parent) in people}
    return Links(
        frozenset(place for place, one in own.items() if one.entity == USER_ID),
        {place: (one,) for place, one in found.items()},
        _elsewhere(live, found),
        frozenset({_of(place) for place in found} | by_any),
        frozenset(by_key),
        people,
    )


def _own(sources: Sequence[IdentitySource]) -> dict[Place, Candidate]:
    """The keys of the identity sources."""
    return {
        Place(source.store, source.collection, name): Candidate(
            entity, 0.97, (f"a key of the identity source {source.name}",)
        )
        for source in sources
        for name, entity in source.identifiers
        if entity in KEYS
    }


def _followed(live: list[Relation], own: dict[Place, Candidate]) -> dict[Place, Candidate]:
    """The keys and all that refers to them, until nothing changes: references may refer to references."""
    found = dict(own)
    while new := {
        one.child: _reference(one, found[one.parent].entity)
        for one in live
        if one.parent in found and one.child not in found
    }:
        found |= new
    return found


def _elsewhere(live: list[Relation], found: dict[Place, Candidate]) -> dict[Place, frozenset[_Name]]:
    elsewhere: dict[Place, frozenset[_Name]] = {}
    for one in live:
        if one.status == "active" and one.child not in found:
            elsewhere[one.child] = elsewhere.get(one.child, frozenset()) | {_of(one.parent)}
    return elsewhere


def _of(place: Place) -> _Name:
    return place.store, place.collection


def _reference(relation: Relation, entity: str) -> Candidate:
    words = f"refers to {relation.parent} ({relation.origin})"
    return Candidate(entity, 0.95 if relation.status == "active" else 0.5, (words,))
