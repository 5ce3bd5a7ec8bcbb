"""Values beyond ASCII for RE2: each character in the place of which one of ASCII can stand for a pattern.

A pattern sees of a character no more than which of its classes hold it, and whether it is part of a word. One
of ASCII that is alike in both can stand for it, and then RE2 finds what Presidio's own engine finds.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import regex

from vestige.matching.columnar.block import Block, Ints
from vestige.matching.columnar.patterns import Node, classes
from vestige.matching.columnar.spans import Spans, matched

_WORD = regex.compile(r"\w")
_NOBODY = -1


class StandIns:
    """Of one pattern. Asks about each character once."""

    def __init__(self, tree: Node) -> None:
        self._classes = sorted(classes(tree), key=lambda one: (one.leaf, one.flags))
        self._patterns = [regex.compile(one.leaf, one.flags) for one in self._classes]
        # A line's end is seen by ^ and $, too.
        self._alike = {self._seen(chr(i)): i for i in range(128) if i != ord("\n")}
        self._known: dict[int, int] = {}

    def spans(self, block: Block, rows: Ints, pattern: str) -> tuple[Spans, npt.NDArray[np.bool_]]:
        """The matches of RE2's ``pattern`` in these values of UTF-8, and which values it could not read."""
        data, offsets = block.taken(rows)
        points = np.frombuffer(data.decode().encode("utf-32-le"), np.uint32)
        letters, beyond = points.astype(np.uint8), np.flatnonzero(points >= 128)
        distinct, inverse = np.unique(points[beyond], return_inverse=True)
        stand_ins = np.array([self._stand_in(point) for point in distinct.tolist()], np.int64)[inverse]
        letters[beyond] = np.maximum(stand_ins, 0)
        # Where each character begins in the bytes, and where the last one ends.
        begins = np.append(np.flatnonzero((np.frombuffer(data, np.uint8) & 0xC0) != 0x80), len(data))
        there = Block(letters.tobytes(), np.searchsorted(begins, offsets))
        found = matched(there, np.arange(len(rows)), pattern)
        starts, ends = (begins[there.offsets[found.rows] + place] for place in (found.starts, found.ends))
        unread = np.zeros(len(rows), np.bool_)
        unread[there.indices(beyond[stand_ins == _NOBODY])] = True
        good = ~unread[found.rows]
        base = offsets[found.rows]
        return Spans(rows[found.rows[good]], (starts - base)[good], (ends - base)[good]), unread

    def _stand_in(self, point: int) -> int:
        if point not in self._known:
            self._known[point] = self._alike.get(self._seen(chr(point)), _NOBODY)
        return self._known[point]

    def _seen(self, character: str) -> tuple[bool, ...]:
        """What the pattern can see of a character."""
        return tuple(one.fullmatch(character) is not None for one in (_WORD, *self._patterns))
