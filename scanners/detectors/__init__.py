"""The folder is the registry: each module judges fields for one entity, or a family of them.

A module has ``judge(field) -> Iterator[Candidate]`` and ``EXAMPLES``, its own true and false positives, which
one test checks for all.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from vestige.scanners.evidence import Candidate, Detector, Example, FieldView


@cache
def detectors() -> dict[str, Detector]:
    """Name of the module → its ``judge``."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").judge for name in names}


def examples() -> Iterator[tuple[str, Example]]:
    """(name of the module, example) of all detectors."""
    for name in detectors():
        for example in import_module(f"{__name__}.{name}").EXAMPLES:
            yield name, example


def judge(field: FieldView) -> Iterator[Candidate]:
    """What every detector says of one field."""
    for detector in detectors().values():
        yield from detector(field)
