"""The ledger's tables as SQLAlchemy Core names them; :mod:`vestige.ledger.migrations` creates them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()


def _table(name: str, *columns: str, **typed: type[Integer] | type[LargeBinary]) -> Table:
    parts = [Column(column, Text) for column in columns] + [Column(n, kind) for n, kind in typed.items()]
    return Table(name, METADATA, *parts)


PLANS = _table(
    "plans", "id", "kind", "subject", "case_id", "basis_digest", "signature", "created", "verdict", "judged"
)
REQUESTS = _table("requests", "id", "kind", "subject", "plan", "state", "received", "due", "closed")
HOLDS = _table("holds", "id", "subject", "reason", "since", "until", "released")
CASES = _table("cases", "id", "created", sealed=LargeBinary)
CASE_KEYS = _table("case_keys", "case_id", secret=LargeBinary)
RUNS = _table("runs", "plan", "state", "begun", "finished", "outcomes")
JOURNAL = _table("journal", "plan", "step", "batch", "store", "state", "changed")
RECEIPTS = _table("receipts", "plan", "step", "batch", "receipt", "written", number=Integer)
TOMBSTONES = _table("tombstones", "kind", "hash", "subject", "plan", "erased")
FORMER_AUDIT = _table("audit", "written", "action", "detail", "previous", "hash", number=Integer)
AUDIT_ENTRIES = _table("audit_entries", "entry", "plan", number=Integer, hashes=LargeBinary)
AUDIT_KEYS = _table("audit_keys", "key", number=Integer)
AUDIT_CHECKPOINTS = _table("audit_checkpoints", "note", size=Integer)
FENCES = _table("fences", "name", token=Integer)


def now() -> str:
    """The time as the ledger writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
