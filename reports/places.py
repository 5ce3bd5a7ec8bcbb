"""What little the sweep takes from the catalog: where keys of accounts stand, and what is not personal."""

from __future__ import annotations

from collections.abc import Sequence, Set

from vestige.catalog.model import Place, Relation
from vestige.catalog.store import Catalog
from vestige.matching.expand import KeyPlace

Home = tuple[str, str]
Places = dict[Home, tuple[KeyPlace, ...]]
Known = dict[Place, set[KeyPlace]]

ABOUT_AS_MANY = 0.9
"""Of two spaces, the one that holds a lesser share than this of the other's keys is ruled out."""


def key_places(catalog: Catalog) -> Places:
    """Where the keys of accounts stand: the accounts themselves, all fields that refer to them, and fields of
    which nobody knows whose keys they hold: there, any account's key is a doubt."""
    found: dict[Home, set[KeyPlace]] = {}
    relations = catalog.relations()
    known = _followed(_own(catalog), [one for one in relations if one.status != "rejected"])
    for place, places in known.items():
        found.setdefault((place.store, place.collection), set()).update(places)
    settled = {one.child for one in relations if one.status == "active" or one.origin == "rejected"}
    explained = settled | {place for place, places in known.items() if any(one.certain for one in places)}
    for place, spaces in _open(catalog, explained).items():
        open_ = {KeyPlace(place.field, space, None, certain=False) for space in spaces}
        found.setdefault((place.store, place.collection), set()).update(open_)
    return {home: tuple(sorted(places, key=repr)) for home, places in found.items()}


def _open(catalog: Catalog, explained: Set[Place]) -> dict[Place, set[str]]:
    """Fields of people's keys that nothing explains, with the spaces that they may be of: the one that holds
    the most of their keys, and those that hold about as many."""
    fields = {
        one.place
        for one in catalog.findings()
        if one.entity == "USER_ID" and one.verdict != "not_personal" and one.place not in explained
    }
    own = {place: one.space for place, places in _own(catalog).items() for one in places}
    shares: dict[Place, dict[str, float]] = {field: dict.fromkeys(own.values(), 0.0) for field in fields}
    for seen in catalog.inclusions([(field, parent) for field in sorted(fields) for parent in sorted(own)]):
        shares[seen.child][own[seen.parent]] = seen.shared / max(seen.child_distinct, 1)
    return {
        field: {space for space, share in of.items() if share >= ABOUT_AS_MANY * max(of.values())}
        for field, of in shares.items()
        if of
    }


def _own(catalog: Catalog) -> Known:
    """The keys and numbers that the accounts themselves bear."""
    return {
        Place(source.store, source.collection, name): {KeyPlace(name, f"{source.name}.{name}")}
        for source in catalog.sources()
        for name in {source.key, *(field for field, entity in source.identifiers if entity == "USER_ID")}
    }


def _followed(own: Known, relations: Sequence[Relation]) -> Known:
    """The keys and all that refers to them: references may refer to references."""
    found = {place: set(places) for place, places in own.items()}
    grown = True
    while grown:
        grown = False
        for one in relations:
            certain = one.status == "active"
            led = {
                KeyPlace(one.child.field, parent.space, one.when, certain and parent.certain)
                for parent in found.get(one.parent, ())
            }
            grown |= not led <= found.get(one.child, set())
            found.setdefault(one.child, set()).update(led)
    return {place: places for place, places in found.items() if places}


def impersonal(catalog: Catalog) -> set[tuple[str, str, str]]:
    """Fields of which the catalog says that nothing in them is personal."""
    verdicts: dict[tuple[str, str, str], set[str]] = {}
    for finding in catalog.findings():
        at = (finding.place.store, finding.place.collection, finding.place.field)
        verdicts.setdefault(at, set()).add(finding.verdict)
    return {at for at, said in verdicts.items() if said == {"not_personal"}}


def elsewhere(catalog: Catalog) -> set[tuple[str, str, str]]:
    """Fields whose keys are of other things than accounts: own keys of other collections, and what refers to
    them."""
    keys = {(home, one.field) for home, places in key_places(catalog).items() for one in places}
    tables = [one for one in catalog.collections() if one.kind in ("table", "view")]
    found = {(one.store, one.name, name) for one in tables for name in one.key}
    found |= {
        (one.child.store, one.child.collection, one.child.field)
        for one in catalog.relations()
        if one.status == "active"
    }
    return {(store, name, field) for store, name, field in found if ((store, name), field) not in keys}
