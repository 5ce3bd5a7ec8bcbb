"""Observations on their way from the engine into the catalog."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from vestige.catalog.model import CoverageLine, Place
from vestige.catalog.rows import OCCURRENCES
from vestige.catalog.store import CatalogWriter
from vestige.scanners import observation

GATHERED = 50_000
"""Rows that are gathered before they are written."""
PROFILE_COST = 100
"""A profile's size, in rows of occurrences."""


@dataclass(slots=True)
class Sink:
    """Gathers observations before it writes them: partitions are many and small, or few and big."""

    writer: CatalogWriter
    occurrences: list[pa.RecordBatch] = field(default_factory=list)
    profiles: list[tuple[Place, str | None, str]] = field(default_factory=list)
    coverage: list[CoverageLine] = field(default_factory=list)
    rows: int = 0

    def take(self, batch: pa.RecordBatch) -> list[CoverageLine]:
        """Take in one batch; returns the coverage lines in it."""
        if not batch.num_rows:
            return []
        lines: list[CoverageLine] = []
        match observation.kind_of(batch):
            case "occurrence":
                self.occurrences.append(batch.select(OCCURRENCES.names))
                self.rows += batch.num_rows
            case "profile":
                self.profiles += observation.profile_rows(batch)
                self.rows += PROFILE_COST * batch.num_rows
            case "coverage":
                lines = observation.coverage_lines(batch)
                self.coverage += lines
                self.rows += len(lines)
        if self.rows >= GATHERED:
            self.flush()
        return lines

    def flush(self) -> None:
        """Write what was gathered."""
        if self.occurrences:
            gathered = pa.Table.from_batches(self.occurrences).combine_chunks()
            self.writer.occurrences(gathered.to_batches())
        self.writer.profiles(self.profiles)
        self.writer.coverage(self.coverage)
        self.occurrences, self.profiles, self.coverage, self.rows = [], [], [], 0
