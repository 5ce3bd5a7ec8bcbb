"""A walk over the bytes of a JSON text, one value at a time. Nothing is decoded, nesting costs no stack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_TO_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:"(?:[^"\\]++|\\.)*+"[^"\[\]{}]*+)*+', re.DOTALL)
_FLAT = re.compile(rb"([ \t\r\n]*+)(\{" + _TO_BRACKET.pattern + rb"\})([ \t\r\n]*+)([,\]])", re.DOTALL)
"""A member of an array, the usual one: an object without nesting, all of it in the buffer."""

_SCALAR = re.compile(rb"[^ \t\r\n,\[\]{}:\"]*+")


class Broken(ValueError):
    """The text is no JSON in its structure, or one value of it is too long."""


class Element(NamedTuple):
    """One member of an array, with the white space around it."""

    lead: bytes
    body: bytes
    trail: bytes


class Scanner:
    """Takes pieces off the front of a text. No piece may be longer than ``limit`` bytes. Raises Broken."""

    def __init__(self, blocks: Iterable[bytes], limit: int) -> None:
        self._blocks, self._limit = iter(blocks), limit
        self._buffer, self._at = b"", 0

    def _more(self) -> bool:
        """Join one more block; False at the end."""
        block = next(self._blocks, None)
        if block is None:
            return False
        self._buffer, self._at = self._buffer[self._at :] + block, 0
        if len(self._buffer) > self._limit + len(block):
            raise Broken("a value is too long")
        return True

    def _take(self, end: int) -> bytes:
        taken = self._buffer[self._at : end]
        self._at = end
        return taken

    def _run(self, pattern: re.Pattern[bytes]) -> bytes:
        """The longest run that matches, also over the end of a block."""
        while True:
            match = pattern.match(self._buffer, self._at)
            end = match.end() if match else self._at
            if end < len(self._buffer) or not self._more():
                return self._take(end)

    def space(self) -> bytes:
        """White space, maybe none."""
        return self._run(_SPACE)

    def sign(self, *wanted: bytes) -> bytes:
        """One of the wanted signs."""
        found = self.peek()
        if found not in wanted:
            raise Broken("another sign was expected")
        return self._take(self._at + 1)

    def peek(self) -> bytes:
        """The next byte; empty at the end."""
        while self._at >= len(self._buffer):
            if not self._more():
                return b""
        return self._buffer[self._at : self._at + 1]

    def value(self) -> bytes:
        """One whole value."""
        first = self.peek()
        if first in (b"{", b"["):
            return self._container()
        taken = self._string() if first == b'"' else self._run(_SCALAR)
        if not taken:
            raise Broken("a value was expected")
        return taken

    def _string(self) -> bytes:
        while not (match := _STRING.match(self._buffer, self._at)):
            if not self._more():
                raise Broken("a string is not closed")
        return self._take(match.end())

    def _container(self) -> bytes:
        depth = seen = 0
        while True:
            match = _TO_BRACKET.match(self._buffer, self._at + seen)
            assert match is not None
            seen = match.end() - self._at
            sign = self._buffer[match.end() : match.end() + 1]
            if sign not in (b"{", b"[", b"}", b"]"):  # the end of the buffer, or a string that is open there
                if not self._more():
                    raise Broken("a bracket is not closed")
                continue
            depth += 1 if sign in b"{[" else -1
            seen += 1
            if depth == 0:
                return self._take(self._at + seen)

    def elements(self) -> Iterator[Element | bytes]:
        """The members of an array whose ``[`` was taken, and its ``]``; the white space of an empty one."""
        lead = self.space()
        if self.peek() == b"]":
            self.sign(b"]")
            yield lead
            return
        while True:
            body, trail = self.value(), self.space()
            ended = self.sign(b",", b"]") == b"]"
            yield Element(lead, body, trail)
            while not ended and (flat := _FLAT.match(self._buffer, self._at)):
                self._at = flat.end()
                ended = flat[4] == b"]"
                yield Element(flat[1], flat[2], flat[3])
            if ended:
                return
            lead = self.space()

    def rest(self) -> bytes:
        """All that is left."""
        while self._more():
            pass
        return self._take(len(self._buffer))
