"""``python -m bench.quality fields``: field verdicts, relations and sources, on estates made anew.

Three sets: *relational* schemas, single *web* tables, and *things*: data without people. ``--held`` takes the
third of the vocabulary that no rule was made with; ``--chinook FILE`` adds that public database.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.quality import public, scoring, tables
from bench.quality.estates import Truth, relational
from bench.quality.scoring import Pairs, Score

Build = Callable[[Path], Truth]
"""Writes an estate into a folder; gives its truth."""

SETS: dict[str, Callable[[int, bool], Iterator[Build]]] = {
    "relational": relational,
    "web": tables.web,
    "things": tables.things,
}


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    for name in options.sets or SETS:
        builders = [one for seed in options.seeds for one in SETS[name](seed, options.held)]
        title = f"{name}, {'held out' if options.held else 'open'}, seeds {options.seeds}"
        _measure(title, builders, options)
    if options.chinook:
        _measure("chinook", [partial(public.chinook, path=options.chinook)], options)
    return 0


def _measure(title: str, builders: Sequence[Build], options: argparse.Namespace) -> None:
    scores: dict[str, Score] = {}
    relations, sources, confused = Pairs(), Pairs(), Counter[tuple[str, str]]()
    for build in builders:
        with tempfile.TemporaryDirectory() as folder:
            truth = build(Path(folder))
            told = scan(Path(folder))
        for label, score in scoring.judge(truth, told["fields"]).items():
            scores[label] = scores.get(label, Score()) + score
        confused += scoring.confusion(truth, told["fields"])
        relations += _relations(truth, told["relations"])
        sources += scoring.compare(truth.sources, ((s["store"], s["collection"]) for s in told["subjects"]))
    _print(title, scores, options.errors)
    if options.confusion:
        _print_confusion(confused)
    _print_pairs("inferred relations", relations, options.errors)
    _print_pairs("identity sources", sources, options.errors)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.quality fields")
    parser.add_argument("sets", nargs="*", choices=[[], *SETS], metavar="SET")
    parser.add_argument("--seeds", type=lambda text: [int(one) for one in text.split(",")], default=[1, 2, 3])
    parser.add_argument("--chinook", type=Path, help="the public database's file")
    parser.add_argument("--held", action="store_true", help="the vocabulary that was held out")
    parser.add_argument("--errors", type=int, default=0, help="how many errors of each kind to print")
    parser.add_argument("--confusion", action="store_true", help="print which entity was taken for which")
    return parser.parse_args(arguments)


def scan(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Run the product's own command line over the folder; what its catalog says."""
    _vestige(folder, "scan")
    return {
        part: json.loads(_vestige(folder, "catalog", part, "--json"))
        for part in ("fields", "relations", "subjects")
    }


def _vestige(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "vestige", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def _relations(truth: Truth, entries: Sequence[dict[str, Any]]) -> Pairs:
    """Of the relations that are not declared, those that are active; not those of equal e-mail addresses."""
    addresses = {where for where, entity in truth.fields.items() if entity in ("EMAIL_ADDRESS", None)}
    active = [one for one in entries if one["status"] == "active" and _spot(one)[:3] not in addresses]
    declared = {_spot(one) for one in active if one["origin"] == "declared"}
    inferred = {_spot(one) for one in active if one["origin"] == "inferred"}
    return scoring.compare(truth.relations - declared, inferred - declared)


def _spot(entry: dict[str, Any]) -> tuple[str, str, str, str]:
    child, parent = entry["child"], entry["parent"]
    inside = child["store"] == parent["store"]
    home = parent["collection"] if inside else f"{parent['store']}.{parent['collection']}"
    return child["store"], child["collection"], child["field"], home


def _print(title: str, scores: dict[str, Score], errors: int) -> None:
    print(f"\n{title}")
    print(f"{'':14}{'fields':>7}{'P':>7}{'R':>7}{'F1':>7}{'type':>7}{'false':>7}")
    for label, score in [*sorted(scores.items()), ("all", sum(scores.values(), Score()))]:
        total = score.right + score.missed + score.false + score.clean
        figures = (score.precision, score.recall, score.f1, score.accuracy, score.false_rate)
        print(f"{label:14}{total:7}{''.join(f'{one:7.3f}' for one in figures)}")
    wrong = sum(scores.values(), Score()).wrong
    for line in sorted(wrong)[:errors]:
        print("   ", line)


def _print_confusion(confused: Counter[tuple[str, str]]) -> None:
    for (true, named), count in sorted(confused.items()):
        if true != named:
            print(f"    {true:16} said {named:16} {count}")


def _print_pairs(what: str, pairs: Pairs, errors: int) -> None:
    found, real = pairs.right + pairs.false, pairs.right + pairs.missed
    if found or real:
        print(f"{what}: precision {pairs.right}/{found}, recall {pairs.right}/{real}")
    for line in pairs.wrong[:errors]:
        print("   ", line)
