"""Presidio's patterns, read as trees of classes of characters.

What a class holds is not deduced: :mod:`regex`, which Presidio searches with, is asked about each character.
So the classes are right for every flag.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from re import error as syntax_error
from typing import Any

import regex

_FLAGS = regex.I | regex.M | regex.S | regex.X | regex.U | regex.V0
_NAMES = {op.CATEGORY_DIGIT: r"\d", op.CATEGORY_SPACE: r"\s", op.CATEGORY_WORD: r"\w"}
_NAMES |= {op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_NOT_WORD: r"\W"}
_ANCHORS = {op.AT_BEGINNING_STRING: r"\A", op.AT_END_STRING: r"\z"}
BOUNDARIES = (r"\b", r"\B")
_ANCHORS |= dict(zip((op.AT_BOUNDARY, op.AT_NON_BOUNDARY), BOUNDARIES, strict=True))
# What regex reads and re reads otherwise, without a warning: named classes, fuzzy matching.
_OTHERWISE = regex.compile(r"\[:\^?\w+:\]|\{[^{}]*[a-zA-Z<>=+][^{}]*\}")


class Unreadable(ValueError):
    """The pattern uses what only Presidio's own engine knows: {reason}."""


@dataclass(frozen=True, slots=True)
class Class:
    """One character: bit ``i`` of ``ascii`` for the character ``i``; ``wide``: perhaps others, too.

    ``leaf``, ``flags``: the class as :mod:`regex` reads it.
    """

    ascii: int
    wide: bool
    leaf: str = ""
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``most``: None for any number."""

    item: Node
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place between characters, as RE2 writes it."""

    text: str


@dataclass(frozen=True, slots=True)
class Edge:
    """Where no character of a class stands just before (or after): ``others`` are those that may."""

    others: Class
    before: bool


Node = Class | Sequence | Choice | Repeat | Anchor | Edge
EMPTY = Sequence(())


@dataclass(frozen=True, slots=True)
class Reading:
    """``exact``: the tree matches what the pattern does; else the pattern's matches and more."""

    tree: Node
    exact: bool


def read(pattern: str, flags: int) -> Reading:
    """A pattern's tree. Raises :class:`Unreadable`."""
    if flags & ~_FLAGS or _OTHERWISE.search(pattern):
        raise Unreadable("flags or syntax of the regex module alone")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            parsed = parser.parse(pattern, flags & ~regex.V0)
        except (syntax_error, FutureWarning, DeprecationWarning, OverflowError) as refused:
            raise Unreadable("syntax of the regex module alone") from refused
    reader = _Reader(int(parsed.state.flags) & int(_FLAGS))
    tree = reader.sequence(parsed, reader.flags)
    return Reading(tree, reader.exact and not can_be_empty(tree))


