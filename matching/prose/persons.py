"""Whose name a run of capitalised words is: a person's, an organisation's, a place's, or nobody's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from vestige.matching.prose import lexicon
from vestige.matching.prose.found import Found
from vestige.matching.prose.phrase import BLANK, Phrase
from vestige.matching.prose.tokens import PARTICLES, Run, Text

SURE = 0.7
_LINE = r"[ \t]*[:,!]?[ \t]*\n[ \t\n>*-]*"
_COLON = r"[ \t]*[:;][ \t\n]*"
_THE = r"[ \t]+(?:the[ \t]+)?"
_AGED = re.compile(
    r"'?s?,? \(?(?:aged? )?\d{1,3}(?:\)|,? (?:years|yrs|jahre|ans|años|anni|jaar|anos|lat|år))", re.IGNORECASE
)
_LISTED = re.compile(
    r",? (?:and|&|und|et|y|e|en|i|och|og|or|with) (?:(?:mr|mrs|ms|dr)\.? )?|, ", re.IGNORECASE
)
_SPEAKS = re.compile(r":[ \t]+\S")
_CONTACT = re.compile(r"\d{4}|\d{2,}[ -]\d{2}|@|\d .*[Ss]t\b|^\W*\d+ \w")
_CALLED = re.compile(
    r", (?:can|could|would|will|please|are you|do you|did you|have you|how|what|where|why|thank)\b"
)
_LEGAL = re.compile(r"\.? z o\.? ?o\b\.?")
# Names of roles that are other words as often, when no colon follows.
_VAGUE_ROLES = frozenset(
    "from to cc name nom nome naam navn namn author contact present owner member guest agent son".split()
)
_SURNAME = re.compile(
    r"\w{2,}(?:ova|eva|ska|ski|sky|cka|cki|enko|chuk|vich|vych|ovic|evic|sson|dottir|nsen|rsen|guez|oglu|dze"
    r"|shvili|escu|poulos|opoulou|akis|idis|mann|quist|strom|inen|wicz|czyk|ez|ova|ov|ev)"
)


class Judged(NamedTuple):
    """The tokens from ``first`` up to ``last``; ``entity`` is empty and ``score`` 0 where nothing tells."""

    entity: str
    first: int
    last: int
    score: float
    why: str


Rule = tuple[Callable[[Phrase], bool], str, float, str]


def names(text: Text, said: Mapping[int, str] | None) -> Iterator[Found]:
    """Everything that a run of capitalised words is. ``said``: what the model takes a token for; None where no model
    has read the text."""
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
    for rule, entity, score, why in _RULES:
        if rule(phrase):
            return Judged(entity or phrase.by_model, phrase.first, phrase.last, score, why)
    return Judged("", phrase.first, phrase.last, 0.0, "")


def _company(text: Text, run: Run, phrase: Phrase) -> Judged | None:
    """A run that ends in a legal form, or begins as organisations do."""
    first = next((n for n in range(run.first, run.last) if not text.is_common(n)), run.first)
    many, last = run.last - first > 1, text.tokens[run.last - 1].bare
    heads = lexicon.words("organisation", "head")
    headed = any(text.phrase(first, end) in heads for end in range(first + 1, min(first + 3, run.last)))
    paired = any("&" in text.gap(index) for index in range(first + 1, run.last))
    if not many or phrase.titled or not (last in lexicon.words("organisation", "tail") or headed or paired):
        return None
    return Judged("ORGANIZATION", first, run.last, 0.8, "ends or begins as an organisation's name")


def _nothing(phrase: Phrase) -> bool:
    """Letters alone, or the number of a flat."""
    kinds = ("unit", "tail", "lead")
    alone = len(phrase.words) == 1 and any(phrase.folded in lexicon.words("address", kind) for kind in kinds)
    flat = (alone or phrase.words[0].bare in lexicon.words("address", "unit")) and not phrase.titled
    return flat or (all(word.initial for word in phrase.words) and not phrase.titled)


def _is_told(phrase: Phrase) -> bool:
    """Somebody is named, greeted, signs, or stands behind a role."""
    if (
        len(phrase.words) == 1
        and len(phrase.words[0].text) > 1
        and phrase.words[0].text.isupper()
        and not phrase.known
    ):
        return False
    role = phrase.before("phrases", "role") and phrase.text.tokens[phrase.first - 1].bare not in _VAGUE_ROLES
    return (
        role
        or phrase.before("phrases", "naming", r"[ \t:]+")
        or phrase.before("phrases", "greeting", r"[ \t,]+")
        or phrase.before("phrases", "title", r"\.?[ \t]+")
        or phrase.before("phrases", "closing", _LINE)
        or phrase.before("phrases", "role", _COLON)
    )


def _is_land(phrase: Phrase) -> bool:
    """A country, or a state that is nobody's given name, or stands where places do."""
    if phrase.folded in lexicon.words("places", "countries"):
        return True
    shared = phrase.known or phrase.folded in lexicon.words("ambiguous", "words")
    return phrase.folded in lexicon.words("places", "states") and (
        not shared or phrase.before("phrases", "place")
    )


