"""Whether the estate is sound, without any request: what a schedule runs between purges.

References that lead nowhere, soft-deleted rows whose retention is over, and fields that no scan has looked
at. Within one SQL database Great Expectations counts where the data is; everywhere else the records are read
and counted here, into the same entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pyarrow as pa
from typing_extensions import TypedDict

from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import Collection
from vestige.matching.views import cells
from vestige.planning.periods import day
from vestige.planning.policy import Policy, Retention
from vestige.reports.checks import number, verdict
from vestige.reports.expectations import checkable, expectation, validate
from vestige.reports.integrity import Home, orphans, read_whole, relation_id
from vestige.reports.shapes import Result, Verdict

Kind = Literal["reference", "retention", "catalog"]
Engine = Literal["great_expectations", "vestige"]
Progress = Callable[[str], None]


class UpkeepEntry(TypedDict):
    """One check. ``found``: records (or fields) that break it, None where that could not be counted;
    ``before``: as many were known already."""

    check: Kind
    place: str
    result: Result
    found: int | None
    before: int | None
    engine: Engine
    detail: str


class Upkeep(TypedDict):
    """``verify --integrity``."""

    format: Literal["vestige/integrity/1"]
    made: str
    verdict: Verdict
    checks: list[UpkeepEntry]


def upkeep(
    estate: Estate,
    catalog: Catalog,
    policy: Policy,
    *,
    before: Upkeep | None = None,
    progress: Progress = lambda _: None,
) -> Upkeep:
    """Check everything. ``before``: an earlier answer; what it had found is not blamed on today.

    Never raises for a store: what cannot be counted is unknown, and the verdict then incomplete.
    """
    known = {(one["check"], one["place"]): one["found"] for one in before["checks"]} if before else {}
    counted = [
        *_references(estate, catalog, progress),
        *_retention(estate, policy),
        *_unseen(estate, catalog),
    ]
    entries = [_entry(*one, known.get((one[0], one[1]))) for one in counted]
    return Upkeep(
        format="vestige/integrity/1",
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        verdict=verdict(one["result"] for one in entries),
        checks=entries,
    )


_Counted = tuple[Kind, str, int | None, Engine]


def _references(estate: Estate, catalog: Catalog, progress: Progress) -> Iterator[_Counted]:
    """Each active relation: also between stores, where an index or a cache outlives what it was made of."""
    described = {(c.store, c.name): c for c in catalog.collections()}
    left = [one for one in catalog.relations() if one.status == "active" and "~" not in one.child.field]
    for settings in estate.stores:
        own = {relation_id(one): one for one in left if checkable(one, described, settings)}
        left = [one for one in left if relation_id(one) not in own]
        if own:
            progress(f"references in {settings.name}")
            asked = [expectation(name, one, settings.scheme) for name, one in own.items()]
            yield from (
                ("reference", n, found, "great_expectations") for n, found in validate(settings, asked)
            )
    progress("references between stores and in documents")
    yield from (("reference", name, found, "vestige") for name, found in orphans(estate, left).items())


def _retention(estate: Estate, policy: Policy) -> Iterator[_Counted]:
    today = datetime.now(UTC).date()
    for rule in policy.retention:
        place = f"{rule.store}.{rule.collection}.{rule.soft_delete}"
        yield "retention", place, _overdue(estate, rule, today - timedelta(days=rule.days)), "vestige"


def _overdue(estate: Estate, rule: Retention, last: date) -> int | None:
    """Records that were marked deleted before the day ``last``; None if some could not be read."""
    found = 0

    def count(batch: pa.RecordBatch) -> None:
        nonlocal found
        marked = (day(c.text) for c in cells(batch, {rule.soft_delete}) if c.kind != "null")
        found += sum(one is not None and one < last for one in marked)

    return found if read_whole(estate, (rule.store, rule.collection), count) else None


def _unseen(estate: Estate, catalog: Catalog) -> Iterator[_Counted]:
    """Collections and columns that appeared since the scan: whatever they hold is outside of the catalog."""
    scanned: dict[str, dict[Home, Collection]] = {}
    for one in catalog.collections():
        scanned.setdefault(one.store, {})[one.store, one.name] = one
    for store in (one.name for one in estate.stores):
        yield "catalog", store, _new(estate, store, scanned.get(store, {})), "vestige"


def _new(estate: Estate, store: str, scanned: Mapping[Home, Collection]) -> int | None:
    try:
        with estate.open(store) as connector:
            now = connector.describe().collections
    except StoreError:
        return None
    return sum(_fields_added(one, scanned.get((store, one.name))) for one in now)


def _fields_added(now: Collection, scanned: Collection | None) -> int:
    if scanned is None:
        return max(1, len(now.fields))
    return len({f.name for f in now.fields} - {f.name for f in scanned.fields})


_SAID: Mapping[Kind, tuple[str, str, str]] = {
    "reference": ("record", "lead nowhere", "every reference leads to a record"),
    "retention": ("record", "marked deleted and past their retention", "nothing is past its retention"),
    "catalog": ("field", "appeared since the scan: run vestige scan", "all that is there was scanned"),
}


def _entry(kind: Kind, place: str, found: int | None, engine: Engine, before: int | None) -> UpkeepEntry:
    noun, broken, sound = _SAID[kind]
    more = (found or 0) > (before or 0)
    result: Result = "unknown" if found is None else "fail" if more else "pass"
    if result == "fail" and kind == "catalog":
        result = "unknown"  # not wrong, but nobody looked at it yet
    detail = f"{number(found, noun)} {broken}" if found else sound
    if found is None:
        detail = "could not be counted: a store or a part of it could not be read"
    elif found and not more:
        detail += ", as before"
    return UpkeepEntry(
        check=kind, place=place, result=result, found=found, before=before, engine=engine, detail=detail
    )
