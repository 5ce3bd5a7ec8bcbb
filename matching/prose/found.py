"""What is found in prose."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """A span in characters. ``why``: the rule that found it, in words without any of the text."""

    entity: str
    start: int
    end: int
    score: float
    why: str
