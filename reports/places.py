"""What little the sweep takes from the catalog: where keys of accounts stand, and what is not personal."""

from __future__ import annotations

from vestige.catalog.store import Catalog
from vestige.matching.expand import KeyPlace

Places = dict[tuple[str, str], tuple[KeyPlace, ...]]


def key_places(catalog: Catalog) -> Places:
    """Where the keys of accounts stand: the accounts themselves, and all fields that refer to them."""
    found: dict[tuple[str, str], set[KeyPlace]] = {}
    sources = {(s.store, s.collection, s.key): f"{s.name}.{s.key}" for s in catalog.sources()}
    for source in catalog.sources():
        own = KeyPlace(source.key, f"{source.name}.{source.key}")
        found.setdefault((source.store, source.collection), set()).add(own)
    for relation in catalog.relations():
        space = sources.get((relation.parent.store, relation.parent.collection, relation.parent.field))
        if space is not None and relation.status != "rejected":
            place_ = KeyPlace(relation.child.field, space, relation.when, relation.status == "active")
            found.setdefault((relation.child.store, relation.child.collection), set()).add(place_)
    return {home: tuple(sorted(places, key=repr)) for home, places in found.items()}


def impersonal(catalog: Catalog) -> set[tuple[str, str, str]]:
    """Fields of which the catalog says that nothing in them is personal."""
    verdicts: dict[tuple[str, str, str], set[str]] = {}
    for finding in catalog.findings():
        at = (finding.place.store, finding.place.collection, finding.place.field)
        verdicts.setdefault(at, set()).add(finding.verdict)
    return {at for at, said in verdicts.items() if said == {"not_personal"}}
