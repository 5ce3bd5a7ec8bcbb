"""The verification report as it travels: JSON, and what its page is made from. Published in docs/schema."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

Result = Literal["pass", "fail", "unknown"]
Verdict = Literal["pass", "fail", "incomplete"]
Status = Literal["COMPLETE", "PARTIAL", "SKIPPED", "OPAQUE"]

PAGE, TWIN, CODE, BUNDLE = "report.html", "report.json", "code.txt", "bundle.zip"
"""The files of a report's folder."""


class Asked(TypedDict):
    """What was asked, of whom (a keyed hash), and on which basis."""

    plan: str
    right: str
    drawn: str
    subject: str
    identifiers: dict[str, int]
    accounts: int
    basis_digest: str
    key_id: str


class CheckEntry(TypedDict):
    """One check: what was asserted, how it ended, in numbers, and how it was checked."""

    check: str
    result: Result
    detail: str
    method: str


class OutcomeEntry(TypedDict):
    """The end of one step of the plan. Counts are None where a store has none."""

    step: str
    store: str
    collection: str
    outcome: str
    records: int
    fields: list[str]
    because: str
    basis: str | None
    until: str | None
    planned: int | None
    written: int | None
    counts_before: int | None
    counts_after: int | None


class CoverageEntry(TypedDict):
    """What the sweep read of one part of a store. ``counted``: by the store itself."""

    store: str
    collection: str
    object: str | None
    status: Status
    read: int
    counted: int | None
    bytes: int
    reason: str | None


class TraceEntry(TypedDict):
    """What the sweep found. ``record``: the keyed hash of its locator; ``form``: how it was spelled."""

    store: str
    collection: str
    field: str
    entity: str
    form: str
    meaning: str
    record: str


class OrphanEntry(TypedDict):
    """Records of one relation that lead nowhere. None: not counted."""

    relation: str
    before: int | None
    after: int | None


class Recall(TypedDict):
    """Canaries of the run: how many were planted in the stream, how many the search found."""

    planted: int
    found: int


class Sweep(TypedDict):
    """The sweep in numbers; traces by what they mean."""

    stores: int
    parts: int
    records: int
    bytes: int
    expected: int
    undecided: int
    survivor: int
    unknown: int


class Uncovered(TypedDict):
    """A place that was not read when the plan was drawn."""

    place: str
    reason: str


class Neighbour(TypedDict):
    """Something beside a store that was not given to Vestige: another database, a replica."""

    store: str
    name: str


class Verification(TypedDict):
    """``verify``. ``undecided``: number of review entries. ``traces`` lists some, worst first.

    ``commitments``: see :mod:`vestige.reports.recognition`.
    """

    format: Literal["vestige/verification/1"]
    version: str
    made: str
    verdict: Verdict
    summary: str
    undecided: int
    asked: Asked
    checks: list[CheckEntry]
    outcomes: list[OutcomeEntry]
    coverage: list[CoverageEntry]
    sweep: Sweep
    traces: list[TraceEntry]
    recall: Recall
    orphans: list[OrphanEntry]
    uncovered: list[Uncovered]
    neighbours: list[Neighbour]
    commitments: list[str]
    trusted: list[str]
    limits: list[str]
