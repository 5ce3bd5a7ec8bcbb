"""Paths in a JSON text, by its tokens: where the values of ``ship_to.phone`` stand, and how they are set.

Members of an array have the array's path. Names are joined by dots; the whole document has the path ``$``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from vestige.connectors.formats.editing import merged, spliced
from vestige.connectors.formats.model import Unfit
from vestige.connectors.formats.salvage import Piece, readable
from vestige.connectors.protocol import DOCUMENT, Edit, Patch, SetField

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]:,]|[^ \t\r\n{}\[\]:,"]++', re.DOTALL)
VALUE = "value"
"""The one field of a text that is no JSON object or array."""


class _Open(NamedTuple):
    path: str
    start: int
    named: bool


def parse(raw: bytes | str) -> Any:
    """The value of a JSON text. ValueError if it is none."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            return json.loads(raw)  # NaN and the like, which Python itself writes
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def is_json(raw: bytes | str) -> bool:
    """Whether the text is one JSON value."""
    try:
        parse(raw)
    except ValueError:
        return False
    return True


def tokens(raw: bytes) -> Iterator[tuple[str, int, int]]:
    """Path, start and end of every value in a valid JSON text; a container comes after what it holds."""
    stack = [_Open("", 0, named=False)]
    here, naming = "", False
    for match in _TOKEN.finditer(raw):
        token, inner = match[0], stack[-1]
        path = here if inner.named else inner.path
        match token[:1]:
            case b":":
                naming = False
            case b",":
                naming = inner.named
            case b"{" | b"[" as bracket:
                naming = bracket == b"{"
                stack.append(_Open(path, match.start(), naming))
            case b"}" | b"]":
                naming = False
                yield inner.path or DOCUMENT, inner.start, match.end()
                stack.pop()
            case _ if naming:
                here = ".".join(filter(None, (inner.path, parse(token))))
            case _:
                yield path or VALUE, match.start(), match.end()


def spans(raw: bytes, path: str) -> list[tuple[int, int]]:
    """Where the values of a path stand. A text that is no JSON has the one field ``value``."""
    if not is_json(raw):
        return [(0, len(raw))] if path in (VALUE, DOCUMENT) else []
    found = [(start, end) for where, start, end in tokens(raw) if where == path]
    return found or ([(0, len(raw))] if path == DOCUMENT else [])


def edited(raw: bytes, edits: Sequence[Edit]) -> bytes:
    """A JSON record with its patches and set fields made, all other bytes as they were. Raises Unfit."""
    text = readable(raw)
    result = spliced(raw, pieces(text, edits))
    if is_json(text) and not is_json(readable(result)):
        raise Unfit("the edit would break the JSON text")
    return result


def pieces(text: bytes, edits: Sequence[Edit]) -> list[Piece]:
    """The byte ranges that some edits of one record replace."""
    return merged(piece for edit in edits for piece in _pieces(text, edit))


def _pieces(text: bytes, edit: Edit) -> Sequence[Piece]:
    if isinstance(edit, Patch):
        if edit.field != DOCUMENT:
            raise Unfit(f"a patch of a document is of its text, {DOCUMENT}")
        return edit.pieces
    if not isinstance(edit, SetField):
        raise Unfit("an element that goes has no other edits")
    return _setting(text, edit.field, edit.value)


def _setting(text: bytes, path: str, value: str | int | float | None) -> list[Piece]:
    found = spans(text, path)
    if not found:
        raise Unfit("the record has no such field")
    new = json.dumps(value, ensure_ascii=False).encode()
    return [(start, end, new) for start, end in found]


def set_at(text: bytes, path: str, value: str | int | float | None) -> bytes:
    """The JSON text with the values at a path replaced by a literal. Raises Unfit if there is none."""
    return spliced(text, _setting(text, path, value))
