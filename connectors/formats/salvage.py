"""Text that is not UTF-8 throughout: bytes that do not fit are read as Windows-1252, each by itself.

So an old line with one odd byte is still searched, and edits of the readable text find their way back to the
stored bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Piece = tuple[int, int, bytes]

_RUN = re.compile(
    rb"((?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2})++)|[\x80-\xff]"
)


def valid(raw: bytes) -> bool:
    """Whether the bytes are UTF-8."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _runs(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Stored length and readable bytes of each stretch of valid text, and of each odd byte."""
    for match in _RUN.finditer(raw):
        yield len(match[0]), match[0] if match[1] else _odd(match[0])


def _odd(byte: bytes) -> bytes:
    try:
        return byte.decode("cp1252").encode()
    except UnicodeDecodeError:
        return byte.decode("latin-1").encode()


def readable(raw: bytes) -> bytes:
    """The text as valid UTF-8."""
    return raw if valid(raw) else b"".join(text for _, text in _runs(raw))


def stored(raw: bytes, pieces: Sequence[Piece]) -> list[Piece]:
    """Byte ranges of :func:`readable` text as ranges of the stored bytes."""
    if valid(raw):
        return list(pieces)
    bounds = sorted({bound for start, end, _ in pieces for bound in (start, end)})
    places = dict(zip(bounds, _places(raw, bounds), strict=True))
    return [(places[start], places[end], text) for start, end, text in pieces]


def _places(raw: bytes, bounds: Sequence[int]) -> Iterator[int]:
    """Stored offsets of ascending readable offsets; inside an odd byte's character, its start."""
    runs, at, seen, length, text = _runs(raw), 0, 0, 0, b""
    for bound in bounds:
        while bound >= seen + len(text) and at + length < len(raw):
            at, seen = at + length, seen + len(text)
            length, text = next(runs)
        inside = bound - seen
        yield at + (inside if length == len(text) else 0 if inside < len(text) else length)
