"""The rows of the catalog, as values. None of them holds a personal value: identifiers are keyed hashes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["personal", "review", "not_personal"]
Role = Literal["owner", "participant", "actor", "reference"]
RelationOrigin = Literal["declared", "inferred", "confirmed", "rejected"]
Status = Literal["active", "review", "rejected"]
CoverageStatus = Literal["COMPLETE", "PARTIAL", "SKIPPED", "OPAQUE"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A field of a collection of a store. Markers in lines are fields too: ``line~user_id``,
    ``object~users``.
    """

    store: str
    collection: str
    field: str

    def __str__(self) -> str:
        """As people name it: ``shop.users.email``."""
        return f"{self.store}.{self.collection}.{self.field}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A field's verdict for one entity, with its evidence in words."""

    place: Place
    entity: str
    confidence: float
    verdict: Verdict
    evidence: tuple[str, ...]
    rule_version: str
    structured: bool = True
    """Whether whole values are the entity (an e-mail column), rather than text that mentions it (a note)."""


@dataclass(frozen=True, slots=True)
class Relation:
    """``child`` refers to ``parent`` (a key or another unique field). ``dependent``: a child record without a
    person of its own belongs to its parent's owner. ``when``: only where (field, value) hold in the child
    record, for polymorphic pairs. ``composite``: further (child field, parent field) pairs of a composite
    key.
    """

    child: Place
    parent: Place
    role: Role
    origin: RelationOrigin
    status: Status
    evidence: tuple[str, ...] = ()
    dependent: bool = True
    nullable: bool = True
    when: tuple[str, str] | None = None
    composite: tuple[tuple[str, str], ...] = ()
    on_delete: str | None = None


@dataclass(frozen=True, slots=True)
class IdentitySource:
    """A collection whose rows are subjects: ``shop.users``, ``id``. ``identifiers``: (field, entity)."""

    store: str
    collection: str
    key: str
    identifiers: tuple[tuple[str, str], ...]
    origin: Literal["configured", "inferred"]
    evidence: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.store}.{self.collection}"


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """What was read of one partition. ``label`` masks personal parts of object names; ``object_id`` is the
    keyed hash of the true name, ``version`` what the store attested when it was read.
    """

    store: str
    collection: str
    label: str
    object_id: str | None
    status: CoverageStatus
    reason: str | None = None
    records: int | None = None
    version: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One keyed identifier seen in one field of one partition, ``count`` times, in one ``form`` (``clear``,
    ``sha256``, ``percent``, ``base64`` …)."""

    place: Place
    object_id: str | None
    entity: str
    form: str
    hash: str
    count: int


@dataclass(frozen=True, slots=True)
class Scan:
    """One crawl: when, how (``full`` or ``sample``), by which rules and key. ``regions``: ISO countries in
    which national phone numbers were read, configured or inferred."""

    id: str
    started: str
    finished: str
    mode: Literal["full", "sample"]
    rule_version: str
    key_id: str
    regions: tuple[str, ...] = ()
