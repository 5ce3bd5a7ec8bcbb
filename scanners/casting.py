"""Casting: what part the person at the end of a relation plays in the record, and who belongs to whom."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby

from vestige.catalog.model import IdentitySource, Place, Relation, Role
from vestige.scanners import nouns
from vestige.scanners.landscape import Landscape
from vestige.scanners.sampling import Record, Sampler, canonical

SAME_PERSON = 0.9
"""Share of records in which two fields lead to one person, above which they are one role."""
FILLED = 0.98
NAMED = 0.85


@dataclass(frozen=True, slots=True)
class Casting:
    """Gives relations their role, ``dependent`` and ``nullable``."""

    land: Landscape
    sampler: Sampler
    sources: Sequence[IdentitySource]

    def cast(self, relations: Iterable[Relation]) -> list[Relation]:
        """The relations with their parts, in a stable order."""
        ordered = sorted(relations, key=lambda each: (each.child, each.parent, each.when or ("", "")))
        made: list[Relation] = []
        for _, group in groupby(ordered, lambda each: (each.child.store, each.child.collection)):
            made += self._collection(list(group))
        return made

    def _collection(self, relations: Sequence[Relation]) -> list[Relation]:
        first = [replace(each, role=self._role(each), nullable=self._nullable(each)) for each in relations]
        staffed = [self._beside_customers(each, first) for each in first]
        shared = self._together(staffed)
        alone = [self._alone(each, shared) for each in shared]
        composed = any(_is_composition(self.land, each) for each in alone if not self._to_person(each))
        return [self._belonging(each, composed) for each in alone]

    def _role(self, relation: Relation) -> Role:
        child, parent = relation.child, relation.parent
        if not self._to_person(relation) or (child.store, child.collection) == (
            parent.store,
            parent.collection,
        ):
            return "reference"
        if self._is_source(child):
            return self._between_people(relation)
        return "owner" if relation.when else nouns.part(_own_name(child.field))

    def _between_people(self, relation: Relation) -> Role:
        """A person's row that refers to another's: the same person (an account), a carer, somebody else."""
        child, parent = relation.child, relation.parent
        if nouns.is_staff(parent.collection) and not nouns.is_staff(child.collection):
            return "actor"
        named = nouns.part(_own_name(child.field))
        if named == "owner" and child in self.land.profiles and self.land.near_unique(child):
            return "owner"
        return named if named == "actor" else "reference"

    def _beside_customers(self, relation: Relation, others: Sequence[Relation]) -> Relation:
        """Staff beside a customer act; staff alone are whom the record is about."""
        named = relation.role in ("owner", "participant") and not relation.when
        if not named or not nouns.is_staff(relation.parent.collection):
            return relation
        customers = (
            self._to_person(each) and not nouns.is_staff(each.parent.collection) and each.role != "actor"
            for each in others
            if each.status == "active" and not each.when and each.child != relation.child
        )
        return replace(relation, role="actor") if any(customers) else relation

    def _together(self, relations: Sequence[Relation]) -> list[Relation]:
        """Owners who mostly are different people take part; who takes part and mostly is the owner owns."""
        certain = [each for each in relations if each.status == "active" and not each.when]
        owners = [each for each in certain if each.role == "owner"]
        named = [each for each in certain if each.role == "participant"] if owners else []
        also = {each for each in named if all(self._same_people(each, owner) for owner in owners)}
        apart = {
            each
            for a, b in combinations(owners, 2)
            if a.child != b.child and not self._same_people(a, b)
            for each in (a, b)
        }
        return [_as(each, "participant", apart) if apart else _as(each, "owner", also) for each in relations]

    def _alone(self, relation: Relation, others: Sequence[Relation]) -> Relation:
        """The only person of a record owns it, unless they merely handled it."""
        if relation.status != "active" or relation.when or not self._to_person(relation):
            return relation
        parts = {each.child for each in others if each.role in ("owner", "participant") and not each.when}
        if relation.role == "participant" and parts == {relation.child}:
            return replace(relation, role="owner")
        named = relation.role == "reference" or nouns.is_maker(_own_name(relation.child.field))
        return (
            replace(relation, role="owner") if named and not parts and self._is_theirs(relation) else relation
        )

    def _is_theirs(self, relation: Relation) -> bool:
        """Whether a record can be its one person's: no catalogue's, no work of staff, no row of a person."""
        if self._is_source(relation.child) or nouns.is_staff(relation.parent.collection):
            return False
        return "catalog" not in nouns.kinds(relation.child.collection)

    def _same_people(self, a: Relation, b: Relation) -> bool:
        """Whether two fields of a record mostly lead to one person; not if there is nothing to compare."""
        fields = {a.child.field, b.child.field}
        records = self.sampler.records(a.child.store, a.child.collection, fields)
        both = [record for record in records if fields <= record.keys()]
        left, right = self._people(a, both), self._people(b, both)
        pairs = [(x, y) for x, y in zip(left, right, strict=True) if x and y]
        same = sum(bool(x & y) for x, y in pairs)
        return bool(pairs) and same >= SAME_PERSON * len(pairs)

    def _people(self, relation: Relation, records: Sequence[Record]) -> list[frozenset[str]]:
        """Of each record, what identifies whom the field leads to: the source's key and e-mail."""
        source = self._source(relation.parent)
        identifying = {field for field, entity in source.identifiers if entity == "EMAIL_ADDRESS"} | {
            source.key
        }
        values = [record[relation.child.field] for record in records]
        found = self.sampler.lookup(relation.parent, [one for each in values for one in each], identifying)
        return [
            frozenset(
                identity
                for value in each
                if (parent := found.get(canonical(value))) is not None
                for identity in _identities(source, parent, identifying)
            )
            for each in values
        ]

    def _belonging(self, relation: Relation, composed: bool) -> Relation:
        """``dependent``, and ``owner`` for a record that is part of its parent."""
        if self._to_person(relation):
            return replace(relation, dependent=relation.role == "owner" and not relation.nullable)
        part = self._is_part(relation) and (not composed or _is_composition(self.land, relation))
        return replace(relation, dependent=part, role="owner" if part else "reference")

    def _is_part(self, relation: Relation) -> bool:
        """Always filled and named after a parent that is no catalogue: order lines, not a last order."""
        child, parent = relation.child, relation.parent
        if (child.store, child.collection) == (parent.store, parent.collection):
            return False
        if "catalog" in nouns.kinds(parent.collection) or (relation.nullable and not relation.when):
            return False
        if relation.when:
            return True
        if relation.on_delete == "CASCADE" or _is_composition(self.land, relation):
            return True
        return _plainly_named(child, parent)

    def _nullable(self, relation: Relation) -> bool:
        if relation.child not in self.land.profiles:
            return True
        return self.land.share_filled(relation.child) < FILLED

    def _to_person(self, relation: Relation) -> bool:
        return self._is_source(relation.parent)

    def _is_source(self, place: Place) -> bool:
        return any((each.store, each.collection) == (place.store, place.collection) for each in self.sources)

    def _source(self, place: Place) -> IdentitySource:
        return next(
            each for each in self.sources if (each.store, each.collection) == (place.store, place.collection)
        )


