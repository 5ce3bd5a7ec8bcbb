"""Where people who are known turn up in blocks: their addresses, UUIDs and numbers, written out or hashed.

Two ways with equal answers: an automaton of all that is sought, the fastest up to some hundred thousand
identifiers; beyond, tokens that may be identifiers are joined with hashes of the known ones, in a memory of
some ten bytes each. Either way a candidate counts only if it is no part of something longer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from vestige.matching.columnar.block import Block, Ints
from vestige.matching.columnar.tokens import KINDS, SIGNS, Hashing, Keys, Tokens, tokens
from vestige.matching.literal import Literals
from vestige.matching.spellings import ENDINGS

AUTOMATON_MOST = 200_000
"""With more identifiers, the automaton's memory and its making cost more than it saves."""

_ALGORITHMS = ("md5", "sha1", "sha256")
_SPELLINGS = (*SIGNS, "bare")
_KEYED = ("clear", *_ALGORITHMS)
FORMS = (*_SPELLINGS, *_ALGORITHMS)
"""Written out, with the sign of an address escaped, a UUID without hyphens, hashed."""

_FORM_OF_KIND = np.array(
    [FORMS.index({"hex": "bare"}.get(kind, kind if kind in FORMS else "clear")) for kind in KINDS]
)
_CHUNK = 1 << 14
_TELLING = 16
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_NEAR = 72
_ESCAPED = rb"%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[nrtbf]"
_GUARDS = {
    "address": (
        re.compile(rb"(?i)(?:\A|[^0-9a-z._+'-]|" + _ESCAPED + rb")[._+'-]*\Z"),
        re.compile(rb"(?i)(?:\.(?:" + ENDINGS.encode() + rb")){0,2}[.-]*(?![0-9a-z.-])"),
    ),
    "word": (re.compile(rb"(?i)(?:\A|[^0-9a-z]|" + _ESCAPED + rb")\Z"), re.compile(rb"(?i)(?![0-9a-z])")),
    "number": (
        re.compile(rb"(?i)(?:\A|[^0-9a-z]|" + _ESCAPED + rb")(?<![0-9]\.)\Z"),
        re.compile(rb"(?i)(?!\.?[0-9]|[a-z])"),
    ),
}
_GUARDED = tuple(_GUARDS)
"""What may stand before and after; an escape, or the ending of a file's name, is no part of an identifier."""
_ESCAPES = ((2, "\\"), (3, "%"), (6, "\\"))
"""How far before an identifier one may begin."""
_YES, _PERHAPS, _NO = range(3)
_BESIDE = np.array(
    [_NO if chr(i).isalnum() and i < 128 else _PERHAPS if i in b"._+'-" else _YES for i in range(256)]
)
"""Whether a byte may stand beside an identifier."""


class Hits(NamedTuple):
    """By place. ``starts``, ``ends``: bytes of the value; ``forms``: places in :data:`FORMS`."""

    rows: Ints
    starts: Ints
    ends: Ints
    subjects: Ints
    forms: Ints


class _Found(NamedTuple):
    """Places in a block, which identifier stands there in which form, and whether its neighbours allow it."""

    starts: Ints
    ends: Ints
    numbers: Ints
    forms: Ints
    sure: npt.NDArray[np.bool_]


class _Method(Protocol):
    def find(self, text: bytes, offsets: Ints) -> _Found: ...


