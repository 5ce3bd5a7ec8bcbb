"""Drawing a plan: resolve, attribute, apply policy and holds, freeze, seal, sign."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Literal
from uuid import uuid4

from vestige.catalog.estate import Estate
from vestige.catalog.model import Place
from vestige.catalog.store import Catalog
from vestige.ledger.plans import PlanEntry
from vestige.ledger.store import Ledger
from vestige.planning.attribution import Attribution, Progress, attribute
from vestige.planning.codec import case_to_bytes, sign
from vestige.planning.errors import PlanningError, Undecided
from vestige.planning.identity import resolve
from vestige.planning.model import Case, Plan, Step, Subject, Touched
from vestige.planning.policy import Policy
from vestige.planning.restored import Provable, provable

Right = Literal["purge", "export"]

BECAUSE = {
    "owner": "the record is the subject's",
    "shared": "the record is also somebody else's: the subject's part goes",
    "actor": "the subject acted on somebody else's record: the reference goes, the record stays",
    "reference": "somebody else's record refers to the subject or to an erased record: the reference goes",
    "mention": "the subject is mentioned: the mention goes, all else stays",
    "review": "may concern the subject; a person has to look, nothing is done",
}
FOLLOWS = "a view: it shows records of other collections, and is as they are"
UNPROVEN = "it equals nothing that was erased: of later days, or of an older state; a person has to look"
STAYS = (
    ", but stays: records that stay refer to it, or a rule keeps it; its keys stay, its personal fields go"
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan, unsigned, and its case, not sealed yet: ``plan.case`` is to name the sealed one."""

    plan: Plan
    case: Case


def draw(
    estate: Estate,
    catalog: Catalog,
    policy: Policy,
    identifier: str,
    right: Right,
    *,
    accept_defaults: bool = False,
    hold: Callable[[str], str | None] = lambda _: None,
    proving: Provable | None = None,
    progress: Progress = lambda _: None,
) -> Drawn:
    """Draw the plan for one subject. ``hold``: asked with the subject's label, why nothing may be erased now;
    ``proving``: what may be acted upon, if only what was restored is meant.

    Raises NotFound, Ambiguous, Undecided, PlanningError (a sample is no basis for a plan).
    """
    scan = catalog.scan()
    if scan is None or scan.mode == "sample":
        raise PlanningError("a plan needs a full scan; run: vestige scan")
    undecided = policy.undecided(catalog.collections())
    resolved = resolve(estate, catalog, identifier)
    rules = policy.accepting(undecided) if right == "purge" else Policy()
    found = attribute(estate, catalog, resolved, rules, progress)
    if proving is not None:
        found.records = proving(found.records)
    touched = {(r.store, r.collection) for r in found.records}
    open_questions = [str(one) for one in undecided if (one.store, one.collection) in touched]
    if right == "purge" and open_questions and not accept_defaults:
        raise Undecided(open_questions)
    held = hold(resolved.subject.label)
    records = _under_hold(found.records, held) if right == "purge" else _to_export(found.records)
    drawn = _freeze(estate, catalog, policy, right, resolved.subject, found, records, held)
    return replace(drawn, plan=replace(drawn.plan, restored=proving is not None))


def draw_plan(
    estate: Estate,
    catalog: Catalog,
    policy: Policy,
    ledger: Ledger,
    secret: bytes,
    identifier: str,
    right: Right,
    *,
    accept_defaults: bool = False,
    restored: bool = False,
    progress: Progress = lambda _: None,
) -> Plan:
    """Draw a plan, seal its case, sign it with the estate's key, note it in the ledger. ``restored``: only
    for what a backup provably brought back.

    Raises as :func:`draw`.
    """
    drawn = draw(
        estate,
        catalog,
        policy,
        identifier,
        right,
        accept_defaults=accept_defaults,
        hold=lambda label: hold_reason(ledger, label),
        proving=provable(estate, ledger) if restored else None,
        progress=progress,
    )
    plan = sign(replace(drawn.plan, case=ledger.seal_case(case_to_bytes(drawn.case))), secret)
    ledger.plans.add(
        PlanEntry(plan.id, right, plan.subject, plan.case, plan.basis_digest, plan.signature, plan.created)
    )
    return plan


def hold_reason(ledger: Ledger, subject: str) -> str | None:
    """Why nothing of the subject may be erased now, if there is a hold."""
    holds = ledger.holds.active(subject)
    return holds[0].reason if holds else None


def _under_hold(records: Sequence[Touched], held: str | None) -> list[Touched]:
    if held is None:
        return list(records)
    return [
        r
        if r.action in ("review", "follow")
        else replace(r, action="retain", edits=(), basis=f"hold: {held}", until=None)
        for r in records
    ]


