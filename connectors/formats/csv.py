"""CSV and its like: a string column per header, a row per record; quoted line ends belong to their record."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import BinaryIO, Literal

import pyarrow as pa

from vestige.connectors.formats.cells import Dialect, Row
from vestige.connectors.formats.editing import deletes, merged, spliced
from vestige.connectors.formats.lines import Overlong, chunks
from vestige.connectors.formats.model import Edits, Part, Source, Unfit
from vestige.connectors.formats.salvage import readable
from vestige.connectors.formats.stream import Blocks, packed, whole
from vestige.connectors.protocol import Delete, Edit, Field, Gap, Patch, SetField

_UNCLOSED = "a quote that is never closed"


def names(cells: Sequence[bytes]) -> tuple[str, ...]:
    """Column names from a header: unique, none empty, none that starts with ``@``."""
    taken: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = base = readable(cell).decode().strip().lstrip("@") or f"column_{number}"
        copy = 2
        while name in taken:
            name, copy = f"{base}_{copy}", copy + 1
        taken.append(name)
    return tuple(taken)


class Csv:
    """``columns`` are the header's. Cells beyond them are in ``column_N``; cells that lack are null."""

    name = "csv"
    unit: Literal["row", "line", "key"] = "row"
    key: tuple[str, ...] = ()
    by_line = False

    def __init__(self, dialect: Dialect, columns: tuple[str, ...]) -> None:
        self.dialect, self.columns = dialect, columns
        self.fields = tuple(Field(name) for name in columns)

    def read(self, source: Source) -> Iterator[Part | Gap]:
        blocks = Blocks(source)
        held = _Held(self, source.limits.block)
        for number, row in self._numbered(blocks, source):
            if number == 0:
                continue
            if isinstance(row, Overlong):
                yield from held.taken()
                yield Gap(f"a line of more than {source.limits.record} bytes", {"row": number})
                continue
            yield from held.add(number, self.dialect.values(row.body))
            if not row.sound:
                yield from held.taken()
                yield Gap(_UNCLOSED, {"row": number})
        yield from held.taken()
        if blocks.gap:
            yield Gap(blocks.gap)

    def _numbered(self, blocks: Iterable[bytes], source: Source) -> Iterator[tuple[int, Row | Overlong]]:
        """All rows with their numbers; header, blank rows and parts of a line too long have 0."""
        number = -1 if self.dialect.header else 0
        limit = source.limits.record
        for row in self.dialect.rows(chunks(blocks, limit), limit):
            counts = row.ends if isinstance(row, Overlong) else bool(row.body.strip())
            number += counts
            yield number if counts else 0, row

    def batch(self, rows: Sequence[Sequence[bytes]], width: int) -> pa.RecordBatch:
        """Rows as columns. All have ``width`` cells, or fewer if that is the header's."""
        extra = range(len(self.columns) + 1, width + 1)
        labels = names([name.encode() for name in (*self.columns, *(f"column_{number}" for number in extra))])
        columns = zip_longest(*rows) if len(rows[0]) == width else zip_longest(*rows, [None] * width)
        arrays = [_strings(list(column)[: len(rows)]) for column in columns]
        return pa.record_batch(arrays, pa.schema([(label, pa.string()) for label in labels]))

    def count(self, source: Source) -> int | None:
        blocks = (block.decode("latin-1") for block in Blocks(source))
        reader = csv.reader(
            _text_lines(blocks), delimiter=self.dialect.delimiter.decode(), skipinitialspace=True
        )
        try:
            filled = sum(1 for row in reader if any(cell.strip() for cell in row) or len(row) > 1)
        except csv.Error:
            return None
        return max(0, filled - self.dialect.header)

    def rewrite(self, source: Source, sink: BinaryIO, edits: Edits) -> None:
        blocks = Blocks(source)
        with packed(source, sink) as out:
            for number, row in self._numbered(blocks, source):
                if isinstance(row, Overlong):
                    _untouchable(number, edits)
                    out.write(row.data)
                elif number and number in edits:
                    out.write(self._edited(row, edits[number]))
                else:
                    out.write(row.body + row.end)
            whole(blocks)

    def _edited(self, row: Row, edits: Sequence[Edit]) -> bytes:
        if not row.sound:
            raise Unfit(f"a row with {_UNCLOSED} cannot be edited")
        if deletes(edits):
            return b""
        cells = list(self.dialect.cells(row.body))
        changes: dict[int, list[Edit]] = {}
        for edit in edits:
            changes.setdefault(self._place(edit, len(cells)), []).append(edit)
        new = [
            self.dialect.write(_changed(cell.value, changes[place]), quoted=cell.quoted or len(cells) == 1)
            if place in changes
            else cell.raw
            for place, cell in enumerate(cells)
        ]
        return self.dialect.delimiter.join(new) + row.end

    def _place(self, edit: Edit, width: int) -> int:
        """Which cell an edit is of."""
        extra = (f"column_{number}".encode() for number in range(len(self.columns) + 1, width + 1))
        labels = names([*(name.encode() for name in self.columns), *extra])
        if isinstance(edit, Delete) or edit.field not in labels[:width]:
            raise Unfit("the row has no such column")
        return labels.index(edit.field)


class _Held:
    """Rows that wait for their batch: of one width, up to a size."""

    def __init__(self, format_: Csv, limit: int) -> None:
        self._format, self._limit = format_, limit
        self._rows: list[list[bytes]] = []
        self._first = self._width = self._size = 0

    def add(self, number: int, cells: list[bytes]) -> Iterator[Part]:
        """Hold one more row; gives what was held if that does not fit it."""
        width = max(len(cells), len(self._format.columns))
        if self._rows and (width != self._width or self._size > self._limit):
            yield from self.taken()
        if not self._rows:
            self._first, self._width = number, width
        self._rows.append(cells)
        self._size += sum(map(len, cells))

    def taken(self) -> Iterator[Part]:
        """What is held."""
        if self._rows:
            yield Part(self._first, self._format.batch(self._rows, self._width))
        self._rows, self._size = [], 0


def _strings(column: list[bytes | None]) -> pa.Array:
    try:
        return pa.array(column, pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if value is None else readable(value) for value in column], pa.string())


def _changed(value: bytes, edits: Sequence[Edit]) -> bytes:
    """A cell's value with its edits made: one literal, or patches."""
    literals = [edit.value for edit in edits if isinstance(edit, SetField)]
    if len(literals) == 1 == len(edits):
        return b"" if literals[0] is None else str(literals[0]).encode()
    if literals:
        raise Unfit("a cell is set and edited at once")
    return spliced(value, merged(piece for edit in edits if isinstance(edit, Patch) for piece in edit.pieces))


def _untouchable(number: int, edits: Edits) -> None:
    if number and number in edits:
        raise Unfit("a line too long to be read cannot be edited")


def _text_lines(blocks: Iterable[str]) -> Iterator[str]:
    rest = ""
    for block in blocks:
        *full, rest = (rest + block).split("\n")
        yield from (line + "\n" for line in full)
    if rest:
        yield rest
