"""From candidates to verdicts: inclusion, names and agreement weighed, one parent for each child field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log

from vestige.catalog.model import Place, Status
from vestige.scanners import nouns
from vestige.scanners.agreement import Comparison, relevant
from vestige.scanners.candidates import Candidate
from vestige.scanners.landscape import Landscape
from vestige.scanners.polymorphic import is_typed

INCLUDED = 0.95
"""Deleted parents leave a few values behind."""
NAMED, SYNONYM, HALF_NAMED = 0.75, 0.6, 0.5
"""``named`` from which a name alone carries small numbers; from which it does so if they spread over the
parent's; and from which it does so within one store."""
SURELY = 0.95
"""``named`` of a field that has the very name of the parent's collection or key."""
MANY = 10
"""Distinct telling values that need no name."""
BY_CHANCE = log(0.001)
"""Log-odds below which a parent with wide numbers is not the one of a child with narrow ones."""

Compare = Callable[[Candidate], list[Comparison]]


@dataclass(frozen=True, slots=True)
class Judged:
    candidate: Candidate
    status: Status
    evidence: tuple[str, ...]
    agrees: bool = False

    @property
    def plain(self) -> bool:
        """Whether it holds for every record, by its name: no type beside it can say otherwise."""
        return self.status == "active" and self.candidate.named >= NAMED


def judge(land: Landscape, candidates: Iterable[Candidate], compare: Compare) -> list[Judged]:
    """At most one active relation a child field; the ambiguous go to review, the contradicted are named."""
    ordered = sorted(candidates, key=lambda one: (one.child, one.parent))
    judged: list[Judged] = []
    for _, group in groupby(ordered, lambda one: (one.child.store, one.child.collection)):
        judged += _judge_collection(land, list(group), compare)
    return _alike([one for one in ordered if not is_typed(land, one.child)], judged)


def _alike(candidates: Iterable[Candidate], judged: Sequence[Judged]) -> list[Judged]:
    """Fields of one name in one store refer to one collection: what agreed in one holds for the others."""
    proven: dict[tuple[str, str], set[Place]] = {}
    for each in judged:
        if each.agrees:
            proven.setdefault(_name(each.candidate), set()).add(each.candidate.parent)
    known = {name: next(iter(parents)) for name, parents in proven.items() if len(parents) == 1}
    settled = {each.candidate.child for each in judged if each.agrees or each.status == "rejected"}
    moved = {
        one.child: Judged(one, "active", (*_evidence(one), "so does the field of this name beside it"))
        for one in candidates
        if known.get(_name(one)) == one.parent and one.share >= INCLUDED and one.child not in settled
    }
    return [each for each in judged if each.candidate.child not in moved] + list(moved.values())


def _name(one: Candidate) -> tuple[str, str]:
    return one.child.store, one.child.field.rpartition(".")[2]


def _judge_collection(land: Landscape, group: Sequence[Candidate], compare: Compare) -> list[Judged]:
    compared = {one: compare(one) if _worth_comparing(one) else [] for one in group}
    judged: list[Judged] = []
    for _, own in groupby(group, lambda one: one.child):
        found = list(own)
        explained = _explained(compared, found[0])
        one_by_one = [_judge_one(one, compared[one], explained) for one in found]
        judged += _choose(land, [each for each in one_by_one if each is not None])
    return judged


def _worth_comparing(one: Candidate) -> bool:
    return one.share >= 0.5 and (one.named > 0 or one.source)


def _explained(compared: dict[Candidate, list[Comparison]], mine: Candidate) -> frozenset[tuple[str, str]]:
    """Identifiers (entity, stem) that are those of somebody to whom *another* field of the record refers."""
    return frozenset(
        (each.entity, each.stem)
        for one, comparisons in compared.items()
        if one.child != mine.child
        for each in comparisons
        if each.agrees
    )


def _judge_one(
    one: Candidate, comparisons: Sequence[Comparison], explained: frozenset[tuple[str, str]]
) -> Judged | None:
    evidence = _evidence(one)
    agreeing = [each for each in comparisons if each.agrees]
    if agreeing and one.share >= HALF_NAMED:
        best = max(agreeing, key=lambda each: (each.share, each.compared))
        return Judged(one, "active", (*evidence, _agreement(best)), agrees=True)
    against = [
        each
        for each in comparisons
        if each.disagrees and relevant(one.child, each) and (each.entity, each.stem) not in explained
    ]
    if against:
        return Judged(one, "rejected", (*evidence, _agreement(against[0]))) if one.named else None
    status = _by_values(one) if one.telling else _by_name(one)
    return None if status is None else Judged(one, status, evidence)


