"""The shapes of ``--json``, as published in docs/schema; those of ``verify`` are the reports' own."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict


class FieldEntry(TypedDict):
    """``catalog fields``: one entry a (field, entity)."""

    store: str
    collection: str
    field: str
    entity: str
    confidence: float
    verdict: Literal["personal", "review", "not_personal"]
    evidence: list[str]


class FoundField(TypedDict):
    """A field of a record, and what it holds."""

    field: str
    entity: str


class RecordEntry(TypedDict):
    """``locate --records``: one entry a record. ``via``: how it was linked."""

    store: str
    collection: str
    locator: dict[str, Any]
    fields: list[FoundField]
    via: str
