"""The audit log: who did what, append-only; each entry carries the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, text

from vestige.ledger.database import Database
from vestige.ledger.errors import Tampered
from vestige.ledger.tables import AUDIT, now

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry; ``detail`` is JSON without personal values."""

    number: int
    written: str
    action: str
    detail: str
    previous: str
    hash: str


class Audit:
    """The log in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, action: str, detail: dict[str, Any]) -> AuditEntry:
        """Add one entry at the end of the chain."""
        with self._database.write() as connection:
            if not self._database.is_sqlite:
                connection.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
            entry = _next(self._last(connection), action, json.dumps(detail, sort_keys=True))
            connection.execute(insert(AUDIT).values(**{n: getattr(entry, n) for n in entry.__slots__}))
        return entry

    def entries(self) -> Iterator[AuditEntry]:
        """All entries, checked on the way. Tampered at the first that does not follow from the one before."""
        last: AuditEntry | None = None
        query = select(*(AUDIT.c[name] for name in AuditEntry.__slots__)).order_by(AUDIT.c.number)
        with self._database.read() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                entry = AuditEntry(*row)
                if entry != _next(last, entry.action, entry.detail, entry.written):
                    raise Tampered(
                        f"entry {entry.number} of the audit log does not follow from the one before"
                    )
                last = entry
                yield entry

    def _last(self, connection: Connection) -> AuditEntry | None:
        columns = (AUDIT.c[name] for name in AuditEntry.__slots__)
        row = connection.execute(select(*columns).order_by(AUDIT.c.number.desc()).limit(1)).one_or_none()
        return AuditEntry(*row) if row else None


def _next(last: AuditEntry | None, action: str, detail: str, written: str | None = None) -> AuditEntry:
    number, previous, at = (last.number + 1 if last else 1), (last.hash if last else _START), written or now()
    said = json.dumps([number, at, action, detail, previous])
    return AuditEntry(number, at, action, detail, previous, hashlib.sha256(said.encode()).hexdigest())
