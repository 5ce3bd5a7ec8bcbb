import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vestige.ledger.errors import Busy, CaseEnded, Tampered
from vestige.ledger.store import Ledger

PERSON = b"mary.sue@example.com " * 500


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(data=st.binary(max_size=5000))
def test_a_case_comes_back_as_it_was_sealed(ledger, data):
    assert ledger.open_case(ledger.seal_case(data)) == data


def test_nothing_readable_is_written(tmp_path):
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db", os.urandom(32)) as ledger:
        case = ledger.seal_case(PERSON)
        assert b"mary.sue" not in bytes_of(tmp_path)
        assert ledger.open_case(case) == PERSON


def test_the_ledger_alone_does_not_open_a_case(url):
    with Ledger.open(url, b"k" * 32) as ledger:
        case = ledger.seal_case(PERSON)
    for secret in (b"x" * 32, None):
        with Ledger.open(url, secret) as thief, pytest.raises(Tampered):
            thief.open_case(case)


def test_a_destroyed_case_leaves_no_byte_behind(tmp_path):
    path = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{path}") as ledger:
        kept, case = ledger.seal_case(b"another"), ledger.seal_case(PERSON)
        with sqlite3.connect(path) as raw:
            query = "SELECT sealed, secret FROM cases JOIN case_keys ON id = case_id WHERE id = ?"
            sealed, secret = raw.execute(query, (case,)).fetchone()
        raw.close()
        assert secret in bytes_of(tmp_path)
        ledger.destroy_case(case)
        left = bytes_of(tmp_path)
        assert secret not in left
        assert not any(sealed[at : at + 32] in left for at in range(0, len(sealed) - 32, 32))
        with pytest.raises(CaseEnded):
            ledger.open_case(case)
        ledger.destroy_case(case)
        assert ledger.open_case(kept) == b"another"


def test_destroying_while_another_process_reads_says_so_and_can_be_repeated(tmp_path, monkeypatch):
    path = tmp_path / "ledger.db"
    monkeypatch.setattr("vestige.ledger.database._BUSY_SECONDS", 0.2)
    with Ledger.open(f"sqlite:///{path}") as ledger:
        case = ledger.seal_case(PERSON)
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM cases").fetchone()
        with pytest.raises(Busy):
            ledger.destroy_case(case)
        reader.close()
        ledger.destroy_case(case)


def test_an_exchanged_case_does_not_open(tmp_path):
    path = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{path}") as ledger:
        one, two = ledger.seal_case(b"one"), ledger.seal_case(b"two")
        with sqlite3.connect(path) as raw:
            for table, column, key in (("cases", "sealed", "id"), ("case_keys", "secret", "case_id")):
                raw.execute(
                    f"UPDATE {table} SET {column} = (SELECT {column} FROM {table} WHERE {key} = ?)"  # noqa: S608
                    f" WHERE {key} = ?",
                    (one, two),
                )
        raw.close()
        with pytest.raises(Tampered):
            ledger.open_case(two)
