"""Trees of patterns, written for the RE2 that pyarrow searches with: its first match is Perl's."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from vestige.matching.columnar.patterns import BOUNDARIES, Anchor, Choice, Class, Edge, Node, Repeat, Sequence

Classes = Callable[[Class], str]


def for_ascii(tree: Node) -> str:
    """The pattern for values of ASCII alone, as bytes."""
    return _edged(tree, _ascii, True)


def for_any(tree: Node) -> str:
    """A pattern over bytes that matches in each value in which the tree does, and in others."""
    return _edged(tree, _any, False)


def is_taken(pattern: str) -> bool:
    """Whether RE2 takes a pattern."""
    try:
        pc.match_substring_regex(pa.array([""], pa.large_string()), pattern)
    except pa.ArrowInvalid:
        return False
    return True


def _edged(tree: Node, classes: Classes, bounded: bool) -> str:
    """Edges within a pattern are passed over; at its ends they can be read as a character or none."""
    items = tree.items if isinstance(tree, Sequence) else (tree,)
    written = [_written(item, classes, bounded) for item in items]
    if items and isinstance(items[0], Edge) and items[0].before:
        written[0] = rf"(?:\A|{classes(items[0].others)})"
    if items and isinstance(items[-1], Edge) and not items[-1].before:
        written[-1] = rf"(?:{classes(items[-1].others)}|\z)"
    return "".join(written)


def _written(node: Node, classes: Classes, bounded: bool) -> str:
    match node:
        case Class():
            return classes(node)
        case Anchor(text):
            return text if bounded or text not in BOUNDARIES else ""
        case Edge():
            return ""
        case Sequence(items):
            return "".join(_written(item, classes, bounded) for item in items)
        case Choice(branches):
            return "(?:" + "|".join(_written(branch, classes, bounded) for branch in branches) + ")"
        case Repeat(item, least, most, lazy):
            times = f"{{{least},{'' if most is None else most}}}"
            return f"(?:{_written(item, classes, bounded)}){times}{'?' if lazy else ''}"


def _ascii(node: Class) -> str:
    held = "".join(f"\\x{i:02x}" for i in range(128) if node.ascii >> i & 1)
    return f"[{held}]" if held else r"[^\x00-\xff]"


def _any(node: Class) -> str:
    return rf"(?:{_ascii(node)}|[\x80-\xff]{{1,4}})" if node.wide else _ascii(node)
