"""What in a text may be an identifier, by its shape alone, each with hashes by which it can be joined.

The text must be in lower case; for digests alone it may be in any. A token is taken whole, between its
neighbours; where these are ambiguous (an escape before it, the ending of a file's name after it) it comes in
each of its readings.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vestige.matching.columnar.block import Ints

Keys = npt.NDArray[np.uint64]
Raw = npt.NDArray[np.uint8]
Kind = npt.NDArray[np.bool_]

SIGNS = {"clear": b"@", "percent": b"%40", "percent twice": b"%2540", "json": b"\\u0040", "html": b"&#64;"}
"""How the sign of an address may be written."""

KINDS = (*SIGNS, "uuid", "hex", "number")

_LETTERS = (string.digits + string.ascii_letters).encode()
_REACH = 64
_EDGE = 72
_DIGEST = 32
_DIGEST_LENGTHS = (32, 40, 64)
_NUMBER_LENGTHS = range(8, 20)
_UUID_HYPHENS = (8, 13, 18, 23)
_UUID = 36
_LABELS = 3
_COLUMNS = np.arange(_REACH, dtype=np.uint8)


class Tokens(NamedTuple):
    """``keys`` and ``checks``: 64 bits each, equal for equal tokens however signs and UUIDs are written.

    ``kinds``: places in :data:`KINDS`. ``sure``: whether nothing beside it can make it a part of more.
    """

    starts: Ints
    ends: Ints
    keys: Keys
    checks: Keys
    kinds: Ints
    sure: npt.NDArray[np.bool_]


class Hashing:
    """Two hashes of short texts, under random factors: nobody can make texts that are alike by them."""

    def __init__(self) -> None:
        self._factors = [secrets.randbits(64) | 1 for _ in range(3)]
        powers = [[pow(factor, i, 1 << 64) for i in range(1, _REACH + 1)] for factor in self._factors[:2]]
        self._powers = np.array(powers, np.uint64)

    def hashes(self, near: Keys) -> Keys:
        """Two rows: the hashes of the rows of ``near``."""
        return np.stack([near @ powers[: near.shape[1]] for powers in self._powers])

    def both(self, left: Keys, right: Keys) -> Keys:
        """The hashes of two parts that make one text."""
        return (left ^ (left >> np.uint64(29))) * np.uint64(self._factors[2]) + right


def tokens(text: bytes, offsets: Ints, hashing: Hashing, kinds: Collection[str]) -> Tokens:
    """The tokens of values that lie one after another: ``hex`` always, of the other kinds those wanted."""
    raw = np.frombuffer(text, np.uint8)
    if not kinds:
        return _together(_digests(raw, offsets))
    edge = np.zeros(_EDGE, np.int64)
    raw = np.insert(raw, np.concatenate([edge, offsets[1:-1], edge + len(text)]), ord("\n"))
    whole = np.array([0, len(raw)])
    found = [*_digests(raw, whole)]
    found += _addresses(raw, hashing) if "clear" in kinds else ()
    found += [_uuids(raw)] if "uuid" in kinds else ()
    found += _numbers(raw, whole) if "number" in kinds else ()
    apart = _together(found)
    shift = np.searchsorted(offsets[1:-1] + np.arange(len(offsets) - 2) + _EDGE, apart.starts) + _EDGE
    return apart._replace(starts=apart.starts - shift, ends=apart.ends - shift)


def _together(found: Iterable[Tokens]) -> Tokens:
    return Tokens(*map(np.concatenate, zip(*found, strict=True)))


def _one_of(characters: bytes) -> npt.NDArray[np.bool_]:
    return np.array([byte in characters for byte in range(256)])


_WORD, _HEX, _DIGIT = _one_of(_LETTERS), _one_of(b"0123456789abcdefABCDEF"), _one_of(b"0123456789")
_LOCAL, _HOST = _WORD | _one_of(b"._+'-"), _WORD | _one_of(b".-")
_VALUES = np.zeros(256, np.uint64)
_VALUES[list(b"0123456789abcdef")] = _VALUES[list(b"0123456789ABCDEF")] = range(16)


class _Parts(NamedTuple):
    """Parts of addresses beside their signs: the sign's number, how long the part is, its two hashes."""

    signs: Ints
    lengths: Ints
    keys: Keys
    sure: npt.NDArray[np.bool_]


