"""Edits of entries as the commands that carry them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa

from vestige.connectors.entries.documents import Command, Unchangeable, patched, rewrite, with_field
from vestige.connectors.entries.session import Entry, Session
from vestige.connectors.errors import Moved, Refused
from vestige.connectors.protocol import DOCUMENT, Delete, Edit, Gap, Patch, SetField, column, digest

SCHEMA = pa.schema([column("key", pa.string()), column(DOCUMENT, pa.string(), is_json=True)])


class Change(NamedTuple):
    """What happens to one entry: no command means that it is gone already."""

    collection: str
    key: str
    commands: tuple[Command, ...]

    @property
    def deletes(self) -> bool:
        return any(command[0] == "DEL" for command in self.commands)


def batch(rows: Sequence[Entry]) -> pa.RecordBatch:
    """Entries as the columns ``key`` and ``$``."""
    columns = [[row.key for row in rows], [row.text for row in rows]]
    return pa.record_batch([pa.array(values, pa.string()) for values in columns], schema=SCHEMA)


def changes(session: Session, edits: Iterable[Edit]) -> Iterator[Change]:
    """The change of each entry that the edits name, as it is now. Moved if it is not what a digest says."""
    grouped: dict[str, list[Edit]] = {}
    for edit in edits:
        grouped.setdefault(edit.locator["key"], []).append(edit)
    left = dict(grouped)
    for entry in session.entries(key.encode() for key in grouped):
        if isinstance(entry, Gap):
            raise Refused(session.store, "", f"an entry to change cannot be read: {entry.reason}")
        yield _change(session, entry, left.pop(entry.key))
    yield from (Change(own[0].collection, key, ()) for key, own in left.items())


def _change(session: Session, entry: Entry, edits: Sequence[Edit]) -> Change:
    collection = edits[0].collection
    now = digest(batch([entry]), 0)
    if any(edit.digest not in (None, now) for edit in edits):
        raise Moved(session.store, collection, "an entry changed since the plan was frozen")
    try:
        return Change(collection, entry.key, tuple(_commands(session, entry, edits)))
    except (Unchangeable, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, Unchangeable) else "it would not be UTF-8 any more"
        raise Refused(session.store, collection, f"an entry cannot be changed so: {reason}") from None


def _commands(session: Session, entry: Entry, edits: Sequence[Edit]) -> list[Command]:
    if any(isinstance(edit, Delete) for edit in edits):
        return [("DEL", entry.key)]
    patches = [edit for edit in edits if isinstance(edit, Patch)]
    if any(edit.field != DOCUMENT for edit in patches):
        raise Unchangeable("only the document can be patched, not the key")
    pieces = sorted(piece for edit in patches for piece in edit.pieces)
    text = patched(entry.text.encode(), pieces).decode()
    for edit in edits:
        if isinstance(edit, SetField):
            text = with_field(text, edit.field, edit.value)

    def scores(members: Sequence[str]) -> Sequence[float]:
        return session.call("ZMSCORE", entry.key, *members) if members else ()

    return rewrite(entry.kind, entry.key, entry.text, text, scores)
