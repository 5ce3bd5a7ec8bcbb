"""Whose name a run of capitalised words is: a person's, an organisation's, a place's, or nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from vestige.matching.prose import lexicon
from vestige.matching.prose.found import Found
from vestige.matching.prose.tokens import PARTICLES, Run, Text

_COMMA = re.compile(r",[ \t]{0,2}")
_LINE = r"[ \t]*[:,!]?[ \t]*\n[ \t\n>*-]*"
_COLON = r"[ \t]*[:;][ \t\n]*"
_AGED = re.compile(
    r"'?s?,? \(?(?:aged? )?\d{1,3}(?:\)|,| (?:years|yrs|jahre|ans|años|anni|jaar|anos|lat|år))", re.IGNORECASE
)
_LISTED = re.compile(
    r",? (?:and|&|und|et|y|e|en|i|och|og|or|with) (?:(?:mr|mrs|ms|dr)\.? )?|, ", re.IGNORECASE
)


class Judged(NamedTuple):
    """The run from token ``first`` up to ``last``."""

    entity: str
    first: int
    last: int
    score: float
    why: str


def names(text: Text, said: Mapping[int, str]) -> Iterator[Found]:
    """Everything that a run of capitalised words is. ``said``: what the model takes a token for."""
    judged = [one for run in text.runs if (one := _judge(text, run, said))]
    judged = list(_again(text, list(_coordinated(text, judged))))
    for one in judged:
        if one.score > 0:
            start = text.tokens[one.first].start
            yield Found(one.entity, start, _end(text, one.last - 1), one.score, one.why)


def _end(text: Text, last: int) -> int:
    """The end of a name; the dot of an initial belongs to it."""
    return text.end(last)


def _judge(text: Text, run: Run, said: Mapping[int, str]) -> Judged | None:
    first, last, titled = _trimmed(text, run)
    if first >= last:
        return None
    made = _by_rule(text, first, last, titled) or _by_model(text, first, last, said)
    return Judged(made[0], first, last, made[1], made[2]) if made else Judged("", first, last, 0.0, "")


def _trimmed(text: Text, run: Run) -> tuple[int, int, bool]:
    """A run without what stands before a name in it: titles, greetings, words of the sentence."""
    first, last, titled = run.first, run.last, False
    while first < last:
        token = text.tokens[first]
        if token.bare in lexicon.words("phrases", "title") and not (token.initial and first + 1 == last):
            titled = True
        elif not _leads(text, first, last):
            break
        else:
            titled = False
        first += 1
    while (
        last > first and lexicon.is_common(text.tokens[last - 1].bare) and not text.tokens[last - 1].initial
    ):
        last -= 1
    return first, last, titled


def _leads(text: Text, first: int, last: int) -> bool:
    """Whether a run's first word belongs to the sentence, not to a name."""
    token = text.tokens[first]
    if token.bare in PARTICLES and last - first > 1:
        return False
    for kind in ("greeting", "closing", "role", "verb", "naming", "spoke"):
        surely = token.bare not in lexicon.given() or (kind == "greeting" and text.begins(first))
        if surely and token.bare in lexicon.words("phrases", kind):
            return True
    if lexicon.is_common(token.bare) and not (
        token.initial and last - first > 1 and "." in text.gap(first + 1)
    ):
        return True
    starts = text.begins(first) and last - first > 1 and token.bare not in lexicon.given()
    return (
        starts and last - first > 2 and text.tokens[first + 1].bare in lexicon.given() and not token.initial
    )


_NOT_BEFORE = frozenset(
    ("from", "to", "cc", "name", "nom", "nome", "naam", "navn", "namn", "author", "contact", "present")
)


def _by_rule(text: Text, first: int, last: int, titled: bool) -> tuple[str, float, str] | None:
    words = [text.tokens[i] for i in range(first, last)]
    if words[0].bare in lexicon.words("address", "unit") and not titled:
        return None
    if _organisation(text, first, last):
        return "ORGANIZATION", 0.8, "ends or begins as an organisation's name"
    if titled:
        return "PERSON", 0.95, "a title before it"
    phrase = text.phrase(first, last)
    if phrase in lexicon.words("places", "countries") | lexicon.words("places", "states"):
        return "LOCATION", 0.9, "a country or state"
    if all(word.initial for word in words) and "." not in text.gap(first + 1):
        return None
    known = sum(word.bare.split("-")[0] in lexicon.given() for word in words)
    told = _told(text, first)
    if told and (len(words) > 1 or not words[0].text.isupper() or known):
        return "PERSON", 0.9 if known else 0.8, told
    if known and len(words) > 1 and not text.before(first, "phrases", "surely_place"):
        return "PERSON", 0.85, "a given name and another"
    if _surname_first(text, first, last):
        return "PERSON", 0.8, "a given name behind a comma"
    if text.before(first, "phrases", "surely_place", r"[ \t]+(?:the[ \t]+)?"):
        return "LOCATION", 0.8, "where somebody lives or goes"
    if text.before(first, "organisation", "context", r"[ \t]+(?:the[ \t]+)?"):
        return "ORGANIZATION", 0.6, "called an organisation"
    if known and not text.before(first, "phrases", "place", r"[ \t]+"):
        return "PERSON", 0.7, "a given name"
    if words[0].initial and "." in text.gap(first + 1) and len(words) > 1 and len(words[-1].text) > 2:
        return "PERSON", 0.75, "initials before a name"
    if text.before(first, "phrases", "spoke", r"[ \t]+"):
        return "PERSON", 0.6, "spoken to or named as the doer"
    if _AGED.match(text.text, text.end(last - 1)):
        return "PERSON", 0.7, "an age behind it"
    if phrase in lexicon.towns() and text.before(first, "phrases", "place", r"[ \t]+"):
        return "LOCATION", 0.75, "a town, and a word for places before it"
    return None


