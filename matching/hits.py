"""A hit of a sieve: what stands between two characters of a text."""

from __future__ import annotations

from typing import NamedTuple


class Hit(NamedTuple):
    """``normal``: the normal form, a personal value. ``score``: how sure the sieve is, not whose it is."""

    start: int
    end: int
    entity: str
    score: float
    form: str
    normal: str

    def __repr__(self) -> str:
        return f"Hit({self.start}:{self.end}, {self.entity!r}, {self.score}, {self.form!r})"


def before(text: str, start: int, length: int = 28) -> str:
    """Up to ``length`` characters before ``start``, of the same cell (NUL separates cells) and line."""
    near = text[max(0, start - length) : start]
    return near[max(near.rfind("\0"), near.rfind("\n")) + 1 :]
