"""Texts → the personal data in them: by patterns, by grammar, and by a model's word, corroborated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from vestige.matching.extract import Extractor
from vestige.matching.presidio import Found as Said
from vestige.matching.presidio import Presidio
from vestige.matching.prose import lexicon
from vestige.matching.prose.found import Found
from vestige.matching.prose.persons import names
from vestige.matching.prose.places import addresses, postal_codes
from vestige.matching.prose.tokens import Text
from vestige.matching.prose.told import numbers

__all__ = ["Found", "Prose"]

_NAMES = frozenset({"PERSON", "LOCATION", "ORGANIZATION"})
_EXTENSION = re.compile(r" ?(?:x|ext\.?) ?\d{1,5}\b", re.IGNORECASE)
_DATED = re.compile(r"\b(?:1[89]|20)\d\d\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")


class Prose:
    """Finds what is personal in prose. Picklable. ``regions``: where phones may be written without country
    code; ``model``: whose word is asked for, in the languages it knows."""

    def __init__(self, regions: Sequence[str] = (), model: Presidio | None = None) -> None:
        self._extractor = Extractor(regions)
        self._model = model or Presidio()

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        """What is in each text, in order, without overlaps."""
        distinct = list(dict.fromkeys(texts))
        patterns = self._patterns(distinct)
        said = self._said(distinct)
        made = {
            text: _apart([*patterns[n], *_by_grammar(Text(text), said[n])]) for n, text in enumerate(distinct)
        }
        return [made[text] for text in texts]

    def _patterns(self, texts: list[str]) -> list[list[Found]]:
        found: list[list[Found]] = [[] for _ in texts]
        if not texts:
            return found
        batch = pa.RecordBatch.from_pydict({"text": pa.array(texts, pa.string())})
        for span in self._extractor.spans(batch):
            if span.view == "raw":
                raw = texts[span.row].encode()
                start, end = (len(raw[:at].decode()) for at in (span.start, span.end))
                if span.entity == "PHONE_NUMBER" and (extension := _EXTENSION.match(texts[span.row], end)):
                    end = extension.end()
                found[span.row].append(Found(span.entity, start, end, max(span.score, 0.7), "by pattern"))
        return found

    def _said(self, texts: list[str]) -> list[list[Said] | None]:
        """What the model of a text's language says; None where there is no such model."""
        found: list[list[Said] | None] = [None for _ in texts]
        tongues = [lexicon.language(text) or "en" for text in texts]
        for tongue in self._model.languages & set(tongues):
            numbers_of = [n for n, one in enumerate(tongues) if one == tongue]
            for n, said in zip(
                numbers_of, self._model.named([texts[n] for n in numbers_of], tongue), strict=True
            ):
                found[n] = said
        return found


def _by_grammar(text: Text, said: list[Said] | None) -> Iterator[Found]:
    tokens = {
        index: entity
        for entity, start, end, _ in said or ()
        if entity in _NAMES
        for index, token in enumerate(text.tokens)
        if start <= token.start < _line_end(text.text, start, end)
    }
    yield from addresses(text)
    yield from postal_codes(text)
    yield from numbers(text)
    yield from names(text, tokens if said is not None else None)
    for entity, start, end, score in said or ():
        if (entity == "NRP" and not _is_name(text, start)) or (
            entity == "DATE_TIME" and _DATED.search(text.text, start, end)
        ):
            yield Found(entity, start, end, score / 2, "by the model")


def _is_name(text: Text, start: int) -> bool:
    index = text.at(start)
    return index is not None and text.tokens[index].is_given


def _line_end(text: str, start: int, end: int) -> int:
    """A name that the model sees goes no further than its line."""
    return (text.find("\n", start, end) + 1 or end + 1) - 1


def _apart(found: Iterable[Found]) -> list[Found]:
    """Without overlaps: patterns first, then the surer, the longer."""
    kept: list[Found] = []
    ranked = sorted(
        found,
        key=lambda one: (one.why != "by pattern", one.entity != "ADDRESS", -one.score, one.start - one.end),
    )
    for one in ranked:
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)