def _addresses(raw: Raw, hashing: Hashing) -> Iterator[Tokens]:
    for kind, sign in enumerate(SIGNS.values()):
        at = _places(raw, sign)
        hosts = list(_hosts(raw, at + len(sign), hashing))
        for local in _locals(raw, at, hashing):
            for host in hosts:
                both, left, right = np.intersect1d(local.signs, host.signs, True, return_indices=True)
                keys = hashing.both(local.keys[:, left], host.keys[:, right])
                ends = at[both] + len(sign) + host.lengths[right]
                sure = local.sure[left] & host.sure[right]
                yield Tokens(
                    at[both] - local.lengths[left], ends, keys[0], keys[1], np.full(len(both), kind), sure
                )


def _places(raw: Raw, text: bytes) -> Ints:
    """Where a short text stands."""
    at = np.flatnonzero(raw == text[0])
    for further in range(1, len(text)):
        at = at[raw[at + further] == text[further]]
    return at


def _locals(raw: Raw, at: Ints, hashing: Hashing) -> Iterator[_Parts]:
    """The parts before signs, as far as they go, and without an escape at their beginning."""
    near = raw[at[:, None] - 1 - np.arange(_REACH)]
    lengths = _run(_LOCAL[near])
    before, further = raw[at - lengths - 1], raw[at - lengths]
    is_point = (before == ord("\\")) & (further == ord("u"))
    for escaped, dropped in ((True, 0), (before == ord("%"), 2), (before == ord("\\"), 1), (is_point, 5)):
        chosen = np.flatnonzero((lengths > dropped) & escaped)
        yield _cut(near, lengths - dropped, chosen, hashing, sure=dropped == 0)


def _hosts(raw: Raw, at: Ints, hashing: Hashing) -> Iterator[_Parts]:
    """The parts behind signs, as far as they go, and without their last labels."""
    near = raw[at[:, None] + np.arange(_REACH)]
    lengths = _run(_HOST[near])
    dots = np.where(near == ord("."), _COLUMNS, _COLUMNS[0])
    for label in range(_LABELS):
        part = _cut(near, lengths, np.flatnonzero(lengths), hashing, sure=label == 0)
        yield part
        lengths = np.zeros(len(at), np.int64)
        lengths[part.signs] = (dots[part.signs] * _firsts(part.lengths)).max(axis=1, initial=0)


def _run(inside: npt.NDArray[np.bool_]) -> Ints:
    """How many flags are set in each row before the first one that is not."""
    return np.asarray(np.where(inside.all(axis=1), inside.shape[1], np.argmin(inside, axis=1)), np.int64)


def _cut(near: Raw, lengths: Ints, chosen: Ints, hashing: Hashing, *, sure: bool) -> _Parts:
    """Of the chosen rows the first ``lengths`` bytes, up to the last that is a letter or digit."""
    near, lengths = near[chosen], lengths[chosen]
    word = _WORD[near] & _firsts(lengths)
    last = (word * (_COLUMNS + np.uint8(1))).max(axis=1, initial=0).astype(np.int64)
    some = last > 0
    near, last, chosen, lengths = near[some], last[some], chosen[some], lengths[some]
    width = int(last.max(initial=0))
    counted = (near[:, :width] * _firsts(last)[:, :width]).astype(np.uint64)
    return _Parts(chosen, last, hashing.hashes(counted), sure & (lengths < _REACH))


def _firsts(lengths: Ints) -> npt.NDArray[np.bool_]:
    """In each row, so many columns of all."""
    return np.asarray(lengths.astype(np.uint8)[:, None] > _COLUMNS)


def _uuids(raw: Raw) -> Tokens:
    hyphen = raw == ord("-")
    first, *others = _UUID_HYPHENS
    span = others[-1] - first
    fits = hyphen[: len(raw) - span].copy()
    for other in others:
        fits &= hyphen[other - first : len(raw) - span + other - first]
    starts = np.flatnonzero(fits) - first
    digits = starts[:, None] + np.delete(np.arange(_UUID), _UUID_HYPHENS)
    starts, digits = (part[_HEX[raw[digits]].all(axis=1)] for part in (starts, digits))
    keys, checks = _hexadecimal(raw, digits)
    return _words(raw, starts, starts + _UUID, keys, checks, "uuid")