class Known:
    """Finds identifiers, given as (subject, normal form): addresses, UUIDs, numbers as E.164. Picklable.

    They are held in memory only. ``joined``: by which way; by default as their number demands.
    """

    def __init__(self, identifiers: Sequence[tuple[int, str]], *, joined: bool | None = None) -> None:
        self._subjects = np.array([subject for subject, _ in identifiers], np.int64)
        normals = [normal for _, normal in identifiers]
        self._guards = np.array([_GUARDED.index(_guard(normal)) for normal in normals], np.int8)
        is_joined = len(identifiers) > AUTOMATON_MOST if joined is None else joined
        self._methods = _by_join(normals) if is_joined else _by_automaton(normals)

    def find(self, block: Block) -> Hits:
        """Every occurrence in the values of a block."""
        found = _together([method.find(block.data, block.offsets) for method in self._methods])
        rows, inside = block.inside(found.starts, found.ends)
        alone = _alone(block, found, rows)
        inside &= found.sure | (alone != _NO)
        doubtful = np.flatnonzero(inside & ~found.sure & (alone == _PERHAPS))
        inside[doubtful] = [
            self._is_alone(block.data, *found_at)
            for found_at in zip(
                *(column[doubtful].tolist() for column in found[:4]),
                block.offsets[rows[doubtful]].tolist(),
                block.offsets[rows[doubtful] + 1].tolist(),
                strict=True,
            )
        ]
        first = block.offsets[rows]
        columns = (rows, found.starts - first, found.ends - first, self._subjects[found.numbers], found.forms)
        return Hits(*np.unique(np.stack([column[inside] for column in columns]), axis=1))

    def _is_alone(
        self, text: bytes, start: int, end: int, number: int, form: int, first: int, last: int
    ) -> bool:
        """Whether an identifier stands here by itself, and not as a part of something longer."""
        guard = _GUARDED[self._guards[number]] if FORMS[form] in _SPELLINGS else "word"
        before, after = _GUARDS[guard]
        if after.match(text, end, last) is None:
            return False
        return before.search(text[max(first, start - _NEAR) : start]) is not None


def _alone(block: Block, found: _Found, rows: Ints) -> Ints:
    """What the bytes beside each place tell of the guards, whichever it is."""
    raw = np.frombuffer(block.data, np.uint8)
    before, after = (_BESIDE[raw[np.clip(at, 0, len(raw) - 1)]] for at in (found.starts - 1, found.ends))
    before[found.starts == block.offsets[rows]] = _YES
    after[found.ends == block.offsets[rows + 1]] = _YES
    for back, sign in _ESCAPES:
        before[(before == _NO) & (raw[np.maximum(found.starts - back, 0)] == ord(sign))] = _PERHAPS
    return np.asarray(np.maximum(before, after))


def _guard(normal: str) -> str:
    return "address" if "@" in normal else "number" if normal.startswith("+") else "word"


def _kind(normal: str) -> str:
    """As which kind of token an identifier is sought where it is written out."""
    return {"address": "clear", "word": "uuid"}.get(_guard(normal), "number")


def written(normal: str) -> dict[bytes, str]:
    """All that is sought for a normal form, in lower case, each with its form."""
    texts = {normal, normal.removeprefix("+")}
    digests = {
        hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest().encode(): name
        for text in texts
        for name in _ALGORITHMS
    }
    return _spelled(normal) | digests


def _spelled(normal: str) -> dict[bytes, str]:
    raw = normal.encode()
    if "@" in normal:
        return {raw.replace(b"@", sign): form for form, sign in SIGNS.items()}
    if normal.startswith("+"):
        return {raw[1:]: "clear", b"00" + raw[1:]: "clear"}
    return {raw: "clear", raw.replace(b"-", b""): "bare"}


def _by_automaton(normals: Sequence[str]) -> list[_Method]:
    """Digests would fill the automaton and slow it down: they are joined."""
    numbers = range(len(normals))
    return [_Automaton(normals, numbers), _Join(normals, _ALGORITHMS)]


def _by_join(normals: Sequence[str]) -> list[_Method]:
    join = _Join(normals, _KEYED)
    return [join, _Automaton(normals, join.odd)] if join.odd else [join]


def _together(found: Sequence[_Found]) -> _Found:
    return _Found(*map(np.concatenate, zip(*found, strict=True)))


