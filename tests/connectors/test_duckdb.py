"""DuckDB keeps to the protocol, and to what only DuckDB has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from vestige.connectors import open_store
from vestige.connectors.bench import NEIGHBOURS, Bench, Record, apply
from vestige.connectors.conformance import Conformance
from vestige.connectors.errors import Refused, Unavailable
from vestige.connectors.protocol import Delete, Reference, SetField, StoreSettings, digest, locator


class DuckBench(Bench):
    def __init__(self, folder: Path) -> None:
        self.path = folder / "warehouse.duckdb"
        self.settings = StoreSettings("warehouse", f"duckdb:///{self.path}")
        duckdb.connect(str(self.path)).close()

    def run(self, *statements: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            for statement in statements:
                connection.execute(statement)

    def seed(self, name: str, records: Sequence[Record]) -> str:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {name} (id BIGINT PRIMARY KEY, email VARCHAR, note VARCHAR)"
            )
            connection.execute(f"DELETE FROM {name}")  # noqa: S608 - a literal of the suite
            columns = [[record[field] for record in records] for field in ("id", "email", "note")]
            connection.execute(f"INSERT INTO {name} SELECT unnest(?), unnest(?), unnest(?)", columns)
        return name

    def rows(self, name: str) -> list[Record]:
        with duckdb.connect(str(self.path)) as connection:
            found = connection.execute(f"SELECT id, email, note FROM {name}").fetchall()  # noqa: S608
        return [dict(zip(("id", "email", "note"), row, strict=True)) for row in found]

    def absent(self) -> StoreSettings:
        return StoreSettings("nowhere", f"duckdb:///{self.path.with_name('absent.duckdb')}")

    def unreadable(self) -> str:
        self.run("CREATE TABLE base (a INT)", "CREATE VIEW broken AS SELECT a FROM base", "DROP TABLE base")
        return "broken"

    def at_rest(self) -> Iterator[bytes]:
        yield from (path.read_bytes() for path in self.path.parent.glob("warehouse*"))


class TestDuckdb(Conformance):
    @pytest.fixture(params=["duckdb"])
    def bench(self, tmp_path: Path) -> DuckBench:
        return DuckBench(tmp_path)


@pytest.fixture
def bench(tmp_path: Path) -> DuckBench:
    return DuckBench(tmp_path)


def everything(bench: DuckBench, table: str) -> list[tuple[dict[str, Any], dict[str, Any], str]]:
    """Record, locator and digest of each row."""
    with bench.open() as connector:
        items = [item for part in connector.partitions(table) for item in connector.read(part)]
    return [
        (row, locator(item, number), digest(item, number))
        for item in items
        for number, row in enumerate(item.to_pylist())  # type: ignore[union-attr]
    ]


def dump(bench: DuckBench, statement: str) -> list[Any]:
    with duckdb.connect(str(bench.path)) as connection:
        return connection.execute(statement).fetchall()


TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE SCHEMA billing;
CREATE TABLE billing."user s%" (id INTEGER, "u" UUID, m mood, n DECIMAL(9, 2), l VARCHAR[],
    s STRUCT(a INTEGER), z TIMESTAMPTZ, t TIMESTAMP, j JSON, b BLOB, h HUGEINT, d DATE);
INSERT INTO billing."user s%" VALUES
    (0, '6f9619ff-8b86-d011-b42d-00c04fc964ff', 'sad', 10.5, ['x'], {'a': 1},
    '2024-02-29 10:00:00+00', '2024-02-29 10:00:00', '{"k": 12}', '\\xFF'::BLOB, 123456789012345678901234,
    '1970-01-02'),
    (1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"""
NAME = "billing.user s%"