def _by_values(one: Candidate) -> Status | None:
    """Values that coincide by no accident."""
    if one.named >= HALF_NAMED and one.share >= 0.7 and one.distinct >= 3:
        return "active"
    if one.share >= INCLUDED and one.distinct >= MANY:
        return "active"
    if one.named >= NAMED and one.share >= INCLUDED:
        return "active"
    return "review" if one.named >= HALF_NAMED and one.share >= 0.5 else None


def _by_name(one: Candidate) -> Status | None:
    """Small numbers lie in every sequence: only the name tells."""
    if _counts_processes(one):
        return "review" if one.share >= INCLUDED and one.named >= HALF_NAMED else None
    if one.share >= INCLUDED and one.named >= NAMED:
        return "active"
    if one.share >= INCLUDED and one.named >= HALF_NAMED:
        near = one.child.store == one.parent.store
        return (
            "active" if near or (one.named >= SYNONYM and one.distinct >= MANY and one.covers) else "review"
        )
    return "review" if one.share >= 0.8 and one.named >= HALF_NAMED else None


def _counts_processes(one: Candidate) -> bool:
    """``worker 3``: few small numbers beside a bare word, which is not the collection's own name."""
    marker = one.child.field.partition("~")[2]
    if not marker or nouns.field_name(marker).keys or one.named >= SURELY:
        return False
    return one.distinct < MANY or not one.covers


def _choose(land: Landscape, judged: Sequence[Judged]) -> list[Judged]:
    """The best parent of one child field; rivals that are no worse make all of them a matter for review."""
    rejected = [each for each in judged if each.status == "rejected"]
    standing = _roots(land, [each for each in judged if each.status != "rejected"])
    if not standing:
        return rejected
    best = max(standing, key=lambda each: _rank(land, each))
    rivals = [each for each in standing if each is not best and _rivals(land, each, best)]
    if rivals and best.status == "active":
        narrow = min((best, *rivals), key=lambda each: each.candidate.parents)
        if not all(_improbable(each, narrow) for each in (best, *rivals) if each is not narrow):
            doubtful = (f"{len(rivals) + 1} collections fit equally well",)
            return [Judged(each.candidate, "review", each.evidence + doubtful) for each in (best, *rivals)]
        best = narrow
    return [*rejected, best]


def _rank(land: Landscape, each: Judged) -> tuple[bool, float, bool, bool, bool, float, int]:
    one = each.candidate
    return (
        each.agrees,
        round(one.named * 20) / 20,
        one.child.store == one.parent.store,
        one.source,
        land.declared_unique(one.parent),
        one.share,
        -one.parents,
    )


def _rivals(land: Landscape, each: Judged, best: Judged) -> bool:
    """Whether nothing but numbers tells two parents apart."""
    a, b = each.candidate, best.candidate
    if (a.parent.store, a.parent.collection) == (b.parent.store, b.parent.collection):
        return False
    if (a.telling and b.telling) or each.status != best.status:
        return False
    return _rank(land, each)[:3] == _rank(land, best)[:3]


def _improbable(wide: Judged, narrow: Judged) -> bool:
    """Whether a child of the wide parent would hardly have all its values within the narrow one."""
    a, b = wide.candidate, narrow.candidate
    if a.parents <= b.parents or b.share < INCLUDED:
        return False
    return a.distinct * log(b.parents / a.parents) < BY_CHANCE


def _roots(land: Landscape, judged: Sequence[Judged]) -> list[Judged]:
    """Leave out parents that only repeat another: a satellite's ``user_id``, an export's copy."""
    return [
        each
        for each in judged
        if not any(_repeats(land, each, other) for other in judged if other is not each)
    ]


def _repeats(land: Landscape, each: Judged, other: Judged) -> bool:
    a, b = each.candidate, other.candidate
    same_name = b.named >= a.named and (a.telling or a.named < NAMED)
    if not same_name or _standing(land, b) <= _standing(land, a):
        return False
    refers = a.telling or nouns.names_table(a.parent.field, b.parent.collection) >= HALF_NAMED
    return refers and land.contained(a.parent, b.parent)[0] >= INCLUDED


def _standing(land: Landscape, one: Candidate) -> tuple[bool, bool, int]:
    return one.source, land.declared_unique(one.parent), one.parents


def _evidence(one: Candidate) -> tuple[str, ...]:
    kept = (
        f"{one.share:.0%} of {one.distinct} distinct values are in {one.parent.collection}.{one.parent.field}"
    )
    if one.named >= NAMED:
        return ("named after the collection or its key", kept)
    if (one.child.store, one.child.collection) == (one.parent.store, one.parent.collection):
        return ("named as a reference within the collection", kept)
    return ("named after a person or a person's part", kept) if one.named >= HALF_NAMED else (kept,)


def _agreement(each: Comparison) -> str:
    what = f"{each.stem} {each.entity}".strip()
    return f"{what} of both records agrees in {each.share:.0%} of {each.compared}"
