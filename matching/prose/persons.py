"""Whose name a run of capitalised words is: a person's, an organisation's, a place's, or nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from vestige.matching.prose import lexicon
from vestige.matching.prose.evidence import RULES
from vestige.matching.prose.found import Found
from vestige.matching.prose.phrase import Phrase
from vestige.matching.prose.tokens import PARTICLES, Run, Text

SURE = 0.7
_LISTED = re.compile(
    r",? (?:and|&|und|et|y|e|en|i|och|og|or|with) (?:(?:mr|mrs|ms|dr)\.? )?|[,;] |[,;]?\s{1,2}\d{1,2}[.)] "
    r"|,?\n\s{0,4}(?:[-*•]|\d{1,2}[.)])\s{1,3}",
    re.IGNORECASE,
)
_SPEAKS = re.compile(r":[ \t]+\S")
_LEGAL = re.compile(r"\.? z o\.? ?o\b\.?")


class Judged(NamedTuple):
    """The tokens from ``first`` up to ``last``; ``entity`` is empty and ``score`` 0 where nothing tells."""

    entity: str
    first: int
    last: int
    score: float
    why: str


def names(text: Text, said: Mapping[int, str] | None) -> Iterator[Found]:
    """Everything that a run of capitalised words is. ``said``: what the model takes a token for, if one has
    read the text."""
    judged = [one for run in text.runs if (one := _judged(text, run, said))]
    for one in _again(text, _speakers(text, _in_rows(text, judged))):
        if one.score:
            start, end = text.tokens[one.first].start, text.end(one.last - 1)
            legal = _LEGAL.match(text.text, end) if one.entity == "ORGANIZATION" else None
            yield Found(one.entity, start, legal.end() if legal else end, one.score, one.why)


def _judged(text: Text, run: Run, said: Mapping[int, str] | None) -> Judged | None:
    phrase = Phrase(text, run, said)
    if phrase.first >= phrase.last:
        return None
    company = _company(text, run, phrase)
    if company:
        return company
    for rule, entity, score, why in RULES:
        if rule(phrase):
            return Judged(entity or phrase.by_model, phrase.first, phrase.last, score, why)
    return Judged("", phrase.first, phrase.last, 0.0, "")


def _company(text: Text, run: Run, phrase: Phrase) -> Judged | None:
    """A run that ends in a legal form, or begins as organisations do."""
    first = next((n for n in range(run.first, run.last) if not text.is_common(n)), run.first)
    many, last = run.last - first > 1, text.tokens[run.last - 1].bare
    heads = lexicon.words("organisation", "head")
    headed = any(text.phrase(first, end) in heads for end in range(first + 1, min(first + 3, run.last)))
    pair = [index for index in range(first + 1, run.last) if "&" in text.gap(index)]
    paired = pair and not (text.tokens[first].is_given and text.tokens[pair[0]].is_given)
    if not many or phrase.titled or not (last in lexicon.words("organisation", "tail") or headed or paired):
        return None
    return Judged("ORGANIZATION", first, run.last, 0.8, "ends or begins as an organisation's name")


def _in_rows(text: Text, judged: list[Judged]) -> list[Judged]:
    """In a list, what stands beside a person's name is one, too, if no rule tells otherwise."""
    made = list(judged)
    for order in (range(len(made)), reversed(range(len(made)))):
        for one, other in pairwise(order):
            least = 0.8 if made[other].score else 0.6
            sure = made[one].entity == "PERSON" and made[one].score >= least
            if sure and _may_be(text, made[other]) and _row(text, made[one], made[other]):
                made[other] = made[other]._replace(entity="PERSON", score=0.65, why="in a row with a person")
    return made


_WEAK = ("", "by the model")


def _may_be(text: Text, one: Judged) -> bool:
    shouted = one.last - one.first == 1 and text.tokens[one.first].text.isupper()
    return one.why in _WEAK and one.entity != "PERSON" and one.last - one.first < 6 and not shouted


def _row(text: Text, one: Judged, other: Judged) -> bool:
    left, right = sorted((one, other), key=lambda each: each.first)
    between = text.text[text.end(left.last - 1) : text.tokens[right.first].start]
    return _LISTED.fullmatch(between) is not None


def _speakers(text: Text, judged: list[Judged]) -> list[Judged]:
    """``Anna: are you coming?``: where one line's speaker is a person, all lines' are."""
    lines = [one for one in judged if _speaks(text, one)]
    if len(lines) < 2 or not any(one.entity == "PERSON" and one.score >= SURE for one in lines):
        return judged
    why = "speaks in a conversation"
    return [one._replace(entity="PERSON", score=SURE, why=why) if one in lines else one for one in judged]


def _speaks(text: Text, one: Judged) -> bool:
    index = one.first
    starts = index == 0 or "\n" in text.gap(index)
    return starts and one.last - index < 3 and _SPEAKS.match(text.text, text.end(one.last - 1)) is not None


def _again(text: Text, judged: list[Judged]) -> Iterator[Judged]:
    """A name that is told once is the same name where it stands alone."""
    told = {
        token.bare
        for one in judged
        if one.entity == "PERSON" and one.score >= SURE
        for token in text.tokens[one.first : one.last]
        if len(token.bare) > 2 and token.bare not in PARTICLES
    }
    for one in judged:
        alone = all(text.tokens[index].bare in told for index in range(one.first, one.last))
        if alone and one.score < SURE and one.entity != "PERSON":
            yield one._replace(entity="PERSON", score=SURE, why="named as a person elsewhere in the text")
        else:
            yield one
