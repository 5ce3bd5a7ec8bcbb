"""Many literal strings in one pass over a block of bytes, at a cost that does not grow with their number.

Every needle has an anchor: a window of 8 bytes (3 for short needles). One vectorised multiplication per byte
filters the positions whose window may be an anchor; only those are compared. Case-insensitive for ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

WIDE = 8
NARROW = 3
_BLOCK = 1 << 18
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_TELLING = frozenset(b"@+%\\&")
"""Bytes that are rare in text: an anchor that holds one has few false candidates."""

Bytes = npt.NDArray[np.uint64]


class Literals:
    """Finds every occurrence of ``needles``, given in lower case, each at least 3 bytes long."""

    def __init__(self, needles: Sequence[bytes]) -> None:
        self._needles = tuple(needles)
        self._wide = _Anchors(WIDE, {i: n for i, n in enumerate(needles) if len(n) >= WIDE})
        self._narrow = _Anchors(NARROW, {i: n for i, n in enumerate(needles) if len(n) < WIDE})

    def find(self, data: bytes) -> Iterator[tuple[int, int]]:
        """(start, index of the needle) of each occurrence in ``data``, whatever its case."""
        lowered = data.lower()
        padded = lowered + bytes(WIDE)
        for begin in range(0, len(data), _BLOCK):
            count = min(_BLOCK, len(data) - begin)
            windows: Bytes = np.ndarray((count,), "<u8", padded, begin, (1,)).astype(np.uint64)
            for anchors in (self._wide, self._narrow):
                for start, index in anchors.candidates(windows, begin):
                    if start >= 0 and lowered.startswith(self._needles[index], start):
                        yield start, index


class _Anchors:
    """The anchors of one width: their windows, and a bitmap that says quickly what is none of them."""

    def __init__(self, width: int, needles: dict[int, bytes]) -> None:
        self._mask = np.uint64((1 << 8 * width) - 1)
        self._by_window: dict[int, list[tuple[int, int]]] = {}
        for index, needle in needles.items():
            offset = _anchor(needle, width)
            window = int.from_bytes(needle[offset : offset + width], "little")
            self._by_window.setdefault(window, []).append((index, offset))
        bits = min(22, max(14, (64 * len(self._by_window)).bit_length()))
        self._shift = np.uint64(64 - bits)
        self._bitmap = np.zeros(1 << bits, dtype=np.bool_)
        self._bitmap[self._slots(np.array(list(self._by_window), dtype=np.uint64))] = True

    def _slots(self, windows: Bytes) -> Bytes:
        slots: Bytes = ((windows & self._mask) * _FACTOR) >> self._shift
        return slots

    def candidates(self, windows: Bytes, begin: int) -> Iterator[tuple[int, int]]:
        if not self._by_window:
            return
        positions = np.flatnonzero(self._bitmap[self._slots(windows)])
        values = (windows[positions] & self._mask).tolist()
        for position, value in zip(positions.tolist(), values, strict=True):
            for index, offset in self._by_window.get(value, ()):
                yield begin + position - offset, index


def _anchor(needle: bytes, width: int) -> int:
    """Where the window lies that tells the needle best: the first one that holds the most telling bytes."""
    if len(needle) < width:
        raise ValueError(f"a needle must have at least {width} bytes")
    offsets = range(len(needle) - width + 1)
    return max(offsets, key=lambda o: (sum(b in _TELLING for b in needle[o : o + width]), -o))
