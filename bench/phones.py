"""``python -m bench.phones``: phones in logs and notes, beside Presidio's recogniser, and whether they agree.

Prints a Markdown table of megabytes per core-second, with ratios to that recogniser, which reads a sample.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence

from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from bench.engines import block
from bench.table import figure, markdown, rate
from bench.texts import values
from vestige.matching.columnar.phones import PhoneFinder

REGIONS = PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS
# Ranges that are set aside for films and books.
_NUMBERS = (
    "+1 202-555-01{:02}",
    "(415) 555-01{:02}",
    "+44 20 7946 09{:02}",
    "030 231259{:02}",
    "01 99 00 12 {:02}",
)
_NETS = [f"10.{i}" for i in range(256)] + [f"172.{i}" for i in range(16, 32)] + ["192.168"]
_SAMPLE = 2_000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.phones", description=__doc__)
    parser.add_argument("--megabytes", type=float, default=8, help="of each kind of text")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    size = int(given.megabytes * 1e6)
    makers = {"log": logs, "log, all numbers distinct": distinct_logs, "notes": notes}
    texts = {name: list(make(size, given.seed)) for name, make in makers.items()}
    columns = [_column(values_) for values_ in texts.values()]
    rows = zip(*columns, strict=True)
    names = ("PhoneRecognizer", "Vestige", "Vestige, read before", "values of the sample that differ")
    print(markdown(["MB per core-second", *texts], dict(zip(names, rows, strict=True))))
    return 0


def _column(texts: list[str]) -> list[str]:
    sample = texts[:_SAMPLE]
    recognizer = PhoneRecognizer(supported_regions=REGIONS, leniency=1)
    theirs = rate(lambda: [recognizer.analyze(text, ["PHONE_NUMBER"]) for text in sample], _size(sample))
    finder = PhoneFinder(REGIONS)
    finder.find(block(["warm \u00e9 1"]))
    all_ = block(texts)
    cold = rate(lambda: finder.find(all_), _size(texts))
    warm = rate(lambda: finder.find(all_), _size(texts), 3)
    ratios = [f"{figure(one)} ({figure(one / theirs)}×)" for one in (theirs, cold, warm)]
    return [*ratios, f"{_differing(recognizer, finder, sample)} of {len(sample)}"]


def _size(texts: Sequence[str]) -> int:
    return sum(len(text.encode()) for text in texts)


def _differing(recognizer: PhoneRecognizer, finder: PhoneFinder, texts: list[str]) -> int:
    ours: list[set[tuple[int, int]]] = [set() for _ in texts]
    for row, start, end in zip(*(column.tolist() for column in finder.find(block(texts))), strict=True):
        ours[row].add((start, end))
    found = [recognizer.analyze(text, ["PHONE_NUMBER"]) for text in texts]
    return sum(
        spans != {(len(text[: r.start].encode()), len(text[: r.end].encode())) for r in results}
        for text, spans, results in zip(texts, ours, found, strict=True)
    )


def logs(size: int, seed: int) -> Iterator[str]:
    """Log lines; each twentieth sends a message to a phone."""
    rng = random.Random(f"{seed} phones")
    for number, line in enumerate(values("log", size, seed)):
        yield f"{line} sms to {_phone(rng)}" if number % 20 == 0 else line


def distinct_logs(size: int, seed: int) -> Iterator[str]:
    """The same with what has most digits in real logs: addresses, times and numbers of all lengths."""
    rng = random.Random(f"{seed} digits")
    for line in logs(size * 2 // 3, seed):
        peer = f"{rng.choice(_NETS)}.{rng.randrange(256)}.{rng.randrange(256)}"
        at, number = rng.randrange(10**12, 2 * 10**12), rng.randrange(10 ** rng.randrange(1, 12))
        yield f"{line} peer={peer} at={at} id={number}"


def notes(size: int, seed: int) -> Iterator[str]:
    """Notes; each tenth has a phone."""
    rng = random.Random(f"{seed} notes")
    for number, note in enumerate(values("notes", size, seed)):
        yield f"{note} Call {_phone(rng)}." if number % 10 == 0 else note


def _phone(rng: random.Random) -> str:
    return rng.choice(_NUMBERS).format(rng.randrange(100))


if __name__ == "__main__":
    raise SystemExit(main())
