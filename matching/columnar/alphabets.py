"""What RE2 can read of each value, by the bytes that it holds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vestige.matching.columnar.block import Block

ASCII, TEXT, BYTES = range(3)
"""All of ASCII; beyond it, in UTF-8; neither."""

Alphabets = npt.NDArray[np.int8]


def alphabets(block: Block) -> Alphabets:
    """The alphabet of each value."""
    found = np.zeros(len(block), np.int8)
    if not block.data.isascii():
        rows = np.unique(block.indices(np.flatnonzero(np.frombuffer(block.data, np.uint8) >= 0x80)))
        found[rows] = [_alphabet(block.value(row)) for row in rows.tolist()]
    return found


def _alphabet(value: bytes) -> int:
    try:
        value.decode()
    except UnicodeDecodeError:
        return BYTES
    return TEXT
