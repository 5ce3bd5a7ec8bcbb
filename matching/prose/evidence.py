"""What tells whose name a run of capitalised words is: rules, the most telling first."""

from __future__ import annotations

import re
from collections.abc import Callable

from vestige.matching.prose import lexicon
from vestige.matching.prose.phrase import BLANK, Phrase

_LINE = r"[ \t]*[:,!]?[ \t]*\n[ \t\n>*-]*"
_COLON = r"[ \t]*[:;][ \t\n]*"
_THE = r"[ \t]+(?:the[ \t]+)?"
_AGED = re.compile(
    r"'?s?,? \(?(?:aged? )?\d{1,3}(?:\)|,? (?:years|yrs|jahre|ans|años|anni|jaar|anos|lat|år))", re.IGNORECASE
)
_CALLED = re.compile(
    r", (?:can|could|would|will|please|are you|do you|did you|have you|how|what|where|why|thank)\b"
)
_CONTACT = re.compile(r"\d{4}|\d{2,}[ -]\d{2}|@|\d .*[Ss]t\b|^\W*\d+ \w")
_SURNAME = re.compile(
    r"\w{2,}(?:ova|eva|ska|ski|sky|cka|cki|enko|chuk|vich|vych|ovic|evic|sson|dottir|nsen|rsen|guez|oglu|dze"
    r"|shvili|escu|poulos|opoulou|akis|idis|mann|quist|strom|inen|wicz|czyk|ez|ova|ov|ev)"
)
Rule = tuple[Callable[[Phrase], bool], str, float, str]


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
    role = phrase.before("phrases", "role") and not phrase.before("small", "vague_role")
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
    place = phrase.folded in lexicon.all_places() or any(
        word.bare in lexicon.words("places", "countries") for word in phrase.words
    )
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
    return _is_line(phrase) and not phrase.of_words and (contact or not phrase.read)


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


RULES: tuple[Rule, ...] = (
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
