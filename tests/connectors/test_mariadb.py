"""MariaDB keeps to the protocol, and to what only MariaDB has."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import pymysql
import pytest

from vestige.connectors import open_store
from vestige.connectors.bench import NEIGHBOURS, Bench, Record, apply, by_id
from vestige.connectors.conformance import Conformance
from vestige.connectors.errors import Moved, Refused, Unavailable
from vestige.connectors.protocol import Delete, Gap, SetField, StoreSettings, digest, locator


class MariadbBench(Bench):
    def __init__(self, url: str) -> None:
        self.settings = StoreSettings("shop", url)
        parts = urlsplit(url)
        self.port, self.database = parts.port or 0, parts.path[1:]
        self.reader = "reader_of_" + self.database

    def connect(self) -> pymysql.Connection[Any]:
        return pymysql.connect(
            host="127.0.0.1", port=self.port, user="root", database=self.database, autocommit=True
        )

    def run(self, *statements: str) -> None:
        with self.connect() as connection:
            for statement in statements:
                connection.cursor().execute(statement)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def limited(self, *grants: str) -> None:
        """From now on as a role with these rights alone, a ``%s`` standing for its name."""
        self.run(f"CREATE USER {self.reader}", *(grant % self.reader for grant in grants))
        self.settings = StoreSettings("shop", self.settings.url.replace("//root@", f"//{self.reader}@"))

    def seed(self, name: str, records: Sequence[Record]) -> str:
        self.run(
            f"CREATE TABLE IF NOT EXISTS {name} (id bigint PRIMARY KEY, email varchar(99), note longtext)",
            f"DELETE FROM {name}",  # noqa: S608 - a literal of the suite
        )
        with self.connect() as connection:
            statement = f"INSERT INTO {name} VALUES (%(id)s, %(email)s, %(note)s)"  # noqa: S608
            connection.cursor().executemany(statement, records)
        return name

    def rows(self, name: str) -> list[Record]:
        found = self.ask(f"SELECT id, email, note FROM {name}")  # noqa: S608
        return [dict(zip(("id", "email", "note"), row, strict=True)) for row in found]

    def absent(self) -> StoreSettings:
        return StoreSettings("nowhere", self.settings.url.rpartition("/")[0] + "/absent")

    def unreadable(self) -> str:
        self.run("CREATE TABLE half (id int PRIMARY KEY, secret text)")
        self.limited(f"GRANT SELECT (id) ON {self.database}.half TO %s")
        return "half"


class TestMariadb(Conformance):
    @pytest.fixture(params=["mariadb"])
    def bench(self, mariadb_database: Callable[[], str]) -> MariadbBench:
        return MariadbBench(mariadb_database())


class TestMariadbWithoutKey(Conformance):
    """The same over tables whose rows have no key, in a character set that is not ours. A row's address is
    what it holds: so a digest that is forgotten at the commit changes nothing, and is no fault here."""

    @pytest.fixture(params=["mariadb-keyless"])
    def bench(self, mariadb_database: Callable[[], str]) -> MariadbBench:
        class Keyless(MariadbBench):
            def seed(self, name: str, records: Sequence[Record]) -> str:
                self.run(
                    f"CREATE TABLE IF NOT EXISTS {name}"
                    " (id bigint, email varchar(99) CHARACTER SET utf16, note longtext)"
                )
                return super().seed(name, records)

        return Keyless(mariadb_database())

    harmless = frozenset({"DigestForgotten"})

    def test_a_changed_record_is_left(self, bench: Bench, people: str) -> None:
        """What a row holds is its address: a changed one is another, and the one that was planned is gone."""
        edits = [self.edit_of(bench, people, key) for key in (11, 12)]
        changed = [one | {"note": "changed"} if one["id"] == 12 else one for one in NEIGHBOURS]
        bench.seed("people", changed)
        with pytest.raises(Moved):
            apply(bench, [replace(edits[0], digest=edits[1].digest)])
        effects = apply(bench, edits)
        assert effects.gone == ((people, edits[1].locator),)
        assert by_id(bench.rows(people)) == by_id(one for one in changed if one["id"] != 11)

    def test_a_record_that_changes_before_the_commit_is_left(self, bench: Bench, people: str) -> None:
        edits = [self.edit_of(bench, people, key) for key in (11, 12)]
        changed = [one | {"note": "changed"} if one["id"] == 12 else one for one in NEIGHBOURS]
        with bench.open(writable=True) as connector:
            prepared = connector.prepare(edits)
            bench.seed("people", changed)
            assert connector.commit(prepared).gone == ((people, edits[1].locator),)
        assert by_id(bench.rows(people)) == by_id(one for one in changed if one["id"] != 11)


@pytest.fixture(params=["mariadb"])
def bench(mariadb_database: Callable[[], str]) -> MariadbBench:
    return MariadbBench(mariadb_database())


def everything(bench: MariadbBench, table: str) -> list[tuple[dict[str, Any], dict[str, Any], str]]:
    """Record, locator and digest of each row."""
    with bench.open() as connector:
        items = [item for part in connector.partitions(table) for item in connector.read(part)]
    return [
        (row, locator(item, number), digest(item, number))
        for item in items
        for number, row in enumerate(item.to_pylist())  # type: ignore[union-attr]
    ]


def found(bench: MariadbBench, table: str, field: str, *values: object) -> list[Any]:
    with bench.open() as connector:
        items = list(connector.find(table, [field], [(value,) for value in values]))
    return [row["id"] for item in items for row in item.to_pylist()]  # type: ignore[union-attr]


def skips(bench: MariadbBench) -> dict[str, str | None]:
    with bench.open() as connector:
        return {part.collection: part.skip for part in connector.partitions()}


TYPES = (
    "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, u uuid, i inet6, e enum('a', 'it''s'), j json,"
    " n decimal(12, 2), f double, t time, d date, z timestamp(3) NULL, b blob, k bit(3), y year,"
    " s varchar(5), g int GENERATED ALWAYS AS (1 + 1) STORED, w bigint unsigned, x bool)",
    "SET sql_mode = ''",
    "INSERT INTO t (u, i, e, j, n, f, t, d, z, b, k, y, s, w, x) VALUES"
    " ('6F9619FF-8B86-D011-B42D-00C04FC964FF', '2001:db8::1', 'it''s', '{\"k\": {\"v\": 12}}', 10.50, 0.1,"
    " '-12:00:00', '0000-00-00', '2024-02-29 12:00:00.5', x'ff00', 5, 2024, 'abc', 18446744073709551615, 1),"
    " (NULL, NULL, NULL, NULL, NULL, NULL, NULL, '1970-02-03', NULL, NULL, NULL, NULL, NULL, 7, 0)",
)


def test_types_that_only_mariadb_has(bench: MariadbBench) -> None:
    bench.run(*TYPES)
    (row, where, check), (other, *_) = everything(bench, "t")
    assert where == {"id": 1}
    assert row == {
        "id": 1, "u": "6f9619ff-8b86-d011-b42d-00c04fc964ff", "i": "2001:db8::1", "e": "it's",
        "j": '{"k": {"v": 12}}', "n": "10.50", "f": 0.1, "t": "-12:00:00", "d": "0000-00-00",
        "z": datetime(2024, 2, 29, 12, 0, 0, 500000), "b": b"\xff\x00", "k": b"\x05", "y": 2024, "s": "abc",
        "g": 2, "w": "18446744073709551615", "x": 1,
    }  # fmt: skip
    assert other["d"] == "1970-02-03"
    effects = apply(bench, [SetField("t", where, "e", "a", check), SetField("t", where, "z", None, check)])
    assert len(effects.changed) == 1
    assert bench.ask("SELECT e, z, n + 0, d = 0 FROM t WHERE id = 1")[0][:2] == ("a", None)
    assert bench.ask("SELECT count(*) FROM t WHERE d = '0000-00-00'") == [(1,)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("u", "6F9619FF8B86D011B42D00C04FC964FF"),
        ("i", "2001:db8::1"),
        ("e", "it's"),
        ("n", "10.5"),
        ("f", 0.1),
        ("t", "-12:00:00"),
        ("z", "2024-02-29T13:00:00.5+01:00"),
        ("b", b"\xff\x00"),
        ("w", "18446744073709551615"),
        ("j.k.v", "12"),
        ("j", '{"k": {"v": 12}}'),
        ("id", 1),
        ("y", "2024"),
    ],
)
def test_values_are_found_as_the_columns_type(bench: MariadbBench, field: str, value: object) -> None:
    bench.run(*TYPES)
    assert found(bench, "t", field, "no such", "99999999999999999999", "a\0b", "", value, 70000) == [1]


@pytest.mark.parametrize(
    ("field", "value"),
    [("e", "glad"), ("s", "abcdef"), ("j", "{"), ("g", 3), ("z", "***"), ("u", "***"), ("id", None)],
)
def test_what_does_not_fit_is_refused_before_any_write(
    bench: MariadbBench, field: str, value: str | int | None
) -> None:
    bench.run(*TYPES)
    with bench.open(writable=True) as connector, pytest.raises(Refused):
        connector.prepare([SetField("t", {"id": 1}, field, value)])


@pytest.mark.parametrize("charset", ["latin1", "utf8mb3", "ucs2", "utf8mb4", "utf8mb4 COLLATE utf8mb4_bin"])
def test_equality_is_exact_in_each_character_set(bench: MariadbBench, charset: str) -> None:
    bench.run(
        f"CREATE TABLE t (id int, m varchar(50) CHARACTER SET {charset} PRIMARY KEY)",
        "INSERT INTO t VALUES (1, 'ada@example.com'), (2, 'Übel@example.com')",
    )
    spelt = (
        "ADA@example.com",
        "ada@example.com ",
        "ада@example.com",
        "👩‍💻",
        "äda@example.com",
        "ada@example.com\0",
        "ubel@example.com",
        "0",
    )
    assert found(bench, "t", "m", *spelt) == []
    assert found(bench, "t", "m", "Übel@example.com") == [2]
    assert found(bench, "t", "m", *spelt, "ada@example.com") == [1]
    apply(bench, [Delete("t", {"m": "Übel@example.com"})])
    assert bench.ask("SELECT id FROM t") == [(1,)]


def test_numbers_and_texts_are_one_only_where_they_are(bench: MariadbBench) -> None:
    bench.run(
        "CREATE TABLE t (id int PRIMARY KEY, m varchar(20))",
        "INSERT INTO t VALUES (0, '12'), (12, '12abc'), (13, '012')",
    )
    assert found(bench, "t", "id", "12abc", "0x0c", "012", " 12", "twelve") == []
    assert found(bench, "t", "m", 12) == [0]
    assert found(bench, "t", "id", 0) == [0]


@pytest.mark.parametrize("kind", ["binary(2)", "varbinary(2)"])
def test_keys_of_bytes(bench: MariadbBench, kind: str) -> None:
    bench.run(f"CREATE TABLE t (id {kind} PRIMARY KEY)", "INSERT INTO t VALUES (x'ff27'), (x'ff00')")
    rows = everything(bench, "t")
    assert sorted(where["id"] for _, where, _ in rows) == ["FF00", "FF27"]
    assert len(apply(bench, [Delete("t", {"id": "FF27"})]).deleted) == 1
    assert bench.ask("SELECT id FROM t") == [(b"\xff\0",)]
    with pytest.raises(Refused):
        apply(bench, [Delete("t", {"id": "no hex"})])


def test_names_views_and_composite_keys(bench: MariadbBench) -> None:
    bench.run(
        'CREATE TABLE `user s%``x` (id int PRIMARY KEY, `100%` text, `"` int, `:a` int)',
        "INSERT INTO `user s%``x` VALUES (1, 'x', 2, 3)",
        "CREATE TABLE log (day date, id int, PRIMARY KEY (id, day))"
        " PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN (2), PARTITION q VALUES LESS THAN MAXVALUE)",
        "INSERT INTO log VALUES ('2024-05-01', 1), ('2024-05-02', 2)",
        "CREATE TABLE natural_key (a varchar(9) NOT NULL UNIQUE, b int)",
        "CREATE TABLE prefix_key (a varchar(9) NOT NULL, UNIQUE (a(2)))",
        "CREATE VIEW v AS SELECT * FROM log",
        "CREATE SEQUENCE s",
    )
    with bench.open() as connector:
        kinds = {c.name: (c.kind, c.key) for c in connector.describe().collections}
    assert kinds == {
        "user s%`x": ("table", ("id",)),
        "log": ("table", ("id", "@day")),
        "natural_key": ("table", ("a",)),
        "prefix_key": ("table", ("@row_sha256",)),
        "v": ("view", ()),
    }
    assert found(bench, "user s%`x", "100%", "x") == [1]
    rows = everything(bench, "log")
    assert rows[0][1] == {"id": 1, "day": "2024-05-01"}
    apply(bench, [Delete("log", rows[0][1], rows[0][2])])
    assert bench.ask("SELECT id FROM log") == [(2,)]
    apply(bench, [SetField("user s%`x", {"id": 1}, "100%", "50%")])
    assert found(bench, "user s%`x", "100%", "50%") == [1]


def test_rows_without_key_that_are_alike_go_together(bench: MariadbBench) -> None:
    bench.run(
        "CREATE TABLE t (id int, note text, f double)",
        "INSERT INTO t VALUES (1, 'a', 0.1), (1, 'a', 0.1), (2, NULL, 0), (3, '', 0), (4, 'd', 0)",
    )
    rows = everything(bench, "t")
    assert len({where["row_sha256"] for _, where, _ in rows}) == 4
    places = {row["id"]: (where, check) for row, where, check in rows}
    (where, check), (_, other) = places[1], places[4]
    effects = apply(bench, [Delete("t", where, check), Delete("t", where, check)])
    assert effects.deleted == (("t", where),)
    assert apply(bench, [Delete("t", where, check)]).gone == (("t", where),)
    assert bench.ask("SELECT id FROM t ORDER BY id") == [(2,), (3,), (4,)]
    changed = apply(bench, [SetField("t", places[4][0], "note", None, other)])
    assert [place for _, place in changed.changed] == [places[4][0]]
    with pytest.raises(Moved):
        apply(bench, [Delete("t", places[3][0], check)])
    assert bench.ask("SELECT id, note FROM t ORDER BY id") == [(2, None), (3, ""), (4, None)]


@pytest.mark.parametrize("engine", ["MyISAM", "Aria", "MEMORY"])
def test_an_engine_without_transactions_is_read_and_never_edited(bench: MariadbBench, engine: str) -> None:
    bench.run(f"CREATE TABLE t (id int PRIMARY KEY) ENGINE={engine}", "INSERT INTO t VALUES (1)")
    assert [row["id"] for row, *_ in everything(bench, "t")] == [1]
    with pytest.raises(Refused, match=f"{engine} has no transactions"):
        apply(bench, [Delete("t", {"id": 1})])
    assert bench.ask("SELECT id FROM t") == [(1,)]


def test_former_versions_of_rows_are_not_taken_for_none(bench: MariadbBench) -> None:
    bench.run("CREATE TABLE t (id int PRIMARY KEY) WITH SYSTEM VERSIONING", "INSERT INTO t VALUES (1)")
    assert "former versions" in (skips(bench)["t"] or "")
    with pytest.raises(Refused, match="former versions"):
        apply(bench, [Delete("t", {"id": 1})])


def test_what_the_role_may_not_read_is_skipped_by_name(bench: MariadbBench) -> None:
    bench.run(
        "CREATE TABLE open (id int PRIMARY KEY)",
        "CREATE TABLE half (id int PRIMARY KEY, secret text)",
        "CREATE TABLE written (id int PRIMARY KEY)",
        "CREATE TABLE hidden (id int PRIMARY KEY)",
    )
    bench.limited(
        f"GRANT SELECT ON {bench.database}.open TO %s",
        f"GRANT SELECT (id), DELETE ON {bench.database}.half TO %s",
        f"GRANT DELETE ON {bench.database}.written TO %s",
    )
    assert skips(bench) == {
        "open": None,
        "half": "the role may not SELECT all of it",
        "written": "the role may not SELECT all of it",
        "(tables that the role may not see)": "the role may not SELECT the whole database",
    }


@pytest.mark.parametrize("pattern", ["`%s`", "`estate%%%%`", "*", "a role"])
def test_a_role_that_sees_all_is_told_of_no_gap(bench: MariadbBench, pattern: str) -> None:
    bench.run("CREATE TABLE t (id int PRIMARY KEY)", "CREATE OR REPLACE ROLE sees_all")
    bench.run("GRANT SELECT ON *.* TO sees_all")
    if pattern == "a role":
        bench.limited("GRANT sees_all TO %s", "SET DEFAULT ROLE sees_all FOR %s")
    else:
        bench.limited(f"GRANT SELECT ON {pattern.replace('%s', bench.database)}.* TO %s")
    assert skips(bench) == {"t": None}


def test_triggers_and_actions_are_told_or_said_to_be_hidden(bench: MariadbBench) -> None:
    bench.run(
        "CREATE TABLE p (id int PRIMARY KEY, up int REFERENCES p (id) ON DELETE SET NULL)",
        "CREATE TABLE c (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE)",
        "CREATE TRIGGER copies AFTER DELETE ON p FOR EACH ROW SET @a = 1",
    )
    bench.run(f"CREATE DATABASE {bench.database}_far")
    far = f"{bench.database}_far.f"
    bench.run(f"CREATE TABLE {far} (p int, FOREIGN KEY (p) REFERENCES {bench.database}.p (id))")
    with bench.open() as connector:
        seen = connector.describe()
    named = {one.name: one for one in seen.collections}
    assert named["p"].triggers == ("copies",)
    actions = {(r.collection, r.on_delete, r.indexed) for one in seen.collections for r in one.references}
    assert actions == {("p", "SET NULL", True), ("p", "CASCADE", True), ("p", "RESTRICT", True)}
    assert set(named) == {"p", "c", far}
    assert f"database {bench.database}_far" in seen.neighbours
    bench.limited(f"GRANT SELECT ON {bench.database}.* TO %s")
    with bench.open() as connector:
        seen = connector.describe()
    assert any("hidden" in name for one in seen.collections for name in one.triggers)
    assert {r.on_delete for one in seen.collections for r in one.references} == {"UNKNOWN"}


TREE = (
    "CREATE TABLE a (id int PRIMARY KEY, b int {null}, up int, FOREIGN KEY (up) REFERENCES a (id))",
    "CREATE TABLE b (id int PRIMARY KEY, a int {null}, FOREIGN KEY (a) REFERENCES a (id))",
    "INSERT INTO a VALUES (1, 1, NULL), (2, 2, 1), (3, 3, NULL)",
    "INSERT INTO b VALUES (1, 1), (2, 2), (3, 3)",
    "ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES b (id)",
)


@pytest.mark.parametrize("null", ["NULL", "NOT NULL"])
def test_rows_that_refer_to_each_other_go_together(bench: MariadbBench, null: str) -> None:
    bench.run(*(statement.format(null=null) for statement in TREE))
    effects = apply(bench, [Delete(table, {"id": key}) for table in ("a", "b") for key in (1, 2)])
    assert len(effects.deleted) == 4
    assert bench.ask("SELECT a.id, b.id FROM a JOIN b ON b.a = a.id") == [(3, 3)]
    with pytest.raises(pymysql.err.IntegrityError):
        bench.run("DELETE FROM b")


def test_what_would_leave_an_orphan_is_refused_whole(bench: MariadbBench) -> None:
    bench.run(*(statement.format(null="NULL") for statement in TREE))
    with pytest.raises(Refused, match="refer to nothing"):
        apply(bench, [Delete("a", {"id": 1}), Delete("b", {"id": 1})])
    assert bench.ask("SELECT count(*) FROM a") == bench.ask("SELECT count(*) FROM b") == [(3,)]


def test_an_orphan_that_was_there_is_no_reason_to_stop(bench: MariadbBench) -> None:
    bench.run(*(statement.format(null="NULL") for statement in TREE))
    bench.run("SET foreign_key_checks = 0", "INSERT INTO b VALUES (9, 99)")
    with bench.connect() as connection:
        cursor = connection.cursor()
        cursor.execute("SET foreign_key_checks = 0")
        cursor.execute("INSERT INTO b VALUES (10, 99)")
    apply(bench, [Delete(table, {"id": 3}) for table in ("a", "b")])
    assert bench.ask("SELECT id FROM b ORDER BY id") == [(1,), (2,), (9,), (10,)]


def test_no_value_is_told_by_a_refusal(bench: MariadbBench) -> None:
    bench.run(
        "CREATE TABLE a (id int PRIMARY KEY, mail varchar(50) UNIQUE, c int, CONSTRAINT small CHECK (c < 9))",
        "INSERT INTO a VALUES (1, 'ada@example.com', 1), (2, 'bob@example.com', 2)",
    )
    for field, value, named in (("mail", "ada@" + "example.com", "1062"), ("c", 10, "constraint small")):
        with pytest.raises(Refused, match=named) as caught:
            apply(bench, [SetField("a", {"id": 2}, field, value)])
        assert "ada@example.com" not in "".join(traceback.format_exception(caught.value))
    assert bench.ask("SELECT mail, c FROM a WHERE id = 2") == [("bob@example.com", 2)]


def test_a_column_that_the_database_renews_stays(bench: MariadbBench) -> None:
    bench.run(
        "CREATE TABLE t (id int PRIMARY KEY, m text, at timestamp DEFAULT 0 ON UPDATE CURRENT_TIMESTAMP)",
        "INSERT INTO t VALUES (1, 'x', '2020-01-01 00:00:00')",
    )
    apply(bench, [SetField("t", {"id": 1}, "m", None)])
    assert bench.ask("SELECT m, at FROM t") == [(None, datetime(2020, 1, 1))]


def test_a_server_that_is_stopped_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        open_store(StoreSettings("shop", "mariadb://root@127.0.0.1:1/shop"))


def test_without_a_database_there_is_no_store(mariadb_server: str) -> None:
    with pytest.raises(Refused, match="no database"):
        open_store(StoreSettings("shop", mariadb_server))


def test_a_lock_is_waited_for_as_long_as_the_limits_say(bench: MariadbBench) -> None:
    people = bench.seed("people", NEIGHBOURS[:2])
    bench.settings = replace(bench.settings, options={"limits": {"lock_timeout": "1s"}})
    with bench.connect() as other:
        other.begin()
        other.cursor().execute("SELECT * FROM people FOR UPDATE")
        with pytest.raises(Unavailable, match="1205"):
            apply(bench, [Delete(people, {"id": 1})])
    assert by_id(bench.rows(people)) == by_id(NEIGHBOURS[:2])


def test_a_statement_takes_no_longer_than_the_limits_say(bench: MariadbBench) -> None:
    bench.run("CREATE VIEW slow AS SELECT sleep(5) AS id")
    bench.settings = replace(bench.settings, options={"limits": {"statement_timeout": "50ms"}})
    with bench.open() as connector, pytest.raises(Unavailable, match="1969"):
        list(connector.find("slow", ["id"], [(1,)]))


def test_a_connection_that_ends_amid_an_answer_is_no_end_of_it(bench: MariadbBench) -> None:
    note = "x" * 60_000
    people = bench.seed("people", [{"id": key, "email": None, "note": note} for key in range(2000)])
    with bench.open() as connector:
        (part,) = connector.partitions(people)
        batches = connector.read(part)
        assert not isinstance(next(batches), Gap)
        for (other,) in bench.ask(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> connection_id() AND COMMAND = 'Query'"
        ):
            bench.run(f"KILL {other}")
        with pytest.raises(Unavailable):
            list(batches)


def test_statistics_of_what_was_erased_are_gathered_anew(bench: MariadbBench) -> None:
    bench.run(
        "CREATE TABLE t (id int PRIMARY KEY, m varchar(50))",
        "INSERT INTO t VALUES (1, 'ada@example.com'), (2, 'bob@example.com'), (3, 'cyd@example.com')",
        "ANALYZE TABLE t PERSISTENT FOR ALL",
    )
    kept = (
        f"SELECT min_value FROM mysql.column_stats WHERE column_name = 'm' AND db_name = '{bench.database}'"  # noqa: S608
    )
    apply(bench, [Delete("t", {"id": 1})])
    assert bench.ask(kept) == [(b"ada@example.com",)]
    with bench.open(writable=True) as connector:
        left = connector.settle(["t"])
    assert bench.ask(kept) == [(b"bob@example.com",)]
    assert not any("column_stats" in one.what for one in left)


def test_dates_are_dates(bench: MariadbBench) -> None:
    bench.run("CREATE TABLE t (id int PRIMARY KEY, d date)", "INSERT INTO t VALUES (1, '1970-02-03')")
    ((row, *_),) = everything(bench, "t")
    assert row["d"] == date(1970, 2, 3)
    assert found(bench, "t", "d", "1970-02-03") == [1]
