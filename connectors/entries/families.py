"""Families of keys: ``user:17`` and ``user:18`` are of ``user:*``.

A key is split at its separators. A segment that looks made (a number, a UUID, an e-mail, hex, a token,
anything not ASCII) is ``*``; so is a last word after words alone (``user:anna``), which is where names stand.
A word stays a word (``user:*:cart``) until more than :data:`MOST_WORDS` others stand in its place: then all
of them are ``*``. The outcome depends on the set of keys only, never on their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_WORDS = 16
_DEEPEST = 8
_STRONG = re.compile(r"([:/|#,;=]+)")
_WEAK = re.compile(r"([._\-{}()\[\]\s]+)")
_MADE = re.compile(
    r"\*|\d+|[^@\s]+@[^@\s]+"
    r"|\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?"
    r"|(?=[0-9a-f]*\d)[0-9a-f]{8,}|[0-9a-f]{16,}"
    r"|(?=.*(?:\d[a-z]|[a-z]\d))[\w\-~+]{16,}"
    r"|.*[%@+].*|.*[^\x00-\x7f].*",
    re.IGNORECASE | re.DOTALL,
)
_PREFIXED = re.compile(r"([a-z]{2,12}[._\-])([^@]+)", re.IGNORECASE)
_BRACKETS = re.compile(r"[{}()\[\]]")
_NUMBERED = re.compile(r"(?<=[A-Za-z])\d+$")

Shape = tuple[str, ...]
"""Segments and separators in turn: ``("user", ":", "*")``."""


def _masked(segment: str) -> str:
    """The segment with its made parts as ``*``: ``cart-17`` is ``cart-*``, ``2026-01-02`` is ``*``."""
    prefixed = _PREFIXED.fullmatch(segment)
    if prefixed and _MADE.fullmatch(prefixed[2]):
        return f"{prefixed[1]}*"
    if _MADE.fullmatch(segment):
        return "*"
    parts = _WEAK.split(segment)
    parts[::2] = ["*" if _MADE.fullmatch(part) else _NUMBERED.sub("*", part) for part in parts[::2]]
    all_made = segment and set(parts[::2]) <= {"*", ""} and not _BRACKETS.search(segment)
    return "*" if all_made else "".join(parts)


def shape(key: str) -> Shape:
    """What the key alone tells of its family."""
    parts = _STRONG.split(key)
    if len(parts) == 1 and "*" not in _masked(key):
        return tuple(_WEAK.split(key)) if key else ("*",)
    parts[::2] = [_masked(part) for part in parts[::2]]
    if len(parts) > 2 * _DEEPEST:
        parts = [*parts[: 2 * _DEEPEST], "*"]
    if len(parts) > 2 and "*" not in "".join(parts):
        parts[-1] = "*"
    return tuple(parts)


def literal_prefix(family: str) -> str:
    """What every key of the family starts with."""
    return family.partition("*")[0]


class Families:
    """The families of the keys learnt so far. ``collapsed``: where words stand for values."""

    def __init__(self, collapsed: Iterable[Shape] = ()) -> None:
        self.collapsed: set[Shape] = set(collapsed)
        self._counts: dict[Shape, int] = {}
        self._words: dict[Shape, set[str]] = {}

    def of(self, key: str) -> str:
        """The family of a key."""
        return "".join(self._walk(shape(key)))

    def counts(self) -> dict[str, int]:
        """Keys learnt per family, by name."""
        totals: dict[str, int] = {}
        for path, number in sorted(self._counts.items()):
            totals["".join(path)] = totals.get("".join(path), 0) + number
        return totals

    def learn(self, key: str) -> None:
        """Count a key. Memory grows with the number of families, not of keys."""
        self._add(shape(key), 1)

    def _walk(self, path: Shape) -> Shape:
        walked: Shape = ()
        for at, part in enumerate(path):
            walked += ("*" if at % 2 == 0 and walked in self.collapsed else part,)
        return walked

    def _add(self, path: Shape, number: int) -> None:
        path = self._walk(path)
        self._counts[path] = self._counts.get(path, 0) + number
        for at in range(0, len(path), 2):
            if path[at] == "*":
                continue
            words = self._words.setdefault(path[:at], set())
            words.add(path[at])
            if len(words) > MOST_WORDS:
                self._collapse(path[:at])
                return

    def _collapse(self, prefix: Shape) -> None:
        depth = len(prefix)
        self.collapsed = {prefix} | {
            (*prefix, "*", *other[depth + 1 :]) if len(other) > depth and other[:depth] == prefix else other
            for other in self.collapsed
        }
        counts, self._counts, self._words = self._counts, {}, {}
        for path, number in counts.items():
            self._add(path, number)
