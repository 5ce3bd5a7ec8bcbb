"""The Merkle tree of RFC 9162 section 2.1: hashes, proofs, and what they prove.

Who keeps the tree keeps its complete subtrees, named by :data:`Node`; every root and proof is made of few.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce

Node = tuple[int, int]
"""(level, number): the subtree over the leaves ``number << level`` up to ``(number + 1) << level``."""
Span = tuple[int, int]
"""Leaves from, up to; as RFC 9162 splits a tree, so that it begins where a subtree of its size may."""
Fetch = Callable[[Sequence[Node]], Mapping[Node, bytes]]

EMPTY = hashlib.sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def grown(index: int, leaf: bytes, fetch: Fetch) -> dict[Node, bytes]:
    """The nodes that a leaf hash at ``index`` completes: itself, and those of which it is the last leaf."""
    height = (~index & (index + 1)).bit_length() - 1
    lefts = fetch([(level, (index >> level) - 1) for level in range(height)]) if height else {}
    made = {(0, index): leaf}
    for level in range(height):
        leaf = parent(lefts[level, (index >> level) - 1], leaf)
        made[level + 1, index >> (level + 1)] = leaf
    return made


def root(size: int, fetch: Fetch) -> bytes:
    """The root of the tree of the first ``size`` leaves."""
    return _hashes([(0, size)], fetch)[0] if size else EMPTY


def inclusion(index: int, size: int, fetch: Fetch) -> list[bytes]:
    """The proof that the leaf ``index`` is in the tree of ``size`` leaves, the leaf's sibling first."""
    start, end, spans = 0, size, list[Span]()
    while end - start > 1:
        middle = start + _split(end - start)
        spans.append((middle, end) if index < middle else (start, middle))
        start, end = (start, middle) if index < middle else (middle, end)
    return _hashes(spans[::-1], fetch)


def consistency(old: int, size: int, fetch: Fetch) -> list[bytes]:
    """The proof that the tree of ``size`` leaves begins with that of ``old`` leaves; 0 < old <= size."""
    start, end, spans = 0, size, list[Span]()
    while old != end:
        middle = start + _split(end - start)
        spans.append((middle, end) if old <= middle else (start, middle))
        start, end = (start, middle) if old <= middle else (middle, end)
    return _hashes(([(start, end)] if start else []) + spans[::-1], fetch)


def rooted(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to; None if it can be none (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    number, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if number & 1 or number == last:
            node = parent(step, node)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            node = parent(node, step)
        number, last = number >> 1, last >> 1
    return node if last == 0 else None


def consistent(old: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a consistency proof holds (RFC 9162 section 2.1.4.2)."""
    if old == size or old == 0:
        return not proof and old_root == (new_root if old else EMPTY)
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps or not 0 < old < size:
        return False
    number, last = old - 1, size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            before, after = parent(step, before), parent(step, after)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            after = parent(after, step)
        number, last = number >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _hashes(spans: Iterable[Span], fetch: Fetch) -> list[bytes]:
    """The root of each span, with all that they are made of fetched at once."""
    parts = [_subtrees(*span) for span in spans]
    known = fetch([node for part in parts for node in part])
    return [
        reduce(lambda right, left: parent(known[left], right), part[-2::-1], known[part[-1]])
        for part in parts
    ]


def _subtrees(start: int, end: int) -> list[Node]:
    """The complete subtrees that a span is made of, from left to right."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def _split(size: int) -> int:
    """The greatest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1
