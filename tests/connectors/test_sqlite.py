"""SQLite keeps to the protocol, and to what only SQLite has."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from vestige.connectors import open_store
from vestige.connectors.bench import NEIGHBOURS, Bench, Record, apply
from vestige.connectors.conformance import Conformance
from vestige.connectors.errors import Refused, Unavailable
from vestige.connectors.protocol import (
    Delete,
    Field,
    Gap,
    Patch,
    Reference,
    SetField,
    StoreSettings,
    digest,
    is_json,
    locator,
)


class SqliteBench(Bench):
    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop.db"
        self.settings = StoreSettings("shop", f"sqlite:///{self.path}")
        self.run("PRAGMA journal_mode = WAL")

    def run(self, statement: str, rows: Sequence[Sequence[object]] = ((),)) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.executemany(statement, rows) if rows != ((),) else connection.execute(statement)

    def seed(self, name: str, records: Sequence[Record]) -> str:
        self.run(f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER PRIMARY KEY, email TEXT, note TEXT)")
        self.run(f"DELETE FROM {name}")  # noqa: S608 - a literal of the suite
        self.run(f"INSERT INTO {name} VALUES (?, ?, ?)", [tuple(record.values()) for record in records])  # noqa: S608
        return name

    def rows(self, name: str) -> list[Record]:
        with closing(sqlite3.connect(self.path)) as connection:
            found = connection.execute(f"SELECT id, email, note FROM {name}").fetchall()  # noqa: S608
        return [dict(zip(("id", "email", "note"), row, strict=True)) for row in found]

    def absent(self) -> StoreSettings:
        return StoreSettings("nowhere", f"sqlite:///{self.path.with_name('absent.db')}")

    def unreadable(self) -> str:
        self.run("CREATE VIEW broken AS SELECT * FROM no_such_table")
        return "broken"

    def at_rest(self) -> Iterator[bytes]:
        yield from (path.read_bytes() for path in self.path.parent.glob("shop.db*"))


class TestSqlite(Conformance):
    @pytest.fixture(params=["sqlite"])
    def bench(self, tmp_path: Path) -> SqliteBench:
        return SqliteBench(tmp_path)


HOSTILE = 'or"der; DROP TABLE x -- 100%'
COLUMNS = ("a b", "select", "größe", "100%", "x(y)", ":colon", "a.b", "it's", "[c]", "`d`")


@pytest.fixture
def bench(tmp_path: Path) -> SqliteBench:
    return SqliteBench(tmp_path)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def dump(bench: SqliteBench, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(bench.path)) as connection:
        connection.text_factory = lambda raw: raw.decode(errors="surrogateescape")
        return connection.execute(f"SELECT * FROM {quoted(table)}").fetchall()  # noqa: S608


def found(bench: SqliteBench, table: str, field: str, *values: object) -> list[dict[str, object]]:
    with bench.open() as connector:
        items = list(connector.find(table, [field], [(value,) for value in values]))
    return [row for item in items for row in item.to_pylist()]  # type: ignore[union-attr]


def everything(bench: SqliteBench, table: str) -> list[tuple[dict[str, object], dict[str, object], str]]:
    """Record, locator and digest of each row."""
    with bench.open() as connector:
        items = [item for part in connector.partitions(table) for item in connector.read(part)]
    return [
        (row, locator(item, number), digest(item, number))
        for item in items
        for number, row in enumerate(item.to_pylist())  # type: ignore[union-attr]
    ]


def test_hostile_names_are_names(bench: SqliteBench) -> None:
    bench.run(f"CREATE TABLE {quoted(HOSTILE)} ({', '.join(quoted(c) + ' TEXT' for c in COLUMNS)})")
    marks = ", ".join("?" for _ in COLUMNS)
    bench.run(f"INSERT INTO {quoted(HOSTILE)} VALUES ({marks})", [COLUMNS, COLUMNS])  # noqa: S608
    for column in COLUMNS:
        assert len(found(bench, HOSTILE, column, column, "other")) == 2
    (_, first, check), (_, second, other) = everything(bench, HOSTILE)
    apply(
        bench, [*(SetField(HOSTILE, first, c, None, check) for c in COLUMNS), Delete(HOSTILE, second, other)]
    )
    assert dump(bench, HOSTILE) == [(None,) * len(COLUMNS)]


def test_values_of_other_types_than_declared(bench: SqliteBench) -> None:
    bench.run("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)")
    values = [12, "abc", 1.5, b"\xff\xfe", None, " 12x", 9223372036854775807]
    bench.run("INSERT INTO t (n) VALUES (?)", [(value,) for value in values])
    read_back = [row["n"] for row, _, _ in everything(bench, "t")]
    assert read_back == [b"12", b"abc", b"1.5", b"\xff\xfe", None, b" 12x", b"9223372036854775807"]
    assert [row["id"] for row in found(bench, "t", "n", "12", 12, "abc", "1.5")] == [1, 2, 3]
    assert not found(bench, "t", "n", " 12", "012", "12x", "", "+12", "1e1")


def test_text_that_is_not_utf8_is_patched_in_bytes(bench: SqliteBench) -> None:
    bench.run("CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)")
    bench.run("INSERT INTO t VALUES (1, CAST(x'fffe616461ff' AS TEXT)), (2, 'Grüße an Ada, 你好')")
    ((_, one, check), (_, two, other)) = everything(bench, "t")
    cut = "Grüße an ".encode()
    edits = [
        Patch("t", one, "note", ((2, 5, b"***"),), check),
        Patch("t", two, "note", ((0, 0, b">"), (len(cut), len(cut) + 3, b"")), other),
    ]
    apply(bench, edits)
    assert dump(bench, "t") == [(1, "\udcff\udcfe***\udcff"), (2, ">Grüße an , 你好")]
    with bench.open() as connector, pytest.raises(Refused, match="cuts a character"):
        connector.prepare([Patch("t", {"id": 2}, "note", ((3, 4, b""),))])


@pytest.mark.parametrize(
    ("ddl", "locators"),
    [
        ("CREATE TABLE t (a TEXT, b TEXT)", [{"rowid": 1}, {"rowid": 2}]),
        ("CREATE TABLE t (rowid TEXT, b TEXT)", [{"_rowid_": 1}, {"_rowid_": 2}]),
        ("CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT)", [{"rowid": 1}, {"rowid": 2}]),
        ("CREATE TABLE t (a, b PRIMARY KEY)", [{"b": "x"}, {"b": "y"}]),
        ("CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (b))", [{"b": "x"}, {"b": "y"}]),
        ("CREATE TABLE t (a TEXT, b DATE PRIMARY KEY) WITHOUT ROWID", [{"b": "x"}, {"b": "y"}]),
        ("CREATE TABLE t (a TEXT, b BLOB PRIMARY KEY) WITHOUT ROWID", [{"b": "78"}, {"b": "79"}]),
    ],
)
def test_rows_are_located(bench: SqliteBench, ddl: str, locators: list[dict[str, object]]) -> None:
    bench.run(ddl)
    bench.run("INSERT INTO t VALUES (?, ?)", [(None, "x"), (None, "y")])
    rows = everything(bench, "t")
    assert [where for _, where, _ in rows] == locators
    effects = apply(bench, [Delete("t", rows[1][1], rows[1][2])])
    assert [where for _, where in effects.deleted] == [locators[1]]
    assert [row[1] for row in dump(bench, "t")] == ["x"]


def test_keys_without_a_type_are_what_they_are(bench: SqliteBench) -> None:
    bench.run("CREATE TABLE t (id PRIMARY KEY, n)")
    bench.run("INSERT INTO t VALUES (?, 1)", [(12,), ("x",), (b"z",), (7,), ("7",)])
    rows = everything(bench, "t")
    effects = apply(bench, [Delete("t", where, check) for _, where, check in rows[:3]])
    assert len(effects.deleted) == 3
    with pytest.raises(Refused, match="more than one"):
        apply(bench, [Delete("t", {"id": 7})])
    assert dump(bench, "t") == [(7, 1), ("7", 1)]


def test_composite_keys_take_all_parts(bench: SqliteBench) -> None:
    bench.run(
        "CREATE TABLE t (a INTEGER NOT NULL, b TEXT NOT NULL, c TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID"
    )
    bench.run("INSERT INTO t VALUES (?, ?, ?)", [(a, b, "x") for a in (0, 1) for b in ("0", "1")])
    with bench.open() as connector:
        hits = [
            row for item in connector.find("t", ["b", "a"], [("0", "0"), (1, 1)]) for row in item.to_pylist()
        ]
    assert [(row["a"], row["b"]) for row in hits] == [(0, "0"), (1, "1")]
    apply(bench, [SetField("t", {"a": 0, "b": "0"}, "c", "y"), Delete("t", {"b": "1", "a": 0})])
    assert dump(bench, "t") == [(0, "0", "y"), (1, "0", "x"), (1, "1", "x")]
    with bench.open(writable=True) as connector, pytest.raises(Refused, match="parts a, b"):
        connector.prepare([Delete("t", {"a": 0})])


def test_collations_do_not_loosen_a_search(bench: SqliteBench) -> None:
    bench.run("CREATE TABLE t (id INTEGER PRIMARY KEY, e TEXT COLLATE NOCASE UNIQUE, r TEXT COLLATE RTRIM)")
    bench.run("INSERT INTO t VALUES (1, 'Ada', 'x '), (2, 'Bob', 'x')")
    assert not found(bench, "t", "e", "ada")
    assert [row["id"] for row in found(bench, "t", "r", "x")] == [2]


def test_json_is_marked_and_searched_by_path(bench: SqliteBench) -> None:
    bench.run("CREATE TABLE t (id INTEGER PRIMARY KEY, prefs TEXT, doc JSON, note TEXT)")
    prefs = '{"user": {"id": 12, "mails": [{"to": "a@example.com"}]}}'
    bench.run(
        "INSERT INTO t VALUES (?, ?, ?, ?)", [(1, prefs, "[]", "{"), (2, '{"user": {"id": 120}}', None, "[]")]
    )
    with bench.open() as connector:
        (batch,) = [item for part in connector.partitions("t") for item in connector.read(part)]
    assert [column.name for column in batch.schema if is_json(column)] == ["prefs", "doc"]
    assert [row["id"] for row in found(bench, "t", "prefs.user.id", "12")] == [1]
    assert [row["id"] for row in found(bench, "t", "prefs.user.mails.to", "a@example.com")] == [1]
    assert not found(bench, "t", "prefs.user", "12")


def test_whether_an_index_finds_who_refers(bench: SqliteBench) -> None:
    bench.run("CREATE TABLE u (a, b, PRIMARY KEY (a, b))")
    bench.run("CREATE TABLE both (x, y, z, FOREIGN KEY (x, y) REFERENCES u)")
    bench.run("CREATE TABLE part (x PRIMARY KEY, y, FOREIGN KEY (x, y) REFERENCES u)")
    bench.run("CREATE TABLE some (x, y, FOREIGN KEY (x, y) REFERENCES u)")
    bench.run("CREATE TABLE one (id INTEGER PRIMARY KEY REFERENCES part)")
    bench.run("CREATE INDEX of_both ON both (y, x, z)")
    bench.run("CREATE INDEX of_some ON some (x, y) WHERE x > 1")
    with bench.open() as connector:
        references = {c.name: c.references for c in connector.describe().collections}
    indexed = {name: [one.indexed for one in found] for name, found in references.items() if found}
    assert indexed == {"both": [True], "part": [False], "some": [False], "one": [True]}


def test_what_a_table_declares_is_described(bench: SqliteBench) -> None:
    bench.run("CREATE TABLE u (id INTEGER PRIMARY KEY, mail VARCHAR(40) NOT NULL UNIQUE)")
    bench.run("CREATE TABLE o (id INTEGER PRIMARY KEY, u REFERENCES u ON DELETE CASCADE, n INT AS (id + 1))")
    bench.run("CREATE TRIGGER tr AFTER DELETE ON o BEGIN SELECT 1; END")
    bench.run("CREATE VIEW v AS SELECT mail FROM u")
    with bench.open() as connector:
        named = {collection.name: collection for collection in connector.describe().collections}
    assert named["u"].unique == (("mail",),)
    assert named["u"].fields[1] == Field("mail", "text", nullable=False)
    assert named["o"].references == (Reference(("u",), "u", ("id",), "CASCADE"),)
    assert named["o"].triggers == ("tr",)
    assert named["o"].fields[2].generated
    assert (named["v"].kind, named["o"].kind) == ("view", "table")
    with bench.open(writable=True) as connector, pytest.raises(Refused, match="read, not edited"):
        connector.prepare([Delete("v", {"mail": "x"})])


@pytest.mark.parametrize(
    ("field", "value"),
    [("n", "abc"), ("must", None), ("made", 1), ("day", "***"), ("doc", "{"), ("real", "x")],
)
def test_what_does_not_fit_is_refused_before_any_write(
    bench: SqliteBench, field: str, value: str | int | None
) -> None:
    declared = "n INT, must TEXT NOT NULL, made AS (id), day DATE, doc JSON, real REAL"
    bench.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {declared})")
    bench.run("INSERT INTO t (id, must) VALUES (1, 'x')")
    with bench.open(writable=True) as connector, pytest.raises(Refused, match=f"'{field}'"):
        connector.prepare([SetField("t", {"id": 1}, field, value)])


def family(bench: SqliteBench, action: str = "NO ACTION") -> None:
    bench.run("CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b)")
    bench.run(f"CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a ON DELETE {action})")
    bench.run("INSERT INTO a VALUES (1, 1), (2, 2)")
    bench.run("INSERT INTO b VALUES (1, 1), (2, 2)")


def test_rows_that_refer_to_each_other_go_together(bench: SqliteBench) -> None:
    family(bench)
    effects = apply(bench, [Delete("a", {"id": 1}), Delete("b", {"id": 1})])
    assert len(effects.deleted) == 2
    assert (dump(bench, "a"), dump(bench, "b")) == ([(2, 2)], [(2, 2)])


def test_an_orphan_is_refused_and_nothing_is_written(bench: SqliteBench) -> None:
    family(bench)
    with pytest.raises(Refused, match="SQLITE_CONSTRAINT_FOREIGNKEY"):
        apply(bench, [SetField("b", {"id": 2}, "a", None), Delete("a", {"id": 1})])
    assert (dump(bench, "a"), dump(bench, "b")) == ([(1, 1), (2, 2)], [(1, 1), (2, 2)])


def test_what_a_cascade_took_is_in_the_write_set(bench: SqliteBench) -> None:
    family(bench, "CASCADE")
    effects = apply(bench, [Delete("a", {"id": 1}), Delete("b", {"id": 1})])
    assert [(name, dict(where)) for name, where in effects.deleted] == [("a", {"id": 1}), ("b", {"id": 1})]
    assert not effects.gone


def test_a_trigger_that_keeps_a_row_stops_the_whole(bench: SqliteBench) -> None:
    bench.seed("people", NEIGHBOURS[:3])
    bench.run("CREATE TRIGGER keep BEFORE DELETE ON people WHEN old.id = 2 BEGIN SELECT RAISE(IGNORE); END")
    with pytest.raises(Refused, match="kept a record"):
        apply(bench, [Delete("people", {"id": 1}), Delete("people", {"id": 2})])
    assert len(dump(bench, "people")) == 3


def test_large_tables_come_in_parts(bench: SqliteBench) -> None:
    bench.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    bench.run("WITH RECURSIVE n(i) AS (SELECT -9 UNION ALL SELECT i + 1 FROM n WHERE i < 600000) "
              "INSERT INTO t SELECT i FROM n")  # fmt: skip
    with bench.open() as connector:
        parts = list(connector.partitions("t"))
        ids = [
            key for part in parts for item in connector.read(part) for key in item.column("id").to_pylist()
        ]
        assert sum(connector.count(part) or 0 for part in parts) == len(ids)
    assert len(parts) == 3
    assert sorted(ids) == list(range(-9, 600001))


def test_no_error_tells_a_value(bench: SqliteBench) -> None:
    bench.run("CREATE TABLE t (id INTEGER PRIMARY KEY, mail TEXT UNIQUE CHECK (mail <> 'eve@example.com'))")
    bench.run("INSERT INTO t VALUES (1, 'ada@example.com'), (2, 'bob@example.com')")
    for mail in ("ada@example.com", "eve@example.com"):
        with pytest.raises(Refused) as caught:
            apply(bench, [SetField("t", {"id": 2}, "mail", mail)])
        assert mail not in "".join(traceback.format_exception(caught.value))


def test_a_locked_file_is_unavailable_for_now(bench: SqliteBench) -> None:
    people = bench.seed("people", NEIGHBOURS)
    bench.settings = replace(bench.settings, options={"limits": {"lock_timeout": "50ms"}})
    with closing(sqlite3.connect(bench.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="SQLITE_BUSY"):
            apply(bench, [Delete(people, {"id": 12})])


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see here\n" * 100)
    with pytest.raises(Refused, match="no SQLite database"):
        open_store(StoreSettings("notes", f"sqlite:///{tmp_path}/notes.txt")).describe()


def test_a_damaged_page_is_a_gap(bench: SqliteBench) -> None:
    bench.seed("people", [{"id": key, "email": None, "note": "x" * 900} for key in range(400)])
    bench.run("PRAGMA journal_mode = DELETE")
    raw = bytearray(bench.path.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 8192] = b"\xff" * 8192
    bench.path.write_bytes(raw)
    with bench.open() as connector:
        parts = list(connector.partitions("people"))
        gaps = [part.skip for part in parts if part.skip]
        for part in parts:
            gaps += [item.reason for item in connector.read(part) if isinstance(item, Gap)]
    assert any("CORRUPT" in str(gap) for gap in gaps)
