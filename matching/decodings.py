"""Encodings in which an identifier hides inside a text, each undone with offsets back into the text.

A decoding maps a text to texts, each with its :class:`Offsets`: which characters of the input became which of
the output. They are total: what does not decode stays as it is.
"""

from __future__ import annotations

import binascii
import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, overload

MIN_BASE64 = 12

_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_QUERY = re.compile(r"(?:%[0-9a-fA-F]{2})+|\+")
_ESCAPE = re.compile(
    r"(?:\\x[0-9a-fA-F]{2})+|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\u[0-9a-fA-F]{4}|\\[\"\\/bfnrt]"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
BASE64 = re.compile(rf"[A-Za-z0-9+/_-]{{{MIN_BASE64},}}+={{0,2}}")
_BASE64_PARTS = tuple(
    re.compile(rf"[{body}]{{{MIN_BASE64},}}+={{0,2}}") for body in ("A-Za-z0-9+/", "A-Za-z0-9_-", "A-Za-z0-9")
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

Range = tuple[int, int]


class Offsets(Sequence[Range]):
    """For every character of a decoded text, its range in the text before; kept as pieces."""

    __slots__ = ("_length", "_raws", "_starts", "_widths")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._raws: list[int] = []
        self._widths: list[int] = []
        self._length = 0

    def add(self, length: int, raw: int, width: int) -> None:
        """``length`` characters that each stem from ``width`` ones at ``raw``; width 0: copied one to one."""
        if length:
            self._starts.append(self._length)
            self._raws.append(raw)
            self._widths.append(width)
            self._length += length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Range: ...
    @overload
    def __getitem__(self, index: slice) -> list[Range]: ...
    def __getitem__(self, index: int | slice) -> Range | list[Range]:
        if isinstance(index, slice):
            return [self._range(i) for i in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._range(index % self._length)

    def _range(self, index: int) -> Range:
        piece = bisect_right(self._starts, index) - 1
        raw, width = self._raws[piece], self._widths[piece]
        if width:
            return raw, raw + width
        raw += index - self._starts[piece]
        return raw, raw + 1


class Nested(Sequence[Range]):
    """The offsets of a decoding of a decoded text, back into the first text."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, outer: Sequence[Range], inner: Sequence[Range]) -> None:
        self._outer, self._inner = outer, inner

    def __len__(self) -> int:
        return len(self._inner)

    @overload
    def __getitem__(self, index: int) -> Range: ...
    @overload
    def __getitem__(self, index: slice) -> list[Range]: ...
    def __getitem__(self, index: int | slice) -> Range | list[Range]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        start, end = self._inner[index]
        return self._outer[start][0], self._outer[end - 1][1]


class Decoded(NamedTuple):
    text: str
    offsets: Sequence[Range]


Units = Callable[[str], Iterator[tuple[str, int]]]
"""An encoded run → its characters, each with the number of encoded characters it took."""


def _rewritten(text: str, pattern: re.Pattern[str], units: Units) -> Iterator[Decoded]:
    """The text with every encoded run decoded, if that changes anything."""
    parts: list[str] = []
    offsets, done = Offsets(), 0
    for match in pattern.finditer(text):
        offsets.add(match.start() - done, done, 0)
        parts.append(text[done : match.start()])
        done = match.start()
        for character, width in units(match.group()):
            offsets.add(len(character), done, width)
            parts.append(character)
            done += width
    offsets.add(len(text) - done, done, 0)
    decoded = "".join([*parts, text[done:]])
    if decoded != text:
        yield Decoded(decoded, offsets)


def percent(text: str) -> Iterator[Decoded]:
    """``%40`` and the like, as UTF-8; a byte that is not UTF-8 counts as Latin-1. ``+`` stays."""
    if "%" in text:
        yield from _rewritten(text, _PERCENT, _percent_units)


def query(text: str) -> Iterator[Decoded]:
    """As :func:`percent`, and ``+`` is a space, as in forms and query strings."""
    if "+" in text and ("=" in text or "%" in text):
        yield from _rewritten(text, _QUERY, _percent_units)


def _percent_units(run: str) -> Iterator[tuple[str, int]]:
    return iter([(" ", 1)]) if run == "+" else _byte_units(bytes.fromhex(run.replace("%", "")), 3)


def _byte_units(data: bytes, width: int) -> Iterator[tuple[str, int]]:
    for character in data.decode("utf-8", "surrogateescape"):
        code = ord(character)
        if 0xDC80 <= code <= 0xDCFF:
            yield chr(code - 0xDC00), width
        else:
            yield character, width * len(character.encode())


def escaped(text: str) -> Iterator[Decoded]:
    r"""JSON's escapes (``\u00e9``, ``\"``, ``\n``), and the ``\xC3`` of web servers' logs."""
    if "\\" in text:
        yield from _rewritten(text, _ESCAPE, _escape_units)


def _escape_units(run: str) -> Iterator[tuple[str, int]]:
    if run[1] == "x":
        return _byte_units(bytes.fromhex(run.replace("\\x", "")), 4)
    if run[1] == "u":
        data = bytes.fromhex(run.replace("\\u", ""))
        return iter([(data.decode("utf-16-be", "replace"), len(run))])
    return iter([(_SIMPLE.get(run[1], run[1]), 2)])


def entities(text: str) -> Iterator[Decoded]:
    """HTML's ``&#64;`` and ``&eacute;``."""
    if "&" in text:
        yield from _rewritten(text, _ENTITY, lambda run: iter([(html.unescape(run), len(run))]))


def base64_tokens(text: str) -> Iterator[Decoded]:
    """The text inside every base64 token (standard or URL-safe, padded or not, at least 12 characters).

    A token is one whole: each of its characters maps to all of it. Only tokens that hold UTF-8 text count.
    """
    for run in BASE64.finditer(text):
        base = run.start()
        for start, end, decoded in base64_within(run.group()):
            offsets = Offsets()
            offsets.add(len(decoded), base + start, end - start)
            yield Decoded(decoded, offsets)


@lru_cache(maxsize=1 << 14)
def base64_within(run: str) -> tuple[tuple[int, int, str], ...]:
    """The tokens of a :data:`BASE64` run that hold a text: where each starts and ends, and what it says."""
    tokens = ((start, end, base64_text(run[start:end])) for start, end in _tokens(run))
    return tuple((start, end, said) for start, end, said in tokens if said is not None)


def _tokens(run: str) -> Iterable[Range]:
    """The run, and its parts by either alphabet: a slash or a dash may stand beside a token, not in it."""
    if run.rstrip("=").isalnum():
        return ((0, len(run)),)
    return {match.span(): None for part in _BASE64_PARTS for match in part.finditer(run)}


def base64_text(token: str) -> str | None:
    """The text that a token holds as a whole; None if it holds none."""
    body = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        decoded = binascii.a2b_base64(body + "=" * (-len(body) % 4), strict_mode=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return decoded if len(_CONTROL.findall(decoded)) * 10 <= len(decoded) else None


DECODINGS: tuple[tuple[str, Callable[[str], Iterator[Decoded]]], ...] = (
    ("percent", percent),
    ("query", query),
    ("json", escaped),
    ("html", entities),
    ("base64", base64_tokens),
)
