"""The crash matrix: a purge is killed at a call, and again while it is resumed; each attempt on a fresh copy.

``python -m bench.crash`` runs it at length; the tests run a spread sample.
"""

from __future__ import annotations

import json
import signal
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Any

from tests.acceptance import kill
from tests.acceptance.estate import Content
from tests.acceptance.road import Done, vestige
from tests.acceptance.served import Company, Servers

Point = tuple[int, bool]
"""The number of a call, and whether the kill comes after it."""


@dataclass(frozen=True)
class Undisturbed:
    """How it goes if nothing is killed: the end, and the calls that lead there."""

    company: Company
    content: Content
    outcomes: list[Any]
    purging: list[str]
    verifying: list[str]


@dataclass(frozen=True)
class Attempt:
    """What came of one kill. ``faults``: what was not as it has to be."""

    kind: str
    call: str
    after: bool
    reached: bool
    faults: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    twice: bool = False


@contextmanager
def planned(folder: Path, servers: Servers, ledger: str) -> Iterator[Undisturbed]:
    """A planned company, and how its purge and its verification go undisturbed."""
    folder.mkdir()
    company = Company(folder / "planned", servers, ledger)
    company.folder.mkdir()
    company.plan()
    other = company.copy(folder / "undisturbed", 1)
    calls = {verb: other.folder / f"calls-{verb}" for verb in ("purge", "verify")}
    purged = vestige(other.folder, "purge", "--yes", "--json", before=_recording(calls["purge"]))
    assert purged.code == 0, purged
    content = other.content()
    verified = vestige(other.folder, "verify", "--json", before=_recording(calls["verify"]))
    assert verified.document["verdict"] == "pass", verified
    lists = [path.read_text().splitlines() for path in calls.values()]
    other.drop()
    yield Undisturbed(company, content, ends(purged), *lists)
    company.drop()


def _recording(path: Path) -> partial[None]:
    return partial(kill.record, str(path))


def ends(purged: Done) -> list[Any]:
    """The outcomes of a purge, without what the stores counted."""
    return [(o["step"], o["outcome"], o["records"]) for o in purged.document["outcomes"]]


def points(calls: Sequence[str], most: int) -> list[Point]:
    """Calls spread over all names of calls, rare names first: their first, their last, and those between."""
    names: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(calls):
        names[name].append(number)
    found: dict[Point, None] = {}
    for round_ in range(2 * max(map(len, names.values()))):
        for place, numbers in enumerate(sorted(names.values(), key=len)):
            if round_ < 2 * len(numbers):
                number = numbers[_spread(len(numbers))[round_ // 2]]
                found[number, (round_ + place) % 2 == 0] = None
        if len(found) >= most:
            break
    return list(found)[:most]


def _spread(length: int) -> list[int]:
    """The numbers below ``length``: the ends first, then the middles between those had."""
    found = dict.fromkeys((0, length - 1))
    parts = 2
    while len(found) < length:
        found |= dict.fromkeys((length - 1) * part // parts for part in range(1, parts))
        parts = parts * 2 if parts < length else parts + 1
    return list(found)


def attempts(known: Undisturbed, folder: Path, wanted: Sequence[Point], looks: int) -> Iterator[Attempt]:
    """Try each point, two at a time. Each ``looks``-th is verified too, before and after it is resumed."""
    slots: SimpleQueue[int] = SimpleQueue()
    for slot in (1, 2):
        slots.put(slot)

    def one(numbered: tuple[int, Point]) -> Attempt:
        slot = slots.get()
        try:
            company = known.company.copy(folder / f"attempt-{slot}", slot)
            return _attempt(known, company, *numbered, looks)
        finally:
            slots.put(slot)

    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(one, enumerate(wanted))


def _attempt(known: Undisturbed, company: Company, turn: int, point: Point, looks: int) -> Attempt:
    call = known.purging[point[0]]
    draw = Random(turn)
    looked, twice = turn % looks == 0, turn % 3 == 0
    if not _killed(company, "purge", point):
        return Attempt(call.partition(" ")[0], call, point[1], reached=False)
    faults, verdicts = [], []
    if looked:
        verdicts.append(verdict(company))
        if verdicts == ["pass"] and company.content() != known.content:
            faults.append("a false pass")
    if twice:
        _killed(company, "purge", (draw.randrange(len(known.purging) // 2), draw.random() < 0.5))
    faults += _finish(known, company, again=looked)
    if looked:
        if turn % (2 * looks) == 0:
            _killed(company, "verify", (draw.randrange(len(known.verifying)), draw.random() < 0.5))
        verdicts.append(verdict(company))
        if verdicts[-1] != "pass":
            faults.append(f"the verdict is {verdicts[-1]} in the end")
    return Attempt(call.partition(" ")[0], call, point[1], True, tuple(faults), tuple(verdicts), twice)


def _killed(company: Company, verb: str, point: Point) -> bool:
    words = ("purge", "--yes") if verb == "purge" else (verb,)
    cut = vestige(company.folder, *words, before=partial(kill.end, *point, signal.SIGKILL))
    return cut.code == -signal.SIGKILL


def verdict(company: Company) -> str:
    """The verdict of a verification; what it said if there is none."""
    done = vestige(company.folder, "verify", "--json")
    try:
        return str(done.document["verdict"])
    except (json.JSONDecodeError, KeyError):
        return f"exit {done.code}: {done.err.strip()}"


def _finish(known: Undisturbed, company: Company, *, again: bool) -> Iterator[str]:
    """What is not as it has to be when the same command is given again, and once more."""
    purged = vestige(company.folder, "purge", "--yes", "--json")
    if purged.code != 0:
        yield f"resumed, it ended with {purged.code}: {purged.err.strip()}"
        return
    if ends(purged) != known.outcomes:
        yield "resumed, its outcomes are others"
    if company.content() != known.content:
        yield "the stores hold something else in the end"
    if again:
        more = vestige(company.folder, "purge", "--yes")
        if (more.code, more.out.strip()) != (0, "already erased") or company.content() != known.content:
            yield f"repeated, it did more: {more}"
