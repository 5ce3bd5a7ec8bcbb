"""What a Redis server keeps on disk after a delete: snapshots and the append-only file, until rewritten."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from vestige.connectors.entries.session import Session
from vestige.connectors.protocol import Residue

SETTLE_SECONDS = 60.0
AOF = "the append-only file, until its next rewrite"
SNAPSHOT = "the snapshot file, until the next snapshot"


def replicas(replication: Mapping[str, Any]) -> Iterator[str]:
    """Replicas as INFO names them."""
    for name, values in replication.items():
        if name.startswith("slave") and isinstance(values, Mapping):
            yield f"replica {values.get('ip')}:{values.get('port')}"


def residue(session: Session, *, settles: bool) -> list[Residue]:
    """What may hold deleted bytes; ``settles`` says whether this connection may rewrite it."""
    persistence, replication = session.info("persistence"), session.info("replication")
    if not persistence:
        return [Residue(session.store, "files of the server, which this user may not ask about", None, False)]
    found = [Residue(session.store, AOF, None, settles)] if persistence.get("aof_enabled") else []
    if _snapshots(session, persistence):
        found.append(Residue(session.store, SNAPSHOT, None, settles))
    return found + [Residue(session.store, f"files of {name}", None, False) for name in replicas(replication)]


def _snapshots(session: Session, persistence: Mapping[str, Any]) -> bool:
    """Whether a snapshot may lie on disk: configured, made or loaded, or not to be told."""
    schedule = session.replies([("CONFIG GET", "save")])[0]
    made = persistence.get("rdb_saves", 1) or persistence.get("rdb_last_load_keys_loaded", 1)
    return bool(made) or isinstance(schedule, Exception) or bool(schedule.get("save", "unknown"))


def settle(session: Session) -> list[Residue]:
    """Rewrite what can be, wait until the server says it is done, and return what is left."""
    left = []
    for found in residue(session, settles=True):
        command = {AOF: "BGREWRITEAOF", SNAPSHOT: "BGSAVE"}.get(found.what)
        if command is None or not _rewritten(session, command):
            left.append(Residue(found.store, found.what, found.until, settles=False))
    return left


def _rewritten(session: Session, command: str) -> bool:
    deadline = time.monotonic() + SETTLE_SECONDS
    _quiet(session, deadline)  # a rewrite under way began before the delete: it does not count
    if isinstance(session.replies([(command,)])[0], Exception):
        return False
    state = _quiet(session, deadline)
    status = "aof_last_bgrewrite_status" if command == "BGREWRITEAOF" else "rdb_last_bgsave_status"
    return state is not None and state.get(status) == "ok"


def _quiet(session: Session, deadline: float) -> Mapping[str, Any] | None:
    """The server's state when nothing is being rewritten any more; None if that does not come in time."""
    busy = ("aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress")
    while time.monotonic() < deadline:
        state = session.info("persistence")
        if not any(state.get(name) for name in busy):
            return state
        time.sleep(0.05)
    return None
