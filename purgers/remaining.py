"""What a plan that was cut off still has to do in one store."""

from __future__ import annotations

from collections.abc import Sequence

from vestige.connectors.protocol import Connector, Gap, Locator, digest
from vestige.planning.model import Touched


def remaining(connector: Connector, records: Sequence[Touched]) -> list[Touched]:
    """The records whose edits are not done yet. Objects know by themselves what was done to them: their rows
    move, and only their content tells."""
    return [r for r in records if "object" in r.locator or not _is_done(connector, r)]


def _is_done(connector: Connector, record: Touched) -> bool:
    now = _digest(connector, record.collection, record.locator)
    return now is None if record.after is None else now == record.after


def _digest(connector: Connector, collection: str, where: Locator) -> str | None:
    for batch in connector.find(collection, list(where), [list(where.values())]):
        if not isinstance(batch, Gap) and batch.num_rows:
            return digest(batch, 0)
    return None
