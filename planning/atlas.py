"""What the catalog says, arranged for walking: which collections there are, what leads from one to another,
in which order to follow the keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from vestige.catalog.model import IdentitySource, Place, Relation
from vestige.catalog.store import Catalog
from vestige.connectors.protocol import Collection

Home = tuple[str, str]
"""(store, collection)."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One collection, as the catalog knows it. ``structured``: field → entity of fields whose whole values
    identify; ``personal``: (field, entity) of every personal field; ``refers``, ``referred``: its relations
    as child and as parent.
    """

    home: Home
    described: Collection | None
    source: IdentitySource | None
    structured: dict[str, str] = field(default_factory=dict)
    personal: tuple[tuple[str, str], ...] = ()
    refers: tuple[Relation, ...] = ()
    referred: tuple[Relation, ...] = ()

    @property
    def is_view(self) -> bool:
        """Whether its records are computed of others, and cannot be edited."""
        return self.described is not None and self.described.kind == "view"

    def nullable(self, name: str) -> bool:
        """Whether a column may be NULL; documents and files may hold anything."""
        declared = {f.name: f.nullable for f in self.described.fields} if self.described else {}
        return declared.get(name, True) and name not in self.unique_key

    @property
    def unique_key(self) -> tuple[str, ...]:
        return self.described.key if self.described and self.described.kind == "table" else ()


def parent_fields(relation: Relation) -> tuple[str, ...]:
    return (relation.parent.field, *(parent for _, parent in relation.composite))


def child_fields(relation: Relation) -> tuple[str, ...]:
    return (relation.child.field, *(child for child, _ in relation.composite))


def compares_values(relation: Relation, source: IdentitySource | None) -> bool:
    """Whether a relation leads to a source's address or its digest: these are compared in normal form."""
    identifiers = dict(source.identifiers) if source else {}
    return identifiers.get(relation.parent.field) in ("EMAIL_ADDRESS", "EMAIL_HASH")


def is_bond(relation: Relation, source: IdentitySource | None) -> bool:
    """Whether a relation holds records of one store together by key, as a constraint does. ``source``: the
    identity source that the parent is, if it is one."""
    within = relation.parent.store == relation.child.store
    return within and relation.status == "active" and not compares_values(relation, source)


def bonds(catalog: Catalog) -> list[Relation]:
    """All relations that would leave an orphan if their parent went alone."""
    sources = {(s.store, s.collection): s for s in catalog.sources()}
    return [
        relation
        for relation in catalog.relations()
        if is_bond(relation, sources.get((relation.parent.store, relation.parent.collection)))
    ]


def charts(catalog: Catalog) -> dict[Home, Chart]:
    """Every collection by its home, in the order in which keys flow: parents before children."""
    described = {(c.store, c.name): c for c in catalog.collections()}
    sources = {(s.store, s.collection): s for s in catalog.sources()}
    structured: dict[Home, dict[str, str]] = defaultdict(dict)
    personal: dict[Home, list[tuple[str, str]]] = defaultdict(list)
    for finding in catalog.findings():
        if finding.verdict == "personal":
            home = (finding.place.store, finding.place.collection)
            personal[home].append((finding.place.field, finding.entity))
            if finding.structured:
                structured[home][finding.place.field] = finding.entity
    relations = [r for r in catalog.relations() if r.status != "rejected"]
    refers, referred = _by_home(relations, "child"), _by_home(relations, "parent")
    homes = dict.fromkeys([*sources, *described, *personal, *refers])
    return {
        home: Chart(
            home,
            described.get(home),
            sources.get(home),
            structured.get(home, {}),
            tuple(personal.get(home, ())),
            tuple(refers.get(home, ())),
            tuple(referred.get(home, ())),
        )
        for home in _ordered(homes, set(sources), relations)
    }


def _by_home(relations: Iterable[Relation], end: str) -> dict[Home, list[Relation]]:
    grouped: dict[Home, list[Relation]] = defaultdict(list)
    for relation in relations:
        place: Place = getattr(relation, end)
        grouped[place.store, place.collection].append(relation)
    return grouped


def _ordered(homes: Iterable[Home], sources: set[Home], relations: Iterable[Relation]) -> list[Home]:
    graph: dict[Home, set[Home]] = {home: set() for home in homes}
    for relation in relations:
        child = (relation.child.store, relation.child.collection)
        parent = (relation.parent.store, relation.parent.collection)
        if child != parent and child not in sources and relation.status == "active":
            graph.setdefault(child, set()).add(parent)
    while True:
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            cycle = error.args[1]
            graph[cycle[1]].discard(cycle[0])