def _answers(phrase: Phrase) -> bool:
    """``Your last name? Berg``"""
    return (
        phrase.first > 0
        and phrase.text.tokens[phrase.first - 1].bare in ("name", "surname")
        and (phrase.before("phrases", "role", r"[ \t]*\?[ \t\n]*"))
    )


def _is_called(phrase: Phrase) -> bool:
    """``Anna, can you …``"""
    starts = phrase.text.begins(phrase.first) and len(phrase.words) < 3 and not phrase.of_words
    return starts and _CALLED.match(phrase.text.text, phrase.end) is not None


def _is_known(phrase: Phrase) -> bool:
    return phrase.known and len(phrase.words) > 1 and not _goes_there(phrase)


def _goes_there(phrase: Phrase) -> bool:
    return phrase.before("phrases", "surely_place", _THE)


def _is_given(phrase: Phrase) -> bool:
    return phrase.known and len(phrase.words[0].text) > 2 and not phrase.before("phrases", "inside")


def _has_initials(phrase: Phrase) -> bool:
    inner = [word.initial for word in phrase.words[:-1]]
    return (
        any(inner)
        and len(phrase.words[-1].text) > 2
        and "." in phrase.text.text[phrase.words[0].start : phrase.end]
    )


def _is_town(phrase: Phrase) -> bool:
    return phrase.folded in lexicon.towns() and phrase.before("phrases", "place", _THE)


def _is_aged(phrase: Phrase) -> bool:
    return _AGED.match(phrase.text.text, phrase.end) is not None


def _misnamed(phrase: Phrase) -> bool:
    """The model has another name, but it acts as people do, or ends as families are called."""
    ends = len(phrase.words) in (2, 3) and _SURNAME.fullmatch(phrase.words[-1].bare) is not None
    return phrase.by_model in ("ORGANIZATION", "LOCATION") and len(phrase.words) < 4 and (phrase.acts or ends)


def _misplaced(phrase: Phrase) -> bool:
    return phrase.by_model == "ORGANIZATION" and len(phrase.words) == 1 and phrase.before("phrases", "place")


def _unfounded(phrase: Phrase) -> bool:
    """An organisation by the model alone, written as people are: small models take foreign names for them."""
    article = phrase.first > 0 and phrase.text.tokens[phrase.first - 1].bare in ("the", "an", "a", "our")
    plain = all(word.text[1:].islower() or word.initial for word in phrase.words)
    place = any(word.bare in lexicon.words("places", "countries") for word in phrase.words)
    short = plain and len(phrase.words) < 4 and not article and not phrase.of_words and not place
    return phrase.by_model == "ORGANIZATION" and short


def _acts_unseen(phrase: Phrase) -> bool:
    return phrase.acts and not phrase.by_model and not phrase.text.begins(phrase.first)


def _owns(phrase: Phrase) -> bool:
    """``Maite Lemmens's``: two names that own something, unknown to the model."""
    return 1 < len(phrase.words) < 4 and phrase.text.tokens[phrase.last - 1].end > phrase.end


def _is_line(phrase: Phrase) -> bool:
    """Two or three names as a whole line."""
    before, behind = phrase.text.gap(phrase.first), phrase.text.gap(phrase.last)
    alone = (not before or "\n" in before or ">" in before) and (not behind or "\n" in behind)
    return alone and 1 < len(phrase.words) < 4 and all(word.text[1:].islower() for word in phrase.words)


def _heads(phrase: Phrase) -> bool:
    """The line above an address or a phone number; or any line of names that no model has read."""
    near = phrase.text.text[phrase.end :].split("\n", 5)
    contact = any(_CONTACT.search(line) for line in near[:5])
    return _is_line(phrase) and (contact or not phrase.read)


def _stands_out(phrase: Phrase) -> bool:
    """Two names or three within a sentence, in a text that writes others small."""
    many = len(phrase.words) in (2, 3) and not phrase.of_words
    return many and _sentence(phrase) and not _modifies(phrase)


def _is_title(phrase: Phrase) -> bool:
    """Of a work or a law: names, the model says, of common words alone."""
    return len(phrase.words) > 1 and phrase.of_words and phrase.by_model == "PERSON"


def _goes_near(phrase: Phrase) -> bool:
    """One name behind a word for places, or more behind one for being inside."""
    kind = "place" if len(phrase.words) == 1 else "inside"
    german = phrase.text.language == "de" and len(phrase.words) == 1
    near = _sentence(phrase) and phrase.before("phrases", kind)
    return near and not phrase.of_words and not german


