"""The groups of digits of a block, and what stands between them, as ``phonenumbers``' matcher sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from phonenumbers import PhoneNumberMatcher, phonenumberutil, unicode_util

from vestige.matching.columnar.block import Ints
from vestige.matching.columnar.numbering import FIRST, characters

Flags = npt.NDArray[np.uint8]

DIGIT, NO_GAP, NO_LABEL, LABEL, PLUS, SPOILS, LETTER, BEGINS = (np.uint8(1 << i) for i in range(8))
"""What a character is: a digit; nothing that may stand between groups, or before an extension; only to be
found in an extension's label; a plus; a neighbour that no number may have; a letter that may stand between
groups; the first of a value."""

_PATTERNS: Any = phonenumberutil
EXTENSION = re.compile(_PATTERNS._EXTN_PATTERNS_FOR_MATCHING, _PATTERNS._REGEX_FLAGS)
_PUNCTUATION = re.compile(f"[{_PATTERNS._VALID_PUNCTUATION}]", _PATTERNS._REGEX_FLAGS)
_LABELS = re.compile(f"[{re.escape(''.join(characters(EXTENSION.pattern)))}]", _PATTERNS._REGEX_FLAGS)
_EVERY = "".join(map(chr, range(0x110000)))
_MOST_GAP = 4
_LATIN = 0x250
"""Letters beyond may spoil a number, too: the matcher will see."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Group ``i`` is ``text[starts[i]:ends[i]]``; ``gaps[i]``: the flags of all characters just before it.

    ``joined``: whether the matcher may take it for one number with the group before. ``counts``: the digits
    before it in the block. ``firsts``: its first digits and what follows, read as a number.
    """

    flags: Flags
    starts: Ints
    ends: Ints
    gaps: Flags
    joined: npt.NDArray[np.bool_]
    counts: Ints
    firsts: Ints

    def __len__(self) -> int:
        return len(self.starts)


def groups(text: str, offsets: Ints) -> Groups:
    """The groups of digits of values that lie one after another; ``offsets``: in characters."""
    if text.isascii():
        codes: npt.NDArray[Any] = np.frombuffer(text.encode(), np.uint8)
    else:
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    kinds, values = _characters()
    flags = np.append(kinds[codes], NO_GAP | NO_LABEL)
    flags[offsets[:-1]] |= BEGINS
    is_digit = (flags & DIGIT).view(np.bool_)
    starts, ends = _runs(is_digit, offsets)
    gaps = _gaps(flags, starts, ends)
    counts = np.concatenate([np.zeros(1, np.int64), np.cumsum(ends - starts)])
    firsts = _firsts(values[codes[is_digit[:-1]]])[counts[:-1]]
    return Groups(flags, starts, ends, gaps, _joined(flags, starts, ends, gaps), counts, firsts)


def _runs(is_digit: npt.NDArray[np.bool_], offsets: Ints) -> tuple[Ints, Ints]:
    """Where the runs of digits start and end; a run goes on in no other value."""
    edges = np.flatnonzero(is_digit[1:] != is_digit[:-1]) + 1
    if is_digit[0]:
        edges = np.insert(edges, 0, 0)
    inner = offsets[(offsets > 0) & (offsets < len(is_digit))]
    cuts = np.unique(inner[is_digit[inner] & is_digit[inner - 1]])
    if len(cuts):
        twice = np.repeat(cuts, 2)
        edges = np.insert(edges, np.searchsorted(edges, twice), twice)
    return edges[::2], edges[1::2]


def _gaps(flags: Flags, starts: Ints, ends: Ints) -> Flags:
    """All flags of what stands between one group and the next; of the next one's first digit if nothing."""
    if not len(starts):
        return np.zeros(0, np.uint8)
    bounds = np.empty(2 * len(starts), np.int64)
    bounds[0], bounds[1::2], bounds[2::2] = 0, starts, ends[:-1]
    return np.asarray(np.bitwise_or.reduceat(flags, bounds)[::2])


def _joined(flags: Flags, starts: Ints, ends: Ints, gaps: Flags) -> npt.NDArray[np.bool_]:
    joined = ((gaps & (NO_GAP | BEGINS)) == 0) & ((flags[starts] & BEGINS) == 0)
    joined[1:] &= starts[1:] - ends[:-1] <= _MOST_GAP
    joined[:1] = False
    return np.asarray(joined)


def _firsts(digits: Flags) -> Ints:
    """For each digit, the number that it and those after it make, ``FIRST`` in all."""
    padded = np.append(digits, np.zeros(FIRST, np.uint8)).astype(np.uint16)
    numbers = padded[: len(digits)]
    for further in range(1, FIRST):
        numbers = numbers * np.uint16(10) + padded[further : further + len(digits)]
    return np.append(numbers, np.uint16(0)).astype(np.int64)


@lru_cache(maxsize=1)
def _characters() -> tuple[Flags, Flags]:
    """By code point: its flags, and its value as a digit."""
    flags = np.full(len(_EVERY), NO_GAP | NO_LABEL, np.uint8)
    values = np.zeros(len(_EVERY), np.uint8)
    for digit in re.findall(r"\d", _EVERY):
        flags[ord(digit)], values[ord(digit)] = DIGIT, unicode_util.digit(digit)
    for character in punctuation():
        flags[ord(character)] ^= NO_GAP
        flags[ord(character)] |= LETTER if character.isalpha() and character.isascii() else 0
    for character in _LABELS.findall(_EVERY):
        flags[ord(character)] ^= NO_LABEL
        flags[ord(character)] |= 0 if EXTENSION.match(f"#{character}1") else LABEL
    for character in _PATTERNS._PLUS_CHARS:
        flags[ord(character)] |= PLUS
    for character in filter(spoils, map(chr, range(_LATIN))):
        flags[ord(character)] |= SPOILS if flags[ord(character)] & NO_GAP else 0
    return flags, values


@lru_cache(maxsize=1)
def punctuation() -> str:
    """All characters that may stand between the digits of a number."""
    return "".join(_PUNCTUATION.findall(_EVERY))


def bare_punctuation() -> str:
    """Those of them that can be no part of an extension's label: between digits they mean nothing."""
    kinds = _characters()[0]
    return "".join(c for c in punctuation() if not kinds[ord(c)] & (LABEL | LETTER))


@lru_cache(maxsize=1 << 12)
def spoils(character: str) -> bool:
    """Whether no number may stand beside a character; nothing ("", at the edge of a text) spoils none."""
    matcher: Any = PhoneNumberMatcher
    return bool(character) and (
        matcher._is_invalid_punctuation_symbol(character) or matcher._is_latin_letter(character)
    )
