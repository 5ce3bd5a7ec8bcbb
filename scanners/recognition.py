"""People and places in prose, by Presidio's recogniser: on a bounded sample, and only in its own language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from heapq import heappush, heappushpop

from vestige.matching.extract import Presidio
from vestige.matching.names import words

SAMPLE = 24
MAX_TEXT = 2_000
ENTITIES = ("PERSON", "LOCATION")
_COMMON = frozenset(
    [
        "the",
        "and",
        "of",
        "to",
        "is",
        "in",
        "was",
        "for",
        "with",
        "that",
        "on",
        "it",
        "are",
        "be",
        "this",
        "not",
        "you",
        "have",
        "from",
        "at",
        "as",
        "by",
    ]
)
_FULL_NAME = re.compile(r"[^\W\d_a-z][\w'’.-]*(?:\s+[\w'’.-]+){0,2}\s+[^\W\d_a-z][\w'’.-]+")


class Sample:
    """The texts of one field with the smallest hashes: the same ones whatever the order of reading."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, str]] = []

    def add(self, hash64: int, text: str) -> None:
        """``hash64``: keyed, so that nobody can choose what is looked at."""
        if any(-hash64 == kept for kept, _ in self._kept) or not is_english(text):
            return
        if len(self._kept) < SAMPLE:
            heappush(self._kept, (-hash64, text[:MAX_TEXT]))
        elif -hash64 > self._kept[0][0]:
            heappushpop(self._kept, (-hash64, text[:MAX_TEXT]))

    @property
    def texts(self) -> list[str]:
        return [text for _, text in sorted(self._kept)]


def is_english(text: str) -> bool:
    """Whether enough of a text's words are those that any English text is full of."""
    found = words(text[:MAX_TEXT])
    common = sum(word in _COMMON for word in found)
    return common >= 2 and common >= 0.12 * len(found)


def recognised(texts: list[str]) -> Iterator[tuple[int, str, str]]:
    """(number of the text, entity, what it says); of people only what has the form of a full name."""
    for number, found in enumerate(_presidio().analyze(texts, ENTITIES) if texts else []):
        for entity, start, end, _ in found:
            said = texts[number][start:end]
            if entity != "PERSON" or _FULL_NAME.fullmatch(said):
                yield number, entity, said


@cache
def _presidio() -> Presidio:
    """One engine a process: it takes seconds to load."""
    return Presidio()
