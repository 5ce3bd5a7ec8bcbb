"""Plans and cases, as values.

A *plan* is what a person may read and keep: counts, masked names, reasons, no personal value. A *case* is
what the purge and the sweep need: identifiers and frozen locators; it lies sealed in the ledger and dies at
the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from vestige.connectors.protocol import Edit, Locator

Action = Literal["erase", "redact", "retain", "review", "pseudonymise", "export", "follow"]
"""``follow``: a record of a view, which is as the records are that it shows."""
OutcomeKind = Literal["erased", "redacted", "retained", "absent", "residue", "unknown"]
Standing = Literal["owner", "shared", "actor", "reference", "mention", "review"]


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier of a subject, readable: only in memory and in a sealed case.

    ``entity`` is an entity of DESIGN.md section 5. ``space`` is set for keys: ``shop.users.id``. ``value`` is
    the value as found, ``normal`` its normal form (see :mod:`vestige.matching.forms`). ``former``: the
    subject bore it once; somebody else may by now.
    """

    entity: str
    value: str
    normal: str
    strong: bool
    space: str | None = None
    former: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A person: merged accounts. ``label`` is the keyed hash that plans and reports show.

    ``accounts``: (identity source name, key) of each row that is this person. ``identifiers`` includes the
    keys.
    """

    label: str
    accounts: tuple[tuple[str, str], ...]
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Touched:
    """One record that concerns the subject: where, how it was linked, and the edits that erase the person
    from it.

    ``fields``: (field, entity) pairs that are the person's. ``via``: how the record was linked, in words
    without values. ``digest``: of the record as read, see :func:`vestige.connectors.protocol.digest`;
    ``after``: what it will be once the edits are done, to recognise on resume that they are.
    """

    store: str
    collection: str
    locator: Locator
    digest: str
    standing: Standing
    fields: tuple[tuple[str, str], ...]
    via: str
    action: Action
    edits: tuple[Edit, ...] = ()
    step: str = ""
    basis: str | None = None
    until: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is sealed: who, and every frozen record of the plan (acted upon, retained and under review)."""

    subject: Subject
    records: tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a plan: what happens to the subject's records in one collection (or object), and why."""

    id: str
    store: str
    collection: str
    action: Action
    records: int
    fields: tuple[tuple[str, str], ...]
    because: str
    object: str | None = None
    basis: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The frozen list of steps for one subject and one right. ``signature``: HMAC over all else.

    ``total``: records per ``store.collection`` that were read when the plan was drawn.
    ``uncovered``: places that were not read, each with its reason. ``undecided``: number of review entries.
    ``notes``: what will stop the purge unless it is changed. ``restored``: it acts only upon what is provably
    a restored record.
    """

    id: str
    right: Literal["purge", "export"]
    created: str
    subject: str
    case: str
    basis_digest: str
    steps: tuple[Step, ...]
    uncovered: tuple[tuple[str, str], ...] = ()
    undecided: int = 0
    total: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    restored: bool = False
    version: int = 1
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one location: exactly one per step."""

    step: str
    store: str
    collection: str
    outcome: OutcomeKind
    records: int
    reason: str = ""
    basis: str | None = None
    until: str | None = None
    object: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
