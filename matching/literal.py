"""Many literal strings in one pass over a block of bytes, at a cost that hardly grows with their number.

An Aho-Corasick automaton as a double array (``daachorse``). Case-insensitive for ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import daachorse


class Literals:
    """Finds every occurrence of ``needles``, given in lower case, none of them empty. Picklable."""

    def __init__(self, needles: Sequence[bytes]) -> None:
        self._automaton = daachorse.DoubleArrayAhoCorasick(list(needles)) if needles else None

    def find(self, data: bytes) -> Iterator[tuple[int, int]]:
        """(start, index of the needle) of each occurrence in ``data``, whatever its case."""
        return self.within(data.lower())

    def within(self, lower: bytes) -> Iterator[tuple[int, int]]:
        """The same in what is in lower case already."""
        if self._automaton is not None:
            for start, _, index in self._automaton.find_overlapping(lower):
                yield start, index

    def __getstate__(self) -> bytes:
        return self._automaton.serialize() if self._automaton else b""

    def __setstate__(self, state: bytes) -> None:
        self._automaton = daachorse.DoubleArrayAhoCorasick.deserialize(state) if state else None
