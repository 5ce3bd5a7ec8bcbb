"""A purge that is killed anywhere, and run again, ends as if it had not been."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance import kill
from tests.acceptance.estate import ANNA, Content, build, content
from tests.acceptance.road import command, environment, vestige

POINTS = 32


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scanned company with the plan of a purge. Its paths are relative, so that a copy is like it."""
    folder = tmp_path_factory.mktemp("company")
    build(folder)
    assert vestige(folder, "scan", "--workers", "1").code == 0
    assert vestige(folder, "plan", "purge", ANNA.email).code == 0
    return folder


@pytest.fixture(scope="module")
def undisturbed(planned: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Content, list[str]]:
    """What the stores hold after a purge that nothing cut off, and the calls that it made."""
    folder = copied(planned, tmp_path_factory.mktemp("undisturbed"))
    calls = folder / "calls"
    assert vestige(folder, "purge", "--yes", before=partial(kill.record, str(calls))).code == 0
    assert vestige(folder, "verify").code == 0
    return content(folder / "stores"), calls.read_text().splitlines()


def copied(planned: Path, folder: Path) -> Path:
    shutil.copytree(planned, folder, dirs_exist_ok=True)
    return folder


def moments(calls: list[str], most: int) -> Iterator[tuple[int, bool]]:
    """Calls spread over all kinds of calls, rare kinds first: the first, the last and those between."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(calls):
        kinds[name].append(number)
    found: dict[tuple[int, bool], None] = {}
    for share in (0.0, 1.0, 0.5, 0.75):
        for place, numbers in enumerate(sorted(kinds.values(), key=len)):
            number = numbers[round(share * (len(numbers) - 1))]
            found[number, (place + int(share * 4)) % 2 == 0] = None
    yield from list(found)[:most]


def finish(folder: Path, expected: Content) -> None:
    """The same command again reaches the same end; once more, and nothing changes."""
    again = vestige(folder, "purge", "--yes")
    assert again.code == 0, again
    assert content(folder / "stores") == expected
    before = {path: path.read_bytes() for path in (folder / "stores").rglob("*") if path.is_file()}
    once_more = vestige(folder, "purge", "--yes")
    assert (once_more.code, once_more.err) == (0, "")
    assert once_more.out.endswith("already erased\n")
    assert before == {path: path.read_bytes() for path in (folder / "stores").rglob("*") if path.is_file()}
    assert not list(folder.glob("ledger.db.lock*"))


@pytest.fixture(scope="module")
def cut_off(
    planned: Path, undisturbed: tuple[Content, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Future[None]]]:
    """A purge for each moment, killed and run again; two at a time."""
    expected, calls = undisturbed

    def attempt(turn: int, number: int, after: bool) -> None:
        folder = copied(planned, tmp_path_factory.mktemp("cut"))
        cut = vestige(folder, "purge", "--yes", before=partial(kill.end, number, after, signal.SIGKILL))
        assert cut.code == -signal.SIGKILL, (calls[number], cut)
        finish(folder, expected)
        if turn % 8 == 0:
            verdict = vestige(folder, "verify", "--json")
            assert (verdict.code, verdict.document["verdict"]) == (0, "pass"), calls[number]

    with ThreadPoolExecutor(2) as pool:
        yield [pool.submit(attempt, turn, *one) for turn, one in enumerate(moments(calls, POINTS))]
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("turn", range(POINTS))
def test_killed_anywhere_it_reaches_the_same_end(cut_off: list[Future[None]], turn: int) -> None:
    cut_off[turn].result()


def test_the_moments_are_of_every_store_and_the_ledger(undisturbed: tuple[Content, list[str]]) -> None:
    _, calls = undisturbed
    chosen = list(moments(calls, POINTS))
    assert len(chosen) == POINTS
    assert {after for _, after in chosen} == {True, False}
    names = {calls[number] for number, _ in chosen}
    assert names == set(calls)
    for part in (
        "connectors/sqlite",
        "connectors/duckdb",
        "connectors/directory",
        "connectors/logs",
        "ledger/",
    ):
        assert any(name.startswith(part) for name in names)
    assert {"sql/writing sqlite3.commit", "connectors/duckdb duckdb.commit"} <= names


def test_killed_again_and_again(
    planned: Path, undisturbed: tuple[Content, list[str]], tmp_path: Path
) -> None:
    """Also while it is being resumed."""
    folder = copied(planned, tmp_path)
    for name in (
        "connectors/duckdb duckdb.begin",
        "sql/writing sqlite3.commit",
        "connectors/duckdb duckdb.settle",
        "connectors/directory posix.replace",
        "connectors/logs posix.pwrite",
        "ledger/plans sqlite3.executemany",
    ):
        before = partial(kill.end_at, name, True, signal.SIGKILL)
        assert vestige(folder, "purge", "--yes", before=before).code == -signal.SIGKILL, name
    finish(folder, undisturbed[0])
    assert vestige(folder, "verify").code == 0


def test_what_a_killed_purge_left_aside_is_no_part_of_a_clean_estate(
    planned: Path, undisturbed: tuple[Content, list[str]], tmp_path: Path
) -> None:
    folder = copied(planned, tmp_path)
    before = partial(kill.end_at, "formats/csv io.write", True, signal.SIGKILL)
    assert vestige(folder, "purge", "--yes", before=before).code == -signal.SIGKILL
    for verb, code in (("scan", 4), ("verify", 3)):
        told = vestige(folder, verb, "--json")
        assert told.code == code, told
        assert "made by a purge that was cut short" in told.out
    finish(folder, undisturbed[0])
    assert [vestige(folder, verb).code for verb in ("scan", "verify")] == [0, 0]


@pytest.mark.parametrize("share", [0.3, 0.9, 0.98])
def test_interrupted_it_says_so_and_reaches_the_same_end(
    planned: Path, undisturbed: tuple[Content, list[str]], tmp_path: Path, share: float
) -> None:
    expected, calls = undisturbed
    folder = copied(planned, tmp_path)
    before = partial(kill.end, int(share * len(calls)), False, signal.SIGINT)
    cut = vestige(folder, "purge", "--yes", before=before)
    assert cut.code == 130, cut
    assert "run the same command again" in cut.err
    assert "Traceback" not in cut.said
    finish(folder, expected)


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_signal_from_outside(
    planned: Path,
    undisturbed: tuple[Content, list[str]],
    tmp_path: Path,
    how: signal.Signals,
    code: int,
) -> None:
    """The program itself, its whole process group, once it has taken its locks."""
    folder = copied(planned, tmp_path)
    purge = command("purge", "--yes")
    with subprocess.Popen(
        purge,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        while not list(folder.glob("ledger.db.lock*")) and running.poll() is None:
            time.sleep(0.005)
        os.killpg(running.pid, how)
        _, err = running.communicate(timeout=60)
    assert running.returncode == code, err
    assert "Traceback" not in err
    finish(folder, undisturbed[0])
