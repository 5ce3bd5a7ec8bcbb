"""What every store must do, as tests that a store's own test file inherits.

A store gives a :class:`~vestige.connectors.bench.Bench` (how its server starts, how records get in, how to
judge over another connection) and inherits all tests; what its capabilities leave out, it must refuse::

    class JarBench(Bench):
        def __init__(self, folder: Path) -> None:
            self.settings = StoreSettings("jar", f"jar://{folder}")
        def seed(self, name, records): ...      # make the collection, holding exactly these; return its name
        def rows(self, name): ...               # what it holds now, past the connector
        def absent(self): ...                   # settings of a store that is not there

    class TestJar(Conformance):
        @pytest.fixture(params=["jar"])         # the test ids carry the scheme
        def bench(self, tmp_path):
            return JarBench(tmp_path)

A record is ``{"id": int, "email": str | None, "note": str | None}``: a row of a table with the key ``id``,
the JSON text of an entry, a line of JSON in an object or a log; ``Bench.decode`` turns back what the batch
holds. The faults of :mod:`vestige.connectors.faults` are planted into each store, and each must be caught by
the test that it names.
"""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import ClassVar

import pytest

from vestige.connectors import open_store
from vestige.connectors.bench import ADA, NEIGHBOURS, Bench, Seen, apply, by_id, partitions, patch_of, read
from vestige.connectors.errors import Moved, Refused, StoreError
from vestige.connectors.faults import FAULTS, Fault
from vestige.connectors.protocol import Delete, Edit, Gap, Patch, Secret, SetField, locator, origin_of

LARGEST = 6 << 20
"""Bytes that no batch may exceed: 4 MB and some room for one large record."""


