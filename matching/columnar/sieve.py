"""Which values may hold a match: every pattern at once, by a few bytes that each of its matches must hold.

From a pattern's tree follow windows: sets of bytes, one after another, and every match holds at least one of
its pattern's windows. All are sought together, each as a bit: the first four bytes by tables over pairs of
bytes, over all data; the rest where those fit. A value without a window holds no match, be it ASCII or not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vestige.matching.columnar.block import Block
from vestige.matching.columnar.patterns import Anchor, Choice, Class, Edge, Node, Repeat
from vestige.matching.columnar.patterns import Sequence as Concatenation

Masks = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]
Window = tuple[int, ...]
"""For each byte in turn, the bytes that may stand there: bit ``i`` for the byte ``i``."""

_WIDTH = 14
_USELESS = 0.05
_COPIES = 24
_BRANCHES = 12
_CHUNK = 1 << 16
_BITS = 64
_EVERY = (1 << 256) - 1
_HIGH = _EVERY ^ ((1 << 128) - 1)
_WIDE = Repeat(Class(_HIGH, False), 1, 4, False)


def _frequencies() -> list[float]:
    """About how often a byte occurs in text; it only helps to choose among windows that are all right."""
    common = {" ": 0.13, "0123456789": 0.015, "./-:_=,": 0.01, "abcdefghijklmnopqrstuvwxyz": 0.022}
    table = {ord(c): share for characters, share in common.items() for c in characters}
    shares = [table.get(i, 0.001) for i in range(256)]
    return [share / sum(shares) for share in shares]


_FREQUENCIES = _frequencies()


@dataclass(frozen=True, slots=True)
class _Best:
    """The windows of which each match holds one, and how often they are met by chance."""

    chance: float
    windows: tuple[Window, ...]


_NONE = _Best(math.inf, ())


class Windows(NamedTuple):
    """Windows of which every match holds at least one, in values of ASCII and in any; none: nothing is."""

    ascii: tuple[Window, ...] = ()
    any: tuple[Window, ...] = ()


def windows(tree: Node) -> Windows:
    """Those of a pattern. A character beyond ASCII is some bytes long: it blurs what comes after it."""
    best = [_Net(wide).build(tree, 0, True)[1] for wide in (False, True)]
    return Windows(*(one.windows if one.chance < _USELESS else () for one in best))


class _Net:
    """A nondeterministic automaton over bytes: a state reads a byte of a set, or stands for others."""

    def __init__(self, wide: bool) -> None:
        self._wide = wide
        self._reads: dict[int, tuple[int, int]] = {}
        self._stands: dict[int, list[int]] = {}

    def build(self, node: Node, then: int, look: bool) -> tuple[int, _Best]:
        """The state that begins a node followed by ``then``, and the node's best windows if asked to look."""
        match node:
            case Class():
                return self._class(node, then, look)
            case Anchor() | Edge():
                return then, _NONE
            case Concatenation(items):
                return self._in_turn(items, then, look)
            case Choice(branches):
                return self._choice(branches, then, look)
            case Repeat():
                return self._repeat(node, then, look)

    def _class(self, node: Class, then: int, look: bool) -> tuple[int, _Best]:
        state = self._state()
        self._reads[state] = (node.ascii, then)
        if node.wide and self._wide:
            state = self._standing([state, self.build(_WIDE, then, False)[0]])
        return state, self._from(state) if look else _NONE

    def _in_turn(self, items: Sequence[Node], then: int, look: bool) -> tuple[int, _Best]:
        best = _NONE
        for item in reversed(items):
            then, found = self.build(item, then, look)
            best = min(best, found, key=_chance)
        return then, best

    def _choice(self, branches: Sequence[Node], then: int, look: bool) -> tuple[int, _Best]:
        within = look and len(branches) <= _BRANCHES
        built = [self.build(branch, then, within) for branch in branches]
        state = self._standing([entry for entry, _ in built])
        each = _Best(sum(found.chance for _, found in built), sum((found.windows for _, found in built), ()))
        whole = self._from(state) if look else _NONE
        return state, min(whole, each, key=_chance) if within else whole

    def _repeat(self, node: Repeat, then: int, look: bool) -> tuple[int, _Best]:
        state, best = self._in_turn([node.item] * min(node.least, _COPIES), then, look)
        if node.most is None or node.most > _COPIES:
            loop = self._standing([state])
            self._stands[loop].append(self.build(node.item, loop, False)[0])
            return loop, best
        for _ in range(node.most - node.least):
            state = self._standing([state, self.build(node.item, state, False)[0]])
        return state, best

    def _state(self) -> int:
        return len(self._reads) + len(self._stands) + 1

    def _standing(self, states: list[int]) -> int:
        state = self._state()
        self._stands[state] = states
        return state

    def _from(self, state: int) -> _Best:
        """What may be read from a state on; the end of the pattern (state 0) lets anything follow."""
        found: list[int] = []
        states = self._reading({state})
        while 0 not in states and len(found) < _WIDTH:
            reads = [self._reads[state] for state in states]
            found.append(reduce(or_, (held for held, _ in reads)))
            states = self._reading({then for _, then in reads})
        return _Best(math.prod(map(_share, found)), (tuple(found),)) if found else _NONE

    def _reading(self, states: set[int]) -> set[int]:
        pending, seen = list(states), set(states)
        while pending:
            new = set(self._stands.get(pending.pop(), ())) - seen
            seen |= new
            pending += new
        return {state for state in seen if state not in self._stands}


