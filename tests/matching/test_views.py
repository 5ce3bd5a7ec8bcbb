"""Cells and views: every scalar is seen, every decoding found, and its bytes are exactly its own."""

from __future__ import annotations

import base64
import datetime
import html
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestige.connectors.protocol import column
from vestige.matching import json_tokens
from vestige.matching.views import Cell, View, byte_range, cells, views

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.text("abcdefgh_é ", min_size=1, max_size=6).filter(str.strip)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def leaves(value: object, path: str = "") -> list[tuple[str, object]]:
    """The scalars of a parsed JSON value with their paths, by another road than the scanner's."""
    if isinstance(value, dict):
        return [leaf for k, v in value.items() for leaf in leaves(v, f"{path}.{k}" if path else k)]
    if isinstance(value, list):
        return [leaf for member in value for leaf in leaves(member, path)]
    return [(path, value)]


def json_batch(*texts: str, name: str = "$") -> pa.RecordBatch:
    return pa.record_batch([pa.array(texts)], schema=pa.schema([column(name, pa.string(), is_json=True)]))


def line_batch(*lines: bytes) -> pa.RecordBatch:
    return pa.record_batch([pa.array(lines, pa.large_binary())], names=["line"])


@given(st.dictionaries(NAMES, JSON, max_size=5) | st.lists(JSON, max_size=5), st.booleans(), st.booleans())
def test_json_cells_are_the_leaves_of_the_document(value: object, ascii_only: bool, indent: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only, indent=2 if indent else None)
    found = list(cells(json_batch(raw)))
    expected = leaves(value)
    assert [cell.field for cell in found] == [path or "value" for path, _ in expected]
    for cell, (_, leaf) in zip(found, expected, strict=True):
        token = raw.encode()[cell.start : cell.end]
        assert json.loads(token) == leaf
        if isinstance(leaf, str):
            assert (cell.kind, cell.text) == ("text", leaf)


@given(st.dictionaries(NAMES, TEXT, min_size=1, max_size=4), st.booleans(), st.data())
def test_cutting_a_range_of_a_json_string_cuts_just_that(
    value: dict[str, str], ascii_only: bool, data: st.DataObject
) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()
    batch = json_batch(raw.decode())
    cell = data.draw(st.sampled_from(list(cells(batch))))
    start = data.draw(st.integers(0, len(cell.text)))
    end = data.draw(st.integers(start, len(cell.text)))
    first, last = byte_range(batch, cell, start, end)
    left = json.loads(raw[:first] + raw[last:])
    assert left == value | {cell.field: cell.text[:start] + cell.text[end:]}


@given(st.binary(max_size=30), st.data())
def test_any_bytes_of_a_line_have_exact_ranges(raw: bytes, data: st.DataObject) -> None:
    batch = line_batch(raw)
    (cell,) = cells(batch)
    assert (cell.start, cell.end) == (0, len(raw))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(cell.text)), max_size=4)))
    edges = [0, *cuts, len(cell.text)]
    pieces = [byte_range(batch, cell, a, b) for a, b in zip(edges, edges[1:], strict=False)]
    assert b"".join(raw[a:b] for a, b in pieces) == raw


def test_latin_1_and_utf_8_in_one_line() -> None:
    raw = b"caf\xe9 " + "é anna".encode()
    batch = line_batch(raw)
    (cell,) = cells(batch)
    assert cell.text == "café é anna"
    first, last = byte_range(batch, cell, 7, 11)
    assert raw[first:last] == b"anna"


def test_one_cell_per_scalar_of_every_type() -> None:
    moment = datetime.datetime(2026, 1, 15, 10, 22, 33, tzinfo=datetime.UTC)
    arrays = {
        "id": pa.array([17, None]),
        "rate": pa.array([2.5, None]),
        "vip": pa.array([True, None]),
        "name": pa.array(["é", ""]),
        "city": pa.array(["Köln", "Köln"]).dictionary_encode(),
        "born": pa.array([datetime.date(1990, 1, 2), None]),
        "seen": pa.array([moment, None], pa.timestamp("us", "UTC")),
        "tags": pa.array([["a", "b"], None]),
        "@rowid": pa.array([1, 2]),
    }
    found = list(cells(pa.record_batch(list(arrays.values()), names=list(arrays))))
    of_row = {row: [(c.field, c.text, c.kind, c.end) for c in found if c.row == row] for row in (0, 1)}
    assert of_row[0] == [
        ("id", "17", "number", 2),
        ("rate", "2.5", "number", 3),
        ("vip", "true", "boolean", 4),
        ("name", "é", "text", 2),
        ("city", "Köln", "text", 5),
        ("born", "1990-01-02", "text", 10),
        ("seen", "2026-01-15 10:22:33.000000Z", "text", 27),
        ("tags", "a", "text", 4),
        ("tags", "b", "text", 8),
    ]
    assert [kind for _, _, kind, _ in of_row[1]] == ["null"] * 3 + ["text"] * 2 + ["null"] * 3


def test_fields_are_chosen_by_path_or_by_column() -> None:
    batch = pa.record_batch(
        [pa.array(["x"]), pa.array(['{"a": {"b": 1}, "c": 2}'])],
        schema=pa.schema([column("name", pa.string()), column("prefs", pa.string(), is_json=True)]),
    )
    assert [cell.field for cell in cells(batch)] == ["name", "prefs.a.b", "prefs.c"]
    assert [cell.field for cell in cells(batch, {"prefs.a.b"})] == ["prefs.a.b"]
    assert [cell.field for cell in cells(batch, {"prefs"})] == ["prefs.a.b", "prefs.c"]
    assert list(cells(batch, ())) == []


