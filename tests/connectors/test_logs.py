from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from vestige.connectors import open_store
from vestige.connectors.bench import NEIGHBOURS, Bench, Record
from vestige.connectors.conformance import Conformance
from vestige.connectors.errors import Moved, Refused
from vestige.connectors.protocol import Delete, Edit, Effects, Gap, Patch, StoreSettings, digest, locator


class LogBench(Bench):
    """JSON lines in a log."""

    find_field = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = StoreSettings("logs", f"logs://{folder}")

    def seed(self, name: str, records: Sequence[Record]) -> str:
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (self.folder / f"{name}.log").write_text("".join(lines), encoding="utf-8")
        return f"{name}.log"

    def rows(self, name: str) -> list[Record]:
        return [json.loads(line) for line in (self.folder / name).read_bytes().splitlines()]

    def absent(self) -> StoreSettings:
        return replace(self.settings, name="missing", url=f"logs://{self.folder}/missing")

    def unreadable(self) -> str:
        (self.folder / "photo").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
        return "photo"

    def at_rest(self) -> Iterator[bytes]:
        return (path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


class TestLogs(Conformance):
    harmless = frozenset({"LooseMatch", "BlindToZero", "StrictTypes"})  # no value is looked for here

    @pytest.fixture(params=["logs"])
    def bench(self, tmp_path: Path) -> LogBench:
        return LogBench(tmp_path)

    def test_read_gives_every_record_once(self, bench: Bench, people: str) -> None:
        super().test_read_gives_every_record_once(bench, people)
        seen = self.seen(bench, people)
        numbers = [locator(batch, row)["line"] for _, batch, row in seen.where]
        assert [NEIGHBOURS[number - 1] for number in numbers] == [record for record, _, _ in seen.where]


def change(folder: Path, *edits: Edit) -> Effects:
    with open_store(StoreSettings("logs", f"logs://{folder}"), writable=True) as connector:
        return connector.commit(connector.prepare(edits))


def cut(folder: Path, collection: str, name: str, text: bytes, by: bytes | None = None) -> list[Patch]:
    """A patch for every line of a log that has the text."""
    edits = []
    with open_store(StoreSettings("logs", f"logs://{folder}")) as connector:
        for item in (item for part in connector.partitions(collection) for item in connector.read(part)):
            assert not isinstance(item, Gap)
            for row, line in enumerate(item.column("line").to_pylist()):
                where = locator(item, row)
                if where["object"] == name and (start := line.find(text)) >= 0:
                    piece = (start, start + len(text), b"*" * len(text) if by is None else by)
                    edits.append(Patch(collection, where, "line", (piece,), digest(item, row)))
    return edits


LINES = [
    b'192.0.2.7 - - "GET /?u=ann@example.com" 200',
    b'{"email": "ann@example.com"}',
    b"user=17 mail=x",
    b"",
]


def test_members_of_a_log_are_one_collection_of_lines(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"\n".join(LINES))
    (tmp_path / "a.log.1").write_bytes(b"\r\n".join(LINES) + b"\r\n")
    (tmp_path / "a.log.2.gz").write_bytes(gzip.compress(b"\n".join(LINES)))
    with open_store(StoreSettings("logs", f"logs://{tmp_path}")) as connector:
        [described] = connector.describe().collections
        assert (described.name, described.kind, described.key) == ("a.log*", "log", ("object", "line"))
        parts = list(connector.partitions("a.log*"))
        read = {
            part.object: [x for item in connector.read(part) for x in item.column(0).to_pylist()]
            for part in parts
        }
        assert [connector.count(part) for part in parts] == [3, 4, 3]
    assert read == {"a.log": LINES[:3], "a.log.1": LINES, "a.log.2.gz": LINES[:3]}


def test_a_plain_log_is_overwritten_in_place_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"\n".join(LINES) + b"\n")
    before = path.stat()
    with (
        path.open("ab") as writer,
        open_store(StoreSettings("logs", f"logs://{tmp_path}"), writable=True) as connector,
    ):
        prepared = connector.prepare(cut(tmp_path, "a.log", "a.log", b"ann@example.com"))
        writer.write(b"late line\n")
        writer.flush()
        effects = connector.commit(prepared)
        writer.write(b"later line\n")
    after = path.stat()
    assert len(effects.changed) == 2
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    expected = b"\n".join(LINES).replace(b"ann@example.com", b"*" * 15)
    assert path.read_bytes() == expected + b"\nlate line\nlater line\n"


def test_a_patch_that_changes_the_length_of_a_plain_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"ann@example.com\n")
    with pytest.raises(Refused, match="length"):
        change(tmp_path, *cut(tmp_path, "a.log", "a.log", b"ann@example.com", b"-"))
    with pytest.raises(Refused, match="patched"):
        change(tmp_path, Delete("a.log", {"object": "a.log", "line": 1}))
    assert (tmp_path / "a.log").read_bytes() == b"ann@example.com\n"


def test_a_gzip_member_is_swapped_and_keeps_its_mode_and_times(tmp_path: Path) -> None:
    path = tmp_path / "a.log.1.gz"
    raw = io.BytesIO()
    with gzip.GzipFile("a.log.1", "wb", 9, raw, mtime=1_700_000_000) as zipped:
        zipped.write(b"\n".join(LINES))
    path.write_bytes(raw.getvalue())
    path.chmod(0o640)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    effects = change(tmp_path, *cut(tmp_path, "a.log.1.gz", "a.log.1.gz", b"ann@example.com", b"-"))
    assert len(effects.changed) == 2
    assert gzip.decompress(path.read_bytes()) == b"\n".join(LINES).replace(b"ann@example.com", b"-")
    assert path.read_bytes()[:18] == raw.getvalue()[:18]
    assert (path.stat().st_mode & 0o777, path.stat().st_mtime) == (0o640, 1_700_000_000)
    assert os.listdir(tmp_path) == ["a.log.1.gz"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_run_that_was_cut_short_is_finished(tmp_path: Path, packed: bool) -> None:
    name = "a.log.gz" if packed else "a.log"
    write = (lambda data: gzip.compress(data)) if packed else bytes
    (tmp_path / name).write_bytes(write(b"\n".join(LINES)))
    edits = cut(tmp_path, name, name, b"ann@example.com")
    change(tmp_path, edits[0])
    effects = change(tmp_path, *edits)
    assert (len(effects.changed), len(effects.gone)) == (1, 1)
    assert len(change(tmp_path, *edits).gone) == 2


def test_a_rotated_log_has_moved(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"\n".join(LINES))
    edits = cut(tmp_path, "a.log", "a.log", b"ann@example.com")
    (tmp_path / "a.log").rename(tmp_path / "a.log.1")
    (tmp_path / "a.log").write_bytes(b"fresh\n")
    with pytest.raises(Moved):
        change(tmp_path, *edits)


def test_an_old_encoding_is_cut_at_its_stored_length(tmp_path: Path) -> None:
    raw = "Jos\xe9 was here, Jos\xe9\n".encode("cp1252")
    (tmp_path / "a.log").write_bytes(raw)
    change(tmp_path, *cut(tmp_path, "a.log", "a.log", "José".encode()))
    assert (tmp_path / "a.log").read_bytes() == b"**** was here, Jos\xe9\n"