def _to_export(records: Sequence[Touched]) -> list[Touched]:
    return [r if r.action in ("review", "follow") else replace(r, action="export", edits=()) for r in records]


def _freeze(
    estate: Estate,
    catalog: Catalog,
    policy: Policy,
    right: Right,
    subject: Subject,
    found: Attribution,
    records: Sequence[Touched],
    held: str | None,
) -> Drawn:
    numbered = _numbered(records)
    plan = Plan(
        id=uuid4().hex,
        right=right,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        subject=subject.label,
        case="",
        basis_digest=basis_digest(catalog, policy, numbered, held),
        steps=_steps(numbered),
        uncovered=uncovered(estate, catalog, found),
        undecided=sum(r.action == "review" for r in numbered),
        total=dict(sorted(found.totals.items())),
        notes=tuple(caps_passed(catalog, policy, numbered, found.totals)) if right == "purge" else (),
    )
    known = replace(subject, identifiers=subject.identifiers + found.former)
    return Drawn(plan, Case(known, tuple(numbered)))


def caps_passed(
    catalog: Catalog, policy: Policy, records: Iterable[Touched], read: Mapping[str, int]
) -> Iterator[str]:
    """Where a purge would stop at a cap. ``read`` lacks what was passed over: the scan counted it."""
    erased = Counter((r.store, r.collection) for r in records if r.action == "erase")
    for (store, collection), number in erased.items():
        known = read.get(f"{store}.{collection}", 0)
        total = partial(_records, catalog, store, collection, known)
        if reason := policy.cap(store, collection).passed(store, collection, number, total):
            yield f"the purge will stop: {reason}"


def _records(catalog: Catalog, store: str, collection: str, read: int) -> int:
    here = (one for one in catalog.coverage() if (one.store, one.collection) == (store, collection))
    return max(read, sum(one.records or 0 for one in here))


def _group(record: Touched) -> tuple[str, str, str, str, str, str]:
    return (
        record.store,
        record.collection,
        record.action,
        record.standing,
        record.basis or "",
        record.until or "",
    )


def _numbered(records: Sequence[Touched]) -> list[Touched]:
    """Every record knows its step; steps are numbered in the order of their groups."""
    names = {group: f"s{n}" for n, group in enumerate(sorted({_group(r) for r in records}), 1)}
    return [replace(r, step=names[_group(r)]) for r in records]


def _steps(records: Iterable[Touched]) -> tuple[Step, ...]:
    groups: dict[str, list[Touched]] = {}
    for record in records:
        groups.setdefault(record.step, []).append(record)
    return tuple(_step(name, groups[name]) for name in sorted(groups, key=lambda n: int(n[1:])))


def _step(name: str, records: Sequence[Touched]) -> Step:
    first = records[0]
    vias = Counter(via for r in records for via in r.via.split("; "))
    said = "; ".join(via for via, _ in vias.most_common(4))
    return Step(
        id=name,
        store=first.store,
        collection=first.collection,
        action=first.action,
        records=len(records),
        fields=tuple(sorted({pair for r in records for pair in r.fields})),
        because=f"{_because(first)} ({said})",
        basis=first.basis,
        until=first.until,
    )


def _because(record: Touched) -> str:
    """Why the step is as it is; an export takes nothing away."""
    if record.action == "follow":
        return FOLLOWS
    if record.action == "review" and record.standing != "review":
        return UNPROVEN
    if record.action == "export":
        return BECAUSE[record.standing].partition(":")[0]
    stub = record.standing == "owner" and record.action == "redact"
    return BECAUSE[record.standing] + (STAYS if stub else "")


def basis_digest(catalog: Catalog, policy: Policy, records: Iterable[Touched], held: str | None) -> str:
    """SHA-256 (hex) over what the plan rests on: findings and relations of its places, policy, hold."""
    places = {Place(r.store, r.collection, name) for r in records for name, _ in r.fields}
    said = [catalog.basis(places), policy.digest, held]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def uncovered(estate: Estate, catalog: Catalog, found: Attribution) -> tuple[tuple[str, str], ...]:
    """What neither the scan nor this walk could read, and collections that appeared since the scan."""
    lines = dict.fromkeys(found.uncovered)
    known = {(c.store, c.name) for c in catalog.collections()}
    for line in catalog.coverage():
        if line.status != "COMPLETE":
            lines[f"{line.store}.{line.label}", line.reason or line.status] = None
    for store in {name.partition(".")[0] for name in found.totals}:
        with estate.open(store) as connector:
            for one in connector.describe().collections:
                if (store, one.name) not in known:
                    lines[f"{store}.{one.name}", "appeared since the scan"] = None
    return tuple(sorted(lines))
