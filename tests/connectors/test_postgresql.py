"""PostgreSQL keeps to the protocol, and to what only PostgreSQL has."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from vestige.connectors import open_store
from vestige.connectors.bench import Bench, Record, apply
from vestige.connectors.conformance import Conformance
from vestige.connectors.errors import Moved, Refused, Unavailable
from vestige.connectors.protocol import Delete, SetField, StoreSettings, digest, locator


class PostgresqlBench(Bench):
    def __init__(self, url: str) -> None:
        self.settings = StoreSettings("shop", url)
        self.reader = "reader_of_" + url.rpartition("/")[2]

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.settings.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]

    def seed(self, name: str, records: Sequence[Record]) -> str:
        self.run(
            f"CREATE TABLE IF NOT EXISTS {name} (id bigint PRIMARY KEY, email text, note text)",
            f"DELETE FROM {name}",  # noqa: S608 - a literal of the suite
        )
        with psycopg.connect(self.settings.url) as connection, connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {name} VALUES (%(id)s, %(email)s, %(note)s)",  # noqa: S608
                records,
            )
        return name

    def rows(self, name: str) -> list[Record]:
        with psycopg.connect(self.settings.url) as connection:
            found = connection.execute(f"SELECT id, email, note FROM {name}").fetchall()  # noqa: S608
        return [dict(zip(("id", "email", "note"), row, strict=True)) for row in found]

    def absent(self) -> StoreSettings:
        return StoreSettings("nowhere", self.settings.url.rpartition("/")[0] + "/absent")

    def unreadable(self) -> str:
        self.run(
            "CREATE TABLE secured (id int PRIMARY KEY, owner text)",
            "ALTER TABLE secured ENABLE ROW LEVEL SECURITY",
            f"CREATE ROLE {self.reader} LOGIN",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {self.reader}",
        )
        self.settings = StoreSettings("shop", self.settings.url.replace("//vestige@", f"//{self.reader}@"))
        return "secured"


class TestPostgresql(Conformance):
    @pytest.fixture(params=["postgresql"])
    def bench(self, postgresql_database: Callable[[], str]) -> PostgresqlBench:
        return PostgresqlBench(postgresql_database())


@pytest.fixture
def bench(postgresql_database: Callable[[], str]) -> PostgresqlBench:
    return PostgresqlBench(postgresql_database())


def everything(bench: PostgresqlBench, table: str) -> list[tuple[dict[str, Any], dict[str, Any], str]]:
    """Record, locator and digest of each row."""
    with bench.open() as connector:
        items = [item for part in connector.partitions(table) for item in connector.read(part)]
    return [
        (row, locator(item, number), digest(item, number))
        for item in items
        for number, row in enumerate(item.to_pylist())  # type: ignore[union-attr]
    ]


def found(bench: PostgresqlBench, table: str, field: str, *values: object) -> list[Any]:
    with bench.open() as connector:
        items = list(connector.find(table, [field], [(value,) for value in values]))
    return [row["id"] for item in items for row in item.to_pylist()]  # type: ignore[union-attr]


def one(bench: PostgresqlBench, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(bench.settings.url) as connection:
        return connection.execute(statement).fetchall()  # type: ignore[arg-type]


TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE t (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, u uuid, i inet, m mood, a text[], j jsonb,
    n numeric(12, 2), z timestamptz, d date, b bytea, s varchar(5), e mail, r int4range, f boolean,
    small smallint, g int GENERATED ALWAYS AS (1 + 1) STORED
);
INSERT INTO t (u, i, m, a, j, n, z, d, b, s, e, r, f, small) VALUES
('6F9619FF-8B86-D011-B42D-00C04FC964FF', '192.0.2.7', 'sad', '{a,"b,c",NULL}', '{"k": {"v": 12}}', 10.50,
 'infinity', '0044-03-15 BC', '\\xff00', 'abc', 'ada@example.com', '[1,5)', true, 7),
(NULL, '2001:db8::1/64', NULL, NULL, NULL, 'NaN', '2024-02-29 12:00+02', NULL, NULL, NULL, NULL, NULL, false,
 NULL);
"""


