"""The catalog on real files: what is written comes back, is swapped in whole, and outlives rescans."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestige.catalog import writer
from vestige.catalog.model import CoverageLine, Finding, IdentitySource, Place, Relation, Scan
from vestige.catalog.store import (
    OCCURRENCES,
    Catalog,
    CatalogWriter,
    Location,
    NoCatalog,
    OtherKey,
    OtherSchema,
    decide_field,
    decide_relation,
)
from vestige.connectors.protocol import Collection, Description, Field, Reference

KEY = "0011aabb"
SCAN = Scan("s1", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", "full", "1", KEY)
EMAIL = Place("shop", "users", "email")
FINDING = Finding(EMAIL, "EMAIL_ADDRESS", 0.99, "personal", ("all values are addresses",), "1")
RELATION = Relation(
    Place("shop", "orders", "user_id"),
    Place("shop", "users", "id"),
    "owner",
    "inferred",
    "active",
    ("named after its parent",),
    when=("kind", "user"),
    composite=(("tenant", "tenant"),),
)
SOURCE = IdentitySource("shop", "users", "id", (("email", "EMAIL_ADDRESS"),), "inferred", ("unique e-mail",))
ORDERS = Collection(
    "shop",
    "orders",
    "table",
    (Field("id", "integer", False), Field("user_id", "integer")),
    ("id",),
    (("number",),),
    (Reference(("user_id",), "users", ("id",), "CASCADE"),),
    ("trg",),
)


def digest(number: int) -> str:
    return f"{number:032x}"


def seen(*rows: tuple[str, str, str | None, str, str, str, int, int]) -> pa.RecordBatch:
    names = OCCURRENCES.names
    shown = [dict(zip(names, (*row[:6], digest(row[6]), row[7]), strict=True)) for row in rows]
    return pa.RecordBatch.from_pylist(shown, OCCURRENCES)


def publish(path: Path, *, scan: Scan = SCAN, findings: tuple[Finding, ...] = (FINDING,)) -> None:
    with CatalogWriter(path, KEY) as writer:
        writer.describe("shop", Description((ORDERS,), ("billing",)))
        writer.occurrences(
            [
                seen(("shop", "users", None, "email", "EMAIL_ADDRESS", "clear", 7, 1)),
                seen(
                    ("shop", "users", None, "email", "EMAIL_ADDRESS", "clear", 7, 2),
                    ("files", "a/*.csv", "o1", "mail", "EMAIL_ADDRESS", "sha256", 7, 5),
                    ("files", "a/*.csv", "o2", "mail", "EMAIL_ADDRESS", "clear", 8, 1),
                ),
            ]
        )
        writer.coverage(
            [
                CoverageLine("shop", "users", "users", None, "COMPLETE", None, 3),
                CoverageLine("files", "a/*.csv", "a/{USER_ID}.csv", "o1", "COMPLETE", None, 5, "v1", 99),
                CoverageLine("files", "a/*.csv", "a/{USER_ID}.csv", "o2", "SKIPPED", "no parser", None, "v2"),
            ]
        )
        writer.profiles([(EMAIL, None, '{"n": 1}'), (Place("files", "a/*.csv", "mail"), "o1", '{"n": 2}')])
        writer.findings(findings)
        writer.relations([RELATION])
        writer.sources([SOURCE])
        writer.publish(scan)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    publish(tmp_path / "it's a catalog.duckdb")
    return tmp_path / "it's a catalog.duckdb"


def test_everything_comes_back(path: Path) -> None:
    with Catalog.open(path, KEY) as catalog:
        assert catalog.scan() == SCAN
        assert catalog.collections() == [ORDERS]
        assert catalog.neighbours() == [("shop", "billing")]
        assert catalog.findings() == [FINDING]
        assert catalog.relations() == [RELATION]
        assert catalog.sources() == [SOURCE]
        assert [line.status for line in catalog.coverage()] == ["COMPLETE", "SKIPPED", "COMPLETE"]
        assert catalog.coverage_counts() == {"COMPLETE": 2, "SKIPPED": 1, "PARTIAL": 0, "OPAQUE": 0}
        assert catalog.versions("files", "a/*.csv") == {"o1": "v1"}
        assert (EMAIL, None, '{"n": 1}') in list(catalog.profiles())


def test_repeated_sightings_add_up(path: Path) -> None:
    with Catalog.open(path) as catalog:
        found = {(each.place.store, each.form): each.count for each in catalog.occurrences([digest(7)])}
        assert found == {("shop", "clear"): 3, ("files", "sha256"): 5}
        assert [each.hash for each in catalog.occurrences_of(EMAIL)] == [digest(7)]
        assert catalog.distinct()[EMAIL] == 1


def test_locations_name_masked_labels(path: Path) -> None:
    with Catalog.open(path) as catalog:
        assert catalog.locations([digest(7), digest(999)]) == [
            Location("files", "a/*.csv", "a/{USER_ID}.csv", "mail", "EMAIL_ADDRESS", "sha256", 5),
            Location("shop", "users", None, "email", "EMAIL_ADDRESS", "clear", 3),
        ]
        assert catalog.locations([]) == []


def test_a_reader_keeps_what_it_opened_and_the_next_sees_the_new_file(path: Path) -> None:
    with Catalog.open(path) as before:
        publish(path, scan=replace(SCAN, id="s2"), findings=())
        with Catalog.open(path) as after:
            assert (after.scan(), after.findings()) == (replace(SCAN, id="s2"), [])
        assert (before.scan(), before.findings()) == (SCAN, [FINDING])


def test_another_key_is_refused(path: Path) -> None:
    with pytest.raises(OtherKey, match="made with key 0011aabb"):
        Catalog.open(path, "ffffffff")


@pytest.mark.parametrize("content", [b"", b"not a database", b"\0" * 8192])
def test_what_is_no_catalog_is_said_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "catalog.duckdb"
    with pytest.raises(NoCatalog):
        Catalog.open(path)
    path.write_bytes(content)
    with pytest.raises(OtherSchema):
        Catalog.open(path)
    assert path.read_bytes() == content


def test_a_writer_that_fails_leaves_the_published_file_and_nothing_else(path: Path) -> None:
    before = path.read_bytes()

    def interrupted() -> None:
        with CatalogWriter(path, KEY) as writer:
            writer.findings([FINDING])
            raise InterruptedError

    with pytest.raises(InterruptedError):
        interrupted()
    assert path.read_bytes() == before
    assert {each.name for each in path.parent.iterdir()} == {path.name, f"{path.name}.lock"}


def test_leftovers_of_a_killed_writer_go_and_those_of_a_living_one_stay(path: Path) -> None:
    dead = path.with_name(f"{path.name}.4194304-abcd.new")
    living = path.with_name(f"{path.name}.{os.getpid()}-abcd.new")
    dead.write_bytes(b"x")
    living.write_bytes(b"x")
    with CatalogWriter(path, KEY):
        assert (dead.exists(), living.exists()) == (False, True)


def test_decisions_win_and_outlive_rescans(path: Path) -> None:
    decide_field(path, EMAIL, "EMAIL_ADDRESS", "rejected")
    decide_field(path, EMAIL, "USERNAME", "accepted")
    decide_relation(path, RELATION, "accepted")
    publish(path)
    with Catalog.open(path) as catalog:
        verdicts = {each.entity: each.verdict for each in catalog.findings()}
        assert verdicts == {"EMAIL_ADDRESS": "not_personal", "USERNAME": "personal"}
        assert [(each.origin, each.status) for each in catalog.relations()] == [("confirmed", "active")]
        assert catalog.locations([digest(7)]), "a decision must not lose what was scanned"
    decide_relation(path, RELATION, "rejected")
    with Catalog.open(path) as catalog:
        assert [(each.origin, each.status) for each in catalog.relations()] == [("rejected", "rejected")]


def test_a_decision_entered_during_a_scan_is_kept(path: Path) -> None:
    with CatalogWriter(path, KEY) as writer:
        writer.findings([FINDING])
        decide_field(path, EMAIL, "EMAIL_ADDRESS", "rejected")
        writer.publish(replace(SCAN, id="s2"))
    with Catalog.open(path) as catalog:
        assert [each.verdict for each in catalog.findings()] == ["not_personal"]


def test_a_confirmed_relation_stays_when_no_scan_infers_it(path: Path) -> None:
    decide_relation(path, RELATION, "accepted")
    with CatalogWriter(path, KEY) as writer:
        writer.publish(SCAN)
    with Catalog.open(path) as catalog:
        assert [each.child for each in catalog.relations()] == [RELATION.child]


def test_deciding_without_a_catalog_is_an_error_and_creates_none(tmp_path: Path) -> None:
    with pytest.raises(NoCatalog):
        decide_field(tmp_path / "none.duckdb", EMAIL, "EMAIL_ADDRESS", "accepted")
    assert not list(tmp_path.iterdir())


def test_unchanged_partitions_are_carried_whole_and_alone(path: Path) -> None:
    with CatalogWriter(path, KEY) as writer:
        writer.occurrences([seen(("shop", "new", None, "x", "KEY", "clear", 1, 1))])
        writer.carry([("files", "a/*.csv", "o1"), ("shop", "users", None)])
        writer.publish(replace(SCAN, id="s2"))
    with Catalog.open(path) as catalog:
        assert {(each.place.store, each.count) for each in catalog.occurrences([digest(7)])} == {
            ("shop", 3),
            ("files", 5),
        }
        assert catalog.occurrences([digest(8)]) == []
        assert [line.object_id for line in catalog.coverage()] == ["o1", None]
        assert len(list(catalog.profiles())) == 2
        assert len(catalog.occurrences([digest(1)])) == 1


def test_nothing_is_carried_from_a_catalog_of_another_key(path: Path) -> None:
    with CatalogWriter(path, "ffffffff") as writer, pytest.raises(OtherKey):
        writer.carry([("shop", "users", None)])


def test_the_basis_moves_with_what_was_used_and_only_with_that(path: Path) -> None:
    def basis(*places: Place) -> str:
        with Catalog.open(path) as catalog:
            return catalog.basis(places)

    before, other = basis(EMAIL, RELATION.child), basis(Place("shop", "orders", "note"))
    publish(path, scan=replace(SCAN, id="s2"), findings=(replace(FINDING, confidence=0.5, evidence=()),))
    assert basis(EMAIL, RELATION.child) == before
    decide_field(path, EMAIL, "EMAIL_ADDRESS", "rejected")
    assert basis(EMAIL, RELATION.child) != before
    assert basis(Place("shop", "orders", "note")) == other


def test_no_value_of_a_carried_over_hash_stays_in_the_file(path: Path) -> None:
    decide_field(path, EMAIL, "EMAIL_ADDRESS", "rejected")
    publish(path)
    with CatalogWriter(path, KEY) as writer:
        writer.publish(SCAN)
    assert b"a/{USER_ID}.csv" not in path.read_bytes()


keys = st.frozensets(st.integers(0, 30), max_size=20)


@settings(max_examples=15, deadline=None)
@given(child=keys, parent=keys, ignored=keys)
def test_inclusion_counts_as_sets_do(
    tmp_path_factory: pytest.TempPathFactory,
    child: frozenset[int],
    parent: frozenset[int],
    ignored: frozenset[int],
) -> None:
    with CatalogWriter(tmp_path_factory.mktemp("catalog") / "c.duckdb", KEY) as writer:
        childs = [("a", "orders", f"p{n % 2}", "user", "KEY", "clear", n, 2) for n in child]
        parents = [("b", "users", None, "id", "KEY", "clear", n, 1) for n in parent]
        writer.occurrences([seen(*childs), seen(*parents)])
        segment = writer.segment()
        pair = (Place("a", "orders", "user"), Place("b", "users", "id"))
        found = segment.inclusions([pair, (pair[0], Place("b", "users", "nothing"))], map(digest, ignored))
    if not (child and parent):
        assert not found
        return
    counts = [(each.child_distinct, each.parent_distinct, each.shared) for each in found]
    assert counts == [(len(child - ignored), len(parent), len(child & parent - ignored))]


@pytest.mark.parametrize("folded", [1, 7, 1_000_000])
def test_many_sightings_are_folded_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folded: int
) -> None:
    monkeypatch.setattr(writer, "_FOLDED", folded)
    hashes = [0, 1, 1 << 127, (1 << 127) - 1, (1 << 128) - 1, *(n << 123 for n in range(32))]
    rows = [("shop", "users", None, "id", "KEY", "clear", one, 1) for one in hashes * 2]
    with CatalogWriter(tmp_path / "catalog.duckdb", KEY) as made:
        made.occurrences([seen(*rows)])
        made.publish(SCAN)
    place = Place("shop", "users", "id")
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        found = {one.hash: one.count for one in catalog.occurrences_of(place)}
    assert found == {digest(one): 2 * hashes.count(one) for one in hashes}
    assert list(found) == sorted(found)
