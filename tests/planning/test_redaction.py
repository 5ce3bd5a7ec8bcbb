"""A person is taken out of a record that stays: what each kind of column allows, and nothing else moves."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from vestige.connectors.protocol import Patch, SetField, column
from vestige.matching.views import Cell, cells
from vestige.planning.redaction import Fill, Redaction

DOCUMENT = '{"a": {"mail": "ada@example.com", "n": 17}, "note": "for Ada"}'


def redaction(
    value: Any, *, name: str = "it", is_json: bool = False, fill: Fill = "cut", **more: Any
) -> Redaction:
    kind = (
        pa.large_binary()
        if isinstance(value, bytes)
        else pa.string()
        if isinstance(value, str)
        else pa.int64()
    )
    schema = pa.schema([column(name, kind, is_json=is_json)])
    return Redaction(pa.record_batch([pa.array([value], kind)], schema), "t", {"id": 1}, "d", fill, **more)


def cell(made: Redaction, field: str | None = None) -> Cell:
    return next(c for c in cells(made.batch) if field in (None, c.field))


def patched(made: Redaction) -> bytes:
    """The column as it is after its one patch."""
    (edit,) = made.edits()
    assert isinstance(edit, Patch)
    value = made.batch.column(edit.field)[0].as_py()
    raw: bytes = value if isinstance(value, bytes) else value.encode()
    for start, end, by in reversed(edit.pieces):
        raw = raw[:start] + by + raw[end:]
    return raw


def put(made: Redaction) -> Any:
    """The value that the one edit sets."""
    (edit,) = made.edits()
    assert isinstance(edit, SetField)
    return edit.value


def test_a_value_becomes_null() -> None:
    made = redaction("ada@example.com")
    made.drop(cell(made))
    assert put(made) is None


@pytest.mark.parametrize(
    ("kind", "expected"), [("date", "1900-01-01"), ("timestamp", "1900-01-01"), ("text", "")]
)
def test_what_stands_where_null_cannot_be(kind: str, expected: str) -> None:
    made = redaction("2001-02-03", fixed=frozenset({"it"}), types={"it": kind})
    made.drop(cell(made))
    assert put(made) == expected


def test_stand_ins_of_unique_columns_differ() -> None:
    values = set()
    for kind, options in (("text", {"unique": frozenset({"it"})}), ("uuid", {})):
        for _ in range(2):
            made = redaction("ada", fixed=frozenset({"it"}), types={"it": kind}, **options)
            made.drop(cell(made))
            values.add(put(made))
    assert len(values) == 4


@pytest.mark.parametrize(
    "options", [{"keys": frozenset({"it"})}, {"fixed": frozenset({"it"}), "types": {"it": "integer"}}]
)
def test_keys_and_numbers_that_may_not_be_empty_are_stuck(options: dict[str, Any]) -> None:
    made = redaction(17, **options)
    made.drop(cell(made))
    assert made.edits() == ()
    assert made.stuck == ["it"]


def test_a_value_within_json_becomes_null_there() -> None:
    made = redaction(DOCUMENT, is_json=True)
    made.drop(cell(made, "it.a.mail"))
    made.replace(cell(made, "it.note"), 'said "no"')
    assert json.loads(patched(made)) == {"a": {"mail": None, "n": 17}, "note": 'said "no"'}


def test_a_column_of_json_that_is_one_value_is_set_as_a_whole() -> None:
    made = redaction("ada", is_json=True)
    made.replace(cell(made), "***")
    assert put(made) == "***"


def test_words_are_cut_and_a_text_that_was_nothing_else_goes() -> None:
    made = redaction("Größe: Ada, bitte")
    made.cut(cell(made), 7, 10)
    assert patched(made).decode() == "Größe: , bitte"
    alone = redaction(" Ada ")
    alone.cut(cell(alone), 1, 4)
    assert put(alone) is None


def test_overlapping_cuts_are_one() -> None:
    made = redaction("for ada@example.com now")
    for start, end in ((4, 19), (4, 7), (10, 20)):
        made.cut_bytes("it", start, end)
    assert patched(made) == b"for now"


@pytest.mark.parametrize(
    ("line", "start", "end", "after"),
    [
        (b"user ada@example.com in", 5, 20, b"user *************** in"),
        (b'{"user": 12345, "a": 1}', 9, 14, b'{"user": null , "a": 1}'),
        (b'{"user": 17}', 9, 11, b'{"user": ""}'),
        (b'{"user": 7}', 9, 10, b'{"user": 0}'),
        (b"user: 7 went", 6, 7, b"user: * went"),
    ],
)
def test_a_log_keeps_its_length_and_stays_json(line: bytes, start: int, end: int, after: bytes) -> None:
    made = redaction(line, name="line", fill="mask")
    made.cut_bytes("line", start, end)
    assert patched(made) == after
    assert len(after) == len(line)


def test_overlapping_masks_keep_the_length() -> None:
    made = redaction(b"by ada@example.com", name="line", fill="mask")
    made.cut_bytes("line", 3, 6)
    made.cut_bytes("line", 5, 18)
    assert patched(made) == b"by " + b"*" * 15


def test_a_column_that_goes_needs_no_cut() -> None:
    made = redaction("Ada and Ada")
    made.cut(cell(made), 0, 3)
    made.drop(cell(made))
    assert put(made) is None
