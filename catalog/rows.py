"""The catalog's values as rows: Arrow schemas for bulk inserts, JSON where no part is ever queried."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from vestige.catalog.model import IdentitySource, Place, Relation
from vestige.connectors.protocol import Collection, Field, Reference

_TEXT, _COUNT = pa.string(), pa.int64()


def _schema(*texts: str, **others: pa.DataType) -> pa.Schema:
    return pa.schema({**dict.fromkeys(texts, _TEXT), **others})


OCCURRENCES = _schema("store", "collection", "object_id", "field", "entity", "form", "hash", count=_COUNT)
"""One keyed identifier in one field of one partition. ``hash``: 32 hex characters. Repeated rows add up."""

COVERAGE = _schema(
    *("store", "collection", "label", "object_id", "status", "reason"),
    records=_COUNT,
    version=_TEXT,
    size=_COUNT,
)
PROFILES = _schema("store", "collection", "object_id", "field", "body")
FINDINGS = _schema(
    *("store", "collection", "field", "entity"),
    confidence=pa.float64(),
    verdict=_TEXT,
    evidence=pa.list_(_TEXT),
    rule_version=_TEXT,
    structured=pa.bool_(),
)
PARTITIONS = _schema("store", "collection", "object_id")


def body(value: Relation | IdentitySource | Collection) -> str:
    """Canonical JSON: equal values give equal text."""
    return json.dumps(asdict(value), sort_keys=True, ensure_ascii=False)


def relation(text: str) -> Relation:
    raw: dict[str, Any] = json.loads(text)
    raw |= {"child": Place(**raw["child"]), "parent": Place(**raw["parent"])}
    raw |= {"evidence": tuple(raw["evidence"]), "composite": tuple(map(tuple, raw["composite"]))}
    return Relation(**(raw | {"when": raw["when"] and tuple(raw["when"])}))


def source(text: str) -> IdentitySource:
    raw: dict[str, Any] = json.loads(text)
    raw |= {"identifiers": tuple(map(tuple, raw["identifiers"])), "evidence": tuple(raw["evidence"])}
    return IdentitySource(**raw)


def collection(text: str) -> Collection:
    raw: dict[str, Any] = json.loads(text)
    raw |= {
        "fields": tuple(Field(**each) for each in raw["fields"]),
        "key": tuple(raw["key"]),
        "unique": tuple(map(tuple, raw["unique"])),
        "references": tuple(_reference(each) for each in raw["references"]),
        "triggers": tuple(raw["triggers"]),
    }
    return Collection(**raw)


def _reference(raw: dict[str, Any]) -> Reference:
    return Reference(**(raw | {"fields": tuple(raw["fields"]), "targets": tuple(raw["targets"])}))