def test_types_that_only_duckdb_has(bench: DuckBench) -> None:
    bench.run(TYPES)
    (row, where, check), _ = everything(bench, NAME)
    assert where == {"rowid": 0}
    assert {name: row[name] for name in "umnlsjbh"} == {
        "u": "6f9619ff-8b86-d011-b42d-00c04fc964ff", "m": "sad", "n": "10.50", "l": '["x"]', "s": '{"a": 1}',
        "j": '{"k": 12}', "b": b"\xff", "h": "123456789012345678901234",
    }  # fmt: skip
    assert (row["d"], row["t"]) == (date(1970, 1, 2), datetime(2024, 2, 29, 10))
    assert str(row["z"]).startswith("2024-02-29 10:00:00")
    apply(bench, [SetField(NAME, where, "m", "happy", check), SetField(NAME, where, "u", None, check)])
    assert dump(bench, 'SELECT id, m, u FROM billing."user s%" ORDER BY id') == [
        (0, "happy", None),
        (1, None, None),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("u", "6F9619FF8B86D011B42D00C04FC964FF"), ("m", "sad"), ("n", "10.5"), ("j.k", 12), ("id", "0"),
     ("h", 123456789012345678901234), ("d", "1970-01-02"), ("rowid", 0)],
)  # fmt: skip
def test_values_are_found_as_the_columns_type(bench: DuckBench, field: str, value: object) -> None:
    bench.run(TYPES)
    with bench.open() as connector:
        items = list(connector.find(NAME, [field], [("no such",), (value,), ("99999999999999999999",)]))
    assert [row["id"] for item in items for row in item.to_pylist()] == [0]  # type: ignore[union-attr]


def test_a_value_that_does_not_fit_is_refused(bench: DuckBench) -> None:
    bench.run(TYPES)
    for field, value in (("m", "glad"), ("t", "***"), ("u", "***"), ("j", "{")):
        with bench.open(writable=True) as connector, pytest.raises(Refused):
            connector.prepare([SetField(NAME, {"rowid": 0}, field, value)])


def test_a_row_goes_with_its_parent(bench: DuckBench) -> None:
    bench.run(
        "CREATE TABLE u (id INTEGER PRIMARY KEY, mail VARCHAR)",
        "CREATE TABLE o (id INTEGER PRIMARY KEY, u INTEGER REFERENCES u (id))",
        "INSERT INTO u VALUES (1, 'a'), (2, 'b'); INSERT INTO o VALUES (1, 1), (2, 2)",
    )
    with bench.open() as connector:
        named = {collection.name: collection for collection in connector.describe().collections}
    assert named["o"].references == (Reference(("u",), "u", ("id",)),)
    effects = apply(bench, [Delete("o", {"id": 1}), Delete("u", {"id": 1})])
    assert len(effects.deleted) == 2
    with pytest.raises(Refused, match="ConstraintException"):
        apply(bench, [Delete("u", {"id": 2})])
    assert dump(bench, "SELECT * FROM u") == [(2, "b")]


def test_settling_keeps_everything_else(bench: DuckBench) -> None:
    people = bench.seed("people", NEIGHBOURS)
    bench.run(
        "CREATE VIEW v AS SELECT email FROM people",
        "CREATE SEQUENCE numbers START 5; SELECT nextval('numbers')",
        "CREATE INDEX mails ON people (email)",
        "CREATE TABLE child (p BIGINT REFERENCES people (id), n INTEGER DEFAULT 7 CHECK (n > 0))",
        "INSERT INTO child VALUES (0, 1)",
    )
    with bench.open(writable=True) as connector:
        connector.commit(connector.prepare([Delete(people, {"id": 12})]))
        left = connector.settle([people])
    raw = b"".join(bench.at_rest())
    assert left or b"row 12 of many" not in raw
    assert dump(bench, "SELECT count(*) FROM v") == [(len(NEIGHBOURS) - 1,)]
    assert dump(bench, "SELECT nextval('numbers')") == [(6,)]
    assert dump(bench, "SELECT index_name FROM duckdb_indexes()") == [("mails",)]
    assert [path.name for path in bench.path.parent.iterdir()] == [bench.path.name]


