"""What objects are, by their content; and what is said of those that cannot be read."""

from __future__ import annotations

import gzip
import json
import os
import zlib

import pytest
from tests.connectors.formats.test_rewriting import gaps, patch, records, rewritten, seen

from vestige.connectors.formats.model import Unfit
from vestige.connectors.formats.tables import table
from vestige.connectors.protocol import Delete, SetField

ORDER = {"id": 17, "email": "ann@example.com", "lines": [{"sku": "a"}, {"sku": "b"}]}


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a", b"id,name\n1,Ann\n2,Bob\n", "csv"),
        ("a", b"id;name\r\n1;Ann\r\n2;Bob\r\n", "csv"),
        ("a.csv", b"email\nann@example.com\n", "csv"),
        ("a.csv", b"id,name\n", "csv"),
        ("a.tsv", b"id\tname\n1\tAnn, Bob\n", "csv"),
        ("a", b"Dear Ann, hello.\nHow are you, and Bob, and all?\nYours\n", "text"),
        ("a", b"2026-01-01 10:00:00,123 INFO start\n2026-01-01 10:00:01,124 INFO end\n", "text"),
        ("a", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a", b'{"a": 1}\nbroken {\n{"a": 2}\n{"a": 3}\n', "jsonl"),
        ("a.jsonl", b'{"a": 1}\n', "jsonl"),
        ("a.json", b'{"a": 1}\n', "json"),
        ("a", json.dumps([{"a": 1}, {"a": 2}], indent=1).encode(), "json"),
        ("a", json.dumps(ORDER, indent=1).encode(), "json"),
        ("a.json", b'{"a": 1, "b": \n', "text"),
        ("a.json", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a.csv", b"", "text"),
        ("a", "Zoë wohnt in Köln.\n".encode("cp1252"), "text"),
        ("a", "Zoë,Köln\n1,2\n3,4\n".encode("utf-16"), "csv"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_formats_are_told_by_content(name: str, data: bytes, expected: str, packed: bool) -> None:
    one = seen(gzip.compress(data, mtime=0) if packed else data, name)
    assert one.format is not None
    assert one.format.name == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "skipped: image/png is not supported yet"),
        (b"%PDF-1.7\n", "skipped: application/pdf is not supported yet"),
        (
            b"PK\x03\x04\x14\0\0\0mimetypeapplication/epub+zip",
            "skipped: application/epub+zip is not supported yet",
        ),
        (b"SQLite format 3\0", "skipped: application/vnd.sqlite3 is not supported yet"),
        (b"-----BEGIN PGP MESSAGE-----\n", "opaque: encrypted"),
        (zlib.compress(os.urandom(4096)), "opaque: high entropy"),
        (b"\1\2\3\0\0\4", "opaque: binary"),
        (
            gzip.compress(gzip.compress(b"a", mtime=0), mtime=0),
            "skipped: application/gzip is not supported yet",
        ),
        (b"PAR1 is no Parquet\0", "unreadable: damaged Parquet"),
    ],
)
def test_what_is_not_read_is_named(data: bytes, reason: str) -> None:
    one = seen(data)
    assert (one.format, one.skip) == (None, reason)


def test_truncated_gzip_gives_what_it_holds_and_a_gap() -> None:
    whole = b"".join(b"line %d of a log\n" % number for number in range(5000))
    one = seen(gzip.compress(whole, mtime=0)[:-3000], lines_only=True)
    assert one.format is not None
    *parts, last = one.format.read(one.source)
    lines = [line for part in parts for line in part.batch.column(0).to_pylist()]
    assert len(lines) > 1000
    assert whole.startswith(b"\n".join(lines))
    assert last.reason == "truncated gzip"
    with pytest.raises(Unfit, match="truncated gzip"):
        rewritten(one, {})


def test_odd_bytes_are_readable_and_stay() -> None:
    raw = b'{"a": 1}\n{"name": "Jos\xe9 \xc3\xa9", "mail": "ann@example.com"}\n'
    one = seen(raw, "a.jsonl")
    text = records(one)[1]["$"]
    assert json.loads(text) == {"name": "José é", "mail": "ann@example.com"}
    start = text.encode().index(b"ann")
    result = rewritten(one, {2: patch("$", (start, start + 15, b"***"))})
    assert result == raw.replace(b"ann@example.com", b"***")
    result = rewritten(one, {2: [SetField("c", {}, "name", None)]})
    assert result == raw.replace(b'"Jos\xe9 \xc3\xa9"', b"null")


def test_utf16_keeps_its_encoding() -> None:
    raw = "id,name\r\n1,Zoë\r\n2,日\r\n".encode("utf-16")
    one = seen(raw, "a.csv")
    assert [record["name"] for record in records(one)] == ["Zoë", "日"]
    assert rewritten(one, {1: [Delete("c", {})]}).decode("utf-16") == "id,name\r\n2,日\r\n"


def test_an_order_with_lines_is_one_record() -> None:
    one = seen(json.dumps(ORDER).encode(), "order.json")
    assert [(record["@path"], json.loads(record["$"])) for record in records(one)] == [("$", ORDER)]
    assert rewritten(one, {"$": [Delete("c", {})]}) == b""


def test_the_frame_of_a_wrapper_is_edited_as_a_record() -> None:
    raw = b'{"by": "x",\n "people": [{"n": 1},\n  {"n": 2}], "total": 2}\n'
    one = seen(raw, "a.json")
    assert records(one)[-1] == {"@path": "$", "$": '{"by": "x",\n "people": [], "total": 2}\n'}
    edits = {
        "$": [SetField("c", {}, "by", None), SetField("c", {}, "total", 1)],
        "$.people[0]": [Delete("c", {})],
    }
    assert rewritten(one, edits) == b'{"by": null,\n "people": [{"n": 2}], "total": 1}\n'


def test_an_edit_never_breaks_a_document() -> None:
    one = seen(b'{"a": "x"}', "a.json")
    with pytest.raises(Unfit):
        rewritten(one, {"$": patch("$", (6, 7, b""))})


def test_ragged_rows_lose_nothing() -> None:
    one = seen(b"id,name\n1,Ann\n2,Bob,ann@example.com\n3\n", "a.csv")
    assert records(one) == [
        {"id": "1", "name": "Ann"},
        {"id": "2", "name": "Bob", "column_3": "ann@example.com"},
        {"id": "3", "name": None},
    ]
    assert b"2,Bob,\n" in rewritten(one, {2: [SetField("c", {}, "column_3", None)]})


def test_a_table_without_a_header_has_no_row_as_names() -> None:
    rows = [f"{n},p{n}@example.com,Rom".encode() for n in range(9)]
    found = table(rows, "")
    assert found is not None
    assert found.columns == ("column_1", "column_2", "column_3")
    assert records(seen(b"\n".join(rows)))[0]["column_2"] == "p0@example.com"


def test_headings_may_hold_whatever_people_write() -> None:
    head = b"N\xc2\xb0,Nom de l'\xc3\xa9l\xc3\xa8ve *,% [1],What is your phone?,Tel. (d\xe2\x80\x99urgence)\n"
    one = seen(head + b"1,Ann,3.5,x,y\n2,Bob,4.5,x,z\n", "a.csv")
    assert [record["N°"] for record in records(one)] == ["1", "2"]


def test_an_open_quote_is_a_gap_and_is_not_edited() -> None:
    one = seen(b'id,note\n1,a\n2,"b\n3,c\n', "a.csv")
    assert gaps(one) == ["a quote that is never closed"]
    with pytest.raises(Unfit):
        rewritten(one, {2: [Delete("c", {})]})
