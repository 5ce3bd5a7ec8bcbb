"""From what the stores say they did to one outcome per step of the plan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vestige.connectors.protocol import Effects, Locator, Residue
from vestige.planning.model import Outcome, OutcomeKind, Plan, Step, Touched

_DONE: Mapping[str, OutcomeKind] = {"erase": "erased", "redact": "redacted", "pseudonymise": "redacted"}


def written_outcomes(
    plan: Plan,
    records: Sequence[Touched],
    todo: Sequence[Touched],
    effects: Effects,
    before: Mapping[str, int],
    after: Mapping[str, int],
) -> list[Outcome]:
    """One outcome per step of a store that was purged. ``todo``: the records that were still to be done."""
    touched = {_mark(c, w) for c, w in (*effects.deleted, *effects.changed)}
    gone = {_mark(c, w) for c, w in effects.gone}
    waiting = {_mark(r.collection, r.locator) for r in todo}
    found = []
    for step in plan.steps:
        marks = [_mark(r.collection, r.locator) for r in records if r.step == step.id]
        if marks:
            written = sum(mark in touched or mark not in waiting for mark in marks)
            absent = sum(mark in gone for mark in marks)
            counts = {"before": before.get(step.collection), "after": after.get(step.collection)}
            found.append(_outcome(step, len(marks), written, absent, counts))
    return found


def _outcome(step: Step, planned: int, written: int, absent: int, counts: Mapping[str, Any]) -> Outcome:
    extra = {
        "planned": planned,
        "written": written,
        "absent": absent,
        "counts_before": counts["before"],
        "counts_after": counts["after"],
    }
    if written + absent < planned:
        reason = f"{planned - written - absent} of {planned} records were not confirmed by the store"
        return Outcome(step.id, step.store, step.collection, "unknown", planned, reason, extra=extra)
    kind = "absent" if absent == planned else _DONE[step.action]
    return Outcome(step.id, step.store, step.collection, kind, planned, step.because, extra=extra)


def kept_outcomes(plan: Plan) -> list[Outcome]:
    """The outcomes of what the plan keeps."""
    return [
        Outcome(s.id, s.store, s.collection, "retained", s.records, s.because, s.basis, s.until)
        for s in plan.steps
        if s.action == "retain"
    ]


def residue_outcomes(residues: Iterable[Residue]) -> list[Outcome]:
    """What a store keeps for a while, each with its date if it has one."""
    return [
        Outcome("residue", r.store, "", "residue", 0, r.what, until=r.until.isoformat() if r.until else None)
        for r in residues
    ]


def receipt_of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The receipt that the journal keeps of a store: its outcomes, which hold counts and names of places."""
    return {"outcomes": [asdict(outcome) for outcome in outcomes]}


def _mark(collection: str, where: Locator) -> str:
    return json.dumps([collection, dict(where)], sort_keys=True, default=str)
