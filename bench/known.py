"""``python -m bench.known``: people who are known, sought in logs by both ways, beside ``cat``.

Prints a Markdown table of megabytes per core-second. Of what was planted, all must be found and nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
from collections.abc import Iterator, Sequence
from functools import partial
from time import process_time

from bench import engines
from bench.table import figure, markdown, rate
from bench.texts import values
from vestige.matching.columnar.block import Block
from vestige.matching.columnar.known import FORMS, Known

EACH = 50
"""One line in so many names somebody who is known."""

Planted = set[tuple[int, int, str]]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.known", description=__doc__)
    parser.add_argument("--megabytes", type=float, default=16)
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    rows = {"cat": [figure(_cat(int(given.megabytes * 1e6), given.seed)), *["–"] * 4]}
    for count in given.people:
        rows |= dict(_rows(count, int(given.megabytes * 1e6), given.seed))
    head = ["people", "MB per core-second", "seconds to make", "found of planted", "wrong", "peak memory, GB"]
    print(markdown(head, rows))
    return 0


def _rows(count: int, size: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    people = [(number, address(number)) for number in range(count)]
    texts, planted = logs(count, size, seed)
    block = engines.block(texts)
    for joined in (False, True) if count <= 10_000 else (count > 100_000,):
        begun = process_time()
        known = Known(people, joined=joined)
        made = process_time() - begun
        found = _found(known, block)
        speed = rate(partial(known.find, block), len(block.data), 3)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        told = [figure(speed), figure(made), f"{len(found & planted)} of {len(planted)}"]
        yield (
            f"{count:,}, {'join' if joined else 'automaton'}",
            [*told, str(len(found - planted)), figure(peak)],
        )


def _found(known: Known, block: Block) -> Planted:
    hits = known.find(block)
    columns = (hits.rows.tolist(), hits.subjects.tolist(), hits.forms.tolist())
    return {(row, subject, FORMS[form]) for row, subject, form in zip(*columns, strict=True)}


def address(number: int) -> str:
    return f"customer.{number:x}@shop.example.com"


def logs(count: int, size: int, seed: int) -> tuple[list[str], Planted]:
    """Lines, some of which name somebody in one of the forms, others somebody whose address is longer."""
    rng = random.Random(f"{seed} known")
    texts, planted = [], set()
    for row, line in enumerate(values("log", size, seed)):
        if row % EACH == 0:
            number = rng.randrange(count)
            form = rng.choice(("clear", "percent", "json", "md5", "sha1", "sha256"))
            planted.add((row, number, form))
            line = f"{line} user={_spelled(address(number), form)} ok"
        elif row % EACH == 1:
            line = f"{line} user=a{address(rng.randrange(count))} from={address(rng.randrange(count))}.au"
        texts.append(line)
    return texts, planted


def _spelled(text: str, form: str) -> str:
    match form:
        case "percent":
            return text.replace("@", "%40").upper()
        case "json":
            return text.replace("@", "\\u0040")
        case "md5" | "sha1" | "sha256":
            return hashlib.new(form, text.encode(), usedforsecurity=False).hexdigest()
    return text


def _cat(size: int, seed: int) -> float:
    run, texts = engines.cat(), list(values("log", size, seed))
    return rate(lambda: run(texts), size, 3)


if __name__ == "__main__":
    raise SystemExit(main())
