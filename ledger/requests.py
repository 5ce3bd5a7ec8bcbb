"""Requests of data subjects with their clock, and holds: reasons not to erase yet."""

from __future__ import annotations

import calendar
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from sqlalchemy import insert, or_, select, update

from vestige.ledger.database import Database
from vestige.ledger.entries import append
from vestige.ledger.errors import LedgerError
from vestige.ledger.tables import HOLDS, REQUESTS, now

RequestKind = Literal["purge", "export"]
RequestState = Literal["open", "planned", "done", "refused"]


@dataclass(frozen=True, slots=True)
class Request:
    """A request; ``subject`` is a label. ``due``: the last day to answer (one month, Art. 12(3) GDPR)."""

    id: str
    kind: RequestKind
    subject: str
    plan: str | None
    state: RequestState
    received: str
    due: str
    closed: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing of the subject is erased while a hold stands; ``until`` None: until it is released."""

    id: str
    subject: str
    reason: str
    since: str
    until: str | None = None
    released: str | None = None


class Requests:
    """The requests in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, kind: RequestKind, subject: str, plan: str | None = None, received: date | None = None
    ) -> Request:
        """A new request, received today unless said otherwise; ``planned`` if its plan is drawn."""
        day = received or datetime.now(UTC).date()
        state: RequestState = "planned" if plan else "open"
        request = Request(
            uuid.uuid4().hex[:12], kind, subject, plan, state, day.isoformat(), _due(day).isoformat()
        )
        with self._database.write() as connection:
            connection.execute(insert(REQUESTS).values(**{n: getattr(request, n) for n in request.__slots__}))
            append(connection, "request", request=request.id, right=kind, plan=plan)
        return request

    def get(self, request: str) -> Request:
        """One request. LedgerError if there is none."""
        for found in self._where(REQUESTS.c.id == request):
            return found
        raise LedgerError(f"there is no request {request}")

    def all(self) -> list[Request]:
        """All requests, the most urgent first."""
        return self._where()

    def of_plan(self, plan: str) -> list[Request]:
        return self._where(REQUESTS.c.plan == plan)

    def move(self, plan: str, to: str) -> None:
        """The open requests of a plan that another one replaces; their days are counted on."""
        moved = update(REQUESTS).where(REQUESTS.c.plan == plan, REQUESTS.c.closed.is_(None))
        with self._database.write() as connection:
            if connection.execute(moved.values(plan=to)).rowcount:
                append(connection, "move", plan=plan, to=to)

    def close(self, plan: str, state: Literal["done", "refused"]) -> None:
        """The requests of a plan are answered."""
        closed = update(REQUESTS).where(REQUESTS.c.plan == plan, REQUESTS.c.closed.is_(None))
        with self._database.write() as connection:
            if connection.execute(closed.values(state=state, closed=now())).rowcount:
                append(connection, "close", plan=plan, state=state)

    def _where(self, *clauses: object) -> list[Request]:
        query = select(*(REQUESTS.c[name] for name in Request.__slots__)).order_by(
            REQUESTS.c.due, REQUESTS.c.id
        )
        with self._database.read() as connection:
            return [Request(*row) for row in connection.execute(query.where(*clauses))]  # type: ignore[arg-type]


class Holds:
    """The holds in the ledger. A reason must hold no personal data: it is shown in plans and reports."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place(self, subject: str, reason: str, until: date | None = None, request: str | None = None) -> Hold:
        """A new hold on a subject; ``request``: the one that it is about, for the audit log."""
        day = until.isoformat() if until else None
        hold = Hold(uuid.uuid4().hex[:12], subject, reason, now(), day)
        with self._database.write() as connection:
            connection.execute(insert(HOLDS).values(**{n: getattr(hold, n) for n in hold.__slots__}))
            append(connection, "hold", hold=hold.id, request=request)
        return hold

    def release(self, hold: str) -> None:
        """End a hold. LedgerError if there is none that stands."""
        ended = update(HOLDS).where(HOLDS.c.id == hold, HOLDS.c.released.is_(None))
        with self._database.write() as connection:
            if not connection.execute(ended.values(released=now())).rowcount:
                raise LedgerError(f"there is no hold {hold} that stands")
            append(connection, "release", hold=hold)

    def active(self, *subjects: str, today: date | None = None) -> list[Hold]:
        """The holds that stand today: all of them, or those on the subjects named."""
        day = (today or datetime.now(UTC).date()).isoformat()
        query = (
            select(*(HOLDS.c[name] for name in Hold.__slots__))
            .where(HOLDS.c.released.is_(None), or_(HOLDS.c.until.is_(None), HOLDS.c.until >= day))
            .order_by(HOLDS.c.since, HOLDS.c.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query.where(HOLDS.c.subject.in_(subjects)) if subjects else query)
            return [Hold(*row) for row in rows]


def _due(received: date) -> date:
    """The same day of the next month, or that month's last day."""
    year, month = divmod(received.year * 12 + received.month, 12)
    return date(year, month + 1, min(received.day, calendar.monthrange(year, month + 1)[1]))
