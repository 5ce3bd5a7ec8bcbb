"""JSON Lines: a record per line that is not blank. A malformed line is a record of its raw text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Literal

import pyarrow as pa
import pyarrow.compute as pc

from vestige.connectors.formats.editing import deletes
from vestige.connectors.formats.lines import Overlong, chunks, column, lines, records
from vestige.connectors.formats.model import Edits, Part, Sink, Source, Unfit
from vestige.connectors.formats.paths import edited
from vestige.connectors.formats.stream import Blocks, packed, whole
from vestige.connectors.protocol import DOCUMENT, Field, Gap
from vestige.connectors.protocol import column as field

_SCHEMA = pa.schema([field(DOCUMENT, pa.string(), is_json=True)])
_NOT_BLANK = re.compile(rb"[^ \t\r\n\v\f][^\n]*")


class JsonLines:
    """One column ``$`` with the raw text of each line. Rows count from 1; blank lines are none."""

    name = "jsonl"
    unit: Literal["row", "line", "key"] = "row"
    key: tuple[str, ...] = ()
    by_line = True
    fields: tuple[Field, ...] = ()

    def read(self, source: Source) -> Iterator[Part | Gap]:
        return records(source, "row", _batch)

    def count(self, source: Source) -> int | None:
        rows, inside = 0, False
        for block in Blocks(source):
            start = block.find(b"\n") if inside else 0
            if start >= 0:
                rows += sum(1 for _ in _NOT_BLANK.finditer(block, start))
                inside = bool(block[block.rfind(b"\n") + 1 :].strip()) or (inside and start < 0)
        return rows

    def rewrite(self, source: Source, sink: BinaryIO, edits: Edits) -> None:
        blocks = Blocks(source)
        with packed(source, sink) as out:
            _rewrite(chunks(blocks, source.limits.record), out, edits)
            whole(blocks)


def _batch(chunk: bytes) -> pa.RecordBatch:
    every = column(chunk, pa.string())
    filled = pc.not_equal(pc.ascii_trim_whitespace(every), "")
    return pa.record_batch([every.filter(filled)], _SCHEMA)


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
            number += bool(line.strip())
            touched = edits.get(number, ()) if line.strip() else ()
            if not deletes(touched):
                out.write((edited(line, touched) if touched else line) + end)
