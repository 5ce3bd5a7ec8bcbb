"""A store is read no faster than its limit says, by however many processes."""

import multiprocessing
import time
from pathlib import Path

from vestige.connectors import open_store
from vestige.connectors.pace import Pace
from vestige.connectors.protocol import StoreSettings


def _pay(pace: Pace, times: int) -> None:
    for _ in range(times):
        pace.pay(100)


def test_processes_share_one_pace(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "state" / "shop.pace", 1000.0)
    began = time.time()
    crew = [multiprocessing.get_context("spawn").Process(target=_pay, args=(pace, 10)) for _ in range(2)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert [one.exitcode for one in crew] == [0, 0]
    assert time.time() - began >= 0.99  # 2,000 bytes, of which a second's worth is ahead


def test_a_clock_that_was_set_back_is_not_waited_for(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "shop.pace", 1e9)
    pace.path.write_text(repr(time.time() + 1e6))
    pace.pay(1)
    assert float(pace.path.read_text()) <= time.time() + 1


def test_what_a_store_reads_and_finds_is_paid_for(tmp_path: Path) -> None:
    (tmp_path / "people.jsonl").write_text('{"email": "a@example.com"}\n')
    pace = Pace(tmp_path.parent / f"{tmp_path.name}.pace", 1e9)
    with open_store(StoreSettings("files", f"file://{tmp_path}", options={"pace": pace})) as store:
        assert not pace.path.exists()
        (batch,) = [item for part in store.partitions() for item in store.read(part)]
        assert batch.num_rows == 1
        paid = float(pace.path.read_text())
        assert len(list(store.find(next(store.partitions()).collection, ["email"], [["a@example.com"]]))) == 1
        assert float(pace.path.read_text()) > paid
