"""Who owns what, and what a purge could stumble over: from the catalog, for no person in particular."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from vestige.catalog.estate import Estate
from vestige.catalog.model import Relation, Role
from vestige.catalog.store import Catalog
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import LINE, UNKNOWN, Reference
from vestige.matching.roles import role_of
from vestige.planning.atlas import Chart, Home, charts, child_fields, compares_values
from vestige.planning.identity import MERGING, WEAK
from vestige.planning.policy import Policy

Standing = Literal["people", "view", "owned", "referring", "mentioning", "unreached", "nobody"]
"""Of a collection: its rows are people; it shows records of other collections; its records are people's; they
only refer to people; they are lines or prose that mention people; it holds personal data, but nothing that
leads to a person; none of these."""

_BY_VALUE = (MERGING | WEAK) - {"PERSON", "ADDRESS"}
_SAME = {"EMAIL_HASH": "EMAIL_ADDRESS"}
_CHANGING = ("CASCADE", "SET NULL", "SET DEFAULT", UNKNOWN)


@dataclass(frozen=True, slots=True)
class Way:
    """How a record leads to people: by ``fields``, to a collection or, by value, to an entity, and in the end
    to the identity sources ``people``. ``owning``: the record is theirs. ``weak``: a second sign is needed.
    """

    fields: tuple[str, ...]
    to: str
    role: Role
    origin: str
    people: tuple[str, ...]
    owning: bool
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """One collection. ``personal``: its personal fields as (field, entity)."""

    store: str
    collection: str
    standing: Standing
    ways: tuple[Way, ...]
    personal: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that a person should look at, or that is not known."""

    topic: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """``scanned``: when the catalog was filled; what came since is not in it."""

    scanned: str | None
    holdings: tuple[Holding, ...]
    concerns: tuple[Concern, ...]


def explain(estate: Estate, catalog: Catalog, policy: Policy) -> Explanation:
    """The estate as the last scan found it. Stores are opened only to ask what deletes leave behind."""
    scan, atlas = catalog.scan(), charts(catalog)
    ways = _all_ways(atlas)
    holdings = tuple(Holding(*h, _standing(c, ways[h]), ways[h], c.personal) for h, c in atlas.items())
    found = [
        *_unread(catalog),
        *_unruled(catalog, policy),
        *(concern for one in holdings for concern in _concerns(atlas[one.store, one.collection], one)),
        *(concern for settings in estate.stores for concern in _residue(estate, settings.name)),
    ]
    return Explanation(
        scan.finished if scan else None, holdings, tuple(sorted(found, key=lambda one: one.topic))
    )


def _all_ways(atlas: Mapping[Home, Chart]) -> dict[Home, tuple[Way, ...]]:
    """The ways of every collection; parents lead on, so it is done until nothing grows."""
    people = {home: {chart.source.name} for home, chart in atlas.items() if chart.source is not None}
    while True:
        ways = {home: tuple(_ways(atlas, chart, people)) for home, chart in atlas.items()}
        grown = {home: people.get(home, set()).union(*_owners(found)) for home, found in ways.items()}
        if {home: names for home, names in grown.items() if names} == people:
            return ways
        people = {home: names for home, names in grown.items() if names}


def _owners(ways: Sequence[Way]) -> list[tuple[str, ...]]:
    return [way.people for way in ways if way.owning]


def _ways(atlas: Mapping[Home, Chart], chart: Chart, people: Mapping[Home, set[str]]) -> Iterator[Way]:
    active = [relation for relation in chart.refers if relation.status == "active"]
    for relation in active:
        parent = atlas[relation.parent.store, relation.parent.collection]
        if found := people.get(parent.home):
            yield _by_relation(relation, parent, found)
    keyed = {field for relation in active for field in child_fields(relation)}
    for field, entity in {} if chart.source else chart.structured.items():
        found = _bearing(atlas, entity)
        if entity in _BY_VALUE and field not in keyed and found:
            role = role_of(field)
            owning = role in ("owner", "participant")
            yield Way((field,), entity, role, "same value", tuple(sorted(found)), owning, entity in WEAK)


