"""A part of an object as a source of its own: from one line's end to another's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import BinaryIO, cast

from vestige.connectors.formats.model import Packing, Source

_LOOK = 1 << 16


class _Range:
    """The bytes of an open object from where it stands on; at most ``left``, if that is no None."""

    def __init__(self, raw: BinaryIO, left: int | None) -> None:
        self._raw, self._left = raw, left

    def read(self, size: int) -> bytes:
        data = self._raw.read(size if self._left is None else min(size, self._left))
        if self._left is not None:
            self._left -= len(data)
        return data

    def __enter__(self) -> _Range:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw.close()


def part(source: Source, start: int, end: int | None) -> Source:
    """The stored bytes ``start:end`` of a plain source; None: to its end, also where it grows."""
    packing = source.packing if start == 0 else Packing()
    return replace(source, open=partial(_opened, source, start, end), packing=packing)


def _opened(source: Source, start: int, end: int | None) -> BinaryIO:
    raw = source.open()
    raw.seek(start)
    return cast("BinaryIO", _Range(raw, None if end is None else end - start))


def cuts(source: Source, size: int, length: int) -> Iterator[tuple[int, int | None]]:
    """Ranges of about ``length`` bytes that cover a plain source of ``size`` bytes, cut at line ends."""
    start = 0
    with source.open() as raw:
        while (end := _line_end(raw, start + length)) is not None and end < size:
            yield start, end
            start = end
    yield start, None


def _line_end(raw: BinaryIO, position: int) -> int | None:
    """Where the next line begins; None if none does."""
    raw.seek(position)
    while data := raw.read(_LOOK):
        found = data.find(b"\n") + 1
        if found:
            return position + found
        position += len(data)
    return None