def _as(relation: Relation, role: Role, chosen: Container[Relation]) -> Relation:
    return replace(relation, role=role) if relation in chosen else relation


def _identities(source: IdentitySource, parent: Record, fields: Iterable[str]) -> Iterable[str]:
    for field in fields:
        for value in parent.get(field, ()):
            one = canonical(value)
            yield one if "@" in one else f"{source.name}:{one}"


def _own_name(field: str) -> str:
    return field.rpartition("~")[2] if "~" in field else field


def _is_composition(land: Landscape, relation: Relation) -> bool:
    """Whether a child is made to be part of its parent: named after it, keyed by it, or deleted with it."""
    child, parent = relation.child, relation.parent
    if relation.on_delete == "CASCADE":
        return True
    collection = land.collections.get((child.store, child.collection))
    if collection is not None and len(collection.key) > 1 and child.field == collection.key[0]:
        return True
    parents, children = nouns.table_nouns(parent.collection), nouns.table_nouns(child.collection)
    return len(children) > len(parents) and all(
        any(nouns.same(a, b) >= 0.9 for b in children) for a in parents
    )


def _plainly_named(child: Place, parent: Place) -> bool:
    """Named after the parent without a qualifier: ``order_id``, not ``last_order_id``."""
    name, table = nouns.field_name(child.field), nouns.table_nouns(parent.collection)
    known = (*table, *nouns.table_nouns(child.collection))
    qualified = any(not any(nouns.same(noun, other) for other in known) for noun in name.nouns)
    same_key = bool(name.nouns) and name.nouns == nouns.field_name(parent.field).nouns
    return same_key or (not qualified and nouns.names_table(child.field, parent.collection) >= NAMED)