def test_types_that_only_postgresql_has(bench: PostgresqlBench) -> None:
    bench.run(TYPES)
    (row, where, check), (other, *_) = everything(bench, "t")
    assert where == {"id": 1}
    assert row == {
        "id": 1, "u": "6f9619ff-8b86-d011-b42d-00c04fc964ff", "i": "192.0.2.7", "m": "sad",
        "n": "10.50", "a": '["a","b,c",null]', "j": '{"k": {"v": 12}}', "z": "infinity",
        "d": "0044-03-15 BC", "b": b"\xff\x00",
        "s": "abc", "e": "ada@example.com", "r": "[1,5)", "f": True, "small": 7, "g": 2,
    }  # fmt: skip
    assert (other["n"], other["z"]) == ("NaN", "2024-02-29 10:00:00+00:00")
    effects = apply(
        bench, [SetField("t", where, "m", "happy", check), SetField("t", where, "z", None, check)]
    )
    assert len(effects.changed) == 1
    assert one(bench, "SELECT m::text, z, n FROM t WHERE id = 1") == [("happy", None, Decimal("10.50"))]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("u", "6F9619FF8B86D011B42D00C04FC964FF"),
        ("i", "192.0.2.7"),
        ("m", "sad"),
        ("n", "10.5"),
        ("n", 10.5),
        ("e", "ada@example.com"),
        ("small", "7"),
        ("f", "true"),
        ("j.k.v", "12"),
        ("id", 1),
        ("r", "[1,5)"),
        ("b", b"\xff\x00"),
    ],
)
def test_values_are_found_as_the_columns_type(bench: PostgresqlBench, field: str, value: object) -> None:
    bench.run(TYPES)
    assert found(bench, "t", field, "no such", "99999999999999999999", "a\0b", "", value, 70000) == [1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("m", "glad"),
        ("s", "abcdef"),
        ("j", "{"),
        ("g", 3),
        ("z", "***"),
        ("u", "***"),
        ("small", "x"),
        ("id", None),
    ],
)
def test_what_does_not_fit_is_refused_before_any_write(
    bench: PostgresqlBench, field: str, value: str | int | None
) -> None:
    bench.run(TYPES)
    with bench.open(writable=True) as connector, pytest.raises(Refused):
        connector.prepare([SetField("t", {"id": 1}, field, value)])


def test_schemas_views_and_partitions(bench: PostgresqlBench) -> None:
    bench.run(
        'CREATE SCHEMA billing; CREATE TABLE billing."user s%" (id int PRIMARY KEY, "100%" text)',
        "INSERT INTO billing.\"user s%\" VALUES (1, 'x')",
        "CREATE TABLE log (day date, id int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
        "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        "INSERT INTO log VALUES ('2024-05-01', 1), ('2024-05-02', 2)",
        "CREATE MATERIALIZED VIEW m AS SELECT * FROM log",
        "CREATE VIEW v AS SELECT * FROM log",
    )
    with bench.open() as connector:
        kinds = {c.name: (c.kind, c.key) for c in connector.describe().collections}
    assert kinds == {
        "billing.user s%": ("table", ("id",)),
        "log": ("table", ("id", "@day")),
        "m": ("view", ()),
        "v": ("view", ()),
    }
    assert found(bench, "billing.user s%", "100%", "x") == [1]
    rows = everything(bench, "log")
    assert rows[0][1] == {"id": 1, "day": "2024-05-01"}
    apply(bench, [Delete("log", rows[0][1], rows[0][2])])
    assert one(bench, "SELECT id FROM log") == [(2,)]
    apply(bench, [SetField("billing.user s%", {"id": 1}, "100%", "50%")])
    assert found(bench, "billing.user s%", "100%", "50%") == [1]


