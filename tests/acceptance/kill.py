"""Ending a command at a chosen moment: just before or just after the n-th call that leaves the process.

Nothing of Vestige is replaced: the interpreter reports each call, and those are counted by which a connector
or the ledger reads or writes. A call is named by its store kind (``ledger`` for the ledger), the module on
whose behalf it is made, and itself: ``redis entries/session redis.read_response``. DuckDB's driver reports
none of its own; there, the functions that call it count.
The functions here are for ``before=`` of :func:`tests.acceptance.road.vestige`.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

_BUILT_IN = {
    "sqlite3": {"execute", "executemany", "commit", "rollback"},
    "posix": {"open", "pwrite", "pread", "fsync", "replace", "unlink", "fchmod", "utime", "scandir"},
    "io": {"write"},
}
"""Functions that are not Python's own, by the module that they or their object are of."""

_PYTHON = {
    "psycopg/cursor": {"execute", "executemany"},
    "psycopg/connection": {"connect", "commit", "rollback"},
    "pymysql/cursors": {"execute"},
    "pymysql/connections": {"connect", "commit", "rollback"},
    "redis/connection": {"connect", "send_packed_command", "read_response"},
    "connectors/duckdb": {"execute", "begin", "commit", "settle"},
    "sql/anew": {"_parents_first", "_table", "_insert", "_inventory"},
}
"""Functions of Python, by the end of the path of their module."""

_NAMES = frozenset().union(*_BUILT_IN.values())
_CALLED = frozenset().union(*_PYTHON.values())


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


def stop_at(report: str, name: str, after: bool) -> None:
    """Stop (SIGSTOP) at the first call of that name, once the process' id is in the file ``report``."""
    Path(report).write_text(str(os.getpid()), encoding="ascii")
    _end(name.__eq__, 0, after, signal.SIGSTOP)


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
            if name in _CALLED and name in _PYTHON.get(owner := _module(frame.f_code.co_filename), ()):
                tell(owner, name, frame, event == "return")
        elif called.__name__ in _NAMES and called.__name__ in _BUILT_IN.get(owner := _owner(called), ()):
            tell(owner, called.__name__, frame, event != "c_call")

    def tell(owner: str, name: str, frame: FrameType, after: bool) -> None:
        place = _place(frame)
        if place is not None:
            notice(f"{place} {owner.rpartition('/')[2]}.{name}", after)

    return profile


def _owner(called: Any) -> str:
    owner = getattr(called, "__self__", None)
    if isinstance(owner, io.BytesIO):
        return ""  # memory
    name = owner.__name__ if isinstance(owner, ModuleType) else type(owner).__module__
    return name.lstrip("_")


def _place(frame: FrameType | None) -> str | None:
    """The store kind, and the module of a connector or of the ledger on whose behalf a call is made."""
    module = None
    while frame is not None:
        here = _module(frame.f_code.co_filename)
        if _is_room(frame.f_code.co_filename):
            module = module or here
            if here.startswith("ledger/"):
                return f"ledger {module}"
            settings = getattr(frame.f_locals.get("self"), "settings", frame.f_locals.get("settings"))
            if settings is not None:
                return f"{settings.scheme} {module}"
        frame = frame.f_back
    return module and f"? {module}"


@cache
def _module(file: str) -> str:
    path = Path(file)
    return f"{path.parent.name}/{path.stem}"


@cache
def _is_room(file: str) -> bool:
    path = Path(file)
    return path.parent.name == "ledger" or "connectors" in path.parts[-3:-1]
