"""A known person's name in running text: full names in either order, with initials, and single names.

Letters are compared folded (case, accents), with offsets back to the text as written. A script that writes no
spaces between words has no word boundaries to ask for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from vestige.matching import names

Range = tuple[int, int]
_BETWEEN = r"[\s,\-]{1,3}"
_MIDDLE = rf"(?:\w\.?{_BETWEEN})?"
_POSSESSIVE = "s?"
_UNSPACED = 0x2E80


class Mentions:
    """The spellings of one person's names. ``handles``: user names; only those that could be no word count.
    The repr shows none of them."""

    def __init__(self, values: Sequence[str], handles: Sequence[str] = ()) -> None:
        self._names = sorted({names.tokens(value) for value in values} - {()})
        self._handles = sorted({h.casefold() for h in handles if len(h) > 3 and not h.isalpha()})

    def __repr__(self) -> str:
        return f"Mentions({len(self._names)} spellings)"

    def full(self, text: str) -> list[Range]:
        """Character ranges of full names (two words or more, or one unspaced name)."""
        return list(_search(self._full, self._rarest, text))

    def all(self, text: str, other: Callable[[str], bool] = lambda _: False) -> list[Range]:
        """Full names and capitalised single names; not a single name that is part of a longer name which
        somebody else bears: ``other`` is asked with the canonical name."""
        found = self.full(text)
        found += [
            hit
            for hit in _search(self._single, self._words, text)
            if not text[hit[0]].islower()
            and not any(start < hit[1] and hit[0] < end for start, end in found)
            and not _part_of_another(text, hit, other)
        ]
        return sorted([*found, *self._called(text)])

    def _called(self, text: str) -> Iterator[Range]:
        lower = text.casefold()
        for handle in self._handles if len(lower) == len(text) else ():
            for match in re.finditer(rf"(?<![\w.@-]){re.escape(handle)}(?![\w@-]|\.\w)", lower):
                yield match.span()

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for tokens in self._names for word in tokens)

    @cached_property
    def _rarest(self) -> frozenset[str]:
        """The longest word of each full name: a text without any of them holds no full name."""
        return frozenset(max(tokens, key=len) for tokens in self._names if _is_full(tokens))

    @cached_property
    def _full(self) -> re.Pattern[str] | None:
        return _compiled([option for tokens in self._names if _is_full(tokens) for option in _orders(tokens)])

    @cached_property
    def _single(self) -> re.Pattern[str] | None:
        options = [re.escape(word) for word in self._words if len(word) > 2]
        short = [word for word in self._words if len(word) <= 2 and _is_unspaced(word)]
        options += [rf"(?<!\w){re.escape(word)}(?!\w)" for word in short]
        for tokens in self._names:
            if len(tokens) > 1:
                first, last = re.escape(tokens[0]), re.escape(tokens[-1])
                options += [rf"{first[0]}\.\s?{last}", rf"{first}\s{last[0]}\."]
        return _compiled(options)


def _is_full(tokens: Sequence[str]) -> bool:
    return len(tokens) > 1 or (len(tokens[0]) > 1 and _is_unspaced(tokens[0]))


def _is_unspaced(word: str) -> bool:
    """Whether a word is of a script that writes no spaces: there a name stands in one piece."""
    return ord(word[0]) >= _UNSPACED


def _orders(tokens: Sequence[str]) -> Iterator[str]:
    words = [re.escape(word) for word in tokens]
    if len(words) > 1 and all(map(_is_unspaced, tokens)):
        yield from ("".join(words), "".join(reversed(words)))
        for turned in (words, words[::-1]):  # apart, they are words of their own
            yield rf"(?<!\w){_BETWEEN.join(turned)}(?!\w)"
        return
    yield _BETWEEN.join(words)
    if len(words) > 1:
        yield _BETWEEN.join([*words[1:], words[0]])
        yield _BETWEEN.join([words[-1], *words[:-1]])
        yield words[0] + _BETWEEN + _MIDDLE + words[-1]


def _compiled(options: Sequence[str]) -> re.Pattern[str] | None:
    if not options:
        return None
    longest_first = sorted(set(options), key=lambda option: (-len(option), option))
    return re.compile(f"(?:{'|'.join(longest_first)}){_POSSESSIVE}")


def _search(pattern: re.Pattern[str] | None, needed: frozenset[str], text: str) -> Iterator[Range]:
    if pattern is None or not any(word in (quick := names.folded(text)) for word in needed):
        return
    folded, origin = (
        (quick, range(len(text))) if text.isascii() and len(quick) == len(text) else _folded(text)
    )
    for match in pattern.finditer(folded):
        if _bounded(folded, match.start(), match.end()):
            yield origin[match.start()], origin[match.end() - 1] + 1


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Folded letter by letter, with the index of the letter each folded one stems from."""
    letters = [(names.folded(letter), index) for index, letter in enumerate(text)]
    return "".join(f for f, _ in letters), [index for f, index in letters for _ in f]


def _bounded(text: str, start: int, end: int) -> bool:
    return not (_joined(text[start - 1 : start], text[start]) or _joined(text[end - 1], text[end : end + 1]))


def _joined(left: str, right: str) -> bool:
    """Whether two letters belong to one word."""
    return left.isalnum() and right.isalnum() and max(left, right) < chr(_UNSPACED)


_NEIGHBOUR = re.compile(r" (\w[\w'’-]+)")


def _part_of_another(text: str, hit: Range, other: Callable[[str], bool]) -> bool:
    after = _NEIGHBOUR.match(text, hit[1])
    return after is not None and other(names.canonical(text[hit[0] : after.end()]))