def _sentence(phrase: Phrase) -> bool:
    """Whether it stands among words in small letters, and is none of a heading's."""
    around = (
        phrase.text.tokens[max(0, phrase.first - 2) : phrase.first]
        + phrase.text.tokens[phrase.last : phrase.last + 2]
    )
    return (
        not phrase.text.lower
        and any(token.text.islower() for token in around)
        and len(phrase.words[0].text) > 2
    )


def _modifies(phrase: Phrase) -> bool:
    """``the Aurora lamp``: a thing's name before the word for the thing."""
    if not phrase.first or phrase.text.tokens[phrase.first - 1].bare not in ("the", "a", "an", "our", "your"):
        return False
    return phrase.text.word(phrase.last)


def _is_labelled_place(phrase: Phrase) -> bool:
    return phrase.before("phrases", "label", r"[ \t]*:[ \t]*")


def _is_before_land(phrase: Phrase) -> bool:
    """``Leeds, England``, and the same in two lines."""
    following = phrase.last
    if following >= len(phrase.text.tokens) or not re.fullmatch(
        r",[ \t]|,?[ \t]*\n[ \t>]*", phrase.text.gap(following)
    ):
        return False
    return phrase.text.after(following, "places", "countries") and phrase.text.capital(following)


_RULES: tuple[Rule, ...] = (
    (_nothing, "", 0.0, ""),
    (lambda phrase: phrase.titled, "PERSON", 0.95, "a title before it"),
    (_is_land, "LOCATION", 0.9, "a country or state"),
    (
        lambda phrase: phrase.known and _is_told(phrase),
        "PERSON",
        0.9,
        "a given name, and the sentence names somebody",
    ),
    (_is_told, "PERSON", 0.8, "the sentence names somebody"),
    (_is_known, "PERSON", 0.85, "a given name and another"),
    (_answers, "PERSON", 0.8, "asked for a name"),
    (_is_called, "PERSON", 0.6, "somebody is addressed"),
    (_is_labelled_place, "LOCATION", 0.75, "called a place"),
    (_is_before_land, "LOCATION", 0.75, "a country behind it"),
    (lambda phrase: phrase.surname_first, "PERSON", 0.8, "a given name behind a comma"),
    (_goes_there, "LOCATION", 0.8, "where somebody lives or goes"),
    (
        lambda phrase: phrase.before("organisation", "context", _THE),
        "ORGANIZATION",
        0.6,
        "called an organisation",
    ),
    (_is_given, "PERSON", 0.7, "a given name"),
    (_has_initials, "PERSON", 0.75, "initials with a name"),
    (_is_town, "LOCATION", 0.75, "a town, and a word for places before it"),
    (_is_aged, "PERSON", 0.7, "an age behind it"),
    (lambda phrase: phrase.before("phrases", "spoke", BLANK), "PERSON", 0.6, "spoken to, or the doer"),
    (lambda phrase: phrase.before("phrases", "quoted"), "PERSON", 0.65, "its words are quoted"),
    (_is_title, "", 0.0, ""),
    (_misnamed, "PERSON", 0.6, "the model has a name, of whom people do as"),
    (_misplaced, "LOCATION", 0.5, "the model has a name, behind a word for places"),
    (_unfounded, "PERSON", 0.4, "the model has a name, without a sign of an organisation"),
    (lambda phrase: bool(phrase.by_model), "", 0.6, "by the model"),
    (_acts_unseen, "PERSON", 0.5, "it acts as people do"),
    (_owns, "PERSON", 0.5, "names that own something"),
    (_heads, "PERSON", 0.5, "a line above an address"),
    (_goes_near, "LOCATION", 0.45, "a name behind a word for places"),
    (_stands_out, "PERSON", 0.45, "a name in a sentence"),
)
"""The first that holds decides; without an entity of its own, it is the model's."""


def _in_rows(text: Text, judged: list[Judged]) -> list[Judged]:
    """In a list, what stands beside a person's name and is told by no rule to be something else is one, too."""
    made = list(judged)
    for order in (range(len(made)), reversed(range(len(made)))):
        for one, other in pairwise(order):
            sure = made[one].entity == "PERSON" and made[one].score >= 0.6
            weak = made[one].why == "by the model" and made[other].score > 0
            if sure and not weak and _may_be(made[other]) and _row(text, made[one], made[other]):
                made[other] = made[other]._replace(entity="PERSON", score=0.65, why="in a row with a person")
    return made


_WEAK = ("", "by the model")


def _may_be(one: Judged) -> bool:
    return one.why in _WEAK and one.entity != "PERSON" and one.last - one.first < 6


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
