"""Where is this person? From the catalog alone, or live, record by record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.planning.attribution import Progress, attribute
from vestige.planning.identity import Resolved, resolve
from vestige.planning.model import Touched
from vestige.planning.policy import Policy


@dataclass(frozen=True, slots=True)
class Located:
    """The records of a person as they are now, how many more may concern them, and what could not be read."""

    subject: str
    records: tuple[Touched, ...]
    review: int
    uncovered: tuple[tuple[str, str], ...]

    def locations(self) -> list[dict[str, Any]]:
        """Counts per collection: ``[{store, collection, records, fields, via}]``."""
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for record in self.records:
            empty = {
                "store": record.store,
                "collection": record.collection,
                "records": 0,
                "fields": [],
                "via": [],
            }
            row = rows.setdefault((record.store, record.collection), empty)
            row["records"] += 1
            row["fields"] = sorted({*row["fields"], *(name for name, _ in record.fields)})
            row["via"] = sorted({*row["via"], *record.via.split("; ")})
        return [rows[home] for home in sorted(rows)]

    def as_json(self) -> list[dict[str, Any]]:
        """The contract of ``locate --records``: one entry a record."""
        return [
            {
                "store": r.store,
                "collection": r.collection,
                "locator": dict(r.locator),
                "fields": [{"field": name, "entity": entity} for name, entity in r.fields],
                "via": r.via,
            }
            for r in self.records
        ]


def locate(estate: Estate, catalog: Catalog, identifier: str, progress: Progress = lambda _: None) -> Located:
    """Every record of the person whom ``identifier`` means. Raises NotFound or Ambiguous."""
    resolved: Resolved = resolve(estate, catalog, identifier)
    found = attribute(estate, catalog, resolved, Policy(), progress)
    records = [r for r in found.records if r.standing != "review" and (r.fields or r.standing == "owner")]
    review = sum(r.standing == "review" for r in found.records)
    return Located(resolved.subject.label, tuple(records), review, tuple(found.uncovered))
