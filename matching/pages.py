"""Many texts searched as one, and only those that may hold what is sought."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

import numpy as np

from vestige.matching.columnar import patterns
from vestige.matching.columnar.block import Block, Ints
from vestige.matching.columnar.sieve import Sieve, windows
from vestige.matching.hits import Hit

WORTH = 1 << 12
"""Characters from which on it pays to look first which texts may hold what."""


class Page:
    """Texts, each between NULs, which no pattern matches. A hit comes back with its text's number."""

    def __init__(self, texts: Sequence[str], numbers: Sequence[int] | None = None) -> None:
        self.texts = texts
        self.numbers: Sequence[int] = range(len(texts)) if numbers is None else numbers
        self.joined = "\0".join(["", *texts, ""]) if texts else ""
        self._ends = list(accumulate((len(text) + 1 for text in texts), initial=1))[1:]

    def hits(self, find: Callable[[str], Iterable[Hit]]) -> Iterator[tuple[int, Hit]]:
        """What ``find`` finds, with the number of its text and positions within that."""
        for hit in find(self.joined):
            number, base = self.at(hit.start)
            yield number, hit._replace(start=hit.start - base, end=hit.end - base)

    def at(self, position: int) -> tuple[int, int]:
        """The number of the text that a position is in, and where that text begins."""
        place = bisect_right(self._ends, position)
        return self.numbers[place], self._ends[place] - len(self.texts[place]) - 1

    def ranges(self, hits: Iterable[tuple[int, Hit]]) -> list[tuple[int, int]]:
        """Where hits of this page's texts stand in the page, ascending."""
        bases = (end - len(text) - 1 for text, end in zip(self.texts, self._ends, strict=True))
        starts = dict(zip(self.numbers, bases, strict=True))
        return sorted(
            (starts[number] + hit.start, starts[number] + hit.end) for number, hit in hits if number in starts
        )

    def sieved(self, sieve: Patterns) -> list[Page]:
        """For each set of patterns, the texts in which one of them may match."""
        if len(self.joined) < WORTH:
            return [self] * len(sieve)
        return [self._part(rows.tolist()) for rows in sieve.rows(self.texts)]

    def _part(self, rows: list[int]) -> Page:
        if len(rows) == len(self.texts):
            return self
        return Page([self.texts[row] for row in rows], [self.numbers[row] for row in rows])


class Patterns:
    """Sets of patterns of :mod:`re`, sought together by windows of bytes of which each match holds one."""

    def __init__(self, sets: Sequence[Sequence[re.Pattern[str]]]) -> None:
        self._of = [number for number, one in enumerate(sets) for _ in one]
        self._count = len(sets)
        # Python's flag for Unicode is what the tree's reader takes for granted.
        trees = [patterns.read(p.pattern, p.flags & ~re.UNICODE).tree for one in sets for p in one]
        self._sieve = Sieve([windows(tree) for tree in trees])

    def __len__(self) -> int:
        return self._count

    def rows(self, texts: Sequence[str]) -> list[Ints]:
        """For each set, the numbers of the texts that may hold a match."""
        passed = np.zeros((self._count, len(texts)), np.bool_)
        for number, found in zip(self._of, self._sieve.passed(_block(texts)), strict=True):
            passed[number] |= found
        return [np.flatnonzero(one) for one in passed]


def _block(texts: Sequence[str]) -> Block:
    values = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = accumulate(map(len, values), initial=0)
    return Block(b"".join(values), np.array(list(ends), np.int64))