def test_a_file_in_use_is_unavailable_for_now(bench: DuckBench) -> None:
    people = bench.seed("people", NEIGHBOURS)
    with duckdb.connect(str(bench.path), read_only=True), pytest.raises(Unavailable, match="in use"):
        apply(bench, [Delete(people, {"id": 12})])


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see here\n" * 1000)
    with pytest.raises(Refused, match="no DuckDB database"):
        open_store(StoreSettings("notes", f"duckdb:///{tmp_path}/notes.txt"))


_TREE = (
    "CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR NOT NULL UNIQUE, tags VARCHAR[], "
    "referred BIGINT REFERENCES users(id), grade BIGINT GENERATED ALWAYS AS (id % 3))",
    "CREATE TABLE orders (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users(id))",
    "CREATE TABLE lines (order_id BIGINT REFERENCES orders(id), n BIGINT, PRIMARY KEY (order_id, n))",
    "CREATE TABLE bills (id BIGINT PRIMARY KEY, order_id BIGINT REFERENCES orders(id))",
    "CREATE VIEW mails AS SELECT email FROM users",
    "INSERT INTO users VALUES (1, 'ada@example.com', ['vip'], NULL)",
    "INSERT INTO users VALUES (2, 'bob@example.com', [], 1)",
    "INSERT INTO users VALUES (3, 'cyd@example.com', NULL, 2)",
    "INSERT INTO orders VALUES (10, 1), (11, 1), (12, 2)",
    "INSERT INTO lines VALUES (10, 1), (11, 1), (11, 2), (12, 1)",
    "INSERT INTO bills VALUES (100, 10)",
)


@pytest.fixture
def tree(tmp_path: Path) -> DuckBench:
    """People who refer to each other, with what refers to them."""
    made = DuckBench(tmp_path)
    made.run(*_TREE)
    return made


def _found(bench: DuckBench, table: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(bench.path)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608


def test_an_indexed_column_of_a_row_that_others_refer_to(tree: DuckBench) -> None:
    edits = [
        SetField("users", {"id": 1}, "email", "erased-1"),
        SetField("users", {"id": 1}, "tags", None),
        SetField("users", {"id": 2}, "referred", None),
        SetField("orders", {"id": 12}, "user_id", None),
        Delete("lines", {"order_id": 11, "n": 1}),
        Delete("lines", {"order_id": 11, "n": 2}),
        Delete("orders", {"id": 11}),
        Delete("users", {"id": 77}),
    ]
    effects = apply(tree, edits)
    assert len(effects.changed) == 3
    assert len(effects.deleted) == 3
    assert effects.gone == (("users", {"id": 77}),)
    assert _found(tree, "users") == [
        (1, "erased-1", None, None, 1),
        (2, "bob@example.com", [], None, 2),
        (3, "cyd@example.com", None, 2, 0),
    ]
    assert _found(tree, "orders") == [(10, 1), (12, None)]
    assert _found(tree, "lines") == [(10, 1), (12, 1)]
    assert not any(b"ada@example.com" in raw for raw in tree.at_rest())


def test_an_orphan_is_refused_and_nothing_changes(tree: DuckBench) -> None:
    before = {name: _found(tree, name) for name in ("users", "orders", "lines", "bills")}
    edits = [
        [Delete("users", {"id": 1}), Delete("bills", {"id": 100})],
        [Delete("users", {"id": 2}), Delete("lines", {"order_id": 12, "n": 1}), Delete("orders", {"id": 12})],
    ]
    for several in edits:
        with pytest.raises(Refused):
            apply(tree, several)
        assert {name: _found(tree, name) for name in before} == before
    assert [path.name for path in tree.path.parent.iterdir()] == [tree.path.name]


def test_a_table_that_refers_to_itself_is_settled(tree: DuckBench) -> None:
    tree.run("UPDATE users SET email = 'eve@example.com' WHERE id = 3")
    with open_store(tree.settings, writable=True) as store:
        assert store.settle(["users"]) == []
    assert len(_found(tree, "users")) == 3
    assert not any(b"cyd@example.com" in raw for raw in tree.at_rest())
