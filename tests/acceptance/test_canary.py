"""No planted value in any file that Vestige wrote, whatever happened on the way; only in packages."""

from __future__ import annotations

import base64
import json
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote, quote_plus

import duckdb
import pytest

from tests.acceptance import kill
from tests.acceptance.estate import ANNA, build, people
from tests.acceptance.road import Done, vestige

GIVEN = {"vestige.yaml", "policy.yaml", "vestige.key"}


def forms(value: str) -> Iterator[bytes]:
    """How a value may be written down."""
    for text in {value, value.lower(), value.upper()}:
        raw = text.encode()
        yield raw
        yield text.encode("utf-16-le")
        yield quote(text, safe="").encode()
        yield quote_plus(text).encode()
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        yield json.dumps(text)[1:-1].encode()
        for shift in range(3):  # wherever it begins in what was encoded
            whole = base64.b64encode(bytes(shift) + raw)
            yield whole[4 if shift else 0 : -4]
            yield base64.urlsafe_b64encode(bytes(shift) + raw)[4 if shift else 0 : -4]


NEEDLES = {form: value for person in people() for value in person.values for form in forms(value)}


def betrayed(haystack: bytes) -> set[str]:
    """The planted values that some bytes hold in some form."""
    return {value for form, value in NEEDLES.items() if form in haystack}


class Estate:
    """The company of a test, whose commands write into one folder. ``said``: what they printed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.temporary, self.said = folder, folder / "tmp", list[str]()
        self.temporary.mkdir()
        build(folder)

    def run(
        self, *arguments: str, code: int, before: partial[None] | None = None, secret: bool = True
    ) -> Done:
        done = vestige(self.folder, *arguments, env={"TMPDIR": str(self.temporary)}, before=before)
        assert done.code == code, done
        self.said += [done.err, done.out] if secret else [done.err]
        return done

    def written(self) -> list[Path]:
        """All files but the stores', the configuration and packages."""
        return [
            path
            for path in self.folder.rglob("*")
            if path.is_file()
            and path.relative_to(self.folder).parts[0] not in ("stores", "export")
            and path.name not in GIVEN
        ]

    def check(self) -> None:
        """Nothing written or said betrays anybody."""
        for path in self.written():
            assert not betrayed(path.read_bytes()), path
            assert not betrayed(path.name.encode()), path
        assert not betrayed("\n".join(self.said).encode())
        assert not betrayed("\n".join(self.catalogued()).encode())
        assert not betrayed("\n".join(self.entered()).encode())

    def catalogued(self) -> Iterator[str]:
        """Every value of the catalog: DuckDB compresses what it writes."""
        copy = self.folder / "tmp" / "catalog-copy.duckdb"
        shutil.copy(self.folder / "catalog.duckdb", copy)
        with duckdb.connect(copy, read_only=True) as connection:
            for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                for row in connection.execute(f'FROM "{name}"').fetchall():
                    yield " ".join(map(str, row))
        copy.unlink()

    def entered(self) -> Iterator[str]:
        """Every value of the ledger."""
        connection = sqlite3.connect(f"file:{self.folder / 'ledger.db'}?mode=ro", uri=True)
        connection.text_factory = lambda raw: raw.decode(errors="replace")
        yield from connection.iterdump()
        connection.close()


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    made = Estate(tmp_path)
    made.run("scan", "--workers", "1", code=0)
    return made


def test_the_needles_are_found_where_they_are(tmp_path: Path) -> None:
    """Else the other tests would show nothing."""
    build(tmp_path)
    stores = b"".join(path.read_bytes() for path in (tmp_path / "stores").rglob("*") if path.is_file())
    assert {value for person in people() for value in (person.email, person.name)} <= betrayed(stores)
    for shift in range(3):
        assert betrayed(base64.b64encode(b"x" * shift + ANNA.email.encode() + b"tail")) == {ANNA.email}
    assert betrayed(json.dumps(people()[0].name).encode()) == {people()[0].name}


def test_the_whole_road_betrays_nobody(estate: Estate) -> None:
    for noun in ("fields", "relations", "subjects", "coverage", "review"):
        estate.run("catalog", noun, "--json", code=estate.run("catalog", noun, code=0).code)
    estate.run("locate", ANNA.email, code=0)
    estate.run("locate", ANNA.email, "--records", "--json", code=0, secret=False)
    estate.run("locate", ANNA.phone, "--json", code=0)
    estate.run("plan", "purge", ANNA.email, "--json", code=0)
    estate.check()
    estate.run("purge", "--yes", "--json", code=0)
    estate.check()
    estate.run("verify", "--json", code=0)
    estate.run("purge", "--yes", code=0)
    estate.run("request", "list", "--json", code=0)
    estate.check()
    assert not any(estate.temporary.iterdir())


def test_an_export_leaves_values_in_its_package_alone(estate: Estate) -> None:
    estate.run("export", ANNA.email, "--out", "export", code=0)
    package = b"".join(path.read_bytes() for path in (estate.folder / "export").rglob("*") if path.is_file())
    assert ANNA.email in betrayed(package)
    estate.check()


def test_a_purge_that_fails_or_is_killed_betrays_nobody(estate: Estate) -> None:
    estate.run("plan", "purge", ANNA.email, code=0)
    (estate.folder / "stores" / "stats.duckdb").rename(estate.folder / "stores" / "away")
    estate.run("purge", "--yes", code=3)
    estate.run("verify", code=3)
    estate.check()
    (estate.folder / "stores" / "away").rename(estate.folder / "stores" / "stats.duckdb")
    for name, how, code in (
        ("sqlite sql/writing sqlite3.commit", signal.SIGKILL, -9),
        ("file connectors/directory posix.replace", signal.SIGINT, 130),
        ("logs connectors/logs posix.pwrite", signal.SIGKILL, -9),
    ):
        estate.run("purge", "--yes", code=code, before=partial(kill.end_at, name, True, how))
        estate.check()
    estate.run("purge", "--yes", code=0)
    estate.run("verify", code=0)
    estate.check()


def test_what_goes_wrong_betrays_nobody(estate: Estate) -> None:
    """Errors name places and no values: a broken store, one record changed, nobody found, a wrong address."""
    estate.run("plan", "purge", ANNA.email, code=0)
    (estate.folder / "stores" / "files" / "crm.csv").write_text(
        f"e_mail,name\n{ANNA.email},{ANNA.name} Moved\n"
    )
    estate.run("purge", "--yes", code=2)
    (estate.folder / "stores" / "shop.db").write_bytes(b"no database " + ANNA.email.encode() * 100)
    estate.run("doctor", code=4)
    estate.run("scan", "--workers", "1", code=4)
    estate.run("locate", ANNA.email, code=4)
    estate.run("locate", ANNA.uuid.replace("-", ""), code=4)
    estate.run("plan", "purge", ANNA.name, code=4)
    estate.run("verify", "--json", code=3)
    estate.check()
