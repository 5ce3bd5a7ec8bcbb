"""Functions for workers: importable, so that they can be pickled."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pyarrow as pa

from vestige.connectors.errors import Refused


def squares(task: int) -> Iterator[pa.RecordBatch]:
    """One batch per number below the task."""
    for number in range(task):
        yield pa.RecordBatch.from_pydict({"square": [number * number], "process": [os.getpid()]})


def refused(task: int) -> Iterator[pa.RecordBatch]:
    yield from squares(1)
    raise Refused("shop", "users", f"task {task}")


def dies(task: int) -> Iterator[pa.RecordBatch]:
    yield from squares(task)
    os.kill(os.getpid(), signal.SIGKILL)
