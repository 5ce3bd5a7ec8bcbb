"""What moved between two plans for one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from vestige.planning.model import Action, Plan, Step


@dataclass(frozen=True, slots=True)
class Change:
    """A step that came, went, or has another number of records."""

    change: Literal["added", "removed", "changed"]
    where: str
    action: Action
    because: str
    before: int
    after: int


def changes(old: Plan, new: Plan) -> list[Change]:
    """The steps in which two plans differ. Equal counts may be of other records."""
    before, after = _counts(old.steps), _counts(new.steps)
    return [
        _change(key, before[key], after[key])
        for key in sorted({*before, *after})
        if before[key] != after[key]
    ]


Key = tuple[str, Action, str]


def _change(key: Key, before: int, after: int) -> Change:
    return Change("changed" if before and after else "added" if after else "removed", *key, before, after)


def _counts(steps: Iterable[Step]) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    for step in steps:
        said = (step.because.partition(" (")[0], step.basis, step.until and f"until {step.until}")
        where = f"{step.store}.{step.object or step.collection}"
        counts[where, step.action, "; ".join(filter(None, said))] += step.records
    return counts