class _Reader:
    def __init__(self, flags: int) -> None:
        self.flags = flags
        self.exact = True
        self._groups: dict[tuple[int, bool], Node] = {}

    def sequence(self, items: Any, flags: int) -> Node:
        read = tuple(self._item(code, value, flags) for code, value in items)
        return read[0] if len(read) == 1 else Sequence(read)

    def _item(self, code: Any, value: Any, flags: int) -> Node:
        if code in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            return _class(_leaf(code, value), flags, code is not op.LITERAL and _may_be_wide(code, value))
        if code is op.BRANCH:
            return Choice(tuple(self.sequence(branch, flags) for branch in value[1]))
        if code is op.SUBPATTERN:
            group, added, removed, inner = value
            flags = (flags | added) & ~removed
            node = self.sequence(inner, flags)
            self._groups[group, bool(flags & regex.I)] = node
            return node
        if code is op.AT:
            return self._anchor(value, flags)
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self._repeat(code, value, flags)
        return self._weaker(code, value, flags)

    def _anchor(self, place: Any, flags: int) -> Node:
        if flags & regex.M and place in (op.AT_BEGINNING, op.AT_END):
            return Anchor("(?m:^)" if place is op.AT_BEGINNING else "(?m:$)")
        if place is op.AT_BEGINNING:
            return Anchor(r"\A")
        if place in _ANCHORS:
            return Anchor(_ANCHORS[place])
        return self._dropped()

    def _repeat(self, code: Any, value: Any, flags: int) -> Node:
        least, most, inner = value
        item = self.sequence(inner, flags)
        # Perl and RE2 leave a loop at an empty turn in different ways.
        if code is op.POSSESSIVE_REPEAT or can_be_empty(item):
            self.exact = False
        return Repeat(item, least, None if most == op.MAXREPEAT else most, code is op.MIN_REPEAT)

    def _weaker(self, code: Any, value: Any, flags: int) -> Node:
        """What RE2 lacks, as something that lets more pass."""
        self.exact = False
        if code in (op.ASSERT, op.ASSERT_NOT):
            return self._edge(value[0] < 0, value[1], flags) if code is op.ASSERT_NOT else EMPTY
        if code is op.ATOMIC_GROUP:
            return self.sequence(value, flags)
        group = (value, bool(flags & regex.I))
        if code is op.GROUPREF and group in self._groups:
            return self._groups[group]
        raise Unreadable(f"{str(code).lower()} in the pattern")

    def _edge(self, before: bool, inner: Any, flags: int) -> Node:
        """What stands not beside: at least not a character of the first class among the choices."""
        branches = inner[0][1][1] if inner and inner[0][0] is op.BRANCH else [inner]
        for branch in branches:
            if len(branch) == 1 and branch[0][0] in (op.LITERAL, op.IN):
                leaf = f"(?!{_leaf(*branch[0])})."
                return Edge(_class(leaf, flags | regex.S, True), before)
        return EMPTY

    def _dropped(self) -> Node:
        self.exact = False
        return EMPTY


def _leaf(code: Any, value: Any) -> str:
    """One character's pattern as text."""
    if code is op.ANY:
        return "."
    if code is op.LITERAL:
        return _written(value)
    if code is op.NOT_LITERAL:
        return f"[^{_written(value)}]"
    return "[" + "".join(_member(*member) for member in value) + "]"


def _member(code: Any, value: Any) -> str:
    if code is op.NEGATE:
        return "^"
    if code is op.CATEGORY:
        return _NAMES[value]
    return "-".join(_written(end) for end in (value if code is op.RANGE else (value,)))


def _written(code_point: int) -> str:
    return f"\\U{code_point:08x}"


def _may_be_wide(code: Any, value: Any) -> bool:
    if code is not op.IN:
        return True
    return any(kind in (op.NEGATE, op.CATEGORY) for kind, _ in value)


def _class(leaf: str, flags: int, wide: bool) -> Class:
    flags &= regex.I | regex.S
    ascii_, others = _asked(leaf, flags)
    return Class(ascii_, wide or others, leaf, flags)


@lru_cache(4096)
def _asked(leaf: str, flags: int) -> tuple[int, bool]:
    """The ASCII characters that a class holds, and whether it holds others by range or by case."""
    pattern = regex.compile(leaf, flags)
    held = sum(1 << i for i in range(128) if pattern.fullmatch(chr(i)))
    named = regex.search(r"\\U(?!000000[0-7])", leaf) is not None
    return held, named or pattern.search(_folding()) is not None


@lru_cache(1)
def _folding() -> str:
    """The characters beyond ASCII that equal one of ASCII when case is ignored."""
    return "".join(regex.findall(r"(?i)[\x00-\x7f]", _beyond_ascii()))


@lru_cache(1)
def _beyond_ascii() -> str:
    return "".join(map(chr, [*range(0x80, 0xD800), *range(0xE000, 0x110000)]))


def can_be_empty(node: Node) -> bool:
    match node:
        case Class():
            return False
        case Anchor() | Edge():
            return True
        case Sequence(items):
            return all(map(can_be_empty, items))
        case Choice(branches):
            return any(map(can_be_empty, branches))
        case Repeat(item, least, _, _):
            return least == 0 or can_be_empty(item)


def classes(node: Node) -> set[Class]:
    """Every class of characters in a tree."""
    match node:
        case Class():
            return {node}
        case Sequence(parts) | Choice(parts):
            return set().union(*map(classes, parts))
        case Repeat(item, _, _, _):
            return classes(item)
        case _:
            return set()
