"""How far RE2 and Presidio's own engine agree on a value, by the characters that it holds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vestige.matching.columnar.block import Block
from vestige.matching.columnar.patterns import ranges
from vestige.matching.columnar.spans import holding

ASCII, SIGNS, LETTERS, BYTES = range(4)
"""All of ASCII; beyond it only what is no part of a word; that, too; not UTF-8."""

Alphabets = npt.NDArray[np.int8]


def alphabets(block: Block) -> Alphabets:
    """The alphabet of each value."""
    found = np.zeros(len(block), np.int8)
    if block.data.isascii():
        return found
    rows = np.unique(block.indices(np.flatnonzero(np.frombuffer(block.data, np.uint8) >= 0x80)))
    found[rows] = [_decodes(block.value(row)) for row in rows.tolist()]
    rows = rows[found[rows] == SIGNS]
    word = "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in ranges(r"\w", 0))
    found[holding(block, rows, f"[{word}]", text=True)] = LETTERS
    return found


def _decodes(value: bytes) -> int:
    try:
        value.decode()
    except UnicodeDecodeError:
        return BYTES
    return SIGNS
