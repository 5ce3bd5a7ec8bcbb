"""Whatever is deleted or patched: all other bytes stay, and the records are what they would be."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestige.connectors.formats.detect import Recognised, recognise
from vestige.connectors.formats.model import Limits, Part, Source
from vestige.connectors.protocol import Delete, Gap, Patch, SetField

BLOCK = 64
NAMES = st.text("abcdef_", min_size=1, max_size=6)
SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12)
OBJECTS = st.dictionaries(
    NAMES, SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(NAMES, SCALARS), max_size=4
)
ENDS = st.sampled_from([b"\n", b"\r\n"])
BOMS = st.sampled_from([b"", b"\xef\xbb\xbf"])


def seen(data: bytes, name: str = "object", *, lines_only: bool = False) -> Recognised:
    """What an object of these bytes is, read in small blocks so that every cut is tried."""
    source = Source(lambda: io.BytesIO(data), limits=Limits(block=BLOCK))
    return recognise(source, name, lines_only=lines_only)


def records(one: Recognised) -> list[dict[str, Any]]:
    """All records; a gap fails."""
    assert one.format is not None, one.skip
    rows: list[dict[str, Any]] = []
    for part in one.format.read(one.source):
        assert isinstance(part, Part), part
        if not one.format.key:
            assert part.first == len(rows) + 1
        rows += part.batch.to_pylist()
    assert one.format.count(one.source) in (None, len(rows))
    return rows


def rewritten(one: Recognised, edits: dict[Any, list[Any]]) -> bytes:
    assert one.format is not None
    sink = io.BytesIO()
    one.format.rewrite(one.source, sink, edits)
    return sink.getvalue()


def delete(key: int | str) -> list[Delete]:
    return [Delete("c", {"object": "o", "row": key})]


def patch(field: str, *pieces: tuple[int, int, bytes]) -> list[Patch]:
    return [Patch("c", {"object": "o"}, field, pieces)]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            OBJECTS.map(lambda one: json.dumps(one, ensure_ascii=False).encode()) | st.just(b" "), ENDS
        ),
        min_size=2,
    ),
    BOMS,
    st.booleans(),
    st.booleans(),
    st.data(),
)
def test_json_lines(
    lines: list[tuple[bytes, bytes]], bom: bytes, ends: bool, packed: bool, data: st.DataObject
) -> None:
    lines[-1] = (lines[-1][0], lines[-1][1] if ends else b"")
    rows = [place for place, (line, _) in enumerate(lines) if line.strip()]
    if not rows:
        return
    text = bom + b"".join(line + end for line, end in lines)
    one = seen(gzip.compress(text) if packed else text, "rows.jsonl")
    assert [record["$"].encode() for record in records(one)] == [lines[place][0] for place in rows]
    gone = data.draw(st.sets(st.sampled_from(range(1, len(rows) + 1))))
    result = rewritten(one, {number: delete(number) for number in gone})
    kept = [
        line + end
        for place, (line, end) in enumerate(lines)
        if place not in {rows[number - 1] for number in gone}
    ]
    assert (gzip.decompress(result) if packed else result) == bom + b"".join(kept)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.binary(max_size=30).map(lambda b: b.replace(b"\n", b"")), ENDS), min_size=1),
    st.data(),
)
def test_text_of_any_bytes(lines: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    lines = [
        (b"line " + line.rstrip(b"\r").translate(None, bytes(range(9)) + bytes(range(14, 32)) + b"\x7f"), end)
        for line, end in lines
    ]
    text = b"".join(line + end for line, end in lines)
    one = seen(text, lines_only=True)
    assert len(records(one)) == len(lines)
    number = data.draw(st.integers(1, len(lines)))
    result = rewritten(one, {number: patch("line", (0, 4, b"****"))})
    new = [
        (b"****" + line[4:] if place == number else line) + end for place, (line, end) in enumerate(lines, 1)
    ]
    assert result == b"".join(new)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.lists(
            st.text(st.sampled_from('aZé日 ,;|\t"\n0'), max_size=8),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    BOMS,
    st.data(),
)
def test_csv(
    rows: list[list[str]], sign: str, quoting: Any, end: str, bom: bytes, data: st.DataObject
) -> None:
    rows = [[str(place), *row[1:]] for place, row in enumerate(rows, 1)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=sign, quoting=quoting, lineterminator=end)
    stored = []
    for row in [["id", "name", "note"], *rows]:
        start = text.tell()
        writer.writerow(row)
        text.seek(start)
        stored.append(text.read().encode())
    one = seen(bom + b"".join(stored), "table.csv")
    assert [list(record.values()) for record in records(one)] == rows
    numbers = st.integers(1, len(rows))
    gone, set_ = data.draw(st.sets(numbers)), data.draw(numbers)
    edits: dict[Any, list[Any]] = {set_: [SetField("c", {}, "note", 'x";,\n')]}
    edits |= {number: delete(number) for number in gone}
    result = rewritten(one, edits)
    after = records(seen(result, "table.csv"))
    expected = [
        row if place != set_ else [*row[:2], 'x";,\n']
        for place, row in enumerate(rows, 1)
        if place not in gone
    ]
    assert [list(record.values()) for record in after] == expected
    kept = [raw for place, raw in enumerate(stored) if place not in gone and place != set_]
    assert result.startswith(bom + stored[0])
    assert all(raw in result for raw in kept)


def spaced(value: Any, blank: Callable[[], str]) -> str:
    """JSON text with white space wherever it may be."""
    if isinstance(value, list):
        return "[" + ",".join(blank() + spaced(one, blank) + blank() for one in value) + "]"
    if isinstance(value, dict):
        parts = (
            f"{blank()}{json.dumps(n)}{blank()}:{blank()}{spaced(v, blank)}{blank()}"
            for n, v in value.items()
        )
        return "{" + ",".join(parts) + "}"
    return json.dumps(value)


@settings(deadline=None, max_examples=60)
@given(st.lists(OBJECTS, min_size=1, max_size=6), st.booleans(), st.data())
def test_json_array(members: list[dict[str, Any]], wrapped: bool, data: st.DataObject) -> None:
    document: Any = {"made": "2026", "people": members, "count": [1]} if wrapped else members
    raw = spaced(document, lambda: data.draw(st.sampled_from(["", " ", "\n  "]))).encode()
    one = seen(raw, "people.json")
    found = {record["@path"]: json.loads(record["$"]) for record in records(one)}
    prefix = "$.people" if wrapped else "$"
    outer = {"$": {**document, "people": []}} if wrapped else {}
    assert found == {f"{prefix}[{place}]": member for place, member in enumerate(members)} | outer
    gone = data.draw(st.sets(st.sampled_from(range(len(members)))))
    result = rewritten(one, {f"{prefix}[{place}]": delete(place) for place in gone})
    kept = [member for place, member in enumerate(members) if place not in gone]
    assert json.loads(result) == ({**document, "people": kept} if wrapped else kept)
    if not gone:
        assert result == raw


CELLS = pa.schema(
    [
        ("id", pa.int64()),
        ("email", pa.dictionary(pa.int32(), pa.string())),
        ("at", pa.timestamp("ns", "UTC")),
        ("amount", pa.decimal128(12, 2)),
        ("tags", pa.list_(pa.string())),
        ("home", pa.struct([("city", pa.string()), ("zip", pa.int32())])),
    ],
    metadata={"origin": "a test"},
)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.integers(1, 15), st.sampled_from(["snappy", "zstd", "gzip", "none"]), st.data())
def test_parquet(count: int, group: int, codec: str, data: st.DataObject) -> None:
    rows = [
        {
            "id": n,
            "email": f"p{n % 7}@example.com",
            "at": n * 10**9 + 7,
            "amount": None,
            "tags": ["a", None],
            "home": {"city": "Rom", "zip": n},
        }
        for n in range(count)
    ]
    table = pa.Table.from_pylist(rows, CELLS)
    raw = io.BytesIO()
    pq.write_table(table, raw, row_group_size=group, compression=codec)
    one = seen(raw.getvalue())
    assert [record["id"] for record in records(one)] == list(range(count))
    numbers = st.integers(1, count)
    gone, nulled = data.draw(st.sets(numbers)), data.draw(numbers)
    edits: dict[Any, list[Any]] = {
        nulled: [SetField("c", {}, "email", None), SetField("c", {}, "home.city", "Bonn")]
    }
    edits |= {number: delete(number) for number in gone}
    after = pq.ParquetFile(io.BytesIO(rewritten(one, edits)))
    rows[nulled - 1] |= {"email": None, "home": {"city": "Bonn", "zip": nulled - 1}}
    expected = pa.Table.from_pylist([row for place, row in enumerate(rows, 1) if place not in gone], CELLS)
    assert after.read().to_pylist() == expected.to_pylist()
    assert after.schema_arrow.equals(pq.ParquetFile(raw).schema_arrow, check_metadata=True)
    groups = [
        sum(1 for n in range(s + 1, min(s + group, count) + 1) if n not in gone)
        for s in range(0, count, group)
    ]
    assert [after.metadata.row_group(at).num_rows for at in range(after.num_row_groups)] == [
        n for n in groups if n
    ]
    if after.num_row_groups:
        assert after.metadata.row_group(0).column(0).compression == {"none": "UNCOMPRESSED"}.get(
            codec, codec.upper()
        )


@pytest.mark.parametrize(
    "edit", [Delete("c", {}), SetField("c", {}, "email", "x"), SetField("c", {}, "mails", None)]
)
def test_parquet_leaves_no_value_in_a_dictionary(edit: Delete | SetField) -> None:
    kind = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([("email", kind), ("mails", pa.list_(kind))])
    rows = [{"email": f"p{n}@example.com", "mails": [f"m{n}@example.com"]} for n in range(9)]
    raw = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), raw, compression="none")
    result = rewritten(seen(raw.getvalue()), {4: [edit]})
    assert (b"p3@example.com" in result) == (isinstance(edit, SetField) and edit.field == "mails")
    assert (b"m3@example.com" in result) == (isinstance(edit, SetField) and edit.field == "email")
    assert all(b"p%d@example.com" % n in result for n in range(9) if n != 3)


def gaps(one: Recognised) -> list[str]:
    assert one.format is not None
    return [item.reason for item in one.format.read(one.source) if isinstance(item, Gap)]
