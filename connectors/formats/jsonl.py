"""JSON Lines: a record per line that is not blank. A malformed line is a record of its raw text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Literal

import pyarrow as pa
import pyarrow.compute as pc

from vestige.connectors.formats.editing import deletes
from vestige.connectors.formats.lines import Overlong, chunks, column, lines
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
    fields: tuple[Field, ...] = ()

    def read(self, source: Source) -> Iterator[Part | Gap]:
        blocks, first = Blocks(source), 1
        for chunk in chunks(blocks, source.limits.record):
            if not isinstance(chunk, Overlong):
                batch = pa.record_batch([_rows(chunk)], _SCHEMA)
                if batch.num_rows:
                    yield Part(first, batch)
                first += batch.num_rows
            elif chunk.ends:
                yield Gap(f"a line of more than {source.limits.record} bytes", {"row": first})
                first += 1
        if blocks.gap:
            yield Gap(blocks.gap)

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


def _rows(chunk: bytes) -> pa.Array:
    every = column(chunk, pa.string())
    filled = pc.not_equal(pc.ascii_trim_whitespace(every), "")
    return every.filter(filled)


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
