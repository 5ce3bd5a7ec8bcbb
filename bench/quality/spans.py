"""``python -m bench.quality spans PATH``: who finds the people and places in sentences, and at what speed.

PATH: a JSON list of ``{"full_text", "spans": [{"entity_type", "start_position", "end_position"}]}``. Beside
it, two sets are made anew (``--seed``): of the templates that rules were developed with, and of the others.

``exact``: a span is found if both its ends are; ``overlap``: neighbours of one kind are joined, then
intersection over union must reach 0.9 (the rule of presidio-research); ``token``: word by word. Each is
counted by kind, and for "personal or not" whatever the kind. F2 weighs recall four times as much as
precision.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import NamedTuple

from bench.quality.sentences import sentences

LABELS = {
    "STREET_ADDRESS": "LOCATION", "GPE": "LOCATION", "ZIP_CODE": "LOCATION", "ADDRESS": "LOCATION",
    "DOMAIN_NAME": "URL", "DATE_OF_BIRTH": "DATE_TIME",
}  # fmt: skip
"""Labels, of sets and of finders, under one name each: in prose every part of an address is a place."""
UNCOUNTED = frozenset({"TITLE"})
""""Mr" and a job say nothing without the name beside them."""
IMPERSONAL = frozenset({"ORGANIZATION", "DATE_TIME"})
"""Personal data only beside a person: counted in a second table, with everything else."""
Span = tuple[str, int, int]
Finder = Callable[[Sequence[str]], list[list[tuple[str, int, int, float]]]]
_TOKEN = re.compile(r"\w+")
_NOTHING = re.compile(r"[\W_]*")


class Labelled(NamedTuple):
    text: str
    spans: list[Span]


class Count(NamedTuple):
    """``right``: found and labelled."""

    right: int = 0
    found: int = 0
    labelled: int = 0

    @property
    def scores(self) -> tuple[float, float, float]:
        """Precision, recall, F2."""
        precision, recall = self.right / (self.found or 1), self.right / (self.labelled or 1)
        return precision, recall, 5 * precision * recall / (4 * precision + recall or 1)


def read(path: Path) -> list[Labelled]:
    return [
        Labelled(
            one["full_text"],
            [(s["entity_type"], s["start_position"], s["end_position"]) for s in one["spans"]],
        )
        for one in json.loads(path.read_text("utf-8"))
    ]


def generated(half: str, count: int, seed: int) -> list[Labelled]:
    made = sentences("unseen" if half == "unseen" else "development", count, seed)
    return [Labelled(one.text, list(one.spans)) for one in made]


def vanilla(texts: Sequence[str]) -> list[list[tuple[str, int, int, float]]]:
    """Presidio as it comes, with the small English model."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    from vestige.matching.presidio import MODEL

    # Presidio's e-mail recogniser asks tldextract, which would fetch its list from the net.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    models = [{"lang_code": "en", "model_name": MODEL}]
    nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    engine = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])
    return [
        [(r.entity_type, r.start, r.end, r.score) for r in engine.analyze(text, language="en")]
        for text in texts
    ]


def ours(texts: Sequence[str]) -> list[list[tuple[str, int, int, float]]]:
    from presidio_analyzer.predefined_recognizers import PhoneRecognizer

    from vestige.matching.prose import Prose

    prose = Prose(PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS)
    return [[(f.entity, f.start, f.end, f.score) for f in found] for found in prose.find(texts)]


def apart(found: Iterable[tuple[str, int, int, float]]) -> list[Span]:
    """What was found without overlaps: the surest, then the longest."""
    kept: list[Span] = []
    for entity, start, end, _ in sorted(found, key=lambda one: (-one[3], one[1] - one[2])):
        if not any(start < last and first < end for _, first, last in kept):
            kept.append((entity, start, end))
    return sorted(kept, key=lambda one: one[1])


def counted(spans: Iterable[Span], personal: bool) -> list[Span]:
    """Under the common labels, without what is not counted."""
    dropped = UNCOUNTED | (IMPERSONAL if personal else set())
    renamed = sorted(((LABELS.get(label, label), a, b) for label, a, b in spans), key=lambda one: one[1])
    return [one for one in renamed if one[0] not in dropped]


def joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """Neighbours of one label, with only signs between them, as one span."""
    made: list[Span] = []
    for label, start, end in spans:
        if made and made[-1][0] == label and _NOTHING.fullmatch(text, made[-1][2], start):
            made[-1] = (label, made[-1][1], end)
        else:
            made.append((label, start, end))
    return made


def agreement(one: Span, other: Span) -> float:
    """Intersection over union."""
    return max(0, min(one[2], other[2]) - max(one[1], other[1])) / (
        max(one[2], other[2]) - min(one[1], other[1])
    )


def matched(
    gold: Sequence[Span], found: Sequence[Span], least: float, typed: bool
) -> Iterator[tuple[Span, Span]]:
    free = list(found)
    for label in gold:
        best = max(free, key=lambda one: (agreement(label, one), one[0] == label[0]), default=None)
        if best and agreement(label, best) >= least and (best[0] == label[0] or not typed):
            free.remove(best)
            yield label, best


def words(text: str, spans: Iterable[Span]) -> Counter[tuple[int, str]]:
    """(place of a word, label) of each word in a span."""
    starts = [match.span() for match in _TOKEN.finditer(text)]
    return Counter({(a, label) for label, first, last in spans for a, b in starts if a < last and first < b})


Measure = Callable[[str, list[Span], list[Span], bool], Count]


def by_exact(_: str, gold: list[Span], found: list[Span], typed: bool) -> Count:
    return Count(len(list(matched(gold, found, 1.0, typed))), len(found), len(gold))


def by_overlap(text: str, gold: list[Span], found: list[Span], typed: bool) -> Count:
    gold, found = joined(text, gold), joined(text, found)
    return Count(len(list(matched(gold, found, 0.9, typed))), len(found), len(gold))


def by_token(text: str, gold: list[Span], found: list[Span], typed: bool) -> Count:
    said, seen = (
        words(text, spans if typed else [("", a, b) for _, a, b in spans]) for spans in (gold, found)
    )
    return Count((said & seen).total(), seen.total(), said.total())


MEASURES: dict[str, Measure] = {"exact": by_exact, "overlap": by_overlap, "token": by_token}


def total(
    measure: Measure, data: list[Labelled], found: list[list[Span]], personal: bool, typed: bool
) -> Count:
    counts = [
        measure(one.text, counted(one.spans, personal), counted(seen, personal), typed)
        for one, seen in zip(data, found, strict=True)
    ]
    return Count(*map(sum, zip(*counts, strict=True)))


def of_label(label: str, data: list[Labelled], found: list[list[Span]]) -> Count:
    """One label, by overlap."""
    counts = [
        by_overlap(
            one.text,
            [span for span in counted(one.spans, False) if span[0] == label],
            [span for span in counted(seen, False) if span[0] == label],
            True,
        )
        for one, seen in zip(data, found, strict=True)
    ]
    return Count(*map(sum, zip(*counts, strict=True)))


def report(name: str, data: list[Labelled], found: list[list[Span]], seconds: float) -> None:
    print(f"\n{name}: {len(data) / seconds:,.0f} sentences per core-second")
    for kind, measure in MEASURES.items():
        for personal in (True, False):
            for typed in (False, True):
                scores = total(measure, data, found, personal, typed).scores
                scope = "personal" if personal else "all labels"
                print(
                    f"  {kind:8}{scope:11}{'by kind' if typed else 'or not':8}",
                    *(f"{one:6.3f}" for one in scores),
                )
    labels = sorted({span[0] for one in data for span in counted(one.spans, False)})
    for label in labels:
        print(f"    {label:20}", *(f"{one:6.3f}" for one in of_label(label, data, found).scores))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("spans", description=__doc__)
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("vanilla", "ours"))
    given = parser.parse_args(arguments)
    sets = {half: generated(half, given.count, given.seed) for half in ("development", "unseen")}
    if given.path:
        sets["given"] = read(given.path)
    finders: dict[str, Finder] = {"vanilla": vanilla, "ours": ours}
    for name, finder in finders.items():
        for which, data in sets.items() if given.only in (None, name) else ():
            finder([one.text for one in data[:100]])  # what is loaded once is no part of the speed
            start = process_time()
            found = [apart(one) for one in finder([one.text for one in data])]
            report(f"{name}, {which}", data, found, process_time() - start)
    return 0
