"""What the catalog says about the fields of a collection, as far as it decides whose data is in them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from vestige.catalog.model import IdentitySource, Relation
from vestige.catalog.store import Catalog

Home = tuple[str, str]


@dataclass(slots=True)
class Chart:
    """One collection: its personal fields (whole values only), its references to persons, its own people."""

    personal: dict[str, str] = field(default_factory=dict)
    references: list[tuple[Relation, IdentitySource]] = field(default_factory=list)
    source: IdentitySource | None = None


def charts(catalog: Catalog) -> defaultdict[Home, Chart]:
    """All collections of which the catalog says anything."""
    found: defaultdict[Home, Chart] = defaultdict(Chart)
    sources = {(s.store, s.collection): s for s in catalog.sources()}
    for home, source in sources.items():
        found[home].source = source
    for finding in catalog.findings():
        if finding.structured and finding.verdict != "not_personal":
            place = finding.place
            found[place.store, place.collection].personal[place.field] = finding.entity
    for relation in catalog.relations():
        leads_to = sources.get((relation.parent.store, relation.parent.collection))
        if leads_to is not None and relation.status != "rejected":
            child = relation.child
            found[child.store, child.collection].references.append((relation, leads_to))
    return found
