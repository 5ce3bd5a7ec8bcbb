"""Ending a purge at a chosen moment: just before or just after the n-th call that leaves the process.

Nothing of Vestige is replaced: the interpreter reports each call, and those are counted by which a connector
or the ledger reads or writes. DuckDB's driver reports none of its own; there, calls of its connector count.
The functions here are for ``before=`` of :func:`tests.acceptance.road.vestige`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

CALLS = {
    "sqlite3": {"execute", "executemany", "commit"},
    "posix": {"pwrite", "fsync", "replace", "unlink", "fchmod"},
    "io": {"write"},
    "duckdb": {"execute", "begin", "commit", "_inventory", "settle"},
}


def record(report: str) -> None:
    """Write the name of each counted call to a file, in their order."""
    sink = os.open(report, os.O_WRONLY | os.O_CREAT)
    sys.setprofile(_watcher(lambda name, after: after or os.write(sink, f"{name}\n".encode())))


def end(number: int, after: bool, how: signal.Signals) -> None:
    """Get the signal just before or just after the counted call ``number`` (from 0)."""
    _end(lambda _: True, number, after, how)


def end_at(name: str, after: bool, how: signal.Signals) -> None:
    """Get the signal just before or just after the first call of that name."""
    _end(name.__eq__, 0, after, how)


def _end(counts: Callable[[str], bool], number: int, after: bool, how: signal.Signals) -> None:
    seen = [-1, -1]

    def notice(name: str, ended: bool) -> None:
        seen[ended] += counts(name)
        if seen[ended] == number and ended is after:
            sys.setprofile(None)
            os.kill(os.getpid(), how)

    sys.setprofile(_watcher(notice))


def _watcher(notice: Callable[[str, bool], object]) -> Callable[[FrameType, str, Any], None]:
    def profile(frame: FrameType, event: str, called: Any) -> None:
        if event in ("call", "return"):
            name = frame.f_code.co_name
            if name in CALLS["duckdb"] and _module(frame.f_code.co_filename) == "connectors/duckdb":
                notice(f"connectors/duckdb duckdb.{name}", event == "return")
        elif called.__name__ in _NAMES and called.__name__ in CALLS.get(owner := _owner(called), ()):
            place = _place(frame)
            if place is not None:
                notice(f"{place} {owner}.{called.__name__}", event != "c_call")

    return profile


_NAMES = frozenset().union(*CALLS.values())


def _owner(called: Any) -> str:
    owner = getattr(called, "__self__", None)
    name = owner.__name__ if isinstance(owner, ModuleType) else type(owner).__module__
    return name.lstrip("_")


def _place(frame: FrameType | None) -> str | None:
    """The module of a connector or of the ledger on whose behalf a call is made."""
    while frame is not None:
        module = _module(frame.f_code.co_filename)
        if module is not None:
            return module
        frame = frame.f_back
    return None


@cache
def _module(file: str) -> str | None:
    path = Path(file)
    inside = path.parent.name == "ledger" or "connectors" in path.parts[-3:-1]
    return f"{path.parent.name}/{path.stem}" if inside else None
