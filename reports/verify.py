"""The verdict on a purge: the sweep, the checks, one outcome per step, and what could not be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.ledger.store import Ledger
from vestige.planning.atlas import bonds
from vestige.planning.codec import case_from_bytes
from vestige.planning.model import Case, Outcome, OutcomeKind, Plan, Step
from vestige.reports import checks
from vestige.reports.checks import Counts, number
from vestige.reports.integrity import orphans
from vestige.reports.masks import Masks
from vestige.reports.recognition import commitments
from vestige.reports.shapes import (
    Asked,
    CheckEntry,
    CoverageEntry,
    Neighbour,
    OrphanEntry,
    OutcomeEntry,
    Recall,
    Status,
    Sweep,
    TraceEntry,
    Uncovered,
    Verdict,
    Verification,
)
from vestige.reports.sweep import Reading, Swept, sweep

Progress = Callable[[str], None]

MOST_TRACES = 500
"""Traces listed in a report; all are counted."""

TRUSTED = [
    "the connectors, which deliver what the stores hold (tested against stores with planted faults);",
    "the normal forms of identifiers and the reading of fields inside documents, shared with the purge;",
    "the stores themselves: what they neither list nor deliver, nobody can find through them.",
]
LIMITS = [
    "Only configured stores were read. Neighbours that a store shows (other databases, replicas) were not.",
    "Backups, exports on other machines and copies with third parties are outside of it.",
    "A name alone is no trace: names were sought only in records known to concern the subject.",
    "Encrypted and binary content is listed as not read unless a person declared it harmless.",
    "It speaks of the time at which it was made; what is written later is for a later sweep.",
]
_UNFINISHED = Outcome("end", "", "", "unknown", 0, "the purge has not finished: run it again")
_WORST = {"survivor": 0, "unknown": 1, "undecided": 2, "expected": 3}


def verify_plan(
    estate: Estate,
    catalog: Catalog,
    ledger: Ledger,
    plan: Plan,
    *,
    workers: int = 1,
    progress: Progress = lambda _: None,
    code: str | None = None,
) -> Verification:
    """Verify a plan from what the ledger holds of it: its case, baseline, receipts and outcomes.

    A purge that was cut off is verified as far as it got: its other steps are unknown. Raises CaseEnded.
    """
    journal = ledger.journal(plan.id)
    case = case_from_bytes(ledger.open_case(plan.case))
    written = journal.outcomes()
    if written is None:
        written = [one for receipt in journal.receipts() for one in receipt.get("outcomes", ())]
        written.append(asdict(_UNFINISHED))
    baseline = next(reversed(journal.receipts("baseline")), None)
    outcomes = [Outcome(**one) for one in written]
    return verify(
        estate,
        catalog,
        plan,
        case,
        outcomes,
        baseline=baseline or None,
        workers=workers,
        progress=progress,
        code=code,
    )


def verify(
    estate: Estate,
    catalog: Catalog,
    plan: Plan,
    case: Case,
    outcomes: Sequence[Outcome],
    *,
    baseline: Counts | None = None,
    workers: int = 1,
    progress: Progress = lambda _: None,
    code: str | None = None,
) -> Verification:
    """Sweep all stores and judge. ``baseline``: :func:`vestige.reports.integrity.orphans` before the purge.
    ``code``: by which the person will recognise the report, see :mod:`vestige.reports.recognition`.

    Never raises for a store: what cannot be read makes the verdict incomplete.
    """
    swept = sweep(estate, catalog, [case], workers=workers, progress=progress)
    outcomes = [*outcomes, *_idle(plan, case, outcomes), *_followed(plan, swept)]
    progress("references")
    after = orphans(estate, bonds(catalog))
    done = _checks(plan, swept, baseline, after, outcomes)
    masks = Masks(estate, catalog, case.subject)
    verdict = checks.verdict(one["result"] for one in done)
    return Verification(
        format="vestige/verification/1",
        version=version("vestige"),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        verdict=verdict,
        summary=_summary(verdict, swept, plan),
        undecided=plan.undecided,
        asked=_asked(estate, plan, case),
        checks=done,
        outcomes=_outcomes(plan, outcomes, masks),
        coverage=[_coverage(reading, masks) for reading in swept.readings],
        sweep=_sweep(swept),
        traces=_traces(swept, masks),
        recall=Recall(
            planted=sum(r.planted for r in swept.readings), found=sum(r.found for r in swept.readings)
        ),
        orphans=_orphans(baseline or {}, after),
        uncovered=[_uncovered(place, reason, masks) for place, reason in plan.uncovered],
        neighbours=[
            Neighbour(store=store, name=masks.collection(store, name)) for store, name in catalog.neighbours()
        ],
        commitments=commitments(case.subject, code) if code else [],
        trusted=TRUSTED,
        limits=LIMITS,
    )


def _idle(plan: Plan, case: Case, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes of steps in which nothing was to be written: stubs that hold keys alone."""
    busy = {record.step for record in case.records if record.edits} | {outcome.step for outcome in outcomes}
    return [
        Outcome(
            s.id, s.store, s.collection, "retained", s.records, s.because, "records that stay refer to it"
        )
        for s in plan.steps
        if s.id not in busy and s.action in ("redact", "pseudonymise")
    ]


def _followed(plan: Plan, swept: Swept) -> Iterator[Outcome]:
    """Outcomes of views: nothing was done to them, so that the sweep tells what has become of them."""
    for step in (one for one in plan.steps if one.action == "follow"):
        found = {m for t, m in swept.traces if (t.store, t.collection) == (step.store, step.collection)}
        shown: OutcomeKind = "unknown" if found & {"survivor", "unknown"} else "retained"
        kind = shown if found else "absent"
        yield Outcome(step.id, step.store, step.collection, kind, step.records, step.because)


