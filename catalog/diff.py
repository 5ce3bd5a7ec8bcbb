"""What two scans tell differently: new personal data, relations and people, and what is read no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vestige.catalog.reader import Catalog

Kind = Literal["field", "relation", "people", "coverage"]


@dataclass(frozen=True, slots=True)
class Difference:
    """What two catalogs tell differently. ``before`` or ``now`` is None where it is not told of."""

    kind: Kind
    what: str
    before: str | None
    now: str | None


def differences(old: Catalog, new: Catalog) -> list[Difference]:
    """What ``new`` tells differently, in the order of kind and name. Decisions of people count as told.

    Fields are compared by their verdict (what is not personal is not told of), collections by what was not
    read whole; counts of records are not compared, because they change every day.
    """
    before, now = dict(_told(old)), dict(_told(new))
    return [
        Difference(*key, before.get(key), now.get(key))
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key)
    ]


def _told(catalog: Catalog) -> Iterator[tuple[tuple[Kind, str], str]]:
    verdicts = defaultdict[str, set[str]](set)
    for finding in catalog.findings():
        if finding.verdict != "not_personal":  # a marker is told as the field that it stands in
            where = str(finding.place).partition("~")[0]
            verdicts[f"{where} {finding.entity}"].add(finding.verdict)
    for what, found in verdicts.items():
        yield ("field", what), min(found)  # "personal" before "review"
    for relation in catalog.relations():
        yield ("relation", f"{relation.child}->{relation.parent}"), f"{relation.role}, {relation.status}"
    for source in catalog.sources():
        yield ("people", source.name), ", ".join(sorted({entity for _, entity in source.identifiers}))
    statuses = defaultdict[str, set[str]](set)
    for line in catalog.coverage():
        statuses[f"{line.store}.{line.collection}"].add(line.status)
    for what, seen in statuses.items():
        yield ("coverage", what), ", ".join(sorted(seen))
