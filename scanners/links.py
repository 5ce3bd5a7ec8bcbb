"""What relations and identity sources say of single fields: which hold keys of people, and which never do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vestige.catalog.model import IdentitySource, Place, Relation
from vestige.scanners.evidence import Candidate

USER_ID = "USER_ID"
KEYS = (USER_ID, "USERNAME")


@dataclass(frozen=True, slots=True)
class Links:
    """``keys``: keys of identity sources. ``candidates``: what a field is by its links. ``elsewhere``: fields
    that refer to no such key, with the collections they refer to. ``owned``: collections from which relations
    lead to people. ``sources``: those whose rows are people."""

    keys: frozenset[Place]
    candidates: dict[Place, tuple[Candidate, ...]]
    elsewhere: dict[Place, frozenset[tuple[str, str]]]
    owned: frozenset[tuple[str, str]]
    sources: frozenset[tuple[str, str]]


def links(relations: Sequence[Relation], sources: Sequence[IdentitySource]) -> Links:
    """Follow the relations from the identity sources outwards."""
    found: dict[Place, Candidate] = {}
    for source in sources:
        for name, entity in source.identifiers:
            if entity in KEYS:
                place = Place(source.store, source.collection, name)
                found[place] = Candidate(entity, 0.97, (f"a key of the identity source {source.name}",))
    keys = frozenset(place for place, one in found.items() if one.entity == USER_ID)
    live = [one for one in relations if one.status != "rejected"]
    # Until nothing changes: a reference may lead to a field that is itself a reference to a person.
    while new := {
        one.child: _reference(one, found[one.parent].entity)
        for one in live
        if one.parent in found and one.child not in found
    }:
        found |= new
    elsewhere: dict[Place, frozenset[tuple[str, str]]] = {}
    for one in live:
        if one.status == "active" and one.child not in found:
            parent = (one.parent.store, one.parent.collection)
            elsewhere[one.child] = elsewhere.get(one.child, frozenset()) | {parent}
    to_people = frozenset((one.store, one.collection) for one in sources)
    owned = {(one.store, one.collection) for one in found} | {
        (one.child.store, one.child.collection)
        for one in live
        if one.status == "active" and (one.parent.store, one.parent.collection) in to_people
    }
    return Links(
        keys, {place: (one,) for place, one in found.items()}, elsewhere, frozenset(owned), to_people
    )


def _reference(relation: Relation, entity: str) -> Candidate:
    parent = relation.parent
    words = f"refers to {parent.store}.{parent.collection}.{parent.field} ({relation.origin})"
    return Candidate(entity, 0.95 if relation.status == "active" else 0.5, (words,))
