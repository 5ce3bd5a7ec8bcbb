"""From the stored bytes of an object to UTF-8 text in blocks, and back."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from vestige.connectors.formats.model import BOM, Limits, Source, Unfit

_GZIP = 16 + zlib.MAX_WBITS
_NAMED, _EXTRA = 0x08, 0x04


class Blocks:
    """The text of an object: inflated, as UTF-8, without byte order mark, in blocks of ``limits.block``.

    Iterate once. Afterwards ``gap`` says why the text ended early, or is None. Invalid bytes pass unchanged.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.gap: str | None = None

    def __iter__(self) -> Iterator[bytes]:
        packing = self._source.packing
        with self._source.open() as raw:
            blocks = self._inflated(raw) if packing.gz else self._plain(raw)
            if packing.encoding != "utf-8":
                blocks = self._decoded(blocks, packing.encoding)
            yield from _without_mark(blocks) if packing.bom else blocks

    def _plain(self, raw: BinaryIO) -> Iterator[bytes]:
        while block := raw.read(self._source.limits.block):
            yield block

    def _inflated(self, raw: BinaryIO) -> Iterator[bytes]:
        inflation = Inflation(raw, self._source.limits)
        yield from inflation
        self.gap = inflation.gap

    def _decoded(self, blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        for block in blocks:
            yield decoder.decode(block).encode("utf-8", "surrogatepass")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            self.gap = self.gap or f"{encoding} text ends in the middle of a character"


class Inflation:
    """A gzip stream, all its members, inflated within limits. ``gap`` says afterwards why it ended early."""

    def __init__(self, raw: BinaryIO, limits: Limits) -> None:
        self._raw, self._limits = raw, limits
        self._taken = self._given = 0
        self.gap: str | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._members()
        except zlib.error:
            self.gap = "damaged gzip"

    def _members(self) -> Iterator[bytes]:
        inflater, data = zlib.decompressobj(_GZIP), b""
        while data or (data := self._next()):
            if inflater.eof:
                if not data.strip(b"\0"):
                    data = b""
                    continue
                inflater = zlib.decompressobj(_GZIP)
            block = inflater.decompress(data, self._limits.block)
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            if block:
                yield block
                if self._beyond(len(block)):
                    return
        if not inflater.eof:
            yield from filter(None, [inflater.flush()])
            self.gap = "truncated gzip"

    def _next(self) -> bytes:
        data = self._raw.read(self._limits.block // 4)
        self._taken += len(data)
        return data

    def _beyond(self, size: int) -> bool:
        self._given += size
        limits = self._limits
        if self._given > limits.inflated:
            self.gap = f"gzip inflates to more than {limits.inflated} bytes"
        elif self._given > limits.grace and self._given > limits.ratio * self._taken:
            self.gap = f"gzip inflates more than {limits.ratio} times"
        return self.gap is not None


def _without_mark(blocks: Iterator[bytes]) -> Iterator[bytes]:
    start = b""
    for block in blocks:
        start += block
        if len(start) >= len(BOM):
            break
    yield start.removeprefix(BOM)
    yield from blocks


def whole(blocks: Blocks) -> None:
    """Refuse to rewrite what could not be read to its end."""
    if blocks.gap is not None:
        raise Unfit(f"not rewritten: {blocks.gap}")


class _Encoder:
    """Writes UTF-8 text in another encoding."""

    def __init__(self, sink: BinaryIO, encoding: str) -> None:
        self._sink, self._encoding = sink, encoding
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")

    def write(self, data: bytes) -> None:
        self._sink.write(self._decoder.decode(data).encode(self._encoding, "surrogatepass"))


@contextmanager
def packed(source: Source, sink: BinaryIO) -> Iterator[BinaryIO | _Encoder]:
    """A sink for text that packs it as the source is: byte order mark, encoding, gzip with its header."""
    packing = source.packing
    zipped = _gzip_like(source, sink) if packing.gz else None
    inner = zipped or sink
    text = inner if packing.encoding == "utf-8" else _Encoder(inner, packing.encoding)
    if packing.bom:
        text.write(BOM)
    yield text
    if zipped is not None:
        zipped.close()


def _gzip_like(source: Source, sink: BinaryIO) -> BinaryIO:
    """A gzip writer with the name, time and strength that the source's header has."""
    with source.open() as raw:
        head = raw.read(4096)
    name = b""
    if head[3] & _NAMED and not head[3] & _EXTRA:
        name = head[10:].split(b"\0", 1)[0]
    level = {2: 9, 4: 1}.get(head[8], 6)
    return gzip.GzipFile(  # type: ignore[return-value]
        name.decode("latin-1"), "wb", level, sink, int.from_bytes(head[4:8], "little")
    )
