"""What a person decided about the catalog, and how it wins over what was inferred."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from vestige.catalog import rows
from vestige.catalog.model import Finding, Place, Relation

Decision = Literal["accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Review:
    """One decision. ``subject``: what it is about. ``body``: the relation as it was decided on."""

    kind: Literal["field", "relation"]
    subject: str
    decision: Decision
    body: str = ""


def of_field(place: Place, entity: str, decision: Decision) -> Review:
    """A person says that a field holds, or does not hold, an entity."""
    return Review("field", _canonical(asdict(place) | {"entity": entity}), decision)


def of_relation(relation: Relation, decision: Decision) -> Review:
    """A person says that a relation holds, or does not."""
    return Review("relation", identity(relation), decision, rows.body(relation))


def identity(relation: Relation) -> str:
    """What makes two relations the same: the places and the condition, not role, status or evidence."""
    return _canonical(
        {"child": asdict(relation.child), "parent": asdict(relation.parent), "when": relation.when}
    )


def decided_findings(findings: Iterable[Finding], reviews: Iterable[Review]) -> Iterator[Finding]:
    """The findings under the reviews; one that was accepted is there even if no scan sees it any more."""
    decisions = {each.subject: each.decision for each in reviews if each.kind == "field"}
    for finding in findings:
        decision = decisions.pop(_canonical(asdict(finding.place) | {"entity": finding.entity}), None)
        yield finding if decision is None else _decided_finding(finding, decision)
    for subject, decision in decisions.items():
        if decision == "accepted":
            yield _accepted(json.loads(subject))


def decided_relations(relations: Iterable[Relation], reviews: Iterable[Review]) -> Iterator[Relation]:
    """The relations under the reviews; one that was confirmed is there even if no scan sees it any more."""
    decisions: dict[str, Review] = {each.subject: each for each in reviews if each.kind == "relation"}
    for relation in relations:
        review = decisions.pop(identity(relation), None)
        yield relation if review is None else _decided_relation(relation, review.decision)
    for review in decisions.values():
        yield _decided_relation(rows.relation(review.body), review.decision)


def _decided_finding(finding: Finding, decision: Decision) -> Finding:
    if decision == "accepted":
        return replace(finding, verdict="personal", confidence=1.0, evidence=_said(finding, "accepted"))
    return replace(finding, verdict="not_personal", confidence=1.0, evidence=_said(finding, "rejected"))


def _decided_relation(relation: Relation, decision: Decision) -> Relation:
    if decision == "accepted":
        return replace(relation, origin="confirmed", status="active", evidence=_said(relation, "confirmed"))
    return replace(relation, origin="rejected", status="rejected", evidence=_said(relation, "rejected"))


def _said(about: Finding | Relation, word: str) -> tuple[str, ...]:
    return (f"{word} by a person", *about.evidence)


def _accepted(subject: Mapping[str, str]) -> Finding:
    place = Place(subject["store"], subject["collection"], subject["field"])
    return Finding(place, subject["entity"], 1.0, "personal", ("accepted by a person",), "review")


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