@pytest.mark.parametrize("raw", ["anna", "17", '"anna"', '{"a": ', "", "[1, 2", "{'a': 1}"])
def test_what_is_no_document_is_one_value(raw: str) -> None:
    batch = json_batch(raw)
    (cell,) = cells(batch)
    assert (cell.field, cell.text, cell.end) == ("value", raw, len(raw))
    assert byte_range(batch, cell, 0, len(raw)) == (0, len(raw))


def test_a_json_column_with_a_bare_string_or_a_broken_text() -> None:
    batch = json_batch('"é\\n"', "{broken", name="prefs")
    assert [(c.field, c.text, c.start, c.end) for c in cells(batch)] == [
        ("prefs", "é\n", 0, 6),
        ("prefs", "{broken", 0, 7),
    ]


def test_keys_that_are_values_are_cells_and_leave_no_trace_in_the_path() -> None:
    raw = '{"sessions": {"anna@example.com": {"ip": "192.0.2.1"}, "17": true}, "line1": "x"}'
    found = [(c.field, c.text) for c in cells(json_batch(raw))]
    assert found == [
        ("sessions.{key}", "anna@example.com"),
        ("sessions.{key}.ip", "192.0.2.1"),
        ("sessions.{key}", "17"),
        ("sessions.{key}", "true"),
        ("line1", "x"),
    ]


def test_nan_and_lone_surrogates_do_not_hide_a_document() -> None:
    found = list(cells(json_batch('{"a": NaN, "b": "\\ud800x", "c": "y"}')))
    assert [(c.field, c.text) for c in found] == [("a", "NaN"), ("b", "\ufffdx"), ("c", "y")]


def test_depth_costs_no_stack() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert [cell.field for cell in cells(json_batch(deep))] == ["value"]
    assert list(json_tokens.scalars("[" * 100_000 + '"x"'))[0].text == "x"


def test_reprs_show_no_value() -> None:
    cell = Cell(0, "email", "email", "anna@example.com", 0, 16, "text")
    assert "anna" not in repr(cell)
    assert "anna" not in repr(View("raw", "anna@example.com", None))


def as_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def as_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def as_url_safe(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def all_percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def double_percent(text: str) -> str:
    return quote(quote(text, safe=""), safe="")


def as_entities(text: str) -> str:
    return "".join(f"&#{ord(c)};" if not c.isalnum() else c for c in text)


def log_bytes(text: str) -> str:
    return "".join(f"\\x{byte:02X}" if byte > 126 or byte == 64 else chr(byte) for byte in text.encode())


ENCODINGS: list[Callable[[str], str]] = [
    str,
    lambda text: quote(text, safe=""),
    all_percent,
    double_percent,
    as_json,
    as_base64,
    as_url_safe,
    as_entities,
    html.escape,
    log_bytes,
    lambda text: quote(as_base64(text), safe=""),
    lambda text: as_base64(as_json(text)),
    lambda text: as_json(as_json(text)),
]
PERSONAL = st.sampled_from(
    ["anna@example.com", "josé.núñez+x@bücher.example", 'Анна "K" Кузнецова', "山田太郎 <t@example.com>"]
)
AROUND = st.text("ab1 é.,;:()[]|'!?\n", max_size=12)


@given(PERSONAL, st.sampled_from(ENCODINGS), AROUND, AROUND)
def test_what_is_planted_in_any_encoding_is_seen_where_it_stands(
    value: str, encode: Callable[[str], str], left: str, right: str
) -> None:
    encoded = encode(value)
    text = f"{left} {encoded} {right}"
    spans = set()
    for view in views(text):
        at = view.text.find(value)
        while at >= 0:
            spans.add(view.span(at, at + len(value)))
            at = view.text.find(value, at + 1)
    start = len(left) + 1
    assert (start, start + len(encoded)) in spans


@given(st.text(st.sampled_from('ab%4025+\\u00e9"n&#;amp=YWJj/_-é'), max_size=30))
def test_views_map_every_character_into_the_text(text: str) -> None:
    names = []
    for view in views(text):
        names.append(view.name)
        if view.raw is None:
            continue
        assert len(view.raw) == len(view.text)
        edges = [view.raw[i] for i in range(len(view.text))]
        assert edges == list(view.raw) == view.raw[:]
        assert all(0 <= start < end <= len(text) for start, end in edges)
        assert edges == sorted(edges)
        if not view.name.startswith("base64") and "base64" not in view.name:
            assert all(a[1] <= b[0] or a == b for a, b in zip(edges, edges[1:], strict=False))
    assert names[0] == "raw"


def test_a_base64_token_beside_slash_or_dash() -> None:
    token = as_url_safe("anna@example.com:17")
    for text in (
        f"/confirm/{token}",
        f"user-{token}",
        f"a_{token}/x",
        f"t={token}&u=1",
        f"{token}.{token}.sig",
    ):
        assert any(view.text == "anna@example.com:17" for view in views(text)), text


def test_what_only_looks_encoded_gives_no_view() -> None:
    for text in ("100% sure", "/products/shoes-and-socks", "d41d8cd98f00b204e9800998ecf8427e", "AT&T; a\\z"):
        assert [view.name for view in views(text)] == ["raw"]


def test_a_plus_that_was_percent_encoded_is_a_plus() -> None:
    text = "e=anna%2Bx%40example.com"
    assert [view.name for view in views(text)] == ["raw", "percent"]
    assert [view.text for view in views("n=Anna+M%C3%BCller")][1:] == ["n=Anna+Müller", "n=Anna Müller"]


@given(JSON)
def test_elements_are_the_objects_in_arrays(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    found = [json.loads(text.encode()[start:end]) for start, end in json_tokens.elements(text)]
    assert found == list(_members(value))


def _members(value: object) -> Iterator[object]:
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _members(inner)
        if isinstance(value, list) and isinstance(inner, dict):
            yield inner
