"""The plans that were drawn, with their signature and verdict; tombstones of what they erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from sqlalchemy import insert, select, text, tuple_, update

from vestige.ledger.cases import Cases
from vestige.ledger.database import Database
from vestige.ledger.entries import append
from vestige.ledger.errors import LedgerError
from vestige.ledger.tables import PLANS, TOMBSTONES, now

Verdict = Literal["pass", "fail", "incomplete"]
_AT_ONCE = 400
"""Hashes per statement: two parameters each, below SQLite's limit on old builds (999)."""

_BURY = text(
    "INSERT INTO tombstones (kind, hash, subject, plan, erased)"
    " VALUES (:kind, :hash, :subject, :plan, :erased) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """A plan that was drawn; the plan itself is the file that the person has."""

    id: str
    kind: str
    subject: str
    case_id: str
    basis_digest: str
    signature: str
    created: str
    verdict: Verdict | None = None
    judged: str | None = None


class Plans:
    """The plans in the ledger."""

    def __init__(self, database: Database, cases: Cases) -> None:
        self._database, self._cases = database, cases

    def add(self, entry: PlanEntry) -> None:
        """Note a plan whose case is sealed. CaseEnded if there is none."""
        with self._database.write() as connection:
            connection.execute(insert(PLANS).values(**{n: getattr(entry, n) for n in entry.__slots__}))
            append(
                connection,
                "plan",
                plan=entry.id,
                right=entry.kind,
                case=entry.case_id,
                subject=self._cases.reference(connection, entry.case_id, entry.subject),
                basis=entry.basis_digest,
            )

    def get(self, plan: str) -> PlanEntry | None:
        query = select(*(PLANS.c[name] for name in PlanEntry.__slots__)).where(PLANS.c.id == plan)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return PlanEntry(*row) if row else None

    def judge(self, plan: str, verdict: Verdict, report: str | None = None) -> None:
        """Write a plan's verdict; a later verification replaces it. LedgerError if the plan is unknown.

        ``report``: SHA-256 (hex) of the report's JSON, for the audit log.
        """
        judged = update(PLANS).where(PLANS.c.id == plan).values(verdict=verdict, judged=now())
        with self._database.write() as connection:
            if not connection.execute(judged).rowcount:
                raise LedgerError(f"the ledger knows no plan {plan}")
            append(connection, "verify", plan=plan, verdict=verdict, report=report)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The keyed hash of something erased: an identifier (kind: its entity) or a record (kind ``record``)."""

    kind: str
    hash: str


class Tombstones:
    """What was erased, to notice when a backup brings it back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, plan: str, subject: str, stones: Iterable[Tombstone]) -> None:
        """Repeatable: what is there stays as it is."""
        for some in _chunks(stones):
            rows = [
                {"kind": s.kind, "hash": s.hash, "subject": subject, "plan": plan, "erased": now()}
                for s in some
            ]
            with self._database.write() as connection:
                connection.execute(_BURY, rows)

    def subjects(self, stones: Iterable[Tombstone]) -> dict[Tombstone, set[str]]:
        """Those of ``stones`` that are known, and whose they are."""
        found: dict[Tombstone, set[str]] = {}
        for some in _chunks(stones):
            query = select(TOMBSTONES.c.kind, TOMBSTONES.c.hash, TOMBSTONES.c.subject).where(
                tuple_(TOMBSTONES.c.kind, TOMBSTONES.c.hash).in_([(one.kind, one.hash) for one in some])
            )
            with self._database.read() as connection:
                for kind, key, subject in connection.execute(query):
                    found.setdefault(Tombstone(kind, key), set()).add(subject)
        return found


def _chunks(stones: Iterable[Tombstone]) -> Iterator[list[Tombstone]]:
    rest = iter(stones)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
