"""Edits of one record's raw text, as byte ranges of what came in the batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vestige.connectors.formats.model import Unfit
from vestige.connectors.formats.salvage import Piece, readable, stored
from vestige.connectors.protocol import Delete, Edit, Patch


def deletes(edits: Sequence[Edit]) -> bool:
    """Whether the record goes."""
    return any(isinstance(edit, Delete) for edit in edits)


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces of several edits in one order, each once."""
    return sorted(set(pieces))


def spliced(raw: bytes, pieces: Sequence[Piece]) -> bytes:
    """The bytes with each (start, end, replacement) of the readable text put in place."""
    _check(pieces, len(readable(raw)))
    parts, at = [], 0
    for start, end, text in stored(raw, pieces):
        parts += [raw[at:start], text]
        at = end
    return b"".join((*parts, raw[at:]))


def _check(pieces: Sequence[Piece], length: int) -> None:
    at = 0
    for start, end, _ in pieces:
        if not at <= start <= end <= length:
            raise Unfit("the byte ranges of a patch overlap or lie outside the record")
        at = end


def patched(raw: bytes, edits: Sequence[Edit], field: str) -> bytes:
    """A record of one text column with its patches made."""
    pieces: list[Piece] = []
    for edit in edits:
        if not isinstance(edit, Patch) or edit.field != field:
            raise Unfit(f"only the field {field} can be patched")
        pieces += edit.pieces
    return spliced(raw, merged(pieces))
