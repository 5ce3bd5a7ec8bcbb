"""The edits that take one person out of a record that stays. Pure: a record in, edits out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

import pyarrow as pa

from vestige.connectors.protocol import Edit, FieldType, Locator, Patch, SetField, is_json
from vestige.matching.views import Cell, byte_range

Fill = Literal["cut", "mask"]
Piece = tuple[int, int, bytes]


@dataclass(slots=True)
class Redaction:
    """Collects what must go from one record (row 0 of ``batch``) and turns it into edits.

    ``fill``: ``cut`` removes text; ``mask`` overwrites it at equal length, as a log demands. Of the columns,
    ``fixed`` cannot be NULL, ``keys`` cannot change at all, ``unique`` cannot repeat; ``stuck`` collects the
    fields that nothing can be done about.
    """

    batch: pa.RecordBatch
    collection: str
    locator: Locator
    digest: str
    fill: Fill
    types: Mapping[str, FieldType] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    unique: frozenset[str] = frozenset()
    stuck: list[str] = field(default_factory=list)
    _sets: dict[str, str | int | float | None] = field(default_factory=dict)
    _pieces: dict[str, list[Piece]] = field(default_factory=dict)

    def drop(self, cell: Cell) -> None:
        """A value goes as a whole: NULL, or what stands for it where NULL cannot be."""
        if cell.column in self.keys:
            self.stuck.append(cell.field)
        elif self.fill == "mask":
            self.cut_bytes(cell.column, cell.start, cell.end)
        elif is_json(self.batch.schema.field(cell.column)) and not self._whole(cell):
            self._piece(cell.column, cell.start, cell.end, b"null")
        elif cell.column not in self.fixed:
            self._sets[cell.column] = None
        else:
            self._stand_in(cell)

    def _stand_in(self, cell: Cell) -> None:
        """Where NULL cannot be: a neutral value of the column's type; a number may be a key, and stays."""
        kind = self.types.get(cell.column, "text")
        if kind in ("date", "timestamp"):
            self._sets[cell.column] = "1900-01-01"
        elif kind == "uuid":
            self._sets[cell.column] = str(uuid4())
        elif kind == "text":
            self._sets[cell.column] = f"erased-{uuid4().hex[:12]}" if cell.column in self.unique else ""
        else:
            self.stuck.append(cell.field)

    def replace(self, cell: Cell, text: str) -> None:
        """A value is replaced by another of the same kind (a mask, a pseudonym)."""
        if is_json(self.batch.schema.field(cell.column)) and not self._whole(cell):
            quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
            self._piece(cell.column, cell.start, cell.end, quoted.encode())
        else:
            self._sets[cell.column] = text

    def cut(self, cell: Cell, start: int, end: int) -> None:
        """Characters ``start`` to ``end`` of a cell's text go."""
        if cell.text[:start].strip() or cell.text[end:].strip() or cell.kind != "text" or self.fill == "mask":
            self.cut_bytes(cell.column, *byte_range(self.batch, cell, start, end))
        else:
            self.drop(cell)

    def cut_bytes(self, column: str, start: int, end: int) -> None:
        """Bytes of a column's raw value go."""
        self._piece(column, start, end, self._mask(column, start, end) if self.fill == "mask" else b"")

    def edits(self) -> tuple[Edit, ...]:
        """The edits, one per column; a column that is set as a whole needs no patch."""
        sets = [SetField(self.collection, self.locator, c, v, self.digest) for c, v in self._sets.items()]
        patches = [
            Patch(self.collection, self.locator, column, tuple(_merged(pieces)), self.digest)
            for column, pieces in self._pieces.items()
            if column not in self._sets
        ]
        return (*sets, *patches)

    def _piece(self, column: str, start: int, end: int, replacement: bytes) -> None:
        self._pieces.setdefault(column, []).append((start, end, replacement))

    def _whole(self, cell: Cell) -> bool:
        """Whether the cell is all of its column, though the column may hold JSON elsewhere."""
        raw = self.batch.column(cell.column)[0].as_py()
        return cell.start == 0 and cell.end == len(raw if isinstance(raw, bytes) else str(raw).encode())

    def _mask(self, column: str, start: int, end: int) -> bytes:
        """Stars, but for a bare number in a line of JSON what keeps the line JSON."""
        raw: bytes = self.batch.column(column)[0].as_py()
        bare = (
            raw[start:end].isdigit() and raw[:start].rstrip().endswith(b":") and raw.lstrip().startswith(b"{")
        )
        return _number_mask(end - start) if bare else b"*" * (end - start)


def _number_mask(length: int) -> bytes:
    if length >= 4:
        return b"null".ljust(length)
    return b'""'.ljust(length) if length >= 2 else b"0"


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Ascending, without overlap: the union of overlapping pieces, with the first one's replacement."""
    merged: list[Piece] = []
    for start, end, replacement in sorted(pieces, key=lambda p: (p[0], -p[1])):
        if not merged or start >= merged[-1][1]:
            merged.append((start, end, replacement))
        elif end > merged[-1][1]:
            first, _, old = merged[-1]
            fill = b"*" * (end - first) if old.startswith(b"*") else old
            merged[-1] = (first, end, fill)
    return merged
