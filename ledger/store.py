"""The ledger: what was asked, what is being done, what was done. One object with a few small registers."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from vestige.ledger import locks
from vestige.ledger.audit import Audit
from vestige.ledger.cases import Cases
from vestige.ledger.database import Database
from vestige.ledger.journal import Journal
from vestige.ledger.locks import Lease
from vestige.ledger.plans import Plans, Tombstones
from vestige.ledger.requests import Holds, Requests


class Ledger:
    """Opened by :meth:`open`; a context manager. Errors: :mod:`vestige.ledger.errors`.

    It holds no readable personal value: subjects are labels, identifiers keyed hashes, cases sealed bytes.
    """

    def __init__(self, database: Database, secret: bytes | None = None) -> None:
        self._database = database
        self._cases = Cases(database, secret)
        self.audit = Audit(database)
        self.plans = Plans(database, self._cases)
        self.requests = Requests(database)
        self.holds = Holds(database)
        self.tombstones = Tombstones(database)

    @classmethod
    def open(cls, url: str, secret: bytes | None = None) -> Ledger:
        """Open ``sqlite:///…`` (made if missing) or ``postgresql://…``, and bring its tables up to date.

        ``secret``: the estate's key; it wraps the keys of the cases. Raises NoLedger or Busy.
        """
        return cls(Database.open(url), secret)

    def seal_case(self, data: bytes) -> str:
        """Seal a case under a random key of its own; returns its id."""
        return self._cases.seal(data)

    def open_case(self, case: str) -> bytes:
        """The bytes of a case. CaseEnded after its end."""
        return self._cases.open(case)

    def destroy_case(self, case: str) -> None:
        """End a case: neither its key nor its bytes remain. Repeatable; Busy while the file is read."""
        self._cases.destroy(case)

    def journal(self, plan: str, lease: Lease | None = None) -> Journal:
        """The journal of a plan; give the lease to write as the one worker that holds it."""
        return Journal(self._database, plan, lease)

    def lock(self, name: str, *, wait: float = 0) -> AbstractContextManager[Lease]:
        """The lock on ``plan:ID`` or ``subject:LABEL``. Busy after ``wait`` seconds. A crash releases it."""
        return locks.hold(self._database, name, wait)

    def close(self) -> None:
        self._database.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
