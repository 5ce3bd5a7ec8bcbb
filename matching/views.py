"""Values as text: every scalar of a batch, and every decoding of it, with offsets back to the raw bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from vestige.connectors.protocol import DOCUMENT, is_json
from vestige.matching import json_tokens
from vestige.matching.decodings import DECODINGS, Nested

Column: TypeAlias = Any
"""An Arrow array of any type (its stubs have no type with the methods of all)."""

MAX_DEPTH = 3
"""How many encodings may lie one inside the other (percent of percent, JSON in base64 in a URL)."""

_FOREIGN = re.compile("[\udc80-\udcff]")


class Cell(NamedTuple):
    """One scalar of a record.

    ``field``: the column, or column and path (``prefs.a.b``); ``a.b`` in a :data:`DOCUMENT` column, or
    ``value`` if that is no JSON object or array. ``start``, ``end``: bytes of the column's raw value, quotes
    of a JSON string included. ``text``: the decoded value; "" if null. A key of a JSON object that is itself
    a value (an address, a number) is a cell too, of the field ``…{key}``.
    """

    row: int
    field: str
    column: str
    text: str
    start: int
    end: int
    kind: Literal["text", "number", "boolean", "null"]

    def __repr__(self) -> str:
        return (
            f"Cell(row={self.row}, field={self.field!r}, bytes={self.start}:{self.end}, kind={self.kind!r})"
        )


class View(NamedTuple):
    """One reading of a text. ``raw[i]``: the characters from which character i stems; None: itself."""

    name: str
    text: str
    raw: Sequence[tuple[int, int]] | None

    def __repr__(self) -> str:
        return f"View(name={self.name!r}, length={len(self.text)})"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the text from which ``start:end`` of the view stems."""
        if self.raw is None or start >= end:
            return start, end
        return self.raw[start][0], self.raw[end - 1][1]


def cells(batch: pa.RecordBatch, fields: Collection[str] | None = None) -> Iterator[Cell]:
    """Every scalar of a batch, column by column; locating columns (``@…``) are no fields.

    ``fields``: only these; the name of a JSON column means all its paths.
    """
    for index, arrow_field in enumerate(batch.schema):
        name = arrow_field.name
        if name.startswith("@"):
            continue
        found = _column_cells(batch.column(index), name, is_json(arrow_field))
        wanted = fields is None or name in fields
        yield from found if wanted else (cell for cell in found if cell.field in (fields or ()))


def _column_cells(column: Column, name: str, has_json: bool) -> Iterator[Cell]:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind, widths = kind_of(column.type), _widths(column)
    for row, text in enumerate(texts(column)):
        if text is None:
            yield Cell(row, name, name, "", 0, 0, "null")
        elif has_json or pa.types.is_nested(column.type):
            yield from _json_cells(row, name, text)
        else:
            yield Cell(row, name, name, text, 0, (widths[row] if widths else None) or len(text), kind)


def _json_cells(row: int, column: str, text: str) -> Iterator[Cell]:
    in_document = column == DOCUMENT
    if (in_document and text.lstrip()[:1] not in ("{", "[")) or not json_tokens.is_document(text):
        field = "value" if in_document else column
        yield Cell(row, field, column, text, 0, len(text.encode()), "text")
        return
    at, byte = 0, 0
    for path, start, end, kind, value in json_tokens.scalars(text):
        first = byte + len(text[at:start].encode())
        at, byte = end, first + len(text[start:end].encode())
        field = (path or "value") if in_document else f"{column}.{path}" if path else column
        yield Cell(row, field, column, "" if kind == "null" else value, first, byte, kind)


def texts(column: Column) -> list[str | None]:
    """The values of a column as text: bytes that are not UTF-8 as Latin-1, nested values as their JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts(column.dictionary_decode())
    if _is_string(kind):
        found: list[str | None] = column.to_pylist()
        return found
    if _is_binary(kind):
        return [None if value is None else _decoded(value) for value in column.to_pylist()]
    if pa.types.is_nested(kind):
        return [None if v is None else orjson.dumps(v, default=str).decode() for v in column.to_pylist()]
    plain: list[str | None] = column.cast(pa.string()).to_pylist()
    return plain


def _is_string(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or kind == pa.string_view())


def _is_binary(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or kind == pa.binary_view()
    )


def _decoded(value: bytes) -> str:
    """UTF-8; each byte that is none is one Latin-1 character, so that offsets stay exact."""
    text = value.decode("utf-8", "surrogateescape")
    return text if text.isascii() else _FOREIGN.sub(lambda m: chr(ord(m.group()) - 0xDC00), text)


def _widths(column: Column) -> list[int | None] | None:
    """Bytes of each value as stored, for text and binary columns; others are ASCII."""
    if _is_string(column.type) or _is_binary(column.type):
        widths: Column = pc.binary_length(column)
        return list(widths.to_pylist())
    return None


def kind_of(kind: pa.DataType) -> Literal["text", "number", "boolean"]:
    """What the cells of a column are."""
    if pa.types.is_boolean(kind):
        return "boolean"
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return "number" if is_number else "text"


def views(text: str) -> Iterator[View]:
    """The text itself, then each decoding that changes it, and decodings of those (``percent/base64``)."""
    first = View("raw", text, None)
    yield first
    seen = {(text, 0, len(text))}
    layer = [first]
    for _ in range(MAX_DEPTH):
        layer = [view for outer in layer for view in _decodings(outer) if _is_new(view, seen)]
        yield from layer


def _decodings(outer: View) -> Iterator[View]:
    for name, decode in DECODINGS:
        # A plus that percent-decoding brought forth is a plus, unless another layer is left.
        if name == "query" and outer.name.endswith(("percent", "query")) and "%" not in outer.text:
            continue
        for text, offsets in decode(outer.text):
            if outer.raw is None:
                yield View(name, text, offsets)
            else:
                yield View(f"{outer.name}/{name}", text, Nested(outer.raw, offsets))


def _is_new(view: View, seen: set[tuple[str, int, int]]) -> bool:
    if not view.text:
        return False
    mark = (view.text, *view.span(0, len(view.text)))
    known = mark in seen
    seen.add(mark)
    return not known


def byte_range(batch: pa.RecordBatch, cell: Cell, start: int, end: int) -> tuple[int, int]:
    """Characters ``start:end`` of ``cell.text`` as bytes of the column's raw value, JSON escapes honoured."""
    width = cell.end - cell.start - len(cell.text)
    if cell.text.isascii() and width in (0, 2):  # as it stands, or in the quotes of a JSON string
        return cell.start + width // 2 + start, cell.start + width // 2 + end
    column = batch.column(cell.column)
    if _is_binary(column.type):
        line = column[cell.row].as_py().decode("utf-8", "surrogateescape")
        return _bytes(line[:start]), _bytes(line[:end])
    whole = texts(column.slice(cell.row, 1))[0] or ""
    token = whole.encode()[cell.start : cell.end].decode()
    if token != cell.text:
        start, end = json_tokens.offsets(token, start, end)
    return cell.start + _bytes(token[:start]), cell.start + _bytes(token[:end])


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))
