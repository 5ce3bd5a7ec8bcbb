"""Edits as operations on documents, each on the condition that the document is still what was read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from vestige.connectors.entries.documents import Unchangeable, patched, with_field
from vestige.connectors.errors import Moved, Refused
from vestige.connectors.protocol import DOCUMENT, Delete, Edit, Locator, Patch, SetField, column, digest
from vestige.connectors.search.answers import Document
from vestige.connectors.search.indices import Index, Indices
from vestige.connectors.search.session import Session

GROUP = 100
"""Documents that are fetched and written together."""

Place = tuple[str, str, str | None]
"""Index, id, routing."""

ID, ROUTING = "_id", "routing"
_PLAIN = pa.schema([column(ID, pa.string()), column(DOCUMENT, pa.string(), is_json=True)])
_ROUTED = _PLAIN.append(column(f"@{ROUTING}", pa.string()))


def batch(rows: Sequence[Document]) -> pa.RecordBatch:
    """Documents as the columns ``_id`` and ``$``. If the first has a routing, all have: it locates too."""
    columns = [[row.id for row in rows], [row.text for row in rows], [row.routing for row in rows]]
    schema = _PLAIN if rows[0].routing is None else _ROUTED
    return pa.record_batch([pa.array(v, pa.string()) for v in columns[: len(schema)]], schema=schema)


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one document. ``now``: as it is; None: it is gone already. ``text``: what it becomes;
    None: it goes."""

    place: Place
    edits: tuple[Edit, ...]
    now: Document | None
    text: str | None

    @property
    def where(self) -> tuple[str, Locator]:
        return self.edits[0].collection, self.edits[0].locator

    @property
    def condition(self) -> dict[str, Any]:
        """That the document is still the one that was read."""
        assert self.now is not None
        at = {"if_seq_no": self.now.at[0], "if_primary_term": self.now.at[1]}
        return at if self.place[2] is None else at | {ROUTING: self.place[2]}

    @property
    def operation(self) -> bytes:
        """Its lines in a bulk request."""
        action = {"_index": self.place[0], "_id": self.place[1]} | self.condition
        if self.text is None:
            return json.dumps({"delete": action}).encode() + b"\n"
        return json.dumps({"index": action}).encode() + b"\n" + self.text.encode() + b"\n"


def grouped(edits: Sequence[Edit]) -> Iterator[dict[Place, list[Edit]]]:
    """The edits by the document that they name, some documents at a time."""
    places: dict[Place, list[Edit]] = {}
    for edit in edits:
        where = edit.locator
        places.setdefault((edit.collection, where[ID], where.get(ROUTING)), []).append(edit)
    some = list(places.items())
    return (dict(some[at : at + GROUP]) for at in range(0, len(some), GROUP))


def changes(session: Session, indices: Indices, group: Mapping[Place, Sequence[Edit]]) -> Iterator[Change]:
    """What each document becomes, as it is now. Moved if one is not what a digest says, Refused if one cannot
    be changed so."""
    described = {name: _changeable(session, indices.of(name)) for name in {place[0] for place in group}}
    there = {(one.collection, one.id, one.routing): one for one in session.fetch(list(group))}
    for place, edits in group.items():
        now = there.get(place)
        text = None if now is None else _becomes(session, described[place[0]], now, edits)
        yield Change(place, tuple(edits), now, text)


def _changeable(session: Session, index: Index) -> Index:
    if index.fixed or index.unread:
        raise Refused(session.store, index.name, str(index.fixed or index.unread))
    return index


def _becomes(session: Session, index: Index, now: Document, edits: Sequence[Edit]) -> str | None:
    shown = digest(batch([now]), 0)
    if any(edit.digest not in (None, shown) for edit in edits):
        raise Moved(session.store, index.name, "a document changed since the plan was frozen")
    if any(isinstance(edit, Delete) for edit in edits):
        return None
    try:
        return _changed(index, now.text or "", edits)
    except (Unchangeable, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, Unchangeable) else "it would not be UTF-8 any more"
        raise Refused(session.store, index.name, f"a document cannot be changed so: {reason}") from None


def _changed(index: Index, text: str, edits: Sequence[Edit]) -> str:
    if index.piped:
        raise Unchangeable("the index has a final ingest pipeline, which would write it too")
    patches = [edit for edit in edits if isinstance(edit, Patch)]
    if any(edit.field != DOCUMENT for edit in patches):
        raise Unchangeable("only the document can be patched, not its id")
    new = patched(text.encode(), sorted(piece for edit in patches for piece in edit.pieces)).decode()
    for edit in edits:
        if isinstance(edit, SetField):
            new = with_field(new, edit.field, edit.value)
    try:
        added = Counter(_leaves(json.loads(new), "")) - Counter(_leaves(json.loads(text), ""))
    except ValueError:
        raise Unchangeable("it would not be JSON any more") from None
    for path, value in added:
        if isinstance(value, str) and not index.holds_text(path):
            raise Unchangeable(f"its field {path} is mapped to {index.types[path]}, which holds no text")
    return new


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Each plain value with its path; members of an array have the array's."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, value
