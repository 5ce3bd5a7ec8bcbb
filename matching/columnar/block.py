"""A column's values one after another in one buffer of bytes, as Arrow holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Value ``i`` is ``data[offsets[i]:offsets[i + 1]]``; a null is an empty value."""

    data: bytes = field(repr=False)
    offsets: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def value(self, index: int) -> bytes:
        return self.data[self.offsets[index] : self.offsets[index + 1]]

    def array(self) -> Any:
        """The values as an Arrow array, without copying them."""
        buffers = [None, pa.py_buffer(self.offsets), pa.py_buffer(self.data)]
        return pa.Array.from_buffers(pa.large_binary(), len(self), buffers)

    def taken(self, rows: Ints) -> tuple[bytes, Ints]:
        """The data and offsets of some values alone."""
        some = of_column(self.array().take(pa.array(rows)))
        assert some is not None
        return some.data, some.offsets

    def distinct(self) -> tuple[Block, Ints]:
        """Each value once, and for each value the index of its like."""
        encoded = self.array().dictionary_encode()
        once = of_column(encoded.dictionary)
        assert once is not None
        return once, encoded.indices.to_numpy().astype(np.int64)

    def indices(self, positions: npt.NDArray[Any]) -> Ints:
        """For each position of ``data`` (any order), the index of the value that holds it."""
        return np.searchsorted(self.offsets, positions, side="right") - 1

    def inside(self, starts: Ints, ends: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """For each hit, the index of the value in which it starts, and whether it ends there, too."""
        indices = self.indices(starts)
        return indices, ends <= self.offsets[indices + 1]


def of_column(column: Any) -> Block | None:
    """The values of an Arrow array, copied once; None if it holds neither text nor bytes."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    width = _offset_width(column.type)
    if width is None:
        return None
    if column.null_count:
        column = pc.fill_null(column, "" if "string" in str(column.type) else b"")
    _, offsets, data = column.buffers()
    if len(column) == 0 or data is None:
        return Block(b"", np.zeros(len(column) + 1, np.int64))
    bounds = np.frombuffer(offsets, dtype=width)[column.offset : column.offset + len(column) + 1]
    first, last = int(bounds[0]), int(bounds[-1])
    return Block(data.slice(first, last - first).to_pybytes(), bounds.astype(np.int64) - first)


def _offset_width(kind: pa.DataType) -> type[np.int32] | type[np.int64] | None:
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return np.int32
    return np.int64 if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind) else None
