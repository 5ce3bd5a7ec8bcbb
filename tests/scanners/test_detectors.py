"""Every detector gets its own examples right."""

from __future__ import annotations

import pytest

from tests.scanners.profiles import of_example
from vestige.scanners import detectors
from vestige.scanners.evidence import Example
from vestige.scanners.verdicts import decide

CASES = list(detectors.examples())


@pytest.mark.parametrize(
    "example", [e for _, e in CASES], ids=[f"{n}:{e.collection}.{e.field}" for n, e in CASES]
)
def test_examples(example: Example) -> None:
    found = [
        one
        for one in decide(of_example(example))
        if one.place.field == example.field and one.verdict == "personal"
    ]
    assert [one.entity for one in found] == ([example.entity] if example.entity else []), found


def test_every_detector_shows_both_sides() -> None:
    for name in detectors.detectors():
        kinds = {example.entity is None for one, example in CASES if one == name}
        assert False in kinds or name == "password", name
        assert True in kinds, name
