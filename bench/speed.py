"""``python -m bench.speed``: how fast the columnar engine is beside others, and whether it is right.

Prints a Markdown table of megabytes per core-second, with ratios to Presidio as shipped. Slow engines read a
sample of the same values. ``--values`` compares so many values of each kind with Presidio's own answers.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from bench import engines
from bench.table import figure, markdown, rate
from bench.texts import KINDS, values
from vestige.matching.columnar.engine import Engine

SLOW, MEDIUM, FAST = 0.02, 0.5, 1.0
"""The share of the data that an engine reads."""

ENGINES: dict[str, tuple[Callable[[], engines.Run | None], float]] = {
    "Presidio": (engines.presidio, SLOW / 4),
    "Presidio, batches of 256": (engines.presidio_in_batches, SLOW / 2),
    "Presidio, eight patterns alone": (engines.patterns_alone, SLOW),
    "datafog, regular expressions": (engines.datafog, SLOW * 5),
    "ripgrep, the same patterns": (engines.ripgrep, MEDIUM),
    "columnar engine, eight kinds": (engines.columnar, FAST),
    "cat": (engines.cat, FAST),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--megabytes", type=float, default=8, help="of each kind of text")
    parser.add_argument("--values", type=int, default=0, help="of each kind, to compare with Presidio")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    print(speeds(int(given.megabytes * 1e6), given.seed))
    return _compared(given.values, given.seed) if given.values else 0


def speeds(size: int, seed: int) -> str:
    """The table, for ``size`` characters of each kind."""
    texts = {kind: list(values(kind, size, seed)) for kind in KINDS}
    rates = {}
    for name, (make, share) in ENGINES.items():
        run = make()
        if run is None:
            print(f"{name}: not installed, left out", file=sys.stderr)
            continue
        rates[name] = [_rate(run, texts[kind], share) for kind in KINDS]
    shipped = rates["Presidio"]
    cells = {
        name: [f"{figure(one)} ({figure(one / base)}×)" for one, base in zip(row, shipped, strict=True)]
        for name, row in rates.items()
    }
    return markdown(["MB per core-second", *KINDS], cells)


def _rate(run: engines.Run, texts: Sequence[str], share: float) -> float:
    sample = texts[: max(50, int(len(texts) * share))]
    run(sample[:20])
    return rate(
        lambda: run(sample), sum(len(text.encode()) + 1 for text in sample), 3 if share == FAST else 1
    )


def _compared(count: int, seed: int) -> int:
    wrong = 0
    for kind in KINDS:
        texts = list(islice(values(kind, 1 << 40, seed + 1), count))
        different = sum(1 for _ in _different(texts))
        print(f"{kind}: {different} of {len(texts)} values differ from Presidio")
        wrong += different
        sys.stdout.flush()
    return 1 if wrong else 0


def _different(texts: Sequence[str], step: int = 10_000) -> Iterator[str]:
    """The values for which the engine and Presidio do not find the same."""
    engine, reference = Engine(engines.recognizers()), engines.reference()
    for first in range(0, len(texts), step):
        part = texts[first : first + step]
        found = engines.results(engine, part)
        for text, ours, theirs in zip(part, found, engines.presidios(reference, part), strict=True):
            # In batches the model's numbers differ in their last digits: one text alone decides.
            if ours != theirs and ours != engines.presidios_alone(reference, text):
                yield text


if __name__ == "__main__":
    raise SystemExit(main())
