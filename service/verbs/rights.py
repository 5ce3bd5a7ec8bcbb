"""``export``, ``purge``, ``verify``, ``report``: a person's rights, carried out and proved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vestige.reports.shapes import BUNDLE, CODE, PAGE, TWIN
from vestige.service.failures import INCOMPLETE, OK, STOPPED, Refusal
from vestige.service.session import Session, identifier
from vestige.service.verb import verb
from vestige.service.verbs.discovery import Identifier
from vestige.service.verbs.plans import DEFAULT_PLAN, drawn
from vestige.service.window import Now, keep

if TYPE_CHECKING:
    from vestige.ledger.notes import Signer
    from vestige.ledger.store import Ledger
    from vestige.planning.model import Outcome, Plan
    from vestige.reports.shapes import Verdict, Verification
    from vestige.reports.upkeep import Upkeep

PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan file, as `vestige plan` wrote it.")]
Folder = Annotated[Path, typer.Option("--out", "-o", help="The folder of the report.")]

_EXIT = {"pass": OK, "fail": STOPPED, "incomplete": INCOMPLETE}
_PATIENCE = 30.0
"""Seconds to wait for another worker that is busy with the same person."""


def register(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    for function in (export, purge, verify, report):
        verb(app)(function)


def export(
    session: Session,
    who: Identifier,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder of the package.")] = Path("export"),
) -> int:
    """Make the package of a person's data.

    It holds JSON, CSV, an index.html and a manifest. Instead of the ID, a plan's file will do.

    Examples:

      vestige export mary.smith@example.com --out export

      vestige export plan.json
    """
    from vestige.exporters.package import export as run
    from vestige.planning.codec import case_from_bytes

    with session.ledger() as ledger:
        plan = _to_export(session, ledger, who)
        with session.catalog() as catalog, ledger.lock(f"subject:{plan.subject}", wait=_PATIENCE):
            case = case_from_bytes(ledger.open_case(plan.case))
            made = run(session.estate, catalog, plan, case, out, session.progress)
        ledger.requests.close(plan.id, "done")
        ledger.destroy_case(plan.case)
    session.warn(f"not read: {where}: {reason}" for where, reason in plan.uncovered)
    session.say(f"written: {made}")
    session.emit({"package": str(made), "plan": plan.id, "uncovered": plan.uncovered})
    return INCOMPLETE if plan.uncovered else OK


def _to_export(session: Session, ledger: Ledger, who: str) -> Plan:
    if not who.endswith(".json") or not Path(who).is_file():
        return drawn(session, ledger, identifier(who), "export", accept_defaults=True)
    plan = session.plan(Path(who))
    if plan.right != "export":
        raise Refusal(f"{who} is a plan to {plan.right}")
    return plan


def purge(session: Session, plan_file: PlanFile = DEFAULT_PLAN, now: Now = False) -> int:
    """Do what a plan says: erase.

    Repeatable: what was cut off is finished, what is done stays done. Exit 3: a guard stopped it (a cap, a
    store's limits.window), nothing was changed. Exit 4: the outcome of something is unknown.

    Examples:

      vestige purge plan.json

      vestige purge plan.json --yes --json
    """
    from vestige.planning.atlas import bonds
    from vestige.purgers.run import purge as run
    from vestige.reports.integrity import orphans

    settings, plan = session.settings, session.plan(plan_file)
    if plan.right != "purge":
        raise Refusal(f"{plan_file} is a plan to {plan.right}")
    acting = [step for step in plan.steps if step.action not in ("retain", "review", "follow")]
    with session.ledger() as ledger, session.catalog() as catalog:
        state = ledger.journal(plan.id).state()
        if state == "new" and not now:
            keep((settings.estate.settings(name) for name in {step.store for step in acting}), STOPPED)
        if state != "finished":
            records, places = sum(step.records for step in acting), len(acting)
            session.confirm(f"Erase {records} records in {places} steps? This cannot be undone.")
        result = run(
            session.estate,
            catalog,
            ledger,
            settings.policy,
            plan,
            baseline=lambda: orphans(session.estate, bonds(catalog)),
            progress=session.progress,
        )
    unknown = any(one.outcome == "unknown" for one in result.outcomes)
    again = result.already and not unknown
    if not again:
        _show_outcomes(session, result.outcomes)
    session.emit({"already": result.already, "outcomes": [asdict(one) for one in result.outcomes]})
    session.say("already erased" if again else f"next: vestige verify {plan_file}")
    return INCOMPLETE if unknown else OK


def _show_outcomes(session: Session, outcomes: Sequence[Outcome]) -> None:
    rows = [
        (o.step, f"{o.store}.{o.object or o.collection}".rstrip("."), o.outcome, o.records)
        + ("; ".join(filter(None, (_reason(o), o.basis, o.until and f"until {o.until}"))),)
        for o in outcomes
    ]
    session.table("Outcomes", ("step", "where", "outcome", "records", "why"), rows)


def _reason(outcome: Outcome) -> str:
    """What went as planned needs no reason here; the plan and the report say it."""
    return outcome.reason if outcome.outcome in ("unknown", "residue", "absent") else ""


def verify(
    session: Session,
    plan_file: PlanFile = DEFAULT_PLAN,
    out: Folder = Path("report"),
    integrity: Annotated[
        bool, typer.Option("--integrity", help="Check the whole estate instead, without any plan.")
    ] = False,
    baseline: Annotated[
        Path | None,
        typer.Option(help="An earlier `--integrity --json`: what it found is not blamed on today."),
    ] = None,
    after_restore: Annotated[
        str | None,
        typer.Option(metavar="STORE", help="Look instead for what a restored backup brought back there."),
    ] = None,
) -> int:
    """Look everywhere for what is left; write the report and its evidence, bundle.zip.

    By other means than the purge. Exit 3: fail. Exit 4: incomplete, something could not be looked at.
    After a pass the case is destroyed. The folder also gets code.txt: by it the person, to whom it is given,
    and nobody else recognises the report as theirs; delete it then.

    Examples:

      vestige verify plan.json --out report

      vestige verify --integrity --json > integrity.json

      vestige verify --integrity --baseline integrity.json

      vestige verify --after-restore shop
    """
    if after_restore is not None:
        return _after_restore(session, after_restore)
    if integrity:
        return _upkeep(session, baseline)
    plan = session.plan(plan_file)
    with session.ledger() as ledger:
        found = _verified_before(session, ledger, plan, out) or _verify(session, ledger, plan, out)
    session.emit(found)
    rows = [(one["check"], one["result"], one["detail"]) for one in found["checks"]]
    session.table("Checks", ("check", "result", "detail"), rows)
    session.say(f"verdict: {found['verdict']}; {found['undecided']} undecided. {found['summary']}")
    session.say(f"evidence, to be checked by anybody: {out / BUNDLE}; the person's code: {out / CODE}")
    session.say(f"report: {out / PAGE}")
    return _EXIT[found["verdict"]]


def _upkeep(session: Session, baseline: Path | None) -> int:
    from vestige.reports.upkeep import upkeep

    before = None if baseline is None else _earlier(baseline)
    with session.catalog() as catalog:
        policy = session.settings.policy
        found = upkeep(session.estate, catalog, policy, before=before, progress=session.progress)
    session.emit(found)
    rows = [(one["check"], one["place"], one["result"], one["detail"]) for one in found["checks"]]
    session.table("Integrity", ("check", "where", "result", "detail"), rows)
    session.say(f"verdict: {found['verdict']}")
    return _EXIT[found["verdict"]]


def _after_restore(session: Session, store: str) -> int:
    from vestige.planning.restored import restored

    with session.ledger() as ledger, session.catalog() as catalog:
        found, _ = restored(session.estate, catalog, ledger, store, session.progress)
    session.emit(found)
    rows = [
        (one["subject"], f"{store}.{collection}", count, "yes" if one["known"] else "no")
        for one in found["returns"]
        for collection, count in one["records"].items()
    ]
    session.warn(f"not read: {store}.{place}: {reason}" for place, reason in found["unread"])
    if rows:
        session.table("There again", ("erased person", "where", "records", "known by them"), rows)
        session.say(f"next: vestige scan; vestige plan restored {store}")
        return STOPPED
    session.say(f"{found['read']:,} records read: none is one that was erased")
    return INCOMPLETE if found["unread"] else OK


def _earlier(path: Path) -> Upkeep:
    """What `verify --integrity --json` once printed."""
    try:
        found: Upkeep = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {}  # type: ignore[typeddict-item]
    if found.get("format") != "vestige/integrity/1":
        raise Refusal(f"{path} is not what `vestige verify --integrity --json` prints")
    return found


def _verify(session: Session, ledger: Ledger, plan: Plan, out: Path) -> Verification:
    from vestige.reports.recognition import new_code
    from vestige.reports.render import put, write
    from vestige.reports.verify import verify_plan

    code, signer = new_code(), session.signer  # a key that is missing is noticed before the work
    with session.catalog() as catalog:
        found = verify_plan(session.estate, catalog, ledger, plan, progress=session.progress, code=code)
    write(found, out)
    put(out / CODE, f"{code}\n".encode(), 0o600)
    _judge(ledger, plan, found["verdict"], hashlib.sha256((out / TWIN).read_bytes()).hexdigest())
    _bundle(ledger, signer, out)
    return found


def _bundle(ledger: Ledger, signer: Signer, out: Path) -> None:
    from vestige.reports.evidence import build
    from vestige.reports.render import put

    page, twin = (out / PAGE).read_bytes(), (out / TWIN).read_bytes()
    put(out / BUNDLE, build(ledger.audit, signer, page, twin))


def _verified_before(session: Session, ledger: Ledger, plan: Plan, out: Path) -> Verification | None:
    """The report of a plan that passed: its case has ended, so it cannot be looked for again."""
    known = ledger.plans.get(plan.id)
    if known is None or known.verdict != "pass":
        return None
    try:
        found: Verification = json.loads((out / TWIN).read_text(encoding="utf-8"))
        there = found["asked"]["plan"] == plan.id
    except (OSError, ValueError, KeyError, TypeError):
        there = False
    if not there:
        raise Refusal(
            f"the plan passed on {known.judged} and its case was destroyed; its report is not in {out}"
        )
    _end(ledger, plan)  # it may have been cut off before
    if not (out / BUNDLE).exists():
        _bundle(ledger, session.signer, out)
    return found


def _judge(ledger: Ledger, plan: Plan, verdict: Verdict, report: str) -> None:
    """The verdict on a report with that digest is noted; a pass ends the case."""
    ledger.plans.judge(plan.id, verdict, report)
    if verdict == "pass":
        _end(ledger, plan)


def _end(ledger: Ledger, plan: Plan) -> None:
    ledger.requests.close(plan.id, "done")
    ledger.destroy_case(plan.case)


def report(
    session: Session,
    twin: Annotated[Path, typer.Argument(metavar="REPORT.json")] = Path("report/report.json"),
    out: Folder = Path("report"),
) -> int:
    """Make a report's page again from its JSON twin.

    Example:

      vestige report report/report.json --out elsewhere
    """
    from vestige.reports.render import write

    try:
        found = json.loads(twin.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Refusal(f"{twin} is not a report's JSON") from None
    page = write(found, out)
    session.emit({"report": str(page)})
    session.say(str(page))
    return OK
