"""The checks behind a verdict. Each says what it asserts, how it ended and how that was found out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from vestige.planning.model import Outcome, Plan
from vestige.reports.integrity import broken
from vestige.reports.shapes import CheckEntry, Result, Verdict
from vestige.reports.sweep import Swept

Counts = Mapping[str, int | None]

MAY_BE = "keys in fields of which nobody decided yet what they hold, or what they were called in former days"
"""What the sweep finds and cannot tell."""


def verdict(results: Iterable[Result]) -> Verdict:
    """One failure is a failure; else one thing unknown leaves all of it incomplete."""
    results = set(results)
    if "fail" in results:
        return "fail"
    return "incomplete" if "unknown" in results else "pass"


def absence(swept: Swept) -> CheckEntry:
    counts = swept.counts()
    left, unclear = counts["survivor"], counts["unknown"]
    if left:
        detail = f"{number(left, 'trace')} found that should be gone"
    elif unclear:
        detail = f"{number(unclear, 'trace')} may be the subject's: {MAY_BE}"
    else:
        detail = "none found in the stores listed, which were read so far"
    return CheckEntry(
        check="Nothing of the subject is left",
        result="fail" if left else "unknown" if unclear else "pass",
        detail=detail,
        method="Every configured store was read in full and searched for every spelling of every identifier:"
        " in clear, percent-, JSON- and HTML-escaped, in base64, hashed (MD5, SHA-1, SHA-256), names and"
        " numbers where they mean the subject. The search ignores where the catalog says that data is.",
    )


def coverage(swept: Swept) -> CheckEntry:
    unread = sum(not reading.complete for reading in swept.readings)
    nothing = not swept.readings
    detail = f"{number(len(swept.readings), 'part')} of {number(_stores(swept), 'store')} read"
    if unread:
        detail = f"{number(unread, 'part')} could not be read, or not in full; see what was looked at"
    return CheckEntry(
        check="Everything configured was read",
        result="unknown" if unread or nothing else "pass",
        detail="there was nothing to read" if nothing else detail,
        method="What a store could not deliver, and what it refused, is listed by name and never counted as"
        " clean.",
    )


def reconciled(swept: Swept) -> CheckEntry:
    second = [reading for reading in swept.readings if reading.counted is not None]
    differ = sum(reading.counted != reading.read for reading in second)
    detail = f"{len(second)} of {number(len(swept.readings), 'part')} have a second count; all agree"
    return CheckEntry(
        check="As much was read as the stores say they hold",
        result="unknown" if differ else "pass",
        detail=f"{number(differ, 'part')} hold another number of records than was read" if differ else detail,
        method="The records that were read are compared with a count that the store makes by another road.",
    )


def recall(swept: Swept) -> CheckEntry:
    planted, found = (sum(getattr(r, name) for r in swept.readings) for name in ("planted", "found"))
    return CheckEntry(
        check="The search finds what is planted",
        result="pass" if planted and planted == found else "unknown",
        detail=f"{found:,} of {planted:,} canaries found",
        method="A person who does not exist, drawn anew for this run, was mixed into what was read, in every"
        " spelling, in memory only. This shows that the search works on these columns; it does not show that"
        " every store was reached.",
    )


def orphaned(before: Counts | None, after: Counts) -> CheckEntry:
    more = broken(before or {}, after)
    uncounted = [name for name, count in after.items() if count is None]
    failed = bool(more) and before is not None
    result: Result = "fail" if failed else "unknown" if uncounted or before is None else "pass"
    detail = f"{number(len(after), 'relation')} checked; no reference leads nowhere that did not before"
    if failed:
        detail = "lead nowhere now: " + ", ".join(f"{number(n, 'record')} of {r}" for r, n in more.items())
    elif before is None:
        detail = "there is no count from before the purge to compare with"
    elif uncounted:
        detail = f"{number(len(uncounted), 'relation')} could not be counted"
    return CheckEntry(
        check="No reference was broken",
        result=result,
        detail=detail,
        method="References by key within each store, declared and inferred, that lead to no record were"
        " counted before the purge and now.",
    )


def write_set(outcomes: Sequence[Outcome]) -> CheckEntry:
    proven = [o for o in outcomes if "planned" in o.extra]
    wrong = [o for o in proven if not _as_planned(o)]
    records = sum(o.extra["planned"] for o in proven)
    detail = f"{number(records, 'record')} planned, all of them confirmed by the stores as written"
    if wrong:
        detail = f"{number(len(wrong), 'step')} wrote another number of records than was planned"
    return CheckEntry(
        check="What was planned was done, and nothing else",
        result="unknown" if wrong else "pass",
        detail=detail,
        method="The keys that each statement returned are compared with the keys that the plan had frozen.",
    )


def _as_planned(outcome: Outcome) -> bool:
    done = outcome.extra.get("written", 0) + outcome.extra.get("absent", 0)
    return bool(done == outcome.extra["planned"])


def accounted(plan: Plan, outcomes: Sequence[Outcome]) -> CheckEntry:
    """``outcomes``: with those of steps that had nothing to write."""
    ended = {o.step for o in outcomes}
    missing = [s for s in plan.steps if s.id not in ended and s.action not in ("review", "export")]
    unknown = [o for o in outcomes if o.outcome == "unknown"]
    detail = f"{number(len(ended & {s.id for s in plan.steps}), 'step')}, each with one outcome"
    if missing or unknown:
        detail = f"{number(len(missing) + len(unknown), 'step')} without a known outcome"
    return CheckEntry(
        check="Every step has one outcome",
        result="unknown" if missing or unknown else "pass",
        detail=detail,
        method="Erased, redacted, retained, absent, residue or unknown: the journal of the purge against the"
        " plan.",
    )


def _stores(swept: Swept) -> int:
    return len({reading.store for reading in swept.readings})


def number(count: int, noun: str) -> str:
    """``1 record``, ``1,204 records``."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
