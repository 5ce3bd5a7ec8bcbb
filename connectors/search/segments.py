"""What an index keeps on disk after a delete: documents that are marked deleted, until segments are merged.

A forcemerge that answers at once has often merged nothing: shards keep what a replica might still ask for,
and tell each other every half minute what that is. Only the count of deleted documents shows what was done.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

from vestige.connectors.protocol import Residue
from vestige.connectors.search.session import Session

SETTLE_SECONDS = 100.0
_STEP_SECONDS = 3.0
WHOLE_MERGE_BYTES = 5 << 30
"""Up to this size an index is merged into one segment if merging the deleted alone is not enough."""


def residue(session: Session, names: Iterable[str], *, settles: bool) -> list[Residue]:
    """Indices that hold deleted documents in their files."""
    return [_named(session, name, settles=settles) for name in names if _held(session, name).deleted]


def settle(session: Session, names: Iterable[str]) -> list[Residue]:
    """Merge until no deleted document is left, for :data:`SETTLE_SECONDS` at most; what is left."""
    waiting = list(names)
    deadline = time.monotonic() + SETTLE_SECONDS
    while waiting and time.monotonic() < deadline:
        waiting = [name for name in waiting if not _merged(session, name)]
        if waiting:
            time.sleep(_STEP_SECONDS)
    return [_named(session, name, settles=False) for name in waiting]


def _merged(session: Session, name: str) -> bool:
    """One attempt. A segment of which little is deleted is merged only with all others into one."""
    client = session.client.indices
    session.ask(name, client.flush, index=name, force=True, wait_if_ongoing=True)
    if _held(session, name).deleted:
        session.ask(name, client.forcemerge, index=name, only_expunge_deletes=True)
    if (left := _held(session, name)).deleted and left.size <= WHOLE_MERGE_BYTES:
        session.ask(name, client.forcemerge, index=name, max_num_segments=1)
    session.ask(name, client.flush, index=name, force=True, wait_if_ongoing=True)
    return not _held(session, name).deleted


class _Held(NamedTuple):
    """Documents that are marked deleted in all copies of an index, and its size in bytes."""

    deleted: int
    size: int


def _held(session: Session, name: str) -> _Held:
    answer = session.ask(name, session.client.indices.stats, index=name, metric=["docs", "store"])
    total = answer["_all"]["total"]
    return _Held(total["docs"]["deleted"], total["store"]["size_in_bytes"])


def _named(session: Session, name: str, *, settles: bool) -> Residue:
    return Residue(
        session.store, f"deleted documents in the segments of {name}, until they are merged", None, settles
    )
