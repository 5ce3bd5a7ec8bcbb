"""What an error means to the person at the terminal: an exit code and one line of what, where, what to do."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from typer import TyperException

OK, FAILED, USAGE, STOPPED, INCOMPLETE, INTERRUPTED = 0, 1, 2, 3, 4, 130
"""Exit codes (DESIGN.md section 5). 3 is also "nobody found" and "nothing to do", 4 "not all was read"."""


class Refusal(Exception):
    """The command will not do this. ``code`` is its exit code, the message says what to do instead."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Failure:
    """An error explained. ``candidates``: keys among which the person has to choose."""

    code: int
    message: str
    candidates: tuple[str, ...] = field(default=())

    @property
    def lines(self) -> list[str]:
        return [self.message, *(f"  {candidate}" for candidate in self.candidates)]


def explain(error: BaseException) -> Failure:
    """Every error that a verb may raise. What is not ours is unexpected, and its text may hold anything."""
    if isinstance(error, Refusal):
        return Failure(error.code, str(error))
    if isinstance(error, TyperException):
        return Failure(USAGE, f"{error.format_message()} See --help.")
    return _of_the_rooms(error) or _unexpected(error)


def _of_the_rooms(error: BaseException) -> Failure | None:
    # Imported here: an error of a room is raised only after that room was imported, and `--help` raises none.
    from vestige.catalog.errors import CatalogError
    from vestige.connectors.errors import StoreError
    from vestige.exporters.errors import Occupied
    from vestige.ledger.errors import Busy, Fenced, Forked, LedgerError, Lost
    from vestige.matching.presidio import NotInstalled
    from vestige.planning.codec import Unreadable
    from vestige.planning.errors import Ambiguous, NotFound, PlanningError, Stopped
    from vestige.planning.yamlfile import Misconfigured
    from vestige.scanners.errors import Unfit

    if isinstance(error, Ambiguous):
        return Failure(USAGE, str(error), error.candidates)
    if isinstance(error, Lost | Fenced):
        return Failure(INCOMPLETE, str(error))
    if isinstance(error, NotFound | Stopped | Busy | Forked):
        return Failure(STOPPED, str(error))
    usage = (
        PlanningError
        | Misconfigured
        | CatalogError
        | LedgerError
        | Unreadable
        | Occupied
        | Unfit
        | NotInstalled
    )
    if isinstance(error, usage):
        return Failure(USAGE, str(error))
    if isinstance(error, StoreError):
        return Failure(INCOMPLETE, f"{error}; `vestige doctor` checks every store")
    return None


def _unexpected(error: BaseException) -> Failure:
    if isinstance(error, OSError) and error.filename is not None:
        return Failure(FAILED, f"{os.fsdecode(error.filename)}: {error.strerror}")
    what = f"unexpected error: {type(error).__name__}{_where(error.__traceback__)}"
    return Failure(FAILED, f"{what}; its text may hold personal data: VESTIGE_DEBUG=1 shows it")


def _where(trace: TracebackType | None) -> str:
    if trace is None:
        return ""
    while trace.tb_next:
        trace = trace.tb_next
    return f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
