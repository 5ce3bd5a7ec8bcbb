"""A scan from stores to catalog: what is read, carried over, kept, and what is said of what was not read."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from vestige.catalog.estate import Estate
from vestige.catalog.model import CoverageLine, Place
from vestige.catalog.store import Catalog, decide_field
from vestige.connectors.protocol import StoreSettings
from vestige.connectors.sql import connector
from vestige.engines import local
from vestige.matching.forms import Hasher
from vestige.scanners.crawl import ScanTask
from vestige.scanners.scan import ScanResult, scan

HASHER = Hasher(b"k" * 32)
PLANTED = ("nora.planted@example.com", "Plantedsson", "+1 202-555-0147", "planted-4711")


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT)")
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, total REAL)")
        rows = [(n, f"Anna Berg{n}", f"u{n}@example.com", f"+1 202-555-01{n:02d}") for n in range(40)]
        connection.executemany("INSERT INTO users VALUES (?, ?, ?, ?)", rows)
        connection.execute("INSERT INTO users VALUES (99, 'Nora Plantedsson', ?, ?)", PLANTED[::2])
        connection.executemany("INSERT INTO orders VALUES (?, ?, 9.5)", [(n, n % 40) for n in range(80)])
    connection.close()
    return f"sqlite:///{path}"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(3):
        lines = [json.dumps({"email": f"u{n}@example.com", "theme": "dark"}) for n in range(number + 1)]
        (folder / f"prefs-{number}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def _estate(*urls: str) -> Estate:
    return Estate(tuple(StoreSettings(f"store{n}", url) for n, url in enumerate(urls)), HASHER, ("US",))


def _scan(path: Path, *urls: str, **options: object) -> ScanResult:
    return scan(_estate(*urls), path / "catalog.duckdb", workers=1, **options)  # type: ignore[arg-type]


def test_reads_all_and_says_so(tmp_path: Path, shop: str, files: Path) -> None:
    result = _scan(tmp_path, shop, f"file://{files}")
    assert result.incomplete == ()
    assert result.records == 41 + 80 + 6
    personal = {(f.place.field, f.entity) for f in result.findings if f.verdict == "personal"}
    assert {("email", "EMAIL_ADDRESS"), ("phone", "PHONE_NUMBER"), ("user_id", "USER_ID")} <= personal
    assert not {"total", "theme"} & {field for field, _ in personal}
    with Catalog.open(tmp_path / "catalog.duckdb", HASHER.key_id) as catalog:
        assert list(catalog.findings()) == sorted(result.findings, key=lambda f: (f.place, f.entity))
        email = HASHER.hash("EMAIL_ADDRESS", "u1@example.com")
        seen = {(one.place.collection, one.place.field, one.count) for one in catalog.occurrences([email])}
    assert seen == {("users", "email", 1), ("prefs-*.jsonl", "email", 1)}


def test_no_readable_value_in_the_catalog(tmp_path: Path, shop: str) -> None:
    folder = tmp_path / "named"
    (folder / PLANTED[0]).mkdir(parents=True)
    (folder / PLANTED[0] / "a.json").write_text(json.dumps({PLANTED[0]: 1, "note": "planted-4711 is here"}))
    (folder / f"{PLANTED[0]}.csv").write_text("a,b\n1,2\n")
    _scan(tmp_path, shop, f"file://{folder}")
    raw = (tmp_path / "catalog.duckdb").read_bytes()
    assert [value for value in PLANTED if value.encode() in raw] == []
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        told = [str(one) for one in (*catalog.coverage(), *catalog.profiles(), *catalog.findings())]
    assert [value for value in PLANTED for one in told if value in one] == []


def test_unchanged_objects_are_carried_over(tmp_path: Path, files: Path) -> None:
    first = _scan(tmp_path, f"file://{files}")
    (files / "prefs-1.jsonl").write_text('{"email": "new@example.org", "theme": "dark"}\n')
    second = _scan(tmp_path, f"file://{files}")
    assert (first.carried, second.carried, second.partitions) == (0, 2, 3)
    assert second.records == 1 + 1 + 3
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        (new,) = catalog.occurrences([HASHER.hash("EMAIL_ADDRESS", "new@example.org")])
        kept = catalog.occurrences([HASHER.hash("EMAIL_ADDRESS", "u2@example.com")])
        twice = catalog.occurrences([HASHER.hash("EMAIL_ADDRESS", "u1@example.com")])
    assert (new.count, sum(one.count for one in kept), sum(one.count for one in twice)) == (1, 1, 1)


def test_what_was_touched_is_read_again_though_it_looks_the_same(tmp_path: Path, files: Path) -> None:
    _scan(tmp_path, f"file://{files}")
    one = files / "prefs-0.jsonl"
    before = one.stat()
    one.write_text(one.read_text().replace("u0@", "v0@"))
    os.utime(one, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (one.stat().st_size, one.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert _scan(tmp_path, f"file://{files}").carried == 2
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        assert catalog.occurrences([HASHER.hash("EMAIL_ADDRESS", "v0@example.com")])


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_database_is_carried_over_until_it_changes(tmp_path: Path, shop: str, mode: str) -> None:
    with closing(sqlite3.connect(shop.removeprefix("sqlite:///"))) as writer:
        writer.execute(f"PRAGMA journal_mode = {mode}")
        writer.execute("CREATE VIEW names AS SELECT name FROM users")
        first, second = _scan(tmp_path, shop), _scan(tmp_path, shop)
        assert (first.carried, second.carried, second.partitions) == (0, 2, 3), "a view is always read"
        assert second.findings == first.findings
        writer.execute("UPDATE users SET email = 'w7@example.com' WHERE id = 7")
        writer.commit()
        assert _scan(tmp_path, shop).carried == 0
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        assert catalog.occurrences([HASHER.hash("EMAIL_ADDRESS", "w7@example.com")])
        assert not catalog.occurrences([HASHER.hash("EMAIL_ADDRESS", "u7@example.com")])


def test_a_table_in_parts_is_carried_over_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shop: str
) -> None:
    monkeypatch.setattr(connector, "PARTITION_ROWS", 30)
    first, second = _scan(tmp_path, shop), _scan(tmp_path, shop)
    assert (first.partitions, first.carried, second.carried) == (5, 0, 2)
    assert second.records == first.records == 121
    assert (second.findings, second.relations) == (first.findings, first.relations)


def test_full_reads_again(tmp_path: Path, files: Path) -> None:
    _scan(tmp_path, f"file://{files}")
    assert _scan(tmp_path, f"file://{files}", full=True).carried == 0


def test_a_rescan_of_the_same_decides_the_same(tmp_path: Path, shop: str, files: Path) -> None:
    first = _scan(tmp_path, shop, f"file://{files}")
    second = _scan(tmp_path, shop, f"file://{files}")
    assert second.carried == second.partitions == 5
    assert (second.findings, second.relations, second.sources) == (
        first.findings,
        first.relations,
        first.sources,
    )
    assert second.new == ()


def test_reviews_are_kept(tmp_path: Path, shop: str) -> None:
    first = _scan(tmp_path, shop)
    assert first.new
    place = Place("store0", "users", "name")
    decide_field(tmp_path / "catalog.duckdb", place, "PERSON", "rejected")
    _scan(tmp_path, shop)
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        (name,) = [one for one in catalog.findings() if one.place == place]
    assert name.verdict == "not_personal"


def test_a_missing_store_is_named_and_not_created(tmp_path: Path, shop: str) -> None:
    result = _scan(tmp_path, shop, f"sqlite:///{tmp_path}/gone.sqlite", "redis://127.0.0.1:1/0")
    assert len(result.incomplete) == 2
    assert result.incomplete[0].startswith("store1: ")
    assert result.incomplete[1].startswith("store2: ")
    assert not (tmp_path / "gone.sqlite").exists()
    assert result.records == 121


def test_what_cannot_be_read_is_named(tmp_path: Path, files: Path) -> None:
    whole = gzip.compress(b'{"email": "u1@example.com"}\n' * 10_000)
    (files / "old.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (files / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    result = _scan(tmp_path, f"file://{files}")
    assert any("old.jsonl.gz" in line for line in result.incomplete)
    assert any("photo.png" in line for line in result.incomplete)
    assert _scan(tmp_path, f"file://{files}").incomplete == result.incomplete


def test_nothing_to_read_is_not_complete(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert _scan(tmp_path, f"file://{tmp_path / 'empty'}").incomplete == ("there was nothing at all to read",)


def test_a_sample_is_never_complete(tmp_path: Path, shop: str) -> None:
    result = _scan(tmp_path, shop, sample=10)
    assert result.scan.mode == "sample"
    with Catalog.open(tmp_path / "catalog.duckdb") as catalog:
        assert {line.status for line in catalog.coverage()} == {"PARTIAL"}


def test_an_interrupted_scan_leaves_the_old_catalog(tmp_path: Path, shop: str) -> None:
    _scan(tmp_path, shop)
    before = (tmp_path / "catalog.duckdb").read_bytes()
    names = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        _scan(tmp_path, shop, run=_interrupted)
    assert (tmp_path / "catalog.duckdb").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def _interrupted(
    function: Callable[[ScanTask], Iterator[pa.RecordBatch]], tasks: Iterable[ScanTask], *, workers: int
) -> Iterator[pa.RecordBatch]:
    yield from list(local.run(function, tasks, workers=workers))[:3]
    raise KeyboardInterrupt


def test_progress_tells_each_partition(tmp_path: Path, shop: str) -> None:
    told: list[tuple[str, int, int]] = []

    def progress(line: CoverageLine, done: int, total: int) -> None:
        told.append((line.collection, done, total))

    _scan(tmp_path, shop, progress=progress)
    assert sorted(told, key=lambda one: one[1]) == [(told[0][0], 1, 2), (told[1][0], 2, 2)]


def test_one_address_in_a_hundred_thousand_notes_is_found(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT)")
        rows = [(n, f"The lamp of lot {n * 7919 % 100_003} was tested, all is well.") for n in range(100_000)]
        rows[73_311] = (73_311, f"The lamp was tested for {PLANTED[0]}, all is well.")
        connection.executemany("INSERT INTO notes VALUES (?, ?)", rows)
        connection.commit()
    result = _scan(tmp_path, f"sqlite:///{path}")
    found = [(one.place.field, one.verdict) for one in result.findings if one.entity == "EMAIL_ADDRESS"]
    assert found in ([("note", "personal")], [("note", "review")])
    with Catalog.open(tmp_path / "catalog.duckdb", HASHER.key_id) as catalog:
        (one,) = catalog.occurrences([HASHER.hash("EMAIL_ADDRESS", PLANTED[0])])
    assert (one.place.field, one.count) == ("note", 1)


def test_people_and_addresses_in_free_text_are_found_in_their_language(tmp_path: Path) -> None:
    path = tmp_path / "tickets.sqlite"
    people = ("Jolanthe Brinkhoff", "Fritjof Oesterle", "Walburga Nierhaus", "Detlef Quadflieg")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE tickets (id INTEGER PRIMARY KEY, inhalt TEXT, lage TEXT)")
        rows = [
            (
                n,
                f"Mein Name ist {people[n % 4]}, ich wohne in der Mühlenstraße {n + 3}, 33199 Steinfeld.",
                f"Der Drucker im Stock {n} ist nicht da, und der Techniker kommt erst am Montag.",
            )
            for n in range(40)
        ]
        connection.executemany("INSERT INTO tickets VALUES (?, ?, ?)", rows)
        connection.commit()
    result = _scan(tmp_path, f"sqlite:///{path}")
    found = {
        (one.place.field, one.entity, one.verdict)
        for one in result.findings
        if one.entity in ("PERSON", "LOCATION") and one.place.collection == "tickets"
    }
    assert {("inhalt", "PERSON", "personal"), ("inhalt", "LOCATION", "personal")} <= found
    assert not [one for one in found if one[0] == "lage" and one[2] == "personal"]
