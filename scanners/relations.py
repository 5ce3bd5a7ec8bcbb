"""Relations: declared by the stores, or inferred from names, inclusion and agreement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vestige.catalog.estate import Estate
from vestige.catalog.model import Finding, IdentitySource, Place, Relation
from vestige.catalog.store import Catalog
from vestige.connectors.protocol import Collection, Reference
from vestige.scanners import agreement, judging, polymorphic, succession
from vestige.scanners.candidates import HINT, candidates
from vestige.scanners.casting import Casting
from vestige.scanners.judging import Judged
from vestige.scanners.landscape import Landscape
from vestige.scanners.profile import FieldProfile
from vestige.scanners.sampling import Sampler

BESIDE = 0.2
"""Share of the best source's addresses above which a field refers to a second source too."""
HASHED = 0.3
"""Share of digests that must be those of a source's addresses; a salted digest shares none."""


def infer(
    estate: Estate,
    collections: Iterable[Collection],
    profiles: Iterable[FieldProfile],
    findings: Iterable[Finding],
    sources: Sequence[IdentitySource],
    segment: Catalog,
) -> list[Relation]:
    """All relations of the estate, with their roles. ``segment``: the occurrences of this scan.

    Reads a few records of the stores that need comparing; a store that does not answer leaves its relations
    to names and inclusion.
    """
    land, sampler = Landscape.of(collections, profiles, findings), Sampler(estate)
    declared = list(_declared(land))
    fixed = {relation.child for relation in declared}
    open_ones = [one for one in candidates(land, sources, segment, estate.hasher) if one.child not in fixed]
    judged = judging.judge(
        land, open_ones, lambda one: agreement.compare(land, sampler, one.child, one.parent)
    )
    inferred = [_inferred(each) for each in judged]
    led = fixed | {each.child for each in inferred if each.status == "active"}
    inferred += succession.earlier(land, sampler, led)
    taken = frozenset(fixed | {each.candidate.child for each in judged if each.plain})
    pairs = [_leg(each) for each in polymorphic.legs(land, sampler, taken)]
    by_type = {each.child for each in pairs}
    inferred = [each for each in inferred if each.child not in by_type]
    pairs += _open_pairs(land, sources, fixed | {one.child for one in (*inferred, *pairs)})
    addresses = [
        each
        for each in (*_addresses(land, sources, segment), *_digests(land, sources))
        if each.child not in fixed
    ]
    return Casting(land, sampler, tuple(sources)).cast([*declared, *inferred, *pairs, *addresses])


def _declared(land: Landscape) -> Iterator[Relation]:
    for collection in land.collections.values():
        for reference in collection.references:
            if (collection.store, reference.collection) in land.collections:
                yield _reference(collection, reference)


def _reference(collection: Collection, reference: Reference) -> Relation:
    (field, target), *others = zip(reference.fields, reference.targets, strict=True)
    return Relation(
        Place(collection.store, collection.name, field),
        Place(collection.store, reference.collection, target),
        "reference",
        "declared",
        "active",
        ("declared foreign key",),
        composite=tuple(others),
        on_delete=reference.on_delete,
    )


def _inferred(each: Judged) -> Relation:
    one = each.candidate
    return Relation(one.child, one.parent, "reference", "inferred", each.status, each.evidence)


def _leg(leg: polymorphic.Leg) -> Relation:
    return Relation(leg.child, leg.parent, "reference", "inferred", "active", leg.evidence, when=leg.when)


def _open_pairs(land: Landscape, sources: Sequence[IdentitySource], led: set[Place]) -> Iterator[Relation]:
    """Keys with a type beside them that names no collection: whose they are, a person has to say."""
    for child in land.profiles:
        if child in led or "~" in child.field or not polymorphic.is_typed(land, child):
            continue
        if land.profiles[child].ascending and land.profiles[child].dense:
            continue  # the records' own numbers
        for source in sources:
            parent = Place(source.store, source.collection, source.key)
            if parent not in land.profiles or child.collection == source.collection:
                continue
            share, compared = land.contained(child, parent)
            if compared and share >= HINT:
                evidence = (f"{share:.0%} are keys there, but the type beside them names no collection",)
                yield Relation(child, parent, "reference", "inferred", "review", evidence)


def _addresses(land: Landscape, sources: Iterable[IdentitySource], segment: Catalog) -> Iterator[Relation]:
    """Fields of addresses that are those of a source's people: an equal address is agreement in itself."""
    targets = [place for source in sources for place in _holding(land, source, "EMAIL_ADDRESS")]
    own = {(source.store, source.collection) for source in sources}
    pairs = [
        (child, parent)
        for child, entities in land.entities.items()
        if "EMAIL_ADDRESS" in entities
        for parent in targets
        if (child.store, child.collection) != (parent.store, parent.collection)
        and ((child.store, child.collection) not in own or child not in targets)
    ]
    counted = segment.inclusions(pairs, entity="EMAIL_ADDRESS")
    best: dict[Place, int] = {}
    for found in counted:
        best[found.child] = max(best.get(found.child, 0), found.shared)
    for found in counted:
        if found.shared and found.shared >= BESIDE * best[found.child]:
            share = f"{found.shared} of {found.child_distinct} addresses are in {found.parent.collection}"
            yield Relation(found.child, found.parent, "reference", "inferred", "active", (share,))


def _digests(land: Landscape, sources: Iterable[IdentitySource]) -> Iterator[Relation]:
    """Fields of e-mail digests that are those of a source's addresses."""
    targets = [
        place
        for source in sources
        for entity in ("EMAIL_ADDRESS", "EMAIL_HASH")
        for place in _holding(land, source, entity)
    ]
    for child, entities in land.entities.items():
        for parent in targets if "EMAIL_HASH" in entities else ():
            share, compared = land.profiles[child].digests.contained_in(land.profiles[parent].digests)
            same = (child.store, child.collection) == (parent.store, parent.collection)
            if not same and compared and share >= HASHED:
                evidence = (f"{share:.0%} are digests of addresses in {parent.collection}",)
                yield Relation(child, parent, "reference", "inferred", "active", evidence)


def _holding(land: Landscape, source: IdentitySource, entity: str) -> list[Place]:
    """The source's own fields of an entity: those that tell its people apart."""
    places = [
        Place(source.store, source.collection, field) for field, one in source.identifiers if one == entity
    ]
    unique = [place for place in places if place in land.profiles and land.near_unique(place)]
    return unique or places[:1]
