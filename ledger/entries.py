"""The entries of the audit log: a closed schema without personal data, appended to the tree of the log.

An entry is appended in the transaction of the change that it records, as its last statement: on PostgreSQL
it locks the log until the transaction ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from vestige.ledger.canonical import canonical
from vestige.ledger.errors import Tampered, Unloggable
from vestige.ledger.merkle import Node, grown, leaf_hash
from vestige.ledger.tables import FORMER_AUDIT, now

_ID, _DIGEST = "[0-9a-f]{12,64}", "[0-9a-f]{64}"
_FORMS: dict[str, str | type[int] | type[bool]] = {
    "action": "[a-z]+",
    "at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00",
    **dict.fromkeys(("plan", "case", "request", "hold", "to"), _ID),
    **dict.fromkeys(("subject", "basis", "outcomes", "report", "hash"), _DIGEST),
    "right": "purge|export",
    "verdict": "pass|fail|incomplete",
    "state": "done|refused",
    "resumed": bool,
    **dict.fromkeys(("steps", "entries"), int),
    "key": r"vestige/[0-9a-f]{16}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}",
}
_ACTIONS: dict[str, tuple[set[str], set[str]]] = {
    "request": ({"request", "right"}, {"plan"}),
    "plan": ({"plan", "right", "case", "subject", "basis"}, set()),
    "move": ({"plan", "to"}, set()),
    "hold": ({"hold"}, {"request"}),
    "release": ({"hold"}, set()),
    "purge": ({"plan", "resumed"}, set()),
    "erased": ({"plan", "steps", "outcomes"}, set()),
    "verify": ({"plan", "verdict"}, {"report"}),
    "close": ({"plan", "state"}, set()),
    "end": ({"case"}, {"plan"}),
    "key": ({"key"}, set()),
    "former": ({"entries", "hash"}, set()),
}
"""What each action says, and may say. ``subject`` is a hash under the case's key, which goes with the case;
``former`` is the head of the chain that older versions kept."""

_SIZE = text("SELECT max(number) FROM audit_entries")
_ENTER = text(
    "INSERT INTO audit_entries (number, entry, plan, hashes) VALUES (:number, :entry, :plan, :hashes)"
)
_HASHES = text("SELECT number, hashes FROM audit_entries WHERE number IN :numbers").bindparams(
    bindparam("numbers", expanding=True)
)
_LOCK = text("LOCK TABLE audit_entries IN EXCLUSIVE MODE")


def append(connection: Connection, action: str, **said: Any) -> int:
    """Append an entry; its number, from 0. What is None is not said. Unloggable if it has no known shape."""
    entry = {"action": action, "at": now()} | {name: one for name, one in said.items() if one is not None}
    if not wellformed(entry):
        raise Unloggable(f"the audit log has no such entry: {action}")
    lock(connection)
    number = size(connection)
    if number == 0 and action != "former" and (last := _former(connection)):
        number = append(connection, "former", entries=last[0], hash=last[1]) + 1
    body = canonical(entry)
    made = grown(number, leaf_hash(body), partial(nodes, connection))
    row = {"number": number, "entry": body.decode(), "plan": entry.get("plan")}
    connection.execute(_ENTER, row | {"hashes": b"".join(made.values())})
    return number


def wellformed(entry: Mapping[str, Any]) -> bool:
    """Whether an entry is one of the closed schema."""
    required, optional = _ACTIONS.get(str(entry.get("action")), (set(), set()))
    told = set(entry) - {"action", "at"}
    if not required or not required <= told <= required | optional or "at" not in entry:
        return False
    return all(_fits(_FORMS[name], value) for name, value in entry.items())


def schema() -> dict[str, Any]:
    """The JSON Schema of an entry."""
    kinds = [
        {
            "type": "object",
            "properties": {"action": {"const": action}}
            | {n: _property(n) for n in sorted(told | more | {"at"})},
            "required": sorted({"action", "at"} | told),
            "additionalProperties": False,
        }
        for action, (told, more) in _ACTIONS.items()
    ]
    return {"title": "An entry of the audit log", "oneOf": kinds}


def lock(connection: Connection) -> None:
    """Nobody else appends until the transaction ends."""
    if connection.dialect.name != "sqlite":  # there the transaction itself is exclusive
        connection.execute(_LOCK)


def size(connection: Connection) -> int:
    """The number of entries."""
    last = connection.scalar(_SIZE)
    return 0 if last is None else int(last) + 1


def nodes(connection: Connection, wanted: Sequence[Node]) -> dict[Node, bytes]:
    """The hashes of complete subtrees; each stands with its last entry. Tampered if one is missing."""
    homes = {node: (node[1] + 1 << node[0]) - 1 for node in wanted}
    rows = dict(map(tuple, connection.execute(_HASHES, {"numbers": list(set(homes.values()))})))
    found = {node: rows.get(home, b"")[32 * node[0] :][:32] for node, home in homes.items()}
    if any(len(one) != 32 for one in found.values()):
        raise Tampered("the audit log lacks a part of its tree")
    return found


def _fits(form: str | type[int] | type[bool], value: Any) -> bool:
    if isinstance(form, str):
        return isinstance(value, str) and re.fullmatch(form, value, re.ASCII) is not None
    return type(value) is form and value >= 0


def _property(name: str) -> dict[str, Any]:
    form = _FORMS[name]
    if isinstance(form, str):
        return {"type": "string", "pattern": f"^({form})$"}
    return {"type": "boolean"} if form is bool else {"type": "integer", "minimum": 0}


def _former(connection: Connection) -> tuple[int, str] | None:
    columns = FORMER_AUDIT.c.number, FORMER_AUDIT.c.hash
    row = connection.execute(select(*columns).order_by(FORMER_AUDIT.c.number.desc()).limit(1)).one_or_none()
    return tuple(row) if row else None
