"""Text: a record per line, blank lines too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal

import pyarrow as pa

from vestige.connectors.formats.editing import deletes, patched
from vestige.connectors.formats.lines import Overlong, chunks, column, lines, records
from vestige.connectors.formats.model import Edits, Part, Sink, Source, Unfit
from vestige.connectors.formats.stream import Blocks, packed, whole
from vestige.connectors.protocol import LINE, Field, Gap

_SCHEMA = pa.schema([pa.field(LINE, pa.large_binary())])


class Text:
    """Lines as they are stored; bytes that are not UTF-8 are made readable (see :mod:`.salvage`)."""

    name = "text"
    unit: Literal["row", "line", "key"] = "line"
    key: tuple[str, ...] = ()
    by_line = True
    fields: tuple[Field, ...] = ()

    def read(self, source: Source) -> Iterator[Part | Gap]:
        return records(source, "line", _batch)

    def count(self, source: Source) -> int | None:
        newlines, last = 0, b"\n"
        for block in Blocks(source):
            newlines += block.count(b"\n")
            last = block[-1:] or last
        return newlines + (last != b"\n")

    def rewrite(self, source: Source, sink: BinaryIO, edits: Edits) -> None:
        blocks = Blocks(source)
        with packed(source, sink) as out:
            _rewrite(chunks(blocks, source.limits.record), out, edits)
            whole(blocks)


def _batch(chunk: bytes) -> pa.RecordBatch:
    return pa.record_batch([column(chunk, pa.large_binary())], _SCHEMA)


def _rewrite(pieces: Iterator[bytes | Overlong], out: Sink, edits: Edits) -> None:
    number = 0
    for chunk in pieces:
        if isinstance(chunk, Overlong):
            number += chunk.ends
            if number in edits and chunk.ends:
                raise Unfit("a line too long to be read cannot be edited")
            out.write(chunk.data)
            continue
        for line, end in lines(chunk):
            number += 1
            out.write(_edited(line, end, number, edits))


def _edited(line: bytes, end: bytes, number: int, edits: Edits) -> bytes:
    if number not in edits:
        return line + end
    return b"" if deletes(edits[number]) else patched(line, edits[number], LINE) + end
