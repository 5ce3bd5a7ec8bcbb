"""``limits.mb_s``: a store is read no faster, by all processes of this machine together."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from vestige.connectors.passing import Items, Passing
from vestige.connectors.protocol import Connector, Gap, Partition

_BURST = 1.0
"""Seconds of silence that may be made up for."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A token bucket. ``path``: the file that says until when was paid; ``rate``: bytes a second."""

    path: Path
    rate: float

    def pay(self, size: int) -> None:
        """Wait until ``size`` bytes more are due. Who waits holds the file's lock, so that others queue."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            now, paid = time.time(), float(file.read() or 0)
            due = max(min(paid, now), now - _BURST) + size / self.rate  # the clock may have been set back
            time.sleep(max(0.0, due - now))
            file.truncate(0)
            file.write(repr(due))


class Paced(Passing):
    """A connector whose batches are paid for before they are handed on."""

    def __init__(self, inner: Connector, pace: Pace) -> None:
        super().__init__(inner)
        self._pace = pace

    def read(self, partition: Partition) -> Items:
        return self._paid(self.inner.read(partition))

    def find(self, collection: str, fields: Sequence[str], values: Iterable[Sequence[Any]]) -> Items:
        return self._paid(self.inner.find(collection, fields, values))

    def _paid(self, items: Items) -> Iterator[pa.RecordBatch | Gap]:
        for item in items:
            if not isinstance(item, Gap):
                self._pace.pay(item.nbytes)
            yield item
