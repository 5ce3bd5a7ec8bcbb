"""A sample of the distinct values of a field, as keyed hashes, that can be merged and compared.

K minimum values (Bar-Yossef et al., 2002): the ``k`` smallest 64-bit hashes of a field are a uniform sample
of its distinct values. Each kept hash carries how often it was seen, exactly: the threshold only falls.
"""

from __future__ import annotations

import struct
from base64 import b85decode, b85encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

SIZE = 1024
_SPACE = float(2**64)


@dataclass(slots=True)
class Sketch:
    """At most ``size`` smallest hashes with their counts. ``exact`` while nothing was dropped."""

    size: int = SIZE
    counts: dict[int, int] = field(default_factory=dict)
    exact: bool = True
    _limit: int = 2**64

    def add(self, hash64: int, count: int = 1) -> None:
        if hash64 >= self._limit:
            self.exact = False
            return
        self.counts[hash64] = self.counts.get(hash64, 0) + count
        if len(self.counts) >= 2 * self.size:
            self._shrink()

    def _shrink(self) -> None:
        kept = sorted(self.counts)
        if len(kept) > self.size:
            self.exact = False
            self._limit = kept[self.size]
            self.counts = {one: self.counts[one] for one in kept[: self.size]}

    def merge(self, other: Sketch) -> None:
        """Take in another sample of the same field."""
        limit = min(self._limit, other._limit)
        for one, count in other.counts.items():
            self.counts[one] = self.counts.get(one, 0) + count
        if limit < 2**64:
            self.counts = {one: count for one, count in self.counts.items() if one < limit}
        self._limit = limit
        self.exact = self.exact and other.exact
        self._shrink()

    @property
    def distinct(self) -> int:
        """Distinct values: exact below ``size``, else estimated within a few percent."""
        self._shrink()
        if self.exact or not self.counts:
            return len(self.counts)
        return max(len(self.counts), round(len(self.counts) / (self._limit / _SPACE)))

    @property
    def repeated(self) -> float:
        """The share of distinct values that were seen more than once."""
        return sum(count > 1 for count in self.counts.values()) / len(self.counts) if self.counts else 0.0

    def contained_in(self, other: Sketch) -> tuple[float, int]:
        """The share of this field's distinct values that the other has too, and how many were compared.

        Compared below the lower of the two thresholds, where both samples are complete.
        """
        limit = min(self._limit, other._limit)
        mine = [one for one in self.counts if one < limit]
        return (sum(one in other.counts for one in mine) / len(mine) if mine else 0.0), len(mine)

    def to_json(self) -> dict[str, Any]:
        self._shrink()
        kept = sorted(self.counts)
        often = {str(place): self.counts[one] for place, one in enumerate(kept) if self.counts[one] > 1}
        packed = b85encode(struct.pack(f">{len(kept)}Q", *kept)).decode()
        return {
            "size": self.size,
            "hashes": packed,
            "often": often,
            "limit": self._limit,
            "exact": self.exact,
        }

    @classmethod
    def from_json(cls, parts: dict[str, Any]) -> Sketch:
        raw = b85decode(parts["hashes"])
        kept = struct.unpack(f">{len(raw) // 8}Q", raw)
        often: dict[str, int] = parts["often"]
        counts = {one: often.get(str(place), 1) for place, one in enumerate(kept)}
        return cls(parts["size"], counts, parts["exact"], parts["limit"])


@dataclass(slots=True)
class Sample:
    """The ``size`` texts of a field with the smallest hashes: the same ones whatever the order of reading.

    In memory only. The hashes are keyed, so that nobody can choose what is looked at.
    """

    size: int
    _kept: dict[int, str] = field(default_factory=dict, repr=False)

    def add(self, hash64: int, text: str) -> None:
        self._kept[hash64] = text
        if len(self._kept) >= 2 * self.size:
            self._kept = {one: self._kept[one] for one in nsmallest(self.size, self._kept)}

    @property
    def texts(self) -> list[str]:
        return [self._kept[one] for one in nsmallest(self.size, self._kept)]


def sketch_of(hashes: Iterable[int], size: int = SIZE) -> Sketch:
    """A sketch of the hashes given."""
    made = Sketch(size)
    for one in hashes:
        made.add(one)
    return made