def _checks(
    plan: Plan, swept: Swept, before: Counts | None, after: Counts, outcomes: Sequence[Outcome]
) -> list[CheckEntry]:
    return [
        checks.absence(swept),
        checks.coverage(swept),
        checks.reconciled(swept),
        checks.recall(swept),
        checks.accounted(plan, outcomes),
        checks.write_set(outcomes),
        checks.orphaned(before, after),
    ]


def _summary(verdict: Verdict, swept: Swept, plan: Plan) -> str:
    counts = swept.counts()
    said = [_said(verdict, swept)]
    if counts["expected"]:
        said.append(f"{number(counts['expected'], 'trace')} left in records that are kept.")
    if plan.undecided:
        said.append(f"{number(plan.undecided, 'record')} for a person to decide on.")
    return " ".join(said)


def _said(verdict: Verdict, swept: Swept) -> str:
    counts = swept.counts()
    if counts["survivor"]:
        return f"{number(counts['survivor'], 'trace')} of the subject found that should be gone."
    if counts["unknown"]:
        return f"Something may still be the subject's: {checks.MAY_BE}."
    none = "None found in the stores listed, which were read so far"
    if verdict == "pass":
        return f"{none}: {number(sum(r.read for r in swept.readings), 'record')}."
    return f"{none}, but {'a check failed' if verdict == 'fail' else 'not all of it is known'}."


def _orphans(before: Counts, after: Counts) -> list[OrphanEntry]:
    return [
        OrphanEntry(relation=name, before=before.get(name), after=count)
        for name, count in sorted(after.items())
    ]


def _asked(estate: Estate, plan: Plan, case: Case) -> Asked:
    return Asked(
        plan=plan.id,
        right=plan.right,
        drawn=plan.created,
        subject=plan.subject,
        identifiers=dict(sorted(Counter(i.entity for i in case.subject.identifiers).items())),
        accounts=len(case.subject.accounts),
        basis_digest=plan.basis_digest,
        key_id=estate.hasher.key_id,
    )


def _outcomes(plan: Plan, outcomes: Iterable[Outcome], masks: Masks) -> list[OutcomeEntry]:
    """One entry per step of the plan, then what stores keep for a while."""
    by_step = {outcome.step: outcome for outcome in outcomes if outcome.step != "residue"}
    found = [_of_step(step, by_step.get(step.id), masks) for step in plan.steps]
    return found + [_entry(o, None, masks) for o in outcomes if o.step == "residue"]


def _of_step(step: Step, outcome: Outcome | None, masks: Masks) -> OutcomeEntry:
    if outcome is None:
        kind = "undecided" if step.action == "review" else "unknown"
        reason = "" if step.action == "review" else "; the purge did not get to it"
        entry = _entry(
            Outcome(step.id, step.store, step.collection, "unknown", step.records, step.because + reason),
            step,
            masks,
        )
        return {**entry, "outcome": kind}
    return _entry(outcome, step, masks)


def _entry(outcome: Outcome, step: Step | None, masks: Masks) -> OutcomeEntry:
    extra = outcome.extra
    return OutcomeEntry(
        step=outcome.step,
        store=outcome.store,
        collection=masks.collection(outcome.store, outcome.collection),
        outcome=outcome.outcome,
        records=outcome.records,
        fields=sorted({name for name, _ in step.fields}) if step else [],
        because=outcome.reason or (step.because if step else ""),
        basis=outcome.basis,
        until=outcome.until,
        planned=extra.get("planned"),
        written=extra.get("written"),
        counts_before=extra.get("counts_before"),
        counts_after=extra.get("counts_after"),
    )


def _uncovered(place: str, reason: str, masks: Masks) -> Uncovered:
    store, dot, name = place.partition(".")
    return Uncovered(place=store + dot + masks.collection(store, name), reason=reason)


def _coverage(reading: Reading, masks: Masks) -> CoverageEntry:
    reason = "; ".join(reading.gaps)
    if not reason and not reading.complete:
        reason = f"the store counts {reading.counted}, {reading.read} were read"
    return CoverageEntry(
        store=reading.store,
        collection=masks.collection(reading.store, reading.collection),
        object=masks.object(reading.store, reading.object),
        status=_status(reading),
        read=reading.read,
        counted=reading.counted,
        bytes=reading.bytes,
        reason=reason or None,
    )


def _status(reading: Reading) -> Status:
    if reading.complete:
        return "COMPLETE"
    if reading.read:
        return "PARTIAL"
    return "OPAQUE" if any("opaque" in gap for gap in reading.gaps) else "SKIPPED"


def _sweep(swept: Swept) -> Sweep:
    counts = swept.counts()
    return Sweep(
        stores=len({r.store for r in swept.readings}),
        parts=len(swept.readings),
        records=sum(r.read for r in swept.readings),
        bytes=sum(r.bytes for r in swept.readings),
        expected=counts["expected"],
        undecided=counts["undecided"],
        survivor=counts["survivor"],
        unknown=counts["unknown"],
    )


def _traces(swept: Swept, masks: Masks) -> list[TraceEntry]:
    worst = sorted(swept.traces, key=lambda pair: (_WORST[pair[1]], pair[0].store, pair[0].collection))
    return [
        TraceEntry(
            store=trace.store,
            collection=masks.collection(trace.store, trace.collection),
            field=trace.field,
            entity=trace.entity,
            form=trace.form,
            meaning=meaning,
            record=masks.record(trace.store, trace.collection, trace.locator),
        )
        for trace, meaning in worst[:MOST_TRACES]
    ]
