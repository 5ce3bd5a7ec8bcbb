"""Phone numbers in whole columns: the findings of Presidio's ``PhoneRecognizer`` for a fraction of its work.

Its matcher tries *candidates*: groups of digits with a little punctuation between them, maybe an extension.
Here a block's groups are found at once and joined to chains, as the matcher's pattern would. A chain in which
no row of groups can be a number of any region (:mod:`vestige.matching.columnar.numbering`) is left out. What
remains is judged by the matcher itself, once per distinct text, together with what can change its answer: the
characters beside it, and the chains that an extension ties to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from phonenumbers import phonenumbermatcher

from vestige.matching.columnar import digits, numbering
from vestige.matching.columnar.block import Block, Ints
from vestige.matching.columnar.digits import Groups
from vestige.matching.columnar.reading import numbers

_TIME: Any = phonenumbermatcher._TIME_STAMPS_SUFFIX
_SPOILER = "b"
_SECONDS = ":00"
_TYING = digits.NO_LABEL | digits.LABEL | digits.BEGINS
_MOST_LEAD = 10
_MOST_BLOCKS = 20
_BLOCK_DIGITS = 20
_VANITY_LETTERS = 3
_MOST_TRIES = 65_535
_TRIES = 8
_REMEMBERED = 1 << 16

Masks = npt.NDArray[np.uint64]
Span = tuple[int, int]


class Phones(NamedTuple):
    """Findings, ascending. ``starts``, ``ends``: bytes of the value that ``rows`` names."""

    rows: Ints
    starts: Ints
    ends: Ints


class Zone(NamedTuple):
    """A part of a text that the matcher reads on its own; in it, ``mask`` says which regions may find."""

    start: int
    end: int
    row_start: int
    row_end: int
    mask: int


class PhoneFinder:
    """What ``PhoneRecognizer(supported_regions=regions, leniency=1)`` finds, over whole blocks. Picklable."""

    def __init__(self, regions: Sequence[str]) -> None:
        self._regions = tuple(dict.fromkeys(regions))
        self._every = (1 << min(64, len(self._regions))) - 1
        national, international = numbering.masks(self._regions)
        self._shortest = int(np.flatnonzero((national | international).any(axis=1))[0])
        self._national, self._international = national.ravel(), international.ravel()
        self._known: dict[tuple[str, int], list[Span]] = {}

    def __reduce__(self) -> tuple[type[PhoneFinder], tuple[tuple[str, ...]]]:
        return PhoneFinder, (self._regions,)

    def find(self, block: Block) -> Phones:
        """Every phone number in a block of UTF-8 text."""
        text = block.data.decode()
        begins = None if text.isascii() else _characters(block.data)
        offsets = block.offsets if begins is None else np.searchsorted(begins, block.offsets)
        groups = digits.groups(text, offsets)
        found = [
            (zone.start + start, zone.start + end)
            for zone in self._zones(text, offsets, groups)
            for start, end in self._judged(text, zone)
        ]
        places = np.array(sorted(found), np.int64).reshape(-1, 2).T
        starts, ends = places if begins is None else begins[places]
        rows = block.indices(starts)
        return Phones(rows, starts - block.offsets[rows], ends - block.offsets[rows])

    def _zones(self, text: str, offsets: Ints, groups: Groups) -> Iterator[Zone]:
        """What must be judged: chains by themselves, or a whole value whose end the matcher may not reach."""
        masks = self._masks(groups)
        tied = _tied(text, groups)
        masks[tied + _odd(text, groups)] = self._every
        heads = ~groups.joined
        heads[tied] = False
        first = np.flatnonzero(heads)
        last = np.append(first[1:], len(groups)) - 1
        mask = np.bitwise_or.reduceat(masks, first) if len(first) else masks
        told = np.flatnonzero(mask)
        start, end, mask = groups.starts[first[told]], groups.ends[last[told]], mask[told]
        row = np.searchsorted(offsets, start, side="right") - 1
        tiring = _tiring(groups, offsets)
        for at in tiring:
            yield Zone(
                int(offsets[at]), int(offsets[at + 1]), int(offsets[at]), int(offsets[at + 1]), self._every
            )
        lively = ~np.isin(row, tiring)
        columns = (start, end, offsets[row], offsets[row + 1], mask)
        yield from map(Zone, *(column[lively].tolist() for column in columns))

    def _masks(self, groups: Groups) -> Masks:
        """For each group, the regions of which a number may begin with it and end with it or a later one."""
        masks = np.zeros(len(groups), np.uint64)
        after = np.append(groups.joined[1:], False)
        spoiled = (groups.flags[groups.ends] & (digits.SPOILS | digits.BEGINS)) == digits.SPOILS
        first = last = np.flatnonzero(self._may_begin(groups))
        while len(first):
            count = groups.counts[last + 1] - groups.counts[first]
            fits = count <= numbering.MOST
            first, last, count = first[fits], last[fits], count[fits]
            found = self._looked_up(groups, first, count)
            found[spoiled[last]] = 0
            masks[first] |= found
            goes_on = after[last]
            first, last = first[goes_on], last[goes_on] + 1
        return masks

    def _may_begin(self, groups: Groups) -> npt.NDArray[np.bool_]:
        """The groups of chains long enough for a number, but those with a letter just before them."""
        heads = np.flatnonzero(~groups.joined)
        bounds = np.append(heads, len(groups))
        enough = np.diff(groups.counts[bounds]) >= self._shortest
        spoiled = (groups.flags[groups.starts - 1] & digits.SPOILS) > 0
        begins = (groups.flags[groups.starts] & digits.BEGINS) > 0
        return np.asarray(np.repeat(enough, np.diff(bounds)) & (begins | ~spoiled))

    def _looked_up(self, groups: Groups, first: Ints, count: Ints) -> Masks:
        index = count * 10**numbering.FIRST + groups.firsts[first]
        found: Masks = self._national[index]
        signed = np.flatnonzero(groups.gaps[first] & digits.PLUS)
        found[signed] |= self._international[index[signed]]
        return found

    def _judged(self, text: str, zone: Zone) -> list[Span]:
        """The spans in a zone, counted from its start; each distinct one is judged once."""
        lead = _lead(text, zone)
        before, after = _beside(text, zone, zone.start - len(lead))
        known = (f"{before}{lead}{text[zone.start : zone.end]}{after}", zone.mask)
        spans = self._known.get(known)
        if spans is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            spans = self._known[known] = self._matched(*known)
        shift = len(before) + len(lead)
        return [(start - shift, end - shift) for start, end in spans]

    def _matched(self, text: str, mask: int) -> list[Span]:
        """What the matcher says for any of the regions; nothing that lies within something longer."""
        regions = [region for i, region in enumerate(self._regions) if mask >> i % 64 & 1]
        kept: list[Span] = []
        for start, end in sorted(numbers(text, regions), key=lambda span: (span[0], -span[1])):
            if not any(end <= longer for _, longer in kept):
                kept.append((start, end))
        return kept


def _tied(text: str, groups: Groups) -> list[int]:
    """The groups that the matcher may read as an extension of the group before."""
    kinds = (groups.gaps | (groups.flags[groups.ends] & digits.LABEL)) & _TYING
    may_be = (kinds == digits.LABEL) & ~groups.joined & ((groups.flags[groups.starts] & digits.BEGINS) == 0)
    found = []
    for group in (np.flatnonzero(may_be[1:]) + 1).tolist():
        extension = digits.EXTENSION.match(text, int(groups.ends[group - 1]))
        if extension and extension.end() > groups.starts[group]:
            found.append(group)
    return found


def _odd(text: str, groups: Groups) -> list[int]:
    """A group of each chain that the matcher may cut amid a group, or whose letters it may dial."""
    bounds = np.append(np.flatnonzero(~groups.joined), len(groups))
    blocks = np.diff(bounds) + np.diff(groups.counts[bounds]) // _BLOCK_DIGITS
    lettered = np.flatnonzero(groups.joined & ((groups.gaps & digits.LETTER) > 0))
    letters: Counter[int] = Counter()
    for group, chain in zip(
        lettered.tolist(), np.searchsorted(bounds, lettered, side="right").tolist(), strict=True
    ):
        letters[int(bounds[chain - 1])] += sum(
            map(str.isalpha, text[groups.ends[group - 1] : groups.starts[group]])
        )
    vanity = [head for head, count in letters.items() if count >= _VANITY_LETTERS]
    return [*vanity, *bounds[:-1][blocks > _MOST_BLOCKS].tolist()]


def _tiring(groups: Groups, offsets: Ints) -> list[int]:
    """The values in which the matcher may come to the end of its tries, by the most that it may need."""
    rows: Ints = np.flatnonzero(np.diff(offsets) > _MOST_TRIES // (2 * _TRIES))
    if not len(rows):
        return []
    gaps = groups.starts - np.concatenate([np.zeros(1, np.int64), groups.ends[:-1]])
    counted = np.where(groups.gaps & digits.NO_LABEL, np.minimum(gaps, _MOST_LEAD), gaps)
    tries = np.concatenate(
        [np.zeros(1, np.int64), np.cumsum(1 + counted + np.diff(groups.counts) // _BLOCK_DIGITS)]
    )
    bounds = np.searchsorted(groups.starts, offsets)
    needed = _TRIES * (tries[bounds[rows + 1]] - tries[bounds[rows]])
    return list(rows[needed >= _MOST_TRIES].tolist())


def _lead(text: str, zone: Zone) -> str:
    """The punctuation with which a number may begin, if there is any before the digits."""
    before = text[max(zone.row_start, zone.start - _MOST_LEAD) : zone.start]
    leads, others = _lead_characters()
    return before[len(before.rstrip(leads + others)) :].lstrip(others)


@lru_cache(maxsize=1)
def _lead_characters() -> tuple[str, str]:
    """With what a number may begin, and what else may stand between that and its digits."""
    leads = set(phonenumbermatcher._LEAD_CLASS_CHARS.replace("\\", ""))
    return "".join(leads), "".join(set(digits.punctuation()) - leads)


def _beside(text: str, zone: Zone, start: int) -> tuple[str, str]:
    """What stands before and after a zone: for all that the matcher takes alike, the same."""
    after = "#" if text.startswith("#", zone.end, zone.row_end) else ""
    end = zone.end + len(after)
    before = _SPOILER if start > zone.row_start and digits.spoils(text[start - 1]) else ""
    if end < zone.row_end and digits.spoils(text[end]):
        return before, after + _SPOILER
    return before, after + (_SECONDS if _TIME.match(text, end, zone.row_end) else "")


def _characters(data: bytes) -> Ints:
    """Where the characters of UTF-8 begin, and where it ends."""
    begins = (np.frombuffer(data, np.uint8) & 0xC0) != 0x80
    return np.append(np.flatnonzero(begins), len(data))