class Conformance:
    """Inherit, and give a fixture ``bench``: a fresh store for each test. ``harmless``: names of faults that
    change nothing in a store of this kind."""

    harmless: ClassVar[frozenset[str]] = frozenset()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "fault" in metafunc.fixturenames:
            faults = [fault for fault in FAULTS if fault.name not in self.harmless]
            metafunc.parametrize("fault", faults, ids=lambda fault: fault.name)

    @pytest.fixture
    def bench(self) -> Bench:
        raise NotImplementedError("the store's test class gives its bench")

    @pytest.fixture
    def people(self, bench: Bench) -> str:
        return bench.seed("people", NEIGHBOURS)

    def seen(self, bench: Bench, collection: str) -> Seen:
        with bench.open() as connector:
            return read(bench, connector, collection)

    def can(self, bench: Bench, edit: Edit) -> bool:
        """Whether the store declares this kind of edit. What it does not declare, it refuses."""
        kind = {Delete: "delete", SetField: "set", Patch: "patch"}[type(edit)]
        with bench.open(writable=True) as connector:
            if kind in connector.capabilities:
                return True
            with pytest.raises(Refused):
                connector.commit(connector.prepare([edit]))
        return False

    def test_describe_names_every_collection(self, bench: Bench, people: str) -> None:
        other = bench.seed("parcels", NEIGHBOURS[:3])
        with bench.open() as connector:
            names = [collection.name for collection in connector.describe().collections]
            parts = [part.collection for part in connector.partitions()]
        assert {people, other} <= set(names)
        assert len(names) == len(set(names))
        assert {people, other} <= set(parts)

    def test_partitions_travel(self, bench: Bench, people: str) -> None:
        with bench.open() as connector:
            parts = partitions(connector, people)
            assert parts == pickle.loads(pickle.dumps(parts))
            assert parts == partitions(connector, people)
            assert {part.store for part in parts} == {bench.settings.name}

    def test_read_gives_every_record_once(self, bench: Bench, people: str) -> None:
        seen = self.seen(bench, people)
        assert seen.records == by_id(NEIGHBOURS)
        assert not seen.gaps

    def test_batches_say_where_they_are_from(self, bench: Bench, people: str) -> None:
        seen = self.seen(bench, people)
        origins = [origin_of(batch) for _, batch, _ in seen.where]
        assert {(origin.store, origin.collection) for origin in origins} == {(bench.settings.name, people)}
        places = [json.dumps(locator(batch, row), sort_keys=True) for _, batch, row in seen.where]
        assert len(set(places)) == len(NEIGHBOURS)

    def test_read_is_fresh(self, bench: Bench, people: str) -> None:
        with bench.open() as connector:
            assert read(bench, connector, people).records == by_id(NEIGHBOURS)
            bench.seed("people", NEIGHBOURS[:4])
            assert read(bench, connector, people).records == by_id(NEIGHBOURS[:4])

    def test_read_streams(self, bench: Bench) -> None:
        records = [{"id": key, "email": None, "note": f"{key:06}" * 400} for key in range(6000)]
        seen = self.seen(bench, bench.seed("big", records))
        assert [record["id"] for record in seen.records] == list(range(6000))
        assert max(seen.sizes) <= LARGEST

    def test_count_agrees(self, bench: Bench, people: str) -> None:
        with bench.open() as connector:
            counts = [connector.count(part) for part in partitions(connector, people)]
        assert None in counts or sum(count or 0 for count in counts) == len(NEIGHBOURS)

    def test_find_by_locator(self, bench: Bench, people: str) -> None:
        where = [self.seen(bench, people).at(key)[0] for key in (0, 12)]
        with bench.open() as connector:
            found = Seen(bench, connector.find(people, list(where[0]), [list(one.values()) for one in where]))
        assert [record["id"] for record in found.records] == [0, 12]

    def finds(self, bench: Bench, people: str, field: str) -> bool:
        """Whether records have fields here, by whose values they are found; if not, none is given for one."""
        if bench.find_field is None:
            with bench.open() as connector:
                assert not Seen(bench, connector.find(people, [field], [("12",), (ADA,)])).records
        return bench.find_field is not None

    def test_find_is_exact(self, bench: Bench, people: str) -> None:
        field = bench.find_field or "email"
        if not self.finds(bench, people, field):
            return
        with bench.open() as connector:
            for wanted in (record for record in NEIGHBOURS if record["email"]):
                found = Seen(bench, connector.find(people, [field], [(wanted["email"],), (wanted["email"],)]))
                assert found.records == [wanted]

    def test_find_takes_a_number_as_text(self, bench: Bench, people: str) -> None:
        if not self.finds(bench, people, "id"):
            return
        with bench.open() as connector:
            found = Seen(
                bench, connector.find(people, ["id"], [("12",), (0,), ("x12",), ("",), (None,), (10**30,)])
            )
        assert [record["id"] for record in found.records] == [0, 12]

    def test_delete_takes_the_record_alone(self, bench: Bench, people: str) -> None:
        seen = self.seen(bench, people)
        (zero, check, *_), (twelve, other, *_) = seen.at(0), seen.at(12)
        if not self.can(bench, Delete(people, zero, check)):
            assert by_id(bench.rows(people)) == by_id(NEIGHBOURS)
            return
        effects = apply(bench, [Delete(people, zero, check), Delete(people, twelve, other)])
        assert by_id(bench.rows(people)) == [one for one in by_id(NEIGHBOURS) if one["id"] not in (0, 12)]
        assert {json.dumps(dict(where)) for _, where in effects.deleted} == {
            json.dumps(dict(w)) for w in (zero, twelve)
        }
        assert not effects.gone

    @pytest.mark.parametrize("value", [None, "it's 100% gone", ""], ids=["null", "text", "empty"])
    def test_set_changes_the_field_alone(self, bench: Bench, people: str, value: str | None) -> None:
        where, check, *_ = self.seen(bench, people).at(12)
        edit = SetField(people, where, "email", value, check)
        if not self.can(bench, edit):
            assert by_id(bench.rows(people)) == by_id(NEIGHBOURS)
            return
        effects = apply(bench, [edit])
        assert by_id(bench.rows(people)) == by_id(
            r | {"email": value} if r["id"] == 12 else r for r in NEIGHBOURS
        )
        assert [dict(where) for _, where in effects.changed] == [dict(where)]

    def test_patch_cuts_the_bytes_alone(self, bench: Bench, people: str) -> None:
        effects = apply(bench, [patch_of(self.seen(bench, people), people, 12, b"met Ada", b"met ***")])
        cut = [r | {"note": r["note"].replace("Ada", "***")} if r["id"] == 12 else r for r in NEIGHBOURS]
        assert by_id(bench.rows(people)) == by_id(cut)
        assert len(effects.changed) == 1

    def edit_of(self, bench: Bench, people: str, key: int) -> Edit:
        """Some edit of one record that the store can do."""
        seen = self.seen(bench, people)
        with bench.open() as connector:
            if "delete" in connector.capabilities:
                return Delete(people, *seen.at(key)[:2])
            if "patch" in connector.capabilities:
                return patch_of(seen, people, key, b"met Ada", b"met ***")
        pytest.skip("a store that cannot be written")

    def test_prepare_changes_nothing(self, bench: Bench, people: str) -> None:
        edit = self.edit_of(bench, people, 12)
        with bench.open(writable=True) as connector:
            connector.prepare([edit])
            connector.prepare([edit])
        assert by_id(bench.rows(people)) == by_id(NEIGHBOURS)
        assert self.seen(bench, people).records == by_id(NEIGHBOURS)

    def test_a_second_run_changes_nothing(self, bench: Bench, people: str) -> None:
        edit = self.edit_of(bench, people, 12)
        apply(bench, [edit])
        after = by_id(bench.rows(people))
        try:
            effects = apply(bench, [edit])
        except Moved:
            assert "object" in edit.locator, "a record with a key is gone, not moved"
        else:
            assert [dict(where) for _, where in effects.gone] == [dict(edit.locator)]
            assert not effects.deleted
        assert by_id(bench.rows(people)) == after != by_id(NEIGHBOURS)

    def test_a_changed_record_is_left(self, bench: Bench, people: str) -> None:
        edits = [self.edit_of(bench, people, key) for key in (11, 12)]
        changed = [
            record | {"note": "changed, met Ada"} if record["id"] == 12 else record for record in NEIGHBOURS
        ]
        bench.seed("people", changed)
        with pytest.raises(Moved):
            apply(bench, edits)
        assert by_id(bench.rows(people)) == by_id(changed)

    def test_a_record_that_changes_before_the_commit_is_left(self, bench: Bench, people: str) -> None:
        edits = [self.edit_of(bench, people, key) for key in (11, 12)]
        changed = [
            record | {"note": "changed, met Ada"} if record["id"] == 12 else record for record in NEIGHBOURS
        ]
        with bench.open(writable=True) as connector:
            prepared = connector.prepare(edits)
            bench.seed("people", changed)
            with pytest.raises(Moved):
                connector.commit(prepared)
        assert by_id(bench.rows(people)) == by_id(changed)

    def test_read_only_is_read_only(self, bench: Bench, people: str) -> None:
        edit = self.edit_of(bench, people, 12)
        with bench.open() as connector, pytest.raises(Refused):
            connector.commit(connector.prepare([edit]))
        assert by_id(bench.rows(people)) == by_id(NEIGHBOURS)

    def test_what_is_not_there_is_refused(self, bench: Bench, people: str) -> None:
        edit = self.edit_of(bench, people, 12)
        with bench.open(writable=True) as connector:
            with pytest.raises(Refused):
                connector.prepare([replace(edit, collection="no such collection")])
            with pytest.raises(Refused):
                list(connector.find("no such collection", ["id"], [(1,)]))
            if "set" in connector.capabilities:
                with pytest.raises(Refused):
                    connector.prepare([SetField(people, edit.locator, "no such field", "x", edit.digest)])
        assert by_id(bench.rows(people)) == by_id(NEIGHBOURS)

    def test_an_absent_store_is_an_error_and_stays_absent(self, bench: Bench) -> None:
        absent = replace(bench.absent(), password=Secret("correct horse"))
        for writable in (False, True):
            with pytest.raises(StoreError) as caught:
                open_store(absent, writable=writable).describe()
            assert absent.name in str(caught.value)
            assert "correct horse" not in str(caught.value)

    def test_what_cannot_be_read_is_said(self, bench: Bench) -> None:
        if (name := bench.unreadable()) is None:
            pytest.skip("everything can be read here")
        with bench.open() as connector:
            parts = list(connector.partitions(name))
            reasons = [part.skip for part in parts if part.skip]
            for part in parts:
                reasons += (
                    []
                    if part.skip
                    else [item.reason for item in connector.read(part) if isinstance(item, Gap)]
                )
        assert any(reasons)

    def test_residue_is_named_or_none(self, bench: Bench, people: str) -> None:
        edit = self.edit_of(bench, people, 12)
        with bench.open(writable=True) as connector:
            connector.commit(connector.prepare([edit]))
            left = connector.settle([people])
            assert {residue.store for residue in (*left, *connector.residue())} <= {bench.settings.name}
        kept = [record for record in NEIGHBOURS if record["id"] != 12]
        assert {record["id"] for record in bench.rows(people)} >= {record["id"] for record in kept}
        assert left or all(b"row 12 of many, met Ada" not in raw for raw in bench.at_rest())

    def test_a_planted_fault_is_caught(self, bench: Bench, people: str, fault: Fault) -> None:
        check = getattr(self, fault.caught_by)
        arguments = {"people": people, "value": None}
        names = check.__code__.co_varnames[2 : check.__code__.co_argcount]
        bench.wrap = fault.wrap
        with pytest.raises((AssertionError, StoreError, ValueError, pytest.fail.Exception)):
            check(bench, **{name: arguments[name] for name in names})