def _chance(best: _Best) -> float:
    return best.chance


def _share(held: int) -> float:
    return sum(share for i, share in enumerate(_FREQUENCIES) if held >> i & 1)


class Sieve:
    """Seeks the windows of many patterns together; a pattern without windows passes every value."""

    def __init__(self, patterns: Sequence[Windows]) -> None:
        self._ascii = _Sets([one.ascii for one in patterns])
        self._any = _Sets([one.any for one in patterns])

    def passed(self, block: Block) -> Bools:
        """For each pattern, which values may hold a match of it."""
        passed = self._ascii.passed(block)
        if not block.data.isascii():
            beyond = np.flatnonzero(np.frombuffer(block.data, np.uint8) >= 0x80)
            rows = np.unique(block.indices(beyond))
            passed[:, rows] = self._any.passed(Block(*block.taken(rows)))
        return passed


class _Sets:
    """Windows of several patterns, each window a bit of a group."""

    def __init__(self, patterns: Sequence[tuple[Window, ...]]) -> None:
        flat = sorted({window for found in patterns for window in found})
        self._groups = [_Group(flat[first : first + _BITS]) for first in range(0, len(flat), _BITS)]
        places = {window: divmod(i, _BITS) for i, window in enumerate(flat)}
        self._bits = [[places[window] for window in found] for found in patterns]

    def passed(self, block: Block) -> Bools:
        masks = [group.masks(block) for group in self._groups]
        passed = np.zeros((len(self._bits), len(block)), np.bool_)
        for mine, bits in zip(passed, self._bits, strict=True):
            mine |= not bits
            for group, bit in bits:
                mine |= masks[group] & np.uint64(1 << bit) != 0
        return passed


class _Group:
    """Up to 64 windows, each a bit; a table for each pair of places, by the two bytes read as one number."""

    def __init__(self, windows: Sequence[Window]) -> None:
        tables = np.full((_WIDTH, 256), (1 << len(windows)) - 1, np.uint64)
        for bit, window in enumerate(windows):
            for place, held in enumerate(window):
                absent = [i for i in range(256) if not held >> i & 1]
                tables[place, absent] &= ~np.uint64(1 << bit)
        lengths = np.array([len(window) for window in windows])
        fitting = [
            sum(1 << bit for bit in np.flatnonzero(lengths <= room).tolist()) for room in range(_WIDTH + 1)
        ]
        self._fitting = np.array(fitting, np.uint64)
        self._pairs = [(b[:, None] & a).reshape(-1) for a, b in zip(tables[::2], tables[1::2], strict=True)]

    def masks(self, block: Block) -> Masks:
        """For each value, the windows that it holds."""
        found = np.zeros(len(block), np.uint64)
        padded = block.data + bytes(_WIDTH + 1)
        for first in range(0, len(block.data), _CHUNK):
            count = min(_CHUNK, len(block.data) - first)
            places, bits = self._sought(padded, first, count)
            if len(places):
                indices = block.indices(places)
                bits &= self._fitting[np.minimum(block.offsets[indices + 1] - places, _WIDTH)]
                starts = np.flatnonzero(np.diff(indices, prepend=-1))
                found[indices[starts]] |= np.bitwise_or.reduceat(bits, starts)
        return found

    def _sought(self, data: bytes, first: int, count: int) -> tuple[npt.NDArray[np.int64], Masks]:
        """Where windows begin among ``count`` bytes, and which."""
        pairs = np.ndarray((count + _WIDTH,), "<u2", data, first, (1,))
        bits = np.take(self._pairs[0], pairs[:count], mode="clip")
        bits &= np.take(self._pairs[1], pairs[2 : count + 2], mode="clip")
        places = np.flatnonzero(bits)
        bits = bits[places]
        for step, table in enumerate(self._pairs[2:], 2):
            bits &= table[pairs[places + 2 * step]]
            alive = np.flatnonzero(bits)
            places, bits = places[alive], bits[alive]
        return places + first, bits
