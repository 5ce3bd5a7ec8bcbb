"""Lines: the cut that text, JSON Lines and CSV share. A line ends in ``\\n`` or ``\\r\\n``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from vestige.connectors.formats.model import Part, Source
from vestige.connectors.formats.salvage import readable, valid
from vestige.connectors.formats.stream import Blocks
from vestige.connectors.protocol import Gap


class Overlong(NamedTuple):
    """A part of a line that is longer than a record may be. ``ends``: its last part."""

    data: bytes
    ends: bool


def chunks(blocks: Iterable[bytes], limit: int) -> Iterator[bytes | Overlong]:
    """The same bytes, cut at line ends. The last line may have none; one beyond ``limit`` comes in parts."""
    parts: list[bytes] = []
    size, beyond = 0, False
    for block in blocks:
        first = block.find(b"\n") + 1 if beyond else 0
        if first:
            yield Overlong(block[:first], ends=True)
            beyond, block = False, block[first:]
        end = 0 if beyond else block.rfind(b"\n") + 1
        if end:
            yield b"".join((*parts, block[:end]))
            parts, size = [], 0
        parts.append(block[end:])
        size += len(block) - end
        if beyond or size > limit:
            yield Overlong(b"".join(parts), ends=False)
            parts, size, beyond = [], 0, True
    if beyond:
        yield Overlong(b"", ends=True)
    elif size:
        yield b"".join(parts)


def records(
    source: Source, unit: Literal["row", "line"], batch_of: Callable[[bytes], pa.RecordBatch]
) -> Iterator[Part | Gap]:
    """The records of a source whose lines make batches, numbered. A line that is too long is a gap."""
    blocks, first = Blocks(source), 1
    for chunk in chunks(blocks, source.limits.record):
        if not isinstance(chunk, Overlong):
            batch = batch_of(chunk)
            if batch.num_rows:
                yield Part(first, batch)
            first += batch.num_rows
        elif chunk.ends:
            yield Gap(f"a line of more than {source.limits.record} bytes", {unit: first})
            first += 1
    if blocks.gap:
        yield Gap(blocks.gap)


def lines(chunk: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each line of a chunk: its content and its line end."""
    for line in chunk.split(b"\n")[:-1]:
        yield (line[:-1], b"\r\n") if line.endswith(b"\r") else (line, b"\n")
    if last := chunk[chunk.rfind(b"\n") + 1 :]:
        yield last, b""


def column(chunk: bytes, kind: pa.DataType) -> pa.Array:
    """The lines of a chunk without their line ends, as readable text."""
    if not valid(chunk):
        return pa.array([readable(line) for line, _ in lines(chunk)], kind)
    joined = chunk.replace(b"\r\n", b"\n") if b"\r" in chunk else chunk
    whole = pa.array([joined.removesuffix(b"\n")], kind)
    return pc.split_pattern(whole, "\n").values
