"""A verification report as a page that an auditor can read: one file, nothing fetched, and its JSON twin."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from vestige.reports.shapes import PAGE, TWIN, CoverageEntry, OutcomeEntry, TraceEntry, Verification

_ENTITIES = {
    "EMAIL_ADDRESS": "e-mail address",
    "EMAIL_HASH": "hash of an e-mail address",
    "PHONE_NUMBER": "phone number",
    "PHONE_HASH": "hash of a phone number",
    "USER_ID": "key",
    "PERSON": "name",
    "USERNAME": "user name",
    "ADDRESS": "postal address",
}
_MEANINGS = {
    "survivor": "should be gone",
    "unknown": "not known what it is",
    "undecided": "for a person to decide",
    "expected": "in a record that is kept",
}
_RESULTS = {"pass": "Holds", "fail": "Fails", "unknown": "Not known"}


def write(report: Verification, folder: Path) -> Path:
    """Write the page and its twin into a folder, which is made; the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    twin = (json.dumps(report, indent=2, ensure_ascii=False) + "\n").encode()
    put(folder / TWIN, twin)
    put(folder / PAGE, render(report, hashlib.sha256(twin).hexdigest()).encode())
    return folder / PAGE


def render(report: Verification, digest: str = "") -> str:
    """The page. ``digest``: SHA-256 (hex) of the JSON twin, which the page names."""
    environment = Environment(
        loader=PackageLoader("vestige.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "day": _day, "bytes": _bytes, "entity": _entity}
    environment.filters["sentence"] = _sentence
    page = environment.get_template("verification.html.j2")
    return page.render(report=report, digest=digest, results=_RESULTS, meanings=_MEANINGS, **_views(report))


def _views(report: Verification) -> dict[str, Any]:
    """The report's rows as the page groups them."""
    outcomes, coverage = report["outcomes"], report["coverage"]
    return {
        "done": _by_store(o for o in outcomes if o["outcome"] in ("erased", "redacted", "absent")),
        "kept": [o for o in outcomes if o["outcome"] == "retained"],
        "residue": [o for o in outcomes if o["outcome"] == "residue"],
        "open": [o for o in outcomes if o["outcome"] == "undecided"],
        "unknown": [o for o in outcomes if o["outcome"] == "unknown"],
        "traces": _traces(report["traces"]),
        "stores": _stores(coverage),
        "unread": [entry for entry in coverage if entry["status"] != "COMPLETE"],
        "broken": [o for o in report["orphans"] if o["after"] is None or o["after"] > (o["before"] or 0)],
    }


def _by_store(outcomes: Iterable[OutcomeEntry]) -> dict[str, list[OutcomeEntry]]:
    ordered = sorted(outcomes, key=lambda o: (o["store"], o["collection"], o["outcome"]))
    return {store: list(group) for store, group in groupby(ordered, key=lambda o: o["store"])}


def _traces(traces: Sequence[TraceEntry]) -> list[dict[str, Any]]:
    """Traces that are alike, with the number of records."""
    kinds: Counter[tuple[str, ...]] = Counter()
    names = ("meaning", "store", "collection", "field", "entity", "form")
    for trace in traces:
        kinds[tuple(str(trace[name]) for name in names)] += 1  # type: ignore[literal-required]
    rows = [dict(zip(names, kind, strict=True)) | {"count": count} for kind, count in kinds.items()]
    order = list(_MEANINGS)
    return sorted(rows, key=lambda row: (order.index(row["meaning"]), row["store"], row["collection"]))


def _stores(coverage: Sequence[CoverageEntry]) -> list[dict[str, Any]]:
    """What was read of each store."""
    rows: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"parts": 0, "read": 0, "bytes": 0, "counted": 0, "unread": 0}
    )
    for entry in coverage:
        row = rows[entry["store"]]
        row["parts"] += bool(entry["collection"])
        row["read"] += entry["read"]
        row["bytes"] += entry["bytes"]
        row["counted"] += entry["counted"] is not None
        row["unread"] += entry["status"] != "COMPLETE"
    return [{"store": store, **row} for store, row in sorted(rows.items())]


def _number(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"


def _day(moment: str | None) -> str:
    """``23 November 2026, 16:05 UTC``, or the day alone where no time is known."""
    if not moment:
        return "no date known"
    try:
        when = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    day = f"{when.day} {when:%B %Y}"
    return f"{day}, {when:%H:%M} {when:%Z}".rstrip() if len(moment) > 10 else day


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _entity(name: str, names: Mapping[str, str] = _ENTITIES) -> str:
    return names.get(name, name.replace("_", " ").lower())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def put(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Written aside and swapped in, so that nobody reads half a report."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
    os.replace(aside, path)