def test_whether_an_index_finds_who_refers(bench: PostgresqlBench) -> None:
    bench.run(
        "CREATE TABLE u (a int, b int, PRIMARY KEY (a, b))",
        'CREATE TABLE "both" (x int, y int, z int, FOREIGN KEY (x, y) REFERENCES u)',
        "CREATE TABLE part (x int PRIMARY KEY, y int, FOREIGN KEY (x, y) REFERENCES u)",
        "CREATE TABLE late (z int, x int, y int, FOREIGN KEY (x, y) REFERENCES u)",
        'CREATE INDEX ON "both" (y, x, z)',
        "CREATE INDEX ON late (z, x, y)",
        "CREATE INDEX ON late (x, y) WHERE x > 1",
    )
    with bench.open() as connector:
        references = {c.name: c.references for c in connector.describe().collections}
    indexed = {name: [one.indexed for one in found] for name, found in references.items() if found}
    assert indexed == {"both": [True], "part": [False], "late": [False]}


def test_a_row_without_key_is_located_until_it_moves(bench: PostgresqlBench) -> None:
    bench.run("CREATE TABLE t (id int, note text)", "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    rows = everything(bench, "t")
    assert [where for _, where, _ in rows] == [{"ctid": "(0,1)"}, {"ctid": "(0,2)"}, {"ctid": "(0,3)"}]
    (_, first, check), (_, second, other), (_, third, last) = rows
    effects = apply(bench, [SetField("t", first, "note", None, check), SetField("t", first, "id", 9, check)])
    assert [where for _, where in effects.changed] == [first]
    apply(bench, [Delete("t", second, other)])
    assert apply(bench, [Delete("t", second, other)]).gone == (("t", second),)
    assert one(bench, "SELECT * FROM t ORDER BY id") == [(3, "c"), (9, None)]
    bench.run("VACUUM FULL t")  # gives every row a new address
    with pytest.raises(Moved, match="another place"):
        apply(bench, [Delete("t", third, last)])
    assert one(bench, "SELECT * FROM t ORDER BY id") == [(3, "c"), (9, None)]


def test_what_the_role_may_not_read_is_skipped_by_name(bench: PostgresqlBench) -> None:
    reader = bench.reader
    bench.run(
        "CREATE TABLE open (id int PRIMARY KEY)",
        "CREATE TABLE closed (id int PRIMARY KEY)",
        "CREATE TABLE half (id int PRIMARY KEY, secret text)",
        "CREATE SCHEMA hidden; CREATE TABLE hidden.t (id int PRIMARY KEY)",
        f"CREATE ROLE {reader} LOGIN",
        f"GRANT SELECT ON open TO {reader}; GRANT SELECT (id) ON half TO {reader}",
    )
    bench.settings = StoreSettings("shop", bench.settings.url.replace("//vestige@", f"//{reader}@"))
    with bench.open() as connector:
        skips = {part.collection: part.skip for part in connector.partitions()}
        assert {collection.name for collection in connector.describe().collections} == set(skips)
        with pytest.raises(Refused, match="42501"):
            list(connector.find("closed", ["id"], [(1,)]))
    assert skips == {
        "open": None,
        "closed": "the role may not SELECT it",
        "half": "the role may not SELECT all of its columns",
        "hidden.t": "the role may not SELECT it",
    }


def test_copies_are_made_anew_in_order_and_one_that_may_not_be_is_a_residue(bench: PostgresqlBench) -> None:
    bench.run(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "INSERT INTO p VALUES (1), (2)",
        "CREATE VIEW v AS SELECT * FROM p",
        'CREATE MATERIALIZED VIEW "Z copy" AS SELECT * FROM v',
        'CREATE MATERIALIZED VIEW a AS SELECT * FROM "Z copy"',
        "CREATE TABLE other (id int)",
        "CREATE MATERIALIZED VIEW of_other AS SELECT id, now() AS made FROM other",
    )
    apply(bench, [Delete("p", {"id": 1})])
    assert one(bench, "SELECT id FROM a") == [(1,), (2,)]
    with bench.open(writable=True) as connector:
        left = connector.settle(["p"])
    assert one(bench, 'SELECT id FROM "Z copy"') == one(bench, "SELECT id FROM a") == [(2,)]
    assert not any("materialised" in residue.what for residue in left)

    bench.run(f"CREATE ROLE {bench.reader} LOGIN", f"GRANT SELECT, DELETE, UPDATE ON p TO {bench.reader}")
    bench.settings = StoreSettings("shop", bench.settings.url.replace("//vestige@", f"//{bench.reader}@"))
    apply(bench, [Delete("p", {"id": 2})])
    with bench.open(writable=True) as connector:
        left = connector.settle(["p"])
    names = [residue.what for residue in left if "materialised" in residue.what]
    assert [any(view in name for name in names) for view in ('public."Z copy"', "public.a,", "of_other")] == [
        True, True, False
    ]  # fmt: skip


def test_neighbours_are_named(bench: PostgresqlBench) -> None:
    bench.run("CREATE PUBLICATION feed FOR ALL TABLES")
    with bench.open() as connector:
        neighbours = connector.describe().neighbours
    assert {"database postgres", "publication feed"} <= set(neighbours)


@pytest.mark.parametrize("deferrable", ["DEFERRABLE", ""])
def test_rows_that_refer_to_each_other_go_together(bench: PostgresqlBench, deferrable: str) -> None:
    bench.run(
        "CREATE TABLE a (id int PRIMARY KEY, b int)",
        f"CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a {deferrable})",
        f"ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b {deferrable}",
        "INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1, 1), (2, 2); UPDATE a SET b = id",
    )
    effects = apply(bench, [Delete("a", {"id": 1}), Delete("b", {"id": 1})])
    assert len(effects.deleted) == 2
    assert one(bench, "SELECT a.id, b.id FROM a JOIN b ON b.a = a.id") == [(2, 2)]


def test_an_orphan_is_refused_and_no_value_told(bench: PostgresqlBench) -> None:
    bench.run(
        "CREATE TABLE a (mail text PRIMARY KEY)",
        "CREATE TABLE b (id int PRIMARY KEY, a text REFERENCES a)",
        "INSERT INTO a VALUES ('ada@example.com'); INSERT INTO b VALUES (1, 'ada@example.com')",
    )
    with pytest.raises(Refused, match="constraint b_a_fkey") as caught:
        apply(bench, [Delete("a", {"mail": "ada@" + "example.com"})])
    assert "ada@example.com" not in "".join(traceback.format_exception(caught.value))
    assert one(bench, "SELECT * FROM a") == [("ada@example.com",)]


def test_a_server_that_is_stopped_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        open_store(StoreSettings("shop", "postgresql://vestige@127.0.0.1:1/shop"))


def test_a_lock_is_waited_for_as_long_as_the_limits_say(bench: PostgresqlBench) -> None:
    people = bench.seed("people", [{"id": 1, "email": None, "note": None}])
    bench.settings = replace(bench.settings, options={"limits": {"lock_timeout": "50ms"}})
    with psycopg.connect(bench.settings.url) as other:
        other.execute("SELECT * FROM people FOR UPDATE")
        with pytest.raises(Unavailable, match="55P03"):
            apply(bench, [Delete(people, {"id": 1})])


def test_dates_are_dates(bench: PostgresqlBench) -> None:
    bench.run("CREATE TABLE t (id int PRIMARY KEY, d date, z timestamptz)")
    bench.run("INSERT INTO t VALUES (1, '1970-02-03', '2024-02-29 12:00:00.5+02')")
    ((row, *_),) = everything(bench, "t")
    assert row["d"] == date(1970, 2, 3)
    assert row["z"] == datetime(2024, 2, 29, 10, 0, 0, 500000, tzinfo=UTC)
    assert (
        found(bench, "t", "d", "1970-02-03") == found(bench, "t", "z", "2024-02-29T10:00:00.5+00:00") == [1]
    )
