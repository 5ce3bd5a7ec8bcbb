"""The dialect of a CSV file: where records and cells end, what a cell says, and how it is written back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from vestige.connectors.formats.lines import Overlong, lines


class Row(NamedTuple):
    """One record as stored, without its line end. ``sound``: its quotes are closed."""

    body: bytes
    end: bytes
    sound: bool = True


class Cell(NamedTuple):
    """A cell as stored (``raw``), and whether it is quoted."""

    raw: bytes
    value: bytes
    quoted: bool


@dataclass(frozen=True)
class Dialect:
    """Quotes are doubled inside quoted cells; blanks before an opening quote are allowed."""

    delimiter: bytes = b","
    header: bool = True

    @cached_property
    def _cell(self) -> re.Pattern[bytes]:
        other = b"[^" + re.escape(self.delimiter) + b"]*+"
        return re.compile(rb'( *+")((?:[^"]++|"")*+)"(' + other + rb")|(" + other + rb")")

    @cached_property
    def _closed(self) -> re.Pattern[bytes]:
        """As many cells from the start of a line as are closed within it."""
        sign = re.escape(self.delimiter)
        cell = rb'(?: *+"(?:[^"]++|"")*+"[^S]*+|(?! *")[^S]*+)'.replace(b"S", sign)
        return re.compile(cell + b"(?:" + sign + cell + b")*+")

    @cached_property
    def _closing(self) -> re.Pattern[bytes]:
        """From inside a quoted cell to the end of the line's last closed cell."""
        rest = self._closed.pattern
        sign = re.escape(self.delimiter)
        return re.compile(rb'(?:[^"]++|"")*+"[^S]*+'.replace(b"S", sign) + b"(?:" + sign + rest + b")?+")

    def _quoting(self, line: bytes, inside: bool) -> bool:
        """Whether a quoted cell is open after the line."""
        if b'"' not in line:
            return inside
        match = (self._closing if inside else self._closed).match(line)
        return match is None or match.end() != len(line)

    def rows(self, chunks: Iterable[bytes | Overlong], limit: int) -> Iterator[Row | Overlong]:
        """Records with their line ends. A record whose quote is never closed is not sound."""
        parts: list[bytes] = []
        size, inside = 0, False
        for chunk in chunks:
            if isinstance(chunk, Overlong):
                yield from self._rest(parts)
                parts, size, inside = [], 0, False
                yield chunk
                continue
            for line, end in lines(chunk):
                inside = self._quoting(line, inside)
                parts += (line, end)
                size += len(line)
                if not inside or size > limit:
                    yield Row(b"".join(parts[:-1]), end, sound=not inside)
                    parts, size, inside = [], 0, False
        yield from self._rest(parts)

    def _rest(self, parts: list[bytes]) -> Iterator[Row]:
        if parts:
            yield Row(b"".join(parts[:-1]), parts[-1], sound=False)

    def values(self, body: bytes) -> list[bytes]:
        """What the cells of a record say."""
        if b'"' not in body:
            return body.split(self.delimiter)
        return [cell.value for cell in self.cells(body)]

    def cells(self, body: bytes) -> Iterator[Cell]:
        """The cells of a record."""
        at = 0
        while at <= len(body):
            match = self._cell.match(body, at)
            assert match is not None
            lead, text, tail, plain = match.groups()
            value = plain if lead is None else text.replace(b'""', b'"') + tail
            yield Cell(match[0], value, lead is not None)
            at = match.end() + 1

    def write(self, value: bytes, *, quoted: bool) -> bytes:
        """A cell that says ``value``, quoted if it was or must be."""
        signs = (self.delimiter, b'"', b"\n", b"\r")
        if quoted or any(sign in value for sign in signs) or value.startswith(b" "):
            return b'"' + value.replace(b'"', b'""') + b'"'
        return value
