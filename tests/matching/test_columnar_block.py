"""Columns as blocks: values, rows and positions as Arrow has them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestige.matching.columnar.block import Block, of_column

TYPES = [pa.string(), pa.large_string(), pa.binary(), pa.large_binary()]
VALUES = st.lists(st.none() | st.text(max_size=6), max_size=12)


def block(column: pa.Array) -> Block:
    found = of_column(column)
    assert found is not None
    return found


@given(VALUES, st.sampled_from(TYPES), st.data())
def test_values_are_those_of_the_column(
    values: list[str | None], kind: pa.DataType, data: st.DataObject
) -> None:
    raw = [value if value is None else value.encode() for value in values]
    first = data.draw(st.integers(0, len(raw)))
    last = data.draw(st.integers(first, len(raw)))
    column = pa.array(raw, pa.large_binary()).cast(kind).slice(first, last - first)
    found = block(column)
    assert [found.value(i) for i in range(len(found))] == [value or b"" for value in raw[first:last]]


def test_a_dictionary_is_read_by_its_values() -> None:
    found = block(pa.array(["b", None, "a", "b"]).dictionary_encode())
    assert (found.data, found.offsets.tolist()) == (b"bab", [0, 1, 1, 2, 3])


@pytest.mark.parametrize("column", [pa.array([1, 2]), pa.array([["a"]]), pa.array([None])])
def test_what_holds_no_text_is_no_block(column: pa.Array) -> None:
    assert of_column(column) is None


def test_positions_find_their_values() -> None:
    found = block(pa.array(["ab", "", "cde", ""]))
    assert found.indices(np.array([4, 0, 1, 2])).tolist() == [2, 0, 0, 2]


def test_a_hit_that_crosses_a_value_is_not_inside() -> None:
    found = block(pa.array(["ab", "", "cde"]))
    indices, inside = found.inside(np.array([0, 1, 2]), np.array([2, 3, 5]))
    assert (indices.tolist(), inside.tolist()) == ([0, 0, 2], [True, False, True])
