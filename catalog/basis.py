"""The basis digest: what a plan stands on, so that a plan can tell whether the catalog moved under it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict

from vestige.catalog.model import Finding, IdentitySource, Place, Relation


def digest(
    places: Collection[Place],
    findings: Iterable[Finding],
    relations: Iterable[Relation],
    sources: Iterable[IdentitySource],
) -> str:
    """SHA-256 (hex) over what is said about ``places``, but for confidence and evidence, which drift."""
    collections = {(place.store, place.collection) for place in places}
    said = [
        *(_finding(each) for each in findings if each.place in places),
        *(_relation(each) for each in relations if each.child in places or each.parent in places),
        *(_source(each) for each in sources if (each.store, each.collection) in collections),
    ]
    lines = sorted(json.dumps(each, sort_keys=True) for each in said)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _finding(finding: Finding) -> list[object]:
    return ["finding", asdict(finding.place), finding.entity, finding.verdict, finding.structured]


def _relation(relation: Relation) -> list[object]:
    facts = asdict(relation)
    del facts["evidence"]
    return ["relation", facts]


def _source(source: IdentitySource) -> list[object]:
    facts = asdict(source)
    del facts["evidence"]
    return ["source", facts]