def _told(text: Text, first: int) -> str:
    """What before a name says that a person is named."""
    if text.before(first, "phrases", "naming", r"[ \t:]+"):
        return "somebody says a name"
    if text.before(first, "phrases", "greeting", r"[ \t,]+") or (
        first and text.tokens[first - 1].bare in lexicon.words("phrases", "title")
    ):
        return "somebody is greeted"
    if text.before(first, "phrases", "closing", _LINE):
        return "signs a letter"
    if text.before(first, "phrases", "role", _COLON):
        return "named behind a role"
    if text.before(first, "phrases", "role", r"[ \t]+") and text.tokens[first - 1].bare not in _NOT_BEFORE:
        return "named behind a role"
    return ""


def _organisation(text: Text, first: int, last: int) -> bool:
    words = [text.tokens[i].bare for i in range(first, last)]
    if last - first > 1 and (words[-1] in lexicon.words("organisation", "tail")):
        return True
    return any(
        text.phrase(first, end) in lexicon.words("organisation", "head")
        for end in (first + 1, first + 2, first + 3)
        if end <= last and last - first > 1
    )


def _surname_first(text: Text, first: int, last: int) -> bool:
    """``Berg, Anna``: the given name behind the comma ends there."""
    following = last
    return (
        last - first == 1
        and following < len(text.tokens)
        and _COMMA.fullmatch(text.gap(following)) is not None
        and text.begins(first)
        and text.tokens[following].bare in lexicon.given()
        and re.match(r"[ \t]*(?:[-–:;\n(]|$)", text.gap(following + 1)) is not None
    )


def _by_model(text: Text, first: int, last: int, said: Mapping[int, str]) -> tuple[str, float, str] | None:
    """What the model says, corrected by what stands around."""
    votes = [said[i] for i in range(first, last) if i in said]
    if not votes:
        return _unnamed(text, first, last)
    entity = max(set(votes), key=votes.count)
    if len(votes) * 2 < last - first:
        return None
    if entity in ("ORGANIZATION", "LOCATION") and _acts(text, last) and last - first < 4:
        return "PERSON", 0.6, "the model has a name, and it acts as people do"
    if (
        entity == "ORGANIZATION"
        and text.phrase(first, last) in lexicon.towns()
        and text.before(first, "phrases", "place", r"[ \t]+")
    ):
        return "LOCATION", 0.6, "the model has a name, of a town"
    return entity, 0.6, "by the model"


def _acts(text: Text, last: int) -> bool:
    return last < len(text.tokens) and text.gap(last) == " " and text.after(last, "phrases", "verb")


def _unnamed(text: Text, first: int, last: int) -> tuple[str, float, str] | None:
    """A capitalised word within a sentence, which the model does not know."""
    if _acts(text, last) and not text.begins(first):
        return "PERSON", 0.5, "it acts as people do"
    return None


def _coordinated(text: Text, judged: list[Judged]) -> Iterator[Judged]:
    """Names in a row: what stands beside a person's, in a list, and is nothing else, is one too."""
    for place, one in enumerate(judged):
        beside = [judged[at] for at in (place - 1, place + 1) if 0 <= at < len(judged)]
        if one.score == 0 and any(
            other.entity == "PERSON" and other.score >= 0.6 and _row(text, one, other) for other in beside
        ):
            yield one._replace(entity="PERSON", score=0.6, why="in a row with a person")
        else:
            yield one


def _row(text: Text, one: Judged, other: Judged) -> bool:
    left, right = sorted((one, other), key=lambda each: each.first)
    between = text.text[text.end(left.last - 1) : text.tokens[right.first].start]
    return _LISTED.fullmatch(between) is not None


def _again(text: Text, judged: list[Judged]) -> Iterator[Judged]:
    """A name that is told once is the same name where it stands alone."""
    told = {
        token.bare
        for one in judged
        if one.entity == "PERSON" and one.score >= 0.7
        for token in text.tokens[one.first : one.last]
        if len(token.bare) > 2 and token.bare not in PARTICLES
    }
    for one in judged:
        alone = all(text.tokens[i].bare in told for i in range(one.first, one.last))
        if alone and one.score < 0.7 and one.entity != "PERSON":
            yield one._replace(entity="PERSON", score=0.7, why="named as a person elsewhere in the text")
        else:
            yield one
