"""Processes of this machine: every result once, errors as they are, nobody left behind."""

from __future__ import annotations

import multiprocessing
import os

import pytest

from tests.engines.tasks import dies, refused, squares
from vestige.connectors.errors import Refused
from vestige.engines import local


def _squares(workers: int) -> list[int]:
    batches = local.run(squares, [3, 0, 5, 2], workers=workers)
    return sorted(value for batch in batches for value in batch.column("square").to_pylist())


@pytest.mark.parametrize("workers", [1, 2, 6])
def test_every_result_once(workers: int) -> None:
    assert _squares(workers) == sorted([0, 1, 4] + [0, 1, 4, 9, 16] + [0, 1])


def test_one_worker_is_this_process() -> None:
    (batch,) = local.run(squares, [1], workers=1)
    assert batch.column("process").to_pylist() == [os.getpid()]


def test_several_are_others() -> None:
    processes = {batch.column("process")[0].as_py() for batch in local.run(squares, [2, 2], workers=2)}
    assert os.getpid() not in processes


def test_no_task_at_all() -> None:
    assert list(local.run(squares, [], workers=2)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_comes_through_whole(workers: int) -> None:
    with pytest.raises(Refused) as raised:
        list(local.run(refused, [7], workers=workers))
    assert (raised.value.store, raised.value.place, raised.value.reason) == ("shop", "users", "task 7")
    assert not multiprocessing.active_children()


def test_a_killed_worker_is_an_error() -> None:
    with pytest.raises(local.WorkerDied):
        list(local.run(dies, [2, 2], workers=2))
    assert not multiprocessing.active_children()


def test_who_stops_listening_leaves_no_worker() -> None:
    results = local.run(squares, [100, 100], workers=2)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()