def _by_relation(relation: Relation, parent: Chart, people: set[str]) -> Way:
    owning = relation.role in ("owner", "participant") if parent.source else relation.dependent
    origin = "same value" if compares_values(relation, parent.source) else relation.origin
    to = f"{'.'.join(parent.home)}.{relation.parent.field}"
    return Way(child_fields(relation), to, relation.role, origin, tuple(sorted(people)), owning)


def _bearing(atlas: Mapping[Home, Chart], entity: str) -> set[str]:
    """Identity sources whose people bear such an identifier."""
    wanted = {entity, _SAME.get(entity, entity)}
    sources = (chart.source for chart in atlas.values() if chart.source is not None)
    return {source.name for source in sources if wanted & {kind for _, kind in source.identifiers}}


def _standing(chart: Chart, ways: Sequence[Way]) -> Standing:
    if chart.source is not None:
        return "people"
    if chart.is_view:
        return "view"
    if any(field.partition("~")[0] == LINE for way in ways for field in way.fields):
        return "mentioning"
    if ways:
        return "owned" if any(way.owning for way in ways) else "referring"
    if any(field not in chart.structured for field, _ in chart.personal):
        return "mentioning"
    return "unreached" if chart.personal else "nobody"


def _unread(catalog: Catalog) -> Iterator[Concern]:
    for line in catalog.coverage():
        if line.status != "COMPLETE":
            yield Concern("not read", f"{line.store}.{line.label}", line.reason or line.status)


def _unruled(catalog: Catalog, policy: Policy) -> Iterator[Concern]:
    for one in policy.undecided(catalog.collections()):
        what = f"{one.kind}: no rule of the policy speaks of it"
        yield Concern("needs a rule", f"{one.store}.{one.collection}", what)


def _concerns(chart: Chart, holding: Holding) -> Iterator[Concern]:
    where = ".".join(chart.home)
    if holding.standing == "unreached":
        fields = ", ".join(dict.fromkeys(field for field, _ in chart.personal))
        yield Concern("no person reached", where, f"personal: {fields}; no relation leads from it to people")
    owning = [way for way in holding.ways if way.owning]
    declares = chart.described is not None and chart.described.kind == "table"
    owned = declares and holding.standing == "owned"
    if owned and all(any(map(chart.nullable, way.fields)) for way in owning):
        fields = ", ".join(dict.fromkeys(field for way in owning for field in way.fields))
        yield Concern("owner may be missing", where, f"{fields}: records with NULL there are found by nobody")
    for relation in chart.refers:
        if relation.status == "review":
            what = f"→ {relation.parent}: not acted upon until: vestige catalog accept, or reject"
            yield Concern("relation waits for review", f"{where}.{relation.child.field}", what)
    yield from _database(chart, where, owning)


def _database(chart: Chart, where: str, owning: Sequence[Way]) -> Iterator[Concern]:
    described = chart.described
    for reference in described.references if described else ():
        if reason := _reaching(chart, reference, owning):
            yield Concern("cascade reaches others", _ends(where, reference), reason)
        if reference.indexed is not True:
            known = "no index" if reference.indexed is False else "whether there is an index is not known"
            what = f"{known}: whatever goes from {reference.collection}, all of {where} may be read for it"
            yield Concern("foreign key without index", _ends(where, reference), what)
    for trigger in described.triggers if described else ():
        yield Concern("trigger", where, f"{trigger}: what it does is not known")


def _reaching(chart: Chart, reference: Reference, owning: Sequence[Way]) -> str | None:
    """Whose else a record may be that the database changes along with its parent."""
    if reference.on_delete not in _CHANGING:
        return None
    others = [way for way in owning if way.fields != reference.fields]
    if chart.source is None and not others:
        return None
    whose = (
        "people" if chart.source else f"people's by {', '.join(f for way in others for f in way.fields)} too"
    )
    return f"ON DELETE {reference.on_delete}, and its records are {whose}"


def _ends(where: str, reference: Reference) -> str:
    return f"{where}.{','.join(reference.fields)} → {reference.collection}"


def _residue(estate: Estate, store: str) -> Iterator[Concern]:
    try:
        with estate.open(store) as connector:
            left = connector.residue()
    except StoreError as error:
        yield Concern("residue not known", store, error.reason)
        return
    for one in left:
        if one.until is None and not one.settles:
            yield Concern("residue without a deadline", store, one.what)
