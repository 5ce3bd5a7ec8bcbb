"""``plan``: what would happen, where and why. Nothing is changed."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, astuple
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vestige.service.failures import INCOMPLETE, OK, STOPPED, Refusal
from vestige.service.session import Session, identifier
from vestige.service.verb import verb
from vestige.service.verbs.discovery import Identifier

if TYPE_CHECKING:
    from vestige.ledger.store import Ledger
    from vestige.planning.draw import Right
    from vestige.planning.explain import Way
    from vestige.planning.model import Plan, Step, Subject

Out = Annotated[Path, typer.Option("--out", "-o", help="Where the plan is written.")]
Accept = Annotated[
    bool,
    typer.Option(
        "--accept-defaults",
        help="For collections without a rule: financial records are erased, opt-outs pseudonymised,"
        " proofs of consent retained.",
    ),
]
DEFAULT_PLAN = Path("plan.json")


def register(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(
        help="Draw a plan: what would happen, where and why.",
        context_settings={"ignore_unknown_options": True},  # --explain and --update are verbs too
    )
    verb(group, "purge")(plan_purge)
    verb(group, "export")(plan_export)
    verb(group, "explain")(plan_explain)
    verb(group, "update")(plan_update)
    verb(group, "restored")(plan_restored)
    verb(group, "--explain", hidden=True)(plan_explain)
    verb(group, "--update", hidden=True)(plan_update)
    app.add_typer(group, name="plan")


def plan_purge(
    session: Session, who: Identifier, out: Out = DEFAULT_PLAN, accept_defaults: Accept = False
) -> int:
    """Draw the plan that erases a person.

    Exit 3: nothing is left to do. Exit 4: not everything was read.

    Examples:

      vestige plan purge mary.smith@example.com

      vestige plan purge shop.users:17 --out plans/17.json --accept-defaults
    """
    return _draw(session, who, "purge", out, accept_defaults)


def plan_export(
    session: Session, who: Identifier, out: Out = DEFAULT_PLAN, accept_defaults: Accept = False
) -> int:
    """Draw the plan that exports a person's data.

    Example:

      vestige plan export mary.smith@example.com
    """
    return _draw(session, who, "export", out, accept_defaults)


def plan_update(
    session: Session,
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan that moved.")] = DEFAULT_PLAN,
    accept_defaults: Accept = False,
) -> int:
    """Draw a plan again that moved, and show what is different.

    For the same person and right, into the same file, with a signature of its own; the days of the request
    are counted on. Also as: vestige plan --update. Exit 3: nothing is left to do; the file stays as it was.
    Exit 4: not everything was read.

    Examples:

      vestige plan update plan.json

      vestige plan --update plans/17.json --json
    """
    from vestige.planning.codec import case_from_bytes
    from vestige.planning.difference import changes

    old = session.plan(plan_file)
    with session.ledger() as ledger, ledger.lock(f"plan:{old.id}"):
        _spare_running(ledger, plan_file)
        if ledger.journal(old.id).state() == "finished":
            raise Refusal(f"{plan_file} was carried out; for what came since: vestige plan {old.right} ID")
        asked = _name_of(case_from_bytes(ledger.open_case(old.case)).subject)
        plan = drawn(session, ledger, asked, old.right, accept_defaults, old, old.restored)
        if plan.steps:
            _write(plan_file, _as_json(plan))
        ledger.destroy_case(old.case if plan.steps else plan.case)
    moved = changes(old, plan)
    session.emit({"changes": [asdict(one) for one in moved], "plan": _as_json(plan)})
    columns = ("change", "where", "action", "because", "before", "after")
    session.table(f"Against plan {old.id}", columns, map(astuple, moved))
    _show_plan(session, plan)
    if not plan.steps:
        session.warn([f"nothing is left to do; {plan_file} stays as it was"])
        return STOPPED
    session.say(f"written: {plan_file}")
    return INCOMPLETE if plan.uncovered else OK


def plan_restored(
    session: Session,
    store: Annotated[str, typer.Argument(metavar="STORE", help="The store that was restored.")],
    out: Out = DEFAULT_PLAN,
    accept_defaults: Accept = False,
) -> int:
    """Draw plans for what a restored backup brought back: one for each person.

    They act only upon records that equal, byte for byte, what a purge has erased or changed. What else
    concerns these people may be of later days, and is left for a person to decide on. The plans of a second
    and further person are numbered: plan-2.json. Scan first. Exit 3: nothing is left to do. Exit 4: not
    everything was read, or records came back by which nobody is known.

    Examples:

      vestige plan restored shop

      vestige plan restored shop --out plans/restored.json --json
    """
    from vestige.planning.restored import restored

    plans: list[tuple[Path, Plan]] = []
    with session.ledger() as ledger:
        with session.catalog() as catalog:
            found, returns = restored(session.estate, catalog, ledger, store, session.progress)
        for asked in (one.asked for one in returns if one.asked):
            path = out if not plans else out.with_stem(f"{out.stem}-{len(plans) + 1}")
            _spare_running(ledger, path)
            plan = drawn(session, ledger, asked, "purge", accept_defaults, restored=True)
            if plan.steps:
                _write(path, _as_json(plan))
                plans.append((path, plan))
            else:
                ledger.destroy_case(plan.case)
    session.emit([{"file": str(path), "plan": _as_json(plan)} for path, plan in plans])
    for path, plan in plans:
        _show_plan(session, plan)
        session.say(f"written: {path}")
    if not plans:
        session.warn(["nothing is left to do; no plan was written"])
    strangers = [one.entry["subject"] for one in returns if not one.asked]
    session.warn(f"nobody is known by the records of {one}: they stay" for one in strangers)
    session.warn(f"not read: {store}.{place}: {reason}" for place, reason in found["unread"])
    if strangers or found["unread"] or any(plan.uncovered for _, plan in plans):
        return INCOMPLETE
    return OK if plans else STOPPED


def _name_of(subject: Subject) -> str:
    """What the person of a plan is asked for by: the key of an account; without one, an identifier."""
    return next((f"{source}:{key}" for source, key in subject.accounts), subject.identifiers[0].value)


def plan_explain(session: Session) -> int:
    """Who owns what, for no person in particular, and what a purge could stumble over.

    It tells what the last scan found: how the records of each collection lead to people; personal data that
    no person is reached from; cascades, triggers and missing indexes; what stores keep after a delete. Also
    as: vestige plan --explain. Exit 4: something was not read.

    Examples:

      vestige plan explain

      vestige plan --explain --json
    """
    from vestige.planning.explain import explain

    with session.catalog() as catalog:
        found = explain(session.estate, catalog, session.settings.policy)
    session.emit(asdict(found))
    rows = [
        (f"{one.store}.{one.collection}", one.standing, way)
        for one in found.holdings
        for way in map(_way, one.ways or (None,))
    ]
    session.table("Who owns what", ("collection", "its records", "lead to people by"), rows)
    session.say(_STANDINGS)
    session.table("To look at", ("what", "where", "why"), map(astuple, found.concerns))
    session.say(f"as scanned {found.scanned or 'never'}; what triggers do, and what came since, is not known")
    return INCOMPLETE if any(one.topic in _UNSEEN for one in found.concerns) else OK


_STANDINGS = (
    "people: its rows are people; view: it shows records of others; owned: erased with their owner;"
    " referring: the reference goes, the record stays; mentioning: mentions are cut, the record stays;"
    " unreached: personal, but nothing leads to a person; nobody: no personal data found"
)
_UNSEEN = ("not read", "residue not known")


def _way(way: Way | None) -> str:
    if way is None:
        return ""
    to = f"{','.join(way.fields)} → {way.to} ({way.role}, {way.origin})"
    return to + (", with a second sign" if way.weak else "")


def _draw(session: Session, who: str, right: Right, out: Path, accept_defaults: bool) -> int:
    asked = identifier(who)
    with session.ledger() as ledger:
        _spare_running(ledger, out)
        plan = drawn(session, ledger, asked, right, accept_defaults)
        if not plan.steps:
            ledger.destroy_case(plan.case)
    _show_plan(session, plan)
    if not plan.steps:
        session.emit(_as_json(plan))
        session.warn(["nothing is left to do; no plan was written"])
        return STOPPED
    _write(out, _as_json(plan))
    session.emit(_as_json(plan))
    session.say(f"written: {out}")
    return INCOMPLETE if plan.uncovered else OK


def drawn(
    session: Session,
    ledger: Ledger,
    asked: str,
    right: Right,
    accept_defaults: bool,
    instead_of: Plan | None = None,
    restored: bool = False,
) -> Plan:
    """A plan, signed, with its case sealed and its request noted, or that of the plan which it replaces."""
    from vestige.planning.draw import draw_plan

    settings = session.settings
    with session.catalog() as catalog:
        plan = draw_plan(
            session.estate,
            catalog,
            settings.policy,
            ledger,
            settings.secret,
            asked,
            right,
            accept_defaults=accept_defaults,
            restored=restored,
            progress=session.progress,
        )
    if plan.steps and instead_of:
        ledger.requests.move(instead_of.id, plan.id)
    elif plan.steps:
        ledger.requests.add(right, plan.subject, plan.id)
    return plan


def _as_json(plan: Plan) -> dict[str, Any]:
    from vestige.planning.codec import plan_to_json

    return plan_to_json(plan)


def _spare_running(ledger: Ledger, out: Path) -> None:
    """A plan that was begun is needed to finish it: it is not overwritten."""
    try:
        running = json.loads(out.read_text(encoding="utf-8"))["id"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if ledger.journal(running).state() == "begun":
        raise Refusal(f"{out} was begun and not finished: run `vestige purge {out}`, or choose another --out")


def _write(path: Path, document: object) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    os.replace(aside, path)


def _show_plan(session: Session, plan: Plan) -> None:
    rows = [
        (step.id, f"{step.store}.{step.object or step.collection}", step.action, step.records)
        + ("; ".join(filter(None, (_short(step), step.basis, step.until and f"until {step.until}"))),)
        for step in plan.steps
    ]
    session.table(f"Plan {plan.id}: {plan.right}", ("step", "where", "action", "records", "because"), rows)
    if plan.undecided == 1:
        session.say("1 record may concern this person: it needs a person's look, and stays")
    elif plan.undecided:
        session.say(
            f"{plan.undecided:,} records may concern this person: they need a person's look, and stay"
        )
    session.warn(f"not read: {where}: {reason}" for where, reason in plan.uncovered)
    session.warn(plan.notes)


def _short(step: Step) -> str:
    """Why, without how each record was linked: the plan's file says that."""
    return step.because.partition(" (")[0]
