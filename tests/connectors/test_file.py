from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestige.connectors import objects, open_store
from vestige.connectors.bench import NEIGHBOURS, Bench, Record
from vestige.connectors.conformance import Conformance
from vestige.connectors.directory import Directory
from vestige.connectors.errors import Moved, Refused
from vestige.connectors.protocol import (
    Connector,
    Delete,
    Edit,
    Effects,
    Gap,
    Locator,
    Partition,
    StoreSettings,
    digest,
    locator,
)


class FileBench(Bench):
    """JSON Lines in a directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = StoreSettings("files", f"file://{folder}")

    def seed(self, name: str, records: Sequence[Record]) -> str:
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (self.folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        return f"{name}.jsonl"

    def rows(self, name: str) -> list[Record]:
        return [json.loads(line) for line in (self.folder / name).read_bytes().splitlines()]

    def absent(self) -> StoreSettings:
        return replace(self.settings, name="missing", url=f"file://{self.folder}/missing")

    def unreadable(self) -> str:
        (self.folder / "photo").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
        return "photo"

    def at_rest(self) -> Iterator[bytes]:
        return (path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


class TestFile(Conformance):
    @pytest.fixture(params=["file"])
    def bench(self, tmp_path: Path) -> FileBench:
        return FileBench(tmp_path)

    def test_read_gives_every_record_once(self, bench: Bench, people: str) -> None:
        super().test_read_gives_every_record_once(bench, people)
        seen = self.seen(bench, people)
        numbers = [locator(batch, row)["row"] for _, batch, row in seen.where]
        assert [NEIGHBOURS[number - 1] for number in numbers] == [record for record, _, _ in seen.where]


def opened(folder: Path, *, writable: bool = False) -> Connector:
    return open_store(StoreSettings("files", f"file://{folder}"), writable=writable)


def all_records(folder: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Locator and fields of every record."""
    found = []
    with opened(folder) as connector:
        for part in connector.partitions():
            for item in connector.read(part) if part.skip is None else ():
                assert not isinstance(item, Gap), item
                found += [
                    (locator(item, row), item.slice(row, 1).to_pylist()[0]) for row in range(item.num_rows)
                ]
    return found


def change(folder: Path, *edits: Edit) -> Effects:
    with opened(folder, writable=True) as connector:
        return connector.commit(connector.prepare(edits))


def test_a_missing_directory_is_refused_and_an_empty_one_is_empty(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        opened(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()
    with opened(tmp_path) as connector:
        assert list(connector.partitions()) == []
        assert connector.describe().collections == ()


def test_everything_in_the_directory_is_listed(tmp_path: Path) -> None:
    (tmp_path / "a" / ".b").mkdir(parents=True)
    (tmp_path / "a" / ".b" / ".env").write_text("MAIL=ann@example.com\n")
    (tmp_path / "a" / "photo").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "link").symlink_to(tmp_path / "a" / "photo")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / os.fsdecode(b"bad\xff")).touch()
    with opened(tmp_path) as connector:
        found = {part.object: part.skip for part in connector.partitions()}
        assert [part.version for part in connector.partitions()] == [
            p.version for p in connector.partitions()
        ]
    assert found == {
        "a/.b/.env": None,
        "a/photo": "skipped: image/png is not supported yet",
        "bad\ufffd": "opaque: its name is not UTF-8",
        "empty.csv": None,
        "link": "link: not followed",
        "loop": "link: not followed",
        "pipe": "skipped: not a regular file",
    }
    assert all_records(tmp_path) == [({"object": "a/.b/.env", "line": 1}, {"line": b"MAIL=ann@example.com"})]


def test_collections_have_the_fields_that_files_declare(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"people-{number}.csv").write_text("id,email\n1,ann@example.com\n")
    pq.write_table(pa.table({"id": [1], "at": pa.array([0], pa.timestamp("ns"))}), tmp_path / "a.parquet")
    with opened(tmp_path) as connector:
        described = {one.name: one for one in connector.describe().collections}
    assert set(described) == {"people-*.csv", "a.parquet"}
    assert [one.name for one in described["people-*.csv"].fields] == ["id", "email"]
    assert [(one.name, one.type) for one in described["a.parquet"].fields] == [
        ("id", "integer"),
        ("at", "timestamp"),
    ]
    assert {one.key for one in described.values()} == {("object", "row")}


