"""How a JSON document is cut into records.

A wrapper is an object with one array of objects whose other members identify nothing (a date, a count,
a page); these members are a record too, ``$``. An order with its lines is one record and no wrapper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from vestige.connectors.formats.model import Source
from vestige.connectors.formats.paths import parse
from vestige.connectors.formats.salvage import readable
from vestige.connectors.formats.scanner import Broken, Element, Scanner
from vestige.connectors.formats.stream import Blocks

SMALL = 1 << 20
"""A document up to this size is looked at as a whole before it is taken for a wrapper."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_IDENTIFYING = frozenset(
    ("id", "uuid", "guid", "key", "ref", "code", "number", "no", "nr")
    + ("email", "mail", "phone", "name", "user", "username")
)
_PLAIN = re.compile(r"[^\W\d]\w*")


class Frame(NamedTuple):
    """The text before the elements (with ``[``) or after them (with ``]``)."""

    text: bytes


class Layout(NamedTuple):
    """Whether a document is split at an array, and the member that holds it (None: the top level)."""

    split: bool
    member: str | None = None

    def path(self, index: int) -> str:
        """The path of an element: ``$[3]``, ``$.users[3]``, ``$["my list"][3]``."""
        if self.member is None:
            return f"$[{index}]"
        plain = _PLAIN.fullmatch(self.member)
        return f"$.{self.member}[{index}]" if plain else f"$[{orjson.dumps(self.member).decode()}][{index}]"


def layout(source: Source) -> Layout | None:
    """How a document is laid out; None if it is no JSON document. Reads it all."""
    blocks, head = Blocks(source), b""
    for block in blocks:
        head += block
        if len(head) > SMALL:
            break
    else:
        return None if blocks.gap else _of_small(source, readable(head))
    return next((one for one in _candidates(source) if _holds(source, one)), None)


def _of_small(source: Source, text: bytes) -> Layout | None:
    try:
        value = parse(text)
    except ValueError:
        return None
    member = _wrapped(value) if isinstance(value, Mapping) else None
    found = Layout(isinstance(value, list) or member is not None, member)
    return found if _holds(source, found) else Layout(split=False)


def _wrapped(value: Mapping[str, Any]) -> str | None:
    """The member that the document only wraps."""
    arrays = [name for name, one in value.items() if isinstance(one, list) and one and _all_objects(one)]
    if len(arrays) != 1 or _identifies({name: one for name, one in value.items() if name != arrays[0]}):
        return None
    return arrays[0]


def _all_objects(members: Sequence[Any]) -> bool:
    return all(isinstance(member, dict) for member in members)


def _identifies(value: object) -> bool:
    """Whether a value holds what looks like an identifier, by a name or by its text."""
    if isinstance(value, Mapping):
        words = {word.lower() for name in value for word in _WORD.findall(name)}
        return bool(words & _IDENTIFYING) or any(map(_identifies, value.values()))
    if isinstance(value, list):
        return any(map(_identifies, value))
    return isinstance(value, str) and "@" in value


def _candidates(source: Source) -> Iterator[Layout]:
    """Ways to lay out a large document: split at the top level, at a member, or not at all."""
    scan = Scanner(Blocks(source), source.limits.record)
    scan.space()
    if scan.peek() == b"[":
        yield Layout(split=True)
    elif scan.peek() == b"{":
        yield from (Layout(split=True, member=name) for name in _large_arrays(scan))
    yield Layout(split=False)


def _large_arrays(scan: Scanner) -> list[str]:
    """Names of the members that are arrays of objects, the largest first."""
    sizes: dict[str, int] = {}
    try:
        scan.sign(b"{")
        while True:
            name = _name(scan)[1]
            if scan.peek() == b"[":
                sizes[name] = _array_size(scan)
            else:
                scan.value()
            scan.space()
            if scan.sign(b",", b"}") == b"}":
                break
    except (Broken, ValueError):
        return []
    return sorted(filter(sizes.__getitem__, sizes), key=lambda name: -sizes[name])


def _array_size(scan: Scanner) -> int:
    scan.sign(b"[")
    members = (one for one in scan.elements() if isinstance(one, Element))
    return sum(len(one.body) if one.body[:1] == b"{" else 0 for one in members)


def _name(scan: Scanner) -> tuple[bytes, str]:
    """A member's name with all bytes up to its value, and the name."""
    lead, raw, trail = scan.space(), scan.value(), scan.space()
    text = lead + raw + trail + scan.sign(b":") + scan.space()
    return text, str(parse(readable(raw)))


def _holds(source: Source, where: Layout) -> bool:
    """Whether the whole text can be taken apart so."""
    blocks = Blocks(source)
    try:
        for _ in walk(Scanner(blocks, source.limits.record), where):
            pass
    except (Broken, ValueError):
        return False
    return blocks.gap is None


def walk(scan: Scanner, where: Layout) -> Iterator[Frame | Element | bytes]:
    """All bytes of a document in order: a frame, the elements (or the white space of none), a frame.

    A document that is not split is one element. Raises Broken or ValueError.
    """
    if not where.split:
        yield Element(scan.space(), scan.value(), scan.space())
        if scan.peek():
            raise Broken("something follows the document")
        return
    opening = _opening(scan, where.member)
    yield Frame(opening)
    yield from scan.elements()
    closing = b"]" + scan.rest()
    parse(readable(opening + closing))
    yield Frame(closing)


def _opening(scan: Scanner, member: str | None) -> bytes:
    """All bytes up to the first element of the array."""
    text = scan.space()
    if member is None:
        return text + scan.sign(b"[")
    text += scan.sign(b"{")
    while True:
        before, name = _name(scan)
        text += before
        if name == member:
            return text + scan.sign(b"[")
        text += scan.value() + scan.space() + scan.sign(b",")
