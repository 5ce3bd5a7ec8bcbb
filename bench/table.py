"""Figures in megabytes per core-second, and a Markdown table of them."""

from __future__ import annotations

import resource
from collections.abc import Callable, Mapping, Sequence


def core_seconds(work: Callable[[], object]) -> float:
    """The CPU time of this process and of those it waited for, while ``work`` runs."""
    before = _used()
    work()
    return _used() - before


def _used() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def rate(work: Callable[[], object], size: int, rounds: int = 1) -> float:
    """Megabytes per core-second of ``work`` on ``size`` bytes: the best of some rounds."""
    return size / 1e6 / max(min(core_seconds(work) for _ in range(rounds)), 1e-9)


def markdown(head: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    """A table whose first column names the rows."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join([name, *cells]) + " |" for name, cells in rows.items()]
    return "\n".join(lines)


def figure(number: float) -> str:
    """A number with three digits that count."""
    return f"{number:.3g}" if number < 100 else f"{number:,.0f}"
