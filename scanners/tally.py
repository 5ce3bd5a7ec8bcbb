"""The values of a batch, field by field: each distinct one once, with how often it stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vestige.connectors.protocol import is_json
from vestige.matching import views

Whole = npt.NDArray[np.int64]
Values = Counter[tuple[str, str]]
"""(text, kind of the cell) → cells, in one field of one batch."""

_DIGITS = r"^[0-9]{1,18}$"
_NONE = np.zeros(0, np.int64)


@dataclass(slots=True)
class Tally:
    """``counts``: each distinct value. ``numbers``: those that are whole numbers, in their order."""

    counts: Values = field(default_factory=Counter)
    numbers: Whole = field(default_factory=lambda: _NONE)


@dataclass(slots=True)
class Numbers:
    """What decides whether whole numbers rise without big holes; kept in memory only."""

    last: int = -1
    low: int | None = None
    high: int = 0
    seen: int = 0
    rising: bool = True

    def add(self, values: Whole) -> None:
        if not len(values):
            return
        self.rising = self.rising and self.last < values[0] and bool((values[1:] > values[:-1]).all())
        self.last = int(values[-1])
        low = int(values.min())
        self.low = low if self.low is None else min(self.low, low)
        self.high = max(self.high, int(values.max()))
        self.seen += len(values)

    @property
    def dense(self) -> bool:
        return self.low is not None and self.seen > 1 and self.high - self.low < 2 * self.seen + 8


def tallies(batch: pa.RecordBatch) -> Iterator[tuple[str, Tally]]:
    """(field, its tally) of every field of a batch. Columns are counted whole, documents cell by cell."""
    for index, arrow_field in enumerate(batch.schema):
        column = batch.column(index)
        if arrow_field.name.startswith("@"):
            continue
        if is_json(arrow_field) or pa.types.is_nested(column.type):
            yield from _of_documents(batch, arrow_field.name)
        else:
            yield arrow_field.name, _of_column(column)


def _of_column(column: Any) -> Tally:
    counted = pc.value_counts(column)
    values, counts = counted.field("values"), counted.field("counts").to_pylist()
    kind = views.kind_of(column.type)
    pairs = zip(views.texts(values), counts, strict=True)
    found = Counter({("", "null") if text is None else (text, kind): count for text, count in pairs})
    return Tally(found, _numbers(column))


def _numbers(column: Any) -> Whole:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = column.filter(pc.match_substring_regex(column, _DIGITS))
    elif not pa.types.is_integer(kind) or kind == pa.uint64():
        return _NONE
    whole: Whole = column.drop_null().cast(pa.int64()).to_numpy(zero_copy_only=False)
    return whole[whole >= 0]


def _of_documents(batch: pa.RecordBatch, name: str) -> Iterator[tuple[str, Tally]]:
    found: dict[str, Tally] = {}
    numbers: dict[str, list[int]] = {}
    for cell in views.cells(batch.select([name])):
        found.setdefault(cell.field, Tally()).counts[cell.text, cell.kind] += 1
        if cell.kind != "null" and len(cell.text) < 19 and cell.text.isascii() and cell.text.isdigit():
            numbers.setdefault(cell.field, []).append(int(cell.text))
    for path, tally in found.items():
        tally.numbers = np.array(numbers.get(path, ()), np.int64)
        yield path, tally
