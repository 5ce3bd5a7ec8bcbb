"""A user's own recognisers, from a file of Presidio's recogniser registry: they see every value of a scan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from vestige.matching.columnar.block import of_column
from vestige.scanners.errors import Unfit

if TYPE_CHECKING:
    from vestige.matching.columnar.engine import Engine

PREFIX = "custom:"
"""Before the entity in a profile: what a user's recogniser found, and none of ours."""
LEAST = 0.4
"""Presidio's lowest score for what has a context word beside it."""


class Said(NamedTuple):
    """What a recogniser found in a value: its number, the entity, whether it is all of the value."""

    number: int
    entity: str
    whole: bool
    text: str


@cache
def engine(path: Path) -> Engine:
    """The recognisers of a file, made once a process. Raises Unfit."""
    from vestige.matching.columnar.engine import Engine
    from vestige.matching.columnar.registry import custom

    try:
        recognizers = custom(path)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unfit(f"{path.name} is no registry of recognisers: {type(error).__name__}") from error
    if not recognizers:
        raise Unfit(f"{path.name} has no pattern recogniser of its own for English (supported_language: en)")
    return Engine(recognizers)


def found(path: Path, texts: Sequence[str]) -> Iterator[Said]:
    """What a file's recognisers find in texts, from LEAST on."""
    block = of_column(pa.array(texts, pa.string()))
    for one in engine(path).findings(block).to_pylist() if block else ():
        if one["score"] >= LEAST:
            value = block.value(one["row"]) if block else b""
            said = value[one["start"] : one["end"]]
            yield Said(one["row"], one["entity"], len(said) >= len(value.strip()), said.decode())
