"""The tree against the definitions of RFC 9162 section 2.1, written down as plainly as they stand there."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestige.ledger import merkle
from vestige.ledger.canonical import canonical
from vestige.ledger.merkle import Node


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    if len(d) <= 1:
        return sha(b"\0" + d[0]) if d else sha(b"")
    k = split(len(d))
    return sha(b"\1" + mth(d[:k]) + mth(d[k:]))


def path(m: int, d: list[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = split(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], whole: bool) -> list[bytes]:
    if m == len(d):
        return [] if whole else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], whole), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


class Tree:
    def __init__(self, leaves: list[bytes]) -> None:
        self.nodes: dict[Node, bytes] = {}
        self.rows: list[bytes] = []
        for index, leaf in enumerate(leaves):
            made = merkle.grown(index, merkle.leaf_hash(leaf), self.fetch)
            self.nodes |= made
            self.rows.append(b"".join(made.values()))

    def fetch(self, wanted: list[Node]) -> dict[Node, bytes]:
        return {node: self.nodes[node] for node in wanted}


LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


@given(LEAVES, st.data())
def test_roots_and_proofs_are_those_of_the_definition(leaves: list[bytes], data: st.DataObject) -> None:
    tree, n = Tree(leaves), len(leaves)
    index, old = data.draw(st.integers(0, n - 1)), data.draw(st.integers(1, n))
    assert merkle.root(n, tree.fetch) == mth(leaves)
    assert merkle.root(old, tree.fetch) == mth(leaves[:old])
    assert merkle.inclusion(index, n, tree.fetch) == path(index, leaves)
    assert merkle.consistency(old, n, tree.fetch) == subproof(old, leaves, True)


@given(LEAVES, st.data())
def test_proofs_hold_and_no_other_does(leaves: list[bytes], data: st.DataObject) -> None:
    n, root = len(leaves), mth(leaves)
    index, old = data.draw(st.integers(0, n - 1)), data.draw(st.integers(1, n))
    leaf, proof = merkle.leaf_hash(leaves[index]), path(index, leaves)
    assert merkle.rooted(leaf, index, n, proof) == root
    steps = subproof(old, leaves, True)
    assert merkle.consistent(old, mth(leaves[:old]), n, root, steps)
    at = data.draw(st.integers(0, n))
    other = merkle.rooted(leaf, at, n, proof)
    assert at == index or other != root or leaves[at] == leaves[index]
    assert not merkle.consistent(old, sha(b"another"), n, root, steps)
    assert not merkle.consistent(old, mth(leaves[:old]), n, sha(b"another"), steps)
    assert merkle.rooted(leaf, index, n, [*proof, root]) is None
    for damaged in (proof[1:], proof[:-1], proof[::-1]):
        assert damaged == proof or merkle.rooted(leaf, index, n, damaged) != root
    for damaged in (steps[1:], steps[:-1], [*steps, root], [root, *steps]):
        assert damaged == steps or not merkle.consistent(old, mth(leaves[:old]), n, root, damaged)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_canonical_json_says_the_same_in_one_way(document: object) -> None:
    written = canonical(document)
    assert json.loads(written) == document
    assert canonical(json.loads(written)) == written


def test_canonical_json_is_that_of_rfc_8785() -> None:
    keys = dict.fromkeys(["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\xf6"])
    assert list(json.loads(canonical(keys))) == ["\r", "1", "\x80", "\xf6", "\u20ac", "\U0001f600", "\ufb33"]
    assert canonical('\u20ac$\x0f\nA\'B"\\\\"/\x7f') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'.encode()


@pytest.mark.parametrize("odd", [1.5, float("nan"), 2**53, b"bytes", "\ud800", {"a": [0.1]}])
def test_what_has_no_canonical_form_is_refused(odd: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        canonical(odd)
