"""``request``: what people asked for, by when it is due, and what speaks against erasing yet."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from vestige.service.failures import OK, Refusal
from vestige.service.session import Session
from vestige.service.verb import verb


def register(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(help="Requests of people with their clock, and holds.")
    for function in (show_all, show, hold, release):
        verb(group, {"show_all": "list"}.get(function.__name__))(function)
    app.add_typer(group, name="request")


def show_all(session: Session) -> int:
    """All requests, the most urgent first, and the holds that stand.

    Example:

      vestige request list
    """
    with session.ledger() as ledger:
        requests, holds = ledger.requests.all(), ledger.holds.active()
    session.emit({"requests": [asdict(one) for one in requests], "holds": [asdict(one) for one in holds]})
    rows = [(r.id, r.kind, r.state, r.received, r.due, r.subject) for r in requests]
    session.table("Requests", ("request", "right", "state", "received", "due", "person"), rows)
    if holds:
        standing = [(h.id, h.reason, h.since, h.until, h.subject) for h in holds]
        session.table("Holds", ("hold", "reason", "since", "until", "person"), standing)
    return OK


Request = Annotated[
    str, typer.Argument(metavar="REQUEST", help="The request's id, from: vestige request list")
]


def show(session: Session, request: Request) -> int:
    """One request, its plan's verdict, and the holds on its person.

    Example:

      vestige request show 3f2a9c01d4e5
    """
    with session.ledger() as ledger:
        found = ledger.requests.get(request)
        plan = ledger.plans.get(found.plan) if found.plan else None
        holds = ledger.holds.active(found.subject)
    document = asdict(found) | {"verdict": plan.verdict if plan else None}
    session.emit(document | {"holds": [asdict(one) for one in holds]})
    session.table("Request", ("what", "value"), list(document.items()))
    for one in holds:
        session.say(f"hold {one.id} since {one.since}: {one.reason}")
    return OK


def hold(
    session: Session,
    request: Request,
    reason: Annotated[str, typer.Option(help="Why nothing may be erased yet; without personal data.")],
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day.")] = None,
) -> int:
    """Keep everything of a request's person until a day, or until the hold is released.

    Example:

      vestige request hold 3f2a9c01d4e5 --reason "lawsuit 12/2026" --until 2027-03-31
    """
    if "@" in reason:
        raise Refusal(
            "--reason looks like it holds an e-mail address; reports show it, so name no person in it"
        )
    with session.ledger() as ledger:
        subject = ledger.requests.get(request).subject
        placed = ledger.holds.place(subject, reason, until.date() if until else None, request)
    session.emit(asdict(placed))
    session.say(f"hold {placed.id} stands; plans drawn before it are void")
    return OK


def release(
    session: Session,
    hold: Annotated[str, typer.Argument(metavar="HOLD", help="The hold's id.")],
) -> int:
    """End a hold.

    Example:

      vestige request release 77ab03d1c2e4
    """
    with session.ledger() as ledger:
        ledger.holds.release(hold)
    session.emit({"released": hold})
    session.say(f"hold {hold} is released")
    return OK