def test_a_copy_with_the_same_bytes_and_time_is_the_same_version(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text("x\n")
        os.utime(tmp_path / f"{name}.txt", (5, 5))
    with opened(tmp_path) as connector:
        first, second = connector.partitions()
        assert first.version == second.version
        (tmp_path / "a.txt").write_text("y\n")
        os.utime(tmp_path / "a.txt", (5, 5))
        assert next(iter(connector.partitions())).version != second.version


def test_a_name_never_leads_out_of_the_directory(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.txt").write_text("ann@example.com\n")
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    with opened(tmp_path / "in", writable=True) as connector:
        for name in ("../secret.txt", "up/secret.txt", str(tmp_path / "secret.txt"), "up"):
            items = list(connector.read(Partition("files", name, name)))
            assert [type(item) for item in items] == [Gap]
            effects = (
                connector.commit(connector.prepare([Delete(name, {"object": name})]))
                if name != "up"
                else None
            )
            assert effects is None or not effects.deleted
    assert (tmp_path / "secret.txt").exists()


def test_mode_owner_and_time_of_what_is_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n")
    path.chmod(0o640)
    os.chown(path, 1234 if os.geteuid() == 0 else -1, -1)
    before = path.stat()
    effects = change(tmp_path, Delete("a.txt", {"object": "a.txt", "line": 1}))
    after = path.stat()
    assert path.read_text() == "two\n"
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert effects.deleted == (("a.txt", {"object": "a.txt", "line": 1}),)
    assert os.listdir(tmp_path) == ["a.txt"]


def test_shifted_rows_are_found_by_their_digest(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,Ann\n2,Bob\n3,Cid\n4,Dan\n")
    with opened(tmp_path) as connector:
        [batch] = connector.read(next(iter(connector.partitions())))
        edits = [Delete("a.csv", locator(batch, row), digest(batch, row)) for row in range(4)]
    change(tmp_path, edits[0])
    effects = change(tmp_path, edits[2], edits[3])
    assert len(effects.deleted) == 2
    assert (tmp_path / "a.csv").read_text() == "id,name\n2,Bob\n"
    assert len(change(tmp_path, edits[2], edits[3]).gone) == 2
    with pytest.raises(Moved):
        change(tmp_path, edits[1], edits[2])
    assert (tmp_path / "a.csv").read_text() == "id,name\n2,Bob\n"


def test_the_last_row_leaves_the_object_and_its_header(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,Ann\n")
    (tmp_path / "b.jsonl").write_text('{"id": 1}\n')
    change(tmp_path, *(Delete(name, {"object": name, "row": 1}) for name in ("a.csv", "b.jsonl")))
    assert (tmp_path / "a.csv").read_text() == "id,name\n"
    assert (tmp_path / "b.jsonl").read_bytes() == b""
    assert all_records(tmp_path) == []


def test_a_whole_object_goes_and_is_gone_the_second_time(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "photo").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    edit = Delete("d/photo", {"object": "d/photo"})
    assert len(change(tmp_path, edit).deleted) == 1
    assert not (tmp_path / "d" / "photo").exists()
    assert len(change(tmp_path, edit).gone) == 1


def test_a_writer_that_dies_leaves_the_old_object_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    code = (
        "import os; from vestige.connectors.formats import text; from vestige.connectors import open_store\n"
        "from vestige.connectors.protocol import Delete, StoreSettings\n"
        "text._edited = lambda *_: os._exit(9)\n"
        f"store = open_store(StoreSettings('files', 'file://{tmp_path}'), writable=True)\n"
        "store.prepare([Delete('a.txt', {'object': 'a.txt', 'line': 2})])\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert (tmp_path / "a.txt").read_text() == "one\ntwo\n"
    assert len(os.listdir(tmp_path)) == 2
    with opened(tmp_path) as connector:
        left, whole = connector.partitions()
        assert str(left.object).startswith(".vestige-")
        assert left.skip is not None
        assert "purge that was cut short" in left.skip
        assert (whole.object, whole.skip) == ("a.txt", None)
    change(tmp_path, Delete("a.txt", {"object": "a.txt", "line": 2}))
    assert os.listdir(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "one\n"


def test_what_is_not_committed_does_not_stay_aside(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("one\ntwo\n")
    first, second = (Delete(name, {"object": name, "line": 2}) for name in ("a.txt", "b.txt"))
    with opened(tmp_path, writable=True) as connector:
        with pytest.raises(Refused):
            connector.prepare([first, replace(second, locator={"object": "b.txt", "row": 2})])
        assert sorted(os.listdir(tmp_path)) == ["a.txt", "b.txt"]
        prepared = connector.prepare([first, second])
        assert len(os.listdir(tmp_path)) == 4
        for _ in range(2):
            connector.discard(prepared)
            assert sorted(os.listdir(tmp_path)) == ["a.txt", "b.txt"]


def test_find_by_path_and_column(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"to": {"ids": [1, 2]}}\n{"to": {"ids": ["2"]}}\n{"to": 2}\n')
    (tmp_path / "b.csv").write_text("id,name\n1,Ann\n2,Bob\n12,Cid\n")
    with opened(tmp_path) as connector:
        rows = [locator(batch, 0)["row"] for batch in connector.find("a.jsonl", ["to.ids"], [(1,), ("1",)])]
        assert rows == [1]
        [batch] = connector.find("a.jsonl", ["to.ids"], [("2",)])
        assert [locator(batch, row)["row"] for row in range(batch.num_rows)] == [1, 2]
        [batch] = connector.find("b.csv", ["id", "name"], [(2, "Bob"), (1, "Bob"), (None, "Cid")])
        assert (locator(batch, 0)["row"], batch.to_pylist()) == (2, [{"id": "2", "name": "Bob"}])


_MEASURED = """
import resource, sys
from vestige.connectors import open_store
from vestige.connectors.protocol import Delete, Gap, StoreSettings
folder, name, part, key = sys.argv[1:]
def work(folder):
    with open_store(StoreSettings("files", f"file://{folder}"), writable=True) as store:
        for one in store.partitions():
            for item in store.read(one):
                assert not isinstance(item, Gap)
        where = {"object": name, part: key if part == "path" else int(key)}
        store.commit(store.prepare([Delete(name, where)]))
work(f"{folder}/small")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
work(f"{folder}/large")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.jsonl", ("row", "7")),
        ("a.json", ("path", "$[7]")),
        ("a.csv", ("row", "7")),
        ("a.txt", ("line", "7")),
        ("a.txt.gz", ("line", "7")),
    ],
)
def test_memory_is_flat(tmp_path: Path, name: str, key: tuple[str, str]) -> None:
    """Eight times the file takes no more memory than a few blocks (in KiB)."""
    line = json.dumps({"id": 1, "note": "x" * 900})
    kinds = {"a.json": ("[", line + ",\n", line + "]"), "a.csv": ("id,note\n", "1," + "x" * 900 + "\n", "")}
    start, middle, end = kinds.get(name, ("", ("" if "txt" not in name else "at ") + line + "\n", ""))
    for folder, thousands in (("small", 8), ("large", 64)):
        (tmp_path / folder).mkdir()
        with (gzip.open if name.endswith(".gz") else open)(tmp_path / folder / name, "wt") as file:
            file.write(start)
            for _ in range(thousands):
                file.write(middle * 1000)
            file.write(end)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, tmp_path, name, *key], check=True, capture_output=True, text=True
    )
    assert int(done.stdout) < 16 << 10


def test_a_digest_is_spared_for_what_nobody_touched(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n")
    bucket = Directory("files", tmp_path)
    changed = (tmp_path / "a.txt").stat().st_ctime
    known = bucket.version("a.txt").rpartition("-")[0] + "-a digest that would be another"
    assert bucket.version("a.txt", known, before=changed + 1) == known
    assert bucket.version("a.txt", known, before=changed - 1) != known
    (tmp_path / "a.txt").write_text("two and more\n")
    assert bucket.version("a.txt", known) != known


def _records(connector: Connector, parts: Iterable[Partition]) -> list[tuple[Locator, dict[str, Any]]]:
    return [
        (locator(batch, row), record)
        for part in parts
        for batch in connector.read(part)
        if not isinstance(batch, Gap)
        for row, record in enumerate(batch.to_pylist())
    ]


LINES = st.lists(st.sampled_from(["", " ", '{"id": 17}', "two words", "é" * 9, "\r", '{"a": "b"}\r']))


@settings(max_examples=200, deadline=None)
@given(LINES, st.integers(1, 40), st.booleans(), st.sampled_from(["a.txt", "a.jsonl"]), st.booleans())
def test_parts_of_a_large_object_are_the_object(
    lines: list[str], size: int, ends: bool, name: str, marked: bool
) -> None:
    text = '{"id": 1}\n{"id": 2}\n' * (name == "a.jsonl") + "\n".join(lines) + "\n" * ends
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        (Path(folder) / name).write_bytes((b"\xef\xbb\xbf" if marked else b"") + text.encode())
        with opened(Path(folder)) as connector:
            whole = list(connector.partitions())
            patch.setattr(objects, "PART", size)
            parts = list(connector.partitions())
            assert _records(connector, parts) == _records(connector, whole)
            assert sum(connector.count(part) or 0 for part in parts) == connector.count(whole[0])
            assert [part.names_object for part in parts] == [True] + [False] * (len(parts) - 1)
            if text.count("\n") > 1 and len(text) > 3 * max(size, len(max(lines, default="")) + 12):
                assert len(parts) > 1


def test_a_part_of_what_changed_since_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("one\ntwo\nthree\nfour\n")
    monkeypatch.setattr(objects, "PART", 4)
    with opened(tmp_path) as connector:
        first, *_ = connector.partitions()
        (tmp_path / "a.txt").write_text("o\n2\n3\n4\n")
        (gap,) = connector.read(first)
    assert isinstance(gap, Gap)
    assert "changed since" in gap.reason