class _Automaton:
    """Searches the beginnings of what is sought but digests: long needles cost memory and say no more."""

    def __init__(self, normals: Sequence[str], numbers: Iterable[int]) -> None:
        self._sought = [
            (needle, FORMS.index(form), number)
            for number in numbers
            for needle, form in _spelled(normals[number]).items()
        ]
        self._literals = Literals([needle[:_TELLING] for needle, _, _ in self._sought])

    def find(self, text: bytes, offsets: Ints) -> _Found:  # noqa: ARG002
        lower = text.lower()
        found = [
            (start, start + len(needle), number, form)
            for start, index in self._literals.within(lower)
            for needle, form, number in (self._sought[index],)
            if lower.startswith(needle, start)
        ]
        starts, ends, numbers, forms = np.array(found, np.int64).reshape(-1, 4).T
        return _Found(starts, ends, numbers, forms, np.zeros(len(found), np.bool_))


class _Join:
    """Hashes of what is sought in some forms, sorted. ``odd``: the identifiers of which some is no token."""

    def __init__(self, normals: Sequence[str], forms: Collection[str]) -> None:
        self._hashing = Hashing()
        self._kinds = {_kind(normal) for normal in normals} if "clear" in forms else set()
        self.odd: list[int] = []
        chunks = np.array_split(np.arange(len(normals)), len(normals) // _CHUNK + 1)
        parts = [self._sought(normals, chunk.tolist(), forms) for chunk in chunks]
        keys, checks, numbers, kinds = map(np.concatenate, zip(*parts, strict=True))
        order = np.argsort(keys, kind="stable")
        self._keys, self._checks = keys[order], checks[order]
        self._shift = np.uint64(64 - min(25, max(12, len(keys).bit_length() + 4)))
        self._slots = np.zeros(1 << (64 - int(self._shift)), np.bool_)
        self._slots[self._slot(self._keys)] = True
        self._numbers, self._forms = numbers[order].astype(np.int32), kinds[order].astype(np.int8)

    def _sought(
        self, normals: Sequence[str], numbers: Sequence[int], forms: Collection[str]
    ) -> tuple[Any, ...]:
        """Keys, checks, identifiers and forms of what is sought for some of them."""
        needles = [
            (n, f, number) for number in numbers for n, f in written(normals[number]).items() if f in forms
        ]
        offsets = np.cumsum([0, *(len(needle) for needle, _, _ in needles)], dtype=np.int64)
        found = self._tokens(b"".join(needle for needle, _, _ in needles), offsets)
        rows = np.searchsorted(offsets, found.starts, side="right") - 1
        whole = np.flatnonzero((found.starts == offsets[rows]) & (found.ends == offsets[rows + 1]))
        numbered = np.array([number for _, _, number in needles], np.int64)
        kinds = np.array([FORMS.index(form) for _, form, _ in needles], np.int64)
        self.odd += np.unique(numbered[np.setdiff1d(np.arange(len(needles)), rows[whole])]).tolist()
        return found.keys[whole], found.checks[whole], numbered[rows[whole]], kinds[rows[whole]]

    def find(self, text: bytes, offsets: Ints) -> _Found:
        found = self._tokens(text, offsets)
        token, place = self._equal(found)
        forms = self._forms[place].astype(np.int64)
        forms = np.where(forms == FORMS.index("clear"), _FORM_OF_KIND[found.kinds[token]], forms)
        numbers = self._numbers[place].astype(np.int64)
        return _Found(found.starts[token], found.ends[token], numbers, forms, found.sure[token])

    def _slot(self, keys: Keys) -> Keys:
        return np.asarray((keys * _SPREAD) >> self._shift)

    def _equal(self, found: Tokens) -> tuple[Ints, Ints]:
        """Pairs of a token and a place in the table that are equal; most tokens have an empty slot."""
        likely = np.flatnonzero(self._slots[self._slot(found.keys)])
        first, last = (np.searchsorted(self._keys, found.keys[likely], side) for side in ("left", "right"))
        token = np.repeat(likely, last - first)
        place = np.arange(len(token)) - np.repeat(np.cumsum(last - first) - last, last - first)
        same = self._checks[place] == found.checks[token]
        same &= (found.kinds[token] != KINDS.index("uuid")) | (self._forms[place] == FORMS.index("clear"))
        return token[same], place[same]

    def _tokens(self, text: bytes, offsets: Ints) -> Tokens:
        return tokens(text.lower() if self._kinds else text, offsets, self._hashing, self._kinds)
