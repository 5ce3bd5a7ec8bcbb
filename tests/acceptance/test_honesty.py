"""What cannot be read is named and never counted as clean: each verb's exit code, and what it says."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests import servers
from tests.acceptance.estate import ANNA, build, content
from tests.acceptance.road import Done, honest, run, vestige
from tests.service import estate as shops

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
)
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(64)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture
def company(tmp_path: Path) -> Callable[..., Path]:
    """Makes an estate of the stores given (name → URL) beside the shop, which can always be read."""

    def make(**stores: str) -> Path:
        shops.build(tmp_path)
        listed = {"shop": "sqlite:///shop.db", **stores}
        config = {"version": 1, "policy": "policy.yaml", "stores": listed}
        (tmp_path / "vestige.yaml").write_text(json.dumps(config))
        return tmp_path

    return make


@pytest.fixture(scope="module")
def scanned_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    shops.build(folder)
    assert vestige(folder, "scan", "--workers", "1").code == 0
    return folder


@pytest.fixture
def shop(scanned_shop: Path, tmp_path: Path) -> Path:
    """A scanned shop on one SQLite store."""
    shutil.copytree(scanned_shop, tmp_path, dirs_exist_ok=True)
    return tmp_path


def scan(folder: Path, *options: str) -> Done:
    return vestige(folder, "scan", "--workers", "1", *options)


def named_by_scan(folder: Path, *named: str) -> None:
    """A scan ends with 4 and names what it did not read; so does whatever goes by its catalog."""
    honest(scan(folder), 4, *named)
    report = vestige(folder, "catalog", "coverage", "--json")
    assert report.code == 4
    assert any(line["status"] != "COMPLETE" and line["reason"] for line in report.document)
    honest(vestige(folder, "locate", shops.MARY), 4, *named)


def named_all_the_way(folder: Path, *named: str) -> None:
    """Whatever the verb, it names each thing that it did not read, and the verdict is `incomplete`."""
    named_by_scan(folder, *named)
    honest(vestige(folder, "plan", "purge", shops.MARY), 4, *named)
    honest(vestige(folder, "purge", "--yes"), 0)
    verdict = vestige(folder, "verify", "--json")
    assert (verdict.code, verdict.document["verdict"]) == (4, "incomplete")
    assert "Traceback" not in verdict.err
    shown = json.dumps([line for line in verdict.document["coverage"] if line["status"] != "COMPLETE"])
    for name in named:
        assert name in shown
    assert vestige(folder, "purge", "--yes").out.endswith("already erased\n")


# ---------------------------------------------------------------- stores


GONE = {
    "database": "sqlite:///gone.db",
    "warehouse": "duckdb:///gone.duckdb",
    "bucket": "file://gone",
    "journal": "logs://gone",
    "odd": "gopher://127.0.0.1/x",
}


@pytest.mark.parametrize("name", GONE)
def test_a_store_that_does_not_exist(company: Callable[..., Path], name: str) -> None:
    named_by_scan(company(**{name: GONE[name]}), name)


def test_stores_that_do_not_exist_are_never_made(company: Callable[..., Path]) -> None:
    folder = company(**GONE)
    named_all_the_way(folder, *GONE)
    assert not list(folder.glob("gone*"))


@pytest.mark.parametrize("scheme", ["postgresql://vestige@{}/shop", "redis://{}/0"])
def test_a_stopped_server(company: Callable[..., Path], scheme: str) -> None:
    folder = company(stopped=scheme.format(f"127.0.0.1:{servers.free_port()}"))
    named_by_scan(folder, "stopped")
    assert "stopped" in honest(vestige(folder, "doctor"), 4).said


def test_a_store_that_stops_after_the_scan(shop: Path) -> None:
    vestige(shop, "plan", "purge", shops.MARY)
    (shop / "shop.db").rename(shop / "elsewhere.db")
    honest(vestige(shop, "locate", shops.MARY, "--records", "--json"), 4, "shop")
    honest(vestige(shop, "purge", "--yes"), 3, "shop", "nothing was changed")
    assert vestige(shop, "verify", "--json").code == 4
    assert not (shop / "shop.db").exists()
    (shop / "elsewhere.db").rename(shop / "shop.db")
    assert vestige(shop, "purge", "--yes").code == 0
    assert vestige(shop, "verify", "--json").code == 0


# ---------------------------------------------------------------- tables


def corrupt_page(path: Path) -> None:
    """A table with pages overwritten that its index does not need."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE guests (id INTEGER PRIMARY KEY, email TEXT, note TEXT)")
    rows = [(n, f"guest{n}@example.org", "x" * 300) for n in range(200)]
    connection.executemany("INSERT INTO guests VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()
    raw = bytearray(path.read_bytes())
    for page in range(4, len(raw) // 4096, 3):
        raw[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(raw)


def noise(path: Path) -> None:
    path.write_bytes(b"this is no database, it only looks like a file" * 100)


def missing_module(path: Path) -> None:
    """A virtual table of an extension that is not here."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT)")
    connection.execute("INSERT INTO people VALUES (1, 'guest@example.org')")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "INSERT INTO sqlite_master VALUES"
        " ('table', 'areas', 'areas', 0, 'CREATE VIRTUAL TABLE areas USING nomodule(id, owner_email)')"
    )
    connection.commit()
    connection.close()


BROKEN: dict[str, tuple[str, Callable[[Path], None]]] = {
    "guests": ("sqlite", corrupt_page),
    "noise": ("sqlite", noise),
    "static": ("duckdb", noise),
    "areas": ("sqlite", missing_module),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_table_that_cannot_be_read(company: Callable[..., Path], name: str) -> None:
    scheme, make = BROKEN[name]
    folder = company(**{f"{name}_store": f"{scheme}:///{name}.db"})
    make(folder / f"{name}.db")
    named_by_scan(folder, name)


def test_tables_that_cannot_be_read(company: Callable[..., Path], forbidden: str) -> None:
    urls = {f"{name}_store": f"{scheme}:///{name}.db" for name, (scheme, _) in BROKEN.items()}
    folder = company(crm=forbidden, **urls)
    for name, (_, make) in BROKEN.items():
        make(folder / f"{name}.db")
    before = {name: (folder / f"{name}.db").read_bytes() for name in BROKEN}
    named_all_the_way(folder, *BROKEN, "secrets")
    assert before == {name: (folder / f"{name}.db").read_bytes() for name in BROKEN}


@pytest.fixture
def forbidden(postgresql_database: Callable[[], str]) -> Iterator[str]:
    """The URL of a role that may read ``users`` and not ``secrets``."""
    owner = postgresql_database()
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(
            """
            CREATE TABLE users (id int PRIMARY KEY, email text);
            INSERT INTO users SELECT n, 'user' || n || '@example.org' FROM generate_series(1, 30) n;
            CREATE TABLE secrets (id int PRIMARY KEY, email text);
            INSERT INTO secrets SELECT n, 'user' || n || '@example.org' FROM generate_series(1, 30) n;
            CREATE ROLE reader LOGIN;
            GRANT USAGE ON SCHEMA public TO reader;
            GRANT SELECT ON users TO reader;
            """
        )
        yield owner.replace("vestige@", "reader@")
        connection.execute("DROP OWNED BY reader; DROP ROLE reader")


def test_a_table_without_the_right_to_read(company: Callable[..., Path], forbidden: str) -> None:
    named_by_scan(company(crm=forbidden), "crm", "secrets")


# ---------------------------------------------------------------- files


FILES: dict[str, bytes] = {
    "portrait.png": PNG,
    "contract.pdf": PDF,
    "archive.zip": ZIP,
    "cut.jsonl.gz": gzip.compress(b'{"email": "guest@example.org"}\n' * 2000, mtime=0)[:-30],
    "cut.csv.gz": gzip.compress(b"email,name\n" + os.urandom(3000).hex().encode(), mtime=0)[:900],
    "noise.bin": bytes(range(256)) * 40,
    "hollow.parquet": b"PAR1" + bytes(50) + b"PAR1",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_whole(company: Callable[..., Path], name: str) -> None:
    folder = company(files="file://bucket")
    (folder / "bucket").mkdir()
    (folder / "bucket" / name).write_bytes(FILES[name])
    named_by_scan(folder, name)


def test_files_that_cannot_be_read_whole(company: Callable[..., Path]) -> None:
    folder = company(files="file://bucket", logs="logs://logs")
    (folder / "bucket").mkdir()
    for name, raw in FILES.items():
        (folder / "bucket" / name).write_bytes(raw)
    (folder / "bucket" / "good.csv").write_text("email\nguest@example.org\n")
    (folder / "bucket" / "link.csv").symlink_to(folder / "secret.csv")
    (folder / "secret.csv").write_text(f"email\n{shops.MARY}\n")
    (folder / "logs").mkdir()
    lines = "".join(f"{n} login user=guest{n}@example.org\n" for n in range(5000)).encode()
    (folder / "logs" / "app.log.1.gz").write_bytes(gzip.compress(lines, mtime=0)[:-100])
    named_all_the_way(folder, *FILES, "link.csv", "app.log.1.gz")
    assert {name: (folder / "bucket" / name).read_bytes() for name in FILES} == FILES
    assert shops.MARY in (folder / "secret.csv").read_text()


def test_files_without_the_right_to_read(company: Callable[..., Path]) -> None:
    folder = company(
        files="file://bucket", logs="logs://logs", sealed="file://sealed", other="sqlite:///other.db"
    )
    for name in ("bucket/inner", "logs", "sealed"):
        (folder / name).mkdir(parents=True)
    for name in ("bucket/mine.csv", "bucket/inner/list.csv", "logs/app.log", "other.db"):
        shutil.copy(folder / "shop.db", folder / name)
        if not name.endswith(".db"):
            (folder / name).write_text("email\nguest@example.org\n")
    closed = [
        folder / name for name in ("bucket/mine.csv", "bucket/inner", "logs/app.log", "sealed", "other.db")
    ]
    for path in closed:
        path.chmod(0)
    try:
        ended = run(folder, "scan", "--workers", "1", under=without_privileges())
    finally:
        for path in closed:
            path.chmod(0o700)
    honest(ended, 4, "mine.csv", "inner", "app.log", "sealed", "other")


def without_privileges() -> list[str]:
    """What takes from root the right to read everything."""
    if os.geteuid() != 0:
        return []
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}", "--"]


def test_a_malformed_line_hides_nobody(company: Callable[..., Path]) -> None:
    """It is read, as text: nothing is missing, so the person in it is found and erased, and no other line."""
    folder = company(files="file://bucket")
    (folder / "bucket").mkdir()
    lines = [json.dumps({"email": f"guest{n}@example.org"}) for n in range(40)]
    lines[30] = f'{{"email": "{shops.MARY}", "since": '
    lines[31] = lines[31][:-5]
    (folder / "bucket" / "bent.jsonl").write_text("\n".join([*lines, ""]))
    assert scan(folder).code == 0
    found = vestige(folder, "locate", shops.MARY, "--records", "--json").document
    assert {"object": "bent.jsonl", "row": 31} in [record["locator"] for record in found]
    assert vestige(folder, "plan", "purge", shops.MARY).code == 0
    assert vestige(folder, "purge", "--yes").code == 0
    assert vestige(folder, "verify").code == 0
    left = (folder / "bucket" / "bent.jsonl").read_text().splitlines()
    assert [line for line in lines if line != lines[30]] == [line for line in left if line in lines]
    assert shops.MARY not in "".join(left)


# ---------------------------------------------------------------- nothing to read


@pytest.mark.parametrize("kind", ["no stores", "an empty folder", "a database without tables"])
def test_an_empty_estate_is_not_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / "vestige.key").write_bytes(bytes(32))
    (tmp_path / "folder").mkdir()
    connection = sqlite3.connect(tmp_path / "empty.db")
    connection.execute("CREATE TABLE t (a)")
    connection.execute("DROP TABLE t")
    connection.close()
    stores = {
        "no stores": "{}",
        "an empty folder": "{bucket: 'file://folder'}",
        "a database without tables": "{shop: 'sqlite:///empty.db'}",
    }
    (tmp_path / "vestige.yaml").write_text(f"version: 1\nstores: {stores[kind]}\n")
    honest(scan(tmp_path), 4, "nothing at all to read")
    assert vestige(tmp_path, "locate", shops.MARY).code in (3, 4)


def test_nobody_of_that_name(shop: Path) -> None:
    for asked in (
        "nobody@example.net",
        "+442079460999",
        "00000000-0000-4000-8000-000000000000",
        "shop.users:999",
    ):
        found = honest(vestige(shop, "locate", asked), 3)
        assert asked not in found.said
        honest(vestige(shop, "plan", "purge", asked), 3)
    assert not (shop / "plan.json").exists()


def test_without_a_scan_nothing_is_known(tmp_path: Path) -> None:
    shops.build(tmp_path)
    for verb in (["locate", shops.MARY], ["plan", "purge", shops.MARY], ["catalog", "fields"]):
        honest(vestige(tmp_path, *verb), 2, "run a scan")


# ---------------------------------------------------------------- configuration


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("version: 1\nstores: {shop: 'sqlite:///shop.db'", "vestige.yaml"),
        ("version: 1\nstores: [shop]\n", "stores"),
        ("version: 2\nstores: {}\n", "version"),
        ("version: 1\nstores: {shop: 'sqlite:///shop.db'}\nstorage: 5\n", "storage"),
        ("version: 1\nstores: {shop: {url: 'sqlite:///shop.db', passwort: 'env:X'}}\n", "passwort"),
        ("version: 1\nstores: {shop: {url: 'redis://127.0.0.1/0', password: hunter22}}\n", "password"),
        ("version: 1\nstores: {shop: 'postgresql://u:hunter22@127.0.0.1/shop'}\n", "shop"),
        ("version: 1\nstores: {shop: {url: 'redis://127.0.0.1/0', password: 'env:NOT_SET'}}\n", "NOT_SET"),
        ("version: 1\nkey: file:none.key\nstores: {shop: 'sqlite:///shop.db'}\n", "none.key"),
        ("version: 1\nkey: file:short.key\nstores: {shop: 'sqlite:///shop.db'}\n", "32 bytes"),
        ("version: 1\npolicy: none.yaml\nstores: {shop: 'sqlite:///shop.db'}\n", "none.yaml"),
        ("version: 1\npolicy: bad.yaml\nstores: {shop: 'sqlite:///shop.db'}\n", "bad.yaml"),
        ("version: 1\nsubjects: [{collection: crm.users, key: id}]\nstores: {}\n", "crm"),
    ],
)
def test_a_wrong_configuration(tmp_path: Path, text: str, named: str) -> None:
    shops.build(tmp_path)
    (tmp_path / "short.key").write_bytes(b"short")
    (tmp_path / "bad.yaml").write_text("rules: [{store: shop, action: destroy}]\n")
    (tmp_path / "vestige.yaml").write_text(text)
    said = honest(scan(tmp_path), 2, named).said
    assert "hunter22" not in said
    assert not (tmp_path / "catalog.duckdb").exists()
    assert not (tmp_path / "ledger.db").exists()


@pytest.mark.parametrize("missing", ["vestige.yaml", "vestige.key"])
def test_a_missing_file_of_the_configuration(tmp_path: Path, missing: str) -> None:
    shops.build(tmp_path)
    (tmp_path / missing).unlink()
    honest(scan(tmp_path), 2, missing, "vestige init")


# ---------------------------------------------------------------- whose?


def test_a_bare_key_of_two_spaces_lists_them(company: Callable[..., Path]) -> None:
    folder = company()
    connection = sqlite3.connect(folder / "shop.db")
    connection.execute("CREATE TABLE staff (id INTEGER PRIMARY KEY, email TEXT UNIQUE, full_name TEXT)")
    rows = [(n, f"clerk{n}@example.net", f"Clerk {chr(64 + n)}anders") for n in range(1, 21)]
    connection.executemany("INSERT INTO staff VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()
    assert scan(folder).code == 0
    for verb in (["locate", "17"], ["plan", "purge", "17"]):
        honest(vestige(folder, *verb), 2, "shop.users:17", "shop.staff:17")
    answer = vestige(folder, "locate", "17", "--json")
    assert (answer.code, sorted(answer.document["candidates"])) == (2, ["shop.staff:17", "shop.users:17"])
    assert vestige(folder, "locate", "shop.staff:17").code == 0


# ---------------------------------------------------------------- plans


def test_a_plan_is_run_as_it_was_drawn_or_not_at_all(shop: Path) -> None:
    before = (shop / "shop.db").read_bytes()
    assert vestige(shop, "plan", "purge", shops.MARY).code == 0
    honest(vestige(shop, "purge"), 2, "--yes")
    drawn = json.loads((shop / "plan.json").read_text())
    for change in ({"steps": drawn["steps"][:-1]}, {"subject": "0" * 32}, {"undecided": 3}, {"case": "x"}):
        (shop / "plan.json").write_text(json.dumps(drawn | change))
        for verb in ("purge", "verify"):
            honest(vestige(shop, verb, "plan.json", "--yes"), 2, "plan.json")
    (shop / "plan.json").write_text("nonsense")
    honest(vestige(shop, "purge", "--yes"), 2, "plan.json")
    honest(vestige(shop, "purge", "none.json", "--yes"), 2, "none.json")
    assert (shop / "shop.db").read_bytes() == before


def test_a_policy_that_changed_moves_the_plan(shop: Path) -> None:
    before = (shop / "shop.db").read_bytes()
    vestige(shop, "plan", "purge", shops.MARY)
    (shop / "policy.yaml").write_text("rules: [{store: shop, collection: '*', action: retain, basis: law}]\n")
    honest(vestige(shop, "purge", "--yes"), 2, "draw it again")
    assert (shop / "shop.db").read_bytes() == before


def test_a_rescan_of_what_did_not_change_moves_nothing(shop: Path) -> None:
    vestige(shop, "plan", "purge", shops.MARY)
    assert scan(shop, "--full").code == 0
    assert vestige(shop, "purge", "--yes").code == 0


def test_a_record_that_changed_moves_the_plan(shop: Path) -> None:
    vestige(shop, "plan", "purge", shops.MARY)
    connection = sqlite3.connect(shop / "shop.db")
    connection.execute("UPDATE orders SET total = 99 WHERE id = 1017")
    connection.commit()
    connection.close()
    before = (shop / "shop.db").read_bytes()
    honest(vestige(shop, "purge", "--yes"), 2, "shop", "plan purge")
    assert (shop / "shop.db").read_bytes() == before


def test_a_column_that_appeared_moves_the_plan(shop: Path) -> None:
    vestige(shop, "plan", "purge", shops.MARY)
    connection = sqlite3.connect(shop / "shop.db")
    connection.execute("ALTER TABLE users ADD COLUMN nickname TEXT")
    connection.commit()
    connection.close()
    before = (shop / "shop.db").read_bytes()
    assert honest(vestige(shop, "purge", "--yes"), 2, "shop").code == 2
    assert (shop / "shop.db").read_bytes() == before


def test_a_sample_is_no_basis(shop: Path) -> None:
    assert scan(shop, "--sample", "5").code == 0
    honest(vestige(shop, "plan", "purge", shops.MARY), 2, "full scan")
    assert not (shop / "plan.json").exists()


def test_before_the_purge_everything_is_still_there(shop: Path) -> None:
    vestige(shop, "plan", "purge", shops.MARY)
    early = vestige(shop, "verify", "--json")
    assert (early.code, early.document["verdict"]) == (3, "fail")
    assert shops.MARY not in early.said
    (shop / "shop.db").write_bytes(b"no database any more" * 300)
    assert vestige(shop, "verify", "--json").code == 4


def test_a_fail_wins_over_what_is_incomplete(company: Callable[..., Path]) -> None:
    folder = company(gone="sqlite:///gone.db")
    assert scan(folder).code == 4
    assert vestige(folder, "plan", "purge", shops.MARY).code == 4
    early = vestige(folder, "verify", "--json")
    assert (early.code, early.document["verdict"]) == (3, "fail")


def test_what_reappears_after_the_purge_fails(tmp_path: Path) -> None:
    """A restored row, in a place that the catalog knows nothing of."""
    build(tmp_path)
    assert scan(tmp_path).code == 0
    vestige(tmp_path, "plan", "purge", ANNA.email)
    assert vestige(tmp_path, "purge", "--yes").code == 0
    (tmp_path / "stores" / "files" / "new").mkdir()
    (tmp_path / "stores" / "files" / "new" / "list.txt").write_text(f"call {ANNA.email.upper()} back\n")
    verdict = vestige(tmp_path, "verify", "--json")
    assert (verdict.code, verdict.document["verdict"]) == (3, "fail")
    assert ANNA.email not in verdict.said.lower()


def test_a_file_that_changed_moves_the_plan(tmp_path: Path) -> None:
    """Also when the one record of the plan is not in it any more as it was: the person still is."""
    build(tmp_path)
    assert scan(tmp_path).code == 0
    vestige(tmp_path, "plan", "purge", ANNA.email)
    crm = tmp_path / "stores" / "files" / "crm.csv"
    crm.write_text(crm.read_text().replace(ANNA.name, f"{ANNA.name} Moved"))
    before = content(tmp_path / "stores")
    honest(vestige(tmp_path, "purge", "--yes"), 2, "files", "plan purge")
    assert content(tmp_path / "stores") == before
