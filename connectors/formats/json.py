"""One JSON document: a record per element of an array, or of one that it only wraps; else one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Literal

import pyarrow as pa

from vestige.connectors.formats.editing import deletes, spliced
from vestige.connectors.formats.layout import SMALL, Frame, Layout, walk
from vestige.connectors.formats.model import Edits, Part, Sink, Source, Unfit
from vestige.connectors.formats.paths import edited, parse, pieces
from vestige.connectors.formats.salvage import readable
from vestige.connectors.formats.scanner import Element, Scanner
from vestige.connectors.formats.stream import Blocks, packed
from vestige.connectors.protocol import DOCUMENT, Edit, Field, Gap, column

PATH = "@path"
_SCHEMA = pa.schema([column(PATH, pa.string()), column(DOCUMENT, pa.string(), is_json=True)])


class Document:
    """Records are elements, each with its path; an object around them is the record ``$``."""

    name = "json"
    unit: Literal["row", "line", "key"] = "key"
    key: tuple[str, ...] = (PATH,)
    by_line = False
    fields: tuple[Field, ...] = ()

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def read(self, source: Source) -> Iterator[Part | Gap]:
        rows: list[tuple[str, bytes]] = []
        size, first = 0, 1
        for path, text in self._records(source):
            rows.append((path, readable(text)))
            size += len(text)
            if size > source.limits.block:
                yield Part(first, _batch(rows))
                first, size, rows = first + len(rows), 0, []
        if rows:
            yield Part(first, _batch(rows))

    def _walk(self, source: Source) -> Iterator[Frame | Element | bytes]:
        return walk(Scanner(Blocks(source), source.limits.record), self.layout)

    def _records(self, source: Source) -> Iterator[tuple[str, bytes]]:
        index, frame = 0, b""
        for one in self._walk(source):
            if isinstance(one, Frame):
                frame += one.text
            elif isinstance(one, Element):
                yield self.layout.path(index) if self.layout.split else DOCUMENT, one.body
                index += 1
        if self.layout.member is not None:
            yield DOCUMENT, frame

    def count(self, source: Source) -> int | None:
        """By a parser, for documents that are small enough to be held whole."""
        text = b""
        for block in Blocks(source):
            text += block
            if len(text) > SMALL:
                return None
        value = parse(readable(text))
        if not self.layout.split:
            return 1
        return len(value) if self.layout.member is None else len(value[self.layout.member]) + 1

    def rewrite(self, source: Source, sink: BinaryIO, edits: Edits) -> None:
        with packed(source, sink) as out:
            if self.layout.split:
                self._split(source, out, edits)
            else:
                self._one(source, out, edits.get(DOCUMENT, ()))

    def _one(self, source: Source, out: Sink, edits: Sequence[Edit]) -> None:
        for one in self._walk(source):
            assert isinstance(one, Element)
            if not deletes(edits):
                out.write(one.lead + edited(one.body, edits) + one.trail)

    def _split(self, source: Source, out: Sink, edits: Edits) -> None:
        opening, closing = self._frame(source, edits.get(DOCUMENT, ()))
        out.write(opening)
        inner = (one for one in self._walk(source) if not isinstance(one, Frame))
        _join(((self.layout.path(index), one) for index, one in enumerate(inner)), out, edits)
        out.write(closing)

    def _frame(self, source: Source, edits: Sequence[Edit]) -> tuple[bytes, bytes]:
        """What is before and after the elements, edited."""
        opening, closing = (one.text for one in self._walk(source) if isinstance(one, Frame))
        if not edits:
            return opening, closing
        if deletes(edits):
            raise Unfit("what is around the elements of a document can be edited, not deleted")
        changes = pieces(readable(opening + closing), edits)
        before = [piece for piece in changes if piece[1] <= len(readable(opening))]
        new = edited(opening + closing, edits)
        start = len(spliced(opening, before))
        return new[:start], new[start:]


def _join(inner: Iterable[tuple[str, Element | bytes]], out: Sink, edits: Edits) -> None:
    """Write the elements that stay. The array keeps its first lead and its last trail, whatever goes."""
    lead, trail, pending = None, b"", b""
    for path, one in inner:
        if isinstance(one, bytes):
            trail = one
            continue
        lead = one.lead if lead is None else lead
        trail = one.trail
        touched = edits.get(path, ())
        if deletes(touched):
            continue
        out.write((pending + one.lead if pending else lead) + edited(one.body, touched))
        pending = one.trail + b","
    out.write(trail)


def _batch(rows: Sequence[tuple[str, bytes]]) -> pa.RecordBatch:
    paths, texts = zip(*rows, strict=True)
    return pa.record_batch([pa.array(paths, pa.string()), pa.array(texts, pa.string())], _SCHEMA)
