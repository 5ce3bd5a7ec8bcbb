"""The journal of a plan's run: ``intended → done → verified`` per batch of a step, with receipts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select, update

from vestige.ledger.database import Database
from vestige.ledger.entries import append
from vestige.ledger.locks import Lease, fence
from vestige.ledger.tables import JOURNAL, RECEIPTS, RUNS, now

RunState = Literal["new", "begun", "finished"]
StepState = Literal["intended", "done", "verified"]
_ORDER: tuple[StepState, ...] = ("intended", "done", "verified")


@dataclass(frozen=True, slots=True)
class Entry:
    """How far one batch of one step is."""

    step: str
    batch: str
    store: str
    state: StepState


class Journal:
    """One plan's journal. States only move forward. A worker that lost its lease cannot write (Fenced).

    Receipts and outcomes are JSON without personal values: counts, keyed hashes, names of places.
    """

    def __init__(self, database: Database, plan: str, lease: Lease | None = None) -> None:
        self._database, self._plan, self._lease = database, plan, lease

    def state(self) -> RunState:
        with self._database.read() as connection:
            found: RunState | None = connection.scalar(select(RUNS.c.state).where(RUNS.c.plan == self._plan))
        return found or "new"

    def begin(self) -> None:
        """The run starts, or goes on if it has begun; nothing happens if it has finished."""
        with self._database.write() as connection:
            self._check(connection)
            state = connection.scalar(select(RUNS.c.state).where(RUNS.c.plan == self._plan))
            if state is None:
                connection.execute(insert(RUNS).values(plan=self._plan, state="begun", begun=now()))
            if state != "finished":
                append(connection, "purge", plan=self._plan, resumed=state is not None)

    def intend(
        self, step: str, store: str, receipt: Mapping[str, Any] | None = None, batch: str = ""
    ) -> None:
        """Written before anything is done; ``receipt`` says by what to know it again."""
        self._move(step, store, batch, "intended", receipt)

    def done(self, step: str, store: str, receipt: Mapping[str, Any], batch: str = "") -> None:
        """The store committed; ``receipt`` says what it did."""
        self._move(step, store, batch, "done", receipt)

    def verified(self, step: str, store: str, batch: str = "") -> None:
        """The postcondition was seen."""
        self._move(step, store, batch, "verified")

    def finish(self, outcomes: Sequence[Mapping[str, Any]]) -> None:
        """The run is over; ``outcomes`` is one entry per location. Repeatable: the last outcomes count."""
        written = json.dumps(list(outcomes), sort_keys=True)
        with self._database.write() as connection:
            self._check(connection)
            changed = update(RUNS).where(RUNS.c.plan == self._plan)
            connection.execute(changed.values(state="finished", finished=now(), outcomes=written))
            digest = hashlib.sha256(written.encode()).hexdigest()
            append(connection, "erased", plan=self._plan, steps=len(outcomes), outcomes=digest)

    def outcomes(self) -> list[dict[str, Any]] | None:
        """The outcomes of a finished run; None before."""
        with self._database.read() as connection:
            written = connection.scalar(select(RUNS.c.outcomes).where(RUNS.c.plan == self._plan))
        return None if written is None else list(json.loads(written))

    def entries(self) -> list[Entry]:
        """All batches of all steps."""
        columns = (JOURNAL.c.step, JOURNAL.c.batch, JOURNAL.c.store, JOURNAL.c.state)
        query = select(*columns).where(JOURNAL.c.plan == self._plan).order_by(JOURNAL.c.step, JOURNAL.c.batch)
        with self._database.read() as connection:
            return [Entry(*row) for row in connection.execute(query)]

    def step(self, step: str, batch: str = "") -> StepState | None:
        """How far one batch is; None if it was never intended."""
        with self._database.read() as connection:
            return self._step(connection, step, batch)

    def receipts(self, step: str | None = None) -> list[dict[str, Any]]:
        """What was done, in the order of steps and batches; a batch that was done twice has two."""
        query = select(RECEIPTS.c.receipt).where(RECEIPTS.c.plan == self._plan)
        if step is not None:
            query = query.where(RECEIPTS.c.step == step)
        with self._database.read() as connection:
            rows = connection.scalars(query.order_by(RECEIPTS.c.step, RECEIPTS.c.batch, RECEIPTS.c.number))
            return [json.loads(row) for row in rows]

    def _move(
        self, step: str, store: str, batch: str, state: StepState, receipt: Mapping[str, Any] | None = None
    ) -> None:
        with self._database.write() as connection:
            self._check(connection)
            old = self._step(connection, step, batch)
            if old is None:
                key = {"plan": self._plan, "step": step, "batch": batch}
                connection.execute(insert(JOURNAL).values(**key, store=store, state=state, changed=now()))
            elif _ORDER.index(state) > _ORDER.index(old):
                moved = update(JOURNAL).where(*self._at(JOURNAL.c, step, batch))
                connection.execute(moved.values(state=state, changed=now()))
            if receipt is not None:
                self._receive(connection, step, batch, receipt)

    def _receive(self, connection: Connection, step: str, batch: str, receipt: Mapping[str, Any]) -> None:
        last = select(func.max(RECEIPTS.c.number)).where(*self._at(RECEIPTS.c, step, batch))
        values = {"plan": self._plan, "step": step, "batch": batch, "written": now()}
        number = (connection.scalar(last) or 0) + 1
        body = json.dumps(dict(receipt), sort_keys=True)
        connection.execute(insert(RECEIPTS).values(**values, number=number, receipt=body))

    def _step(self, connection: Connection, step: str, batch: str) -> StepState | None:
        found: StepState | None = connection.scalar(
            select(JOURNAL.c.state).where(*self._at(JOURNAL.c, step, batch))
        )
        return found

    def _at(self, columns: Any, step: str, batch: str) -> tuple[Any, ...]:
        return columns.plan == self._plan, columns.step == step, columns.batch == batch

    def _check(self, connection: Connection) -> None:
        if self._lease:
            fence(connection, self._lease)