def _digests(raw: Raw, offsets: Ints) -> Iterator[Tokens]:
    for starts, ends in _unescaped(raw, *_runs(raw, offsets, _HEX, 32, 70)):
        fits = np.isin(ends - starts, _DIGEST_LENGTHS)
        starts, ends = starts[fits], ends[fits]
        keys, checks = _hexadecimal(raw, starts[:, None] + np.arange(_DIGEST))
        yield _words(raw, starts, ends, keys, checks + (ends - starts - _DIGEST).astype(np.uint64), "hex")


def _numbers(raw: Raw, offsets: Ints) -> Iterator[Tokens]:
    for starts, ends in _unescaped(raw, *_runs(raw, offsets, _DIGIT, 8, 26)):
        fits = np.isin(ends - starts, _NUMBER_LENGTHS)
        starts, ends = starts[fits], ends[fits]
        keys = np.zeros(len(starts), np.uint64)
        for digit in range(_NUMBER_LENGTHS[-1]):
            inside = starts + digit < ends
            keys[inside] = keys[inside] * np.uint64(10) + _VALUES[raw[starts[inside] + digit]]
        yield _words(raw, starts, ends, keys, (ends - starts).astype(np.uint64), "number")


def _words(raw: Raw, starts: Ints, ends: Ints, keys: Keys, checks: Keys, kind: str) -> Tokens:
    beside = _WORD | (_one_of(b".") if kind == "number" else _one_of(b""))
    sure = ~beside[raw[starts - 1]] & ~beside[raw[np.minimum(ends, len(raw) - 1)]]
    return Tokens(starts, ends, keys, checks, np.full(len(starts), KINDS.index(kind)), sure)


def _runs(raw: Raw, offsets: Ints, kind: Kind, least: int, most: int) -> tuple[Ints, Ints]:
    """The runs of a kind of bytes, ``least`` long or longer; of what is longer than ``most``, a part.

    One byte in every fourth of the least length is looked at; where four in a row are of the kind, all are.
    A run ends with its value: ``offsets`` say where values begin and end.
    """
    step = least // 4
    seen = np.frombuffer(raw[::step].tobytes().translate(kind.tobytes()), np.bool_)
    starts = np.flatnonzero(seen[:-3] & seen[1:-2] & seen[2:-1] & seen[3:]) * step
    for further in range(1, 3 * step):
        starts = starts[kind[raw[starts + further]]]
    rows = np.searchsorted(offsets, starts, side="right") - 1
    for _ in range(step):
        starts = starts - (kind[raw[starts - 1]] & (starts > offsets[rows]))
    starts, first = np.unique(starts, return_index=True)
    places = starts[:, None] + np.arange(most + 1)
    inside = kind[raw[np.minimum(places, len(raw) - 1)]] & (places < offsets[rows[first] + 1, None])
    return starts, starts + _run(inside)


def _unescaped(raw: Raw, starts: Ints, ends: Ints) -> Iterator[tuple[Ints, Ints]]:
    """The runs, and those after an escape (``%20``, ``\\b``, ``\\u0020``) also without what is its own."""
    yield starts, ends
    before, further = raw[starts - 1], raw[starts - 2]
    yield starts[before == ord("%")] + 2, ends[before == ord("%")]
    yield starts[before == ord("\\")] + 1, ends[before == ord("\\")]
    is_point = (before == ord("u")) & (further == ord("\\"))
    yield starts[is_point] + 4, ends[is_point]


def _hexadecimal(raw: Raw, digits: Any) -> Keys:
    """Of 32 hexadecimal digits, whose places are the columns of ``digits``, the first half and the other."""
    values = _VALUES[raw[digits]]
    shifts = np.arange(60, -4, -4).astype(np.uint64)
    halves = (values.reshape(len(values), 2, 16) << shifts).sum(axis=2, dtype=np.uint64)
    return np.asarray(halves.T)
