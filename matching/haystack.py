"""A batch's columns as blocks of bytes that can be searched whole, and what lies hidden in their cells.

Decodes more boldly than :mod:`vestige.matching.views` and without offsets back: a search may look at a text
in a way in which nobody wrote it, and whole blocks are decoded at once.
"""

from __future__ import annotations

import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vestige.matching.columnar.block import Block, Ints, of_column

Raw = npt.NDArray[np.uint8]

_DEPTH = 3
# Four characters that may hide three bytes of ASCII; what starts with three such groups is worth a look.
_ASCII = rb"[A-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
_TOKEN = re.compile(rb"(?<![A-Za-z0-9+])(?:" + _ASCII + rb"){3}[A-Za-z0-9+/_-]*")
_SEPARATED = re.compile(rb"[A-Za-z0-9]{12,}")
_ENTITY = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_NO_DIGIT = 255
_DIGITS = np.full(256, _NO_DIGIT, np.uint8)
_DIGITS[list(b"0123456789abcdef")] = _DIGITS[list(b"0123456789ABCDEF")] = range(16)
_SIMPLE = np.zeros(256, np.uint8)
_SIMPLE[list(b'nrtbf"/')] = list(b'\n\r\t\b\f"/')


@dataclass(frozen=True, slots=True)
class Haystack(Block):
    """A block of a column, or of what its cells hide: cell ``i`` is of row ``rows[i]``."""

    column: str
    view: str
    rows: Ints

    def cell(self, position: int) -> tuple[int, int, int]:
        """(row, start, end) of the cell that holds a position of ``data``."""
        index = int(self.indices(np.array(position)))
        return int(self.rows[index]), int(self.offsets[index]), int(self.offsets[index + 1])


def haystacks(batch: pa.RecordBatch) -> Iterator[Haystack]:
    """Each text column as stored, then what its cells hide: percent signs, escapes, entities, base64."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        block = of_column(column)
        if block is not None and block.data:
            raw = Haystack(block.data, block.offsets, name, "raw", np.arange(len(block)))
            yield raw
            yield from _hidden(raw, _DEPTH)


def _hidden(outer: Haystack, depth: int) -> Iterator[Haystack]:
    for inner in (unescaped(outer), unpacked(outer)) if depth else ():
        if inner is not None:
            yield inner
            yield from _hidden(inner, depth - 1)


class _Rewrite:
    """A block in which some bytes become others and some go."""

    def __init__(self, block: bytes) -> None:
        self.raw: Raw = np.frombuffer(block, np.uint8)
        self.out = self.raw.copy()
        self.keep = np.ones(len(block), np.bool_)

    def put(self, at: Ints, values: Raw, width: int) -> None:
        """One byte each in place of ``width`` bytes."""
        self.out[at] = values
        for further in range(1, width):
            self.keep[at + further] = False

    def number(self, at: Ints, width: int) -> tuple[Ints, npt.NDArray[np.uint32]]:
        """Of the places, those where ``width`` hexadecimal digits stand, and what they say."""
        at = at[at + width <= len(self.raw)]
        digits = [_DIGITS[self.raw[at + i]] for i in range(width)]
        good = np.all([d != _NO_DIGIT for d in digits], axis=0)
        values = sum(d[good].astype(np.uint32) << 4 * (width - 1 - i) for i, d in enumerate(digits))
        return at[good], np.asarray(values, np.uint32)


def unescaped(outer: Haystack) -> Haystack | None:
    """The cells that escape something (``%40``, ``\\u0040``, ``&#64;``), without it; None if none does."""
    edit = _Rewrite(outer.data)
    _percent(edit)
    _backslash(edit)
    _entities(edit, outer.data)
    gone = np.flatnonzero(~edit.keep)
    if not len(gone):
        return None
    changed = np.zeros(len(outer.rows), np.bool_)
    changed[outer.indices(gone)] = True
    edit.keep &= np.repeat(changed, np.diff(outer.offsets))
    kept = np.concatenate([np.zeros(1, np.int64), np.cumsum(edit.keep, dtype=np.int64)])[outer.offsets]
    offsets = np.concatenate([kept[:-1][changed], kept[-1:]])
    return Haystack(edit.out[edit.keep].tobytes(), offsets, outer.column, "escaped", outer.rows[changed])


def _percent(edit: _Rewrite) -> None:
    at, values = edit.number(np.flatnonzero(edit.raw == ord("%")) + 1, 2)
    edit.put(at - 1, values.astype(np.uint8), 3)


def _backslash(edit: _Rewrite) -> None:
    places = np.flatnonzero(edit.raw[:-1] == ord("\\"))
    following = edit.raw[places + 1]
    # JSON in JSON doubles them: only the last of a row of backslashes escapes, the others go.
    edit.keep[places[following == ord("\\")]] = False
    at, values = edit.number(places[following == ord("x")] + 2, 2)
    edit.put(at - 2, values.astype(np.uint8), 4)
    simple = places[_SIMPLE[following] > 0]
    edit.put(simple, _SIMPLE[edit.raw[simple + 1]], 2)
    at, values = edit.number(places[following == ord("u")] + 2, 4)
    _put_utf8(edit, at - 2, values)


def _put_utf8(edit: _Rewrite, at: Ints, points: npt.NDArray[np.uint32]) -> None:
    """UTF-8 of code points in place of six bytes each. Halves of pairs turn to what nobody seeks."""
    edit.put(at, np.where(points < 0x80, points, 0).astype(np.uint8), 6)
    for low, high, lead, shifts in ((0x80, 0x800, 0xC0, (6, 0)), (0x800, 0x10000, 0xE0, (12, 6, 0))):
        mine = (points >= low) & (points < high)
        for i, shift in enumerate(shifts):
            tail = (points[mine] >> shift) & 0x3F | 0x80
            edit.out[at[mine] + i] = tail if i else points[mine] >> shift | lead
            edit.keep[at[mine] + i] = True


def _entities(edit: _Rewrite, block: bytes) -> None:
    if b"&" not in block:
        return
    for match in _ENTITY.finditer(block):
        text = html.unescape(match.group().decode()).encode("utf-8", "replace")
        if len(text) < match.end() - match.start():
            edit.keep[match.start() + len(text) : match.end()] = False
            edit.out[match.start() : match.start() + len(text)] = np.frombuffer(text, np.uint8)


def unpacked(outer: Haystack) -> Haystack | None:
    """The text in base64 tokens, standard or URL-safe, that start with ASCII; None if there is none."""
    texts: list[bytes] = []
    places: list[int] = []
    for match in _TOKEN.finditer(outer.data):
        for text in _texts(match.group()):
            texts.append(text)
            places.append(match.start())
    if not texts:
        return None
    cells = outer.indices(np.array(places, np.int64))
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(t) for t in texts], dtype=np.int64)])
    return Haystack(b"".join(texts), offsets, outer.column, "base64", outer.rows[cells])


def _texts(token: bytes) -> Iterator[bytes]:
    """What a token says as a whole, or, if it may be a path or a list, what its parts say."""
    text = _text(token.translate(_STANDARD))
    if text is not None:
        yield text
    elif not token.isalnum():
        for part in _SEPARATED.findall(token):
            if (text := _text(part)) is not None:
                yield text


def _text(token: bytes) -> bytes | None:
    try:
        text = binascii.a2b_base64(token + b"==="[: -len(token) % 4])
    except binascii.Error:
        return None
    if not text.isascii():
        try:
            text.decode()
        except UnicodeDecodeError:
            return None
    return text
