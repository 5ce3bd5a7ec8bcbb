"""Addresses by their grammar: a street with a number, and the town, post code and country behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vestige.matching.prose import lexicon
from vestige.matching.prose.found import Found
from vestige.matching.prose.tokens import PARTICLES, Text

_POSTAL = re.compile(
    r"(?:[A-Z]{1,2}-)?(?:\d{5}(?:-\d{3,4})?|\d{4} ?[A-Z]{2}|\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4}|\d{6}"
    r"|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?![\w-])"
)
_POSTAL_WORD = re.compile(
    r"\b(?:zip|zip ?code|post ?code|postal code|plz|code postal|c\.?p\.?|cap|codigo postal"
    r"|postleitzahl|kod pocztowy|postnummer)\b(?:\s+(?:is|ist|est|es|è))?[\s:#=]{1,3}",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[ \t]{1,3}|[ \t]{0,3},[ \t]{0,3}|,?[ \t>]{0,4}\r?\n[ \t>]{0,8}(?:,[ \t]{0,2})?")
_NUMBER = re.compile(r"\d{1,5}(?:[-/]\d{1,4})?(?:[A-Za-z]\b| [A-Z]\b| ?bis\b| ?ter\b)?(?:/\d{1,4})?")
_SMALL = PARTICLES | {"des", "les", "l", "d", "dei", "degli", "of", "the", "y", "e", "los", "las"}
_STATE = re.compile(r"[A-Z]{2,3}\b")
_CLOSER = re.compile(r"[^\S\n]{0,2}\([^)\n]{2,24}\)")
_STREET_WORDS = 5
_SHORT_TAILS = frozenset(
    {
        "way",
        "place",
        "bridge",
        "station",
        "park",
        "court",
        "square",
        "hill",
        "row",
        "walk",
        "route",
        "loop",
        "drive",
        "burg",
        "ring",
        "damm",
        "st",
        "dr",
        "ct",
        "pl",
        "ln",
        "ter",
        "hof",
        "close",
        "rd",
        "ave",
        "ut",
        "sq",
        "cir",
        "trl",
        "cd",
        "tie",
    }
)


def addresses(text: Text) -> Iterator[Found]:
    """Whole addresses, street first or post code first, as one span each."""
    index = 0
    while index < len(text.tokens):
        street = _street(text, index)
        if street is None:
            index += 1
            continue
        end, score, why = street
        end, parts = _rest(text, end)
        if score + 0.2 * parts >= 0.5:
            yield Found("ADDRESS", text.tokens[index].start, end, min(0.95, score + 0.1 * parts), why)
            while index < len(text.tokens) and text.tokens[index].start < end:
                index += 1
        else:
            index += 1


def postal_codes(text: Text) -> Iterator[Found]:
    """Post codes that are called so, and those with a town behind them."""
    for match in _POSTAL_WORD.finditer(text.text):
        code = re.compile(r"[A-Z]{0,2}-?\d[\d -]{2,9}\d|\d{3,6}|" + _POSTAL.pattern).match(
            text.text, match.end()
        )
        if code:
            yield Found("ADDRESS", *code.span(), 0.8, "called a post code")


def _street(text: Text, index: int) -> tuple[int, float, str] | None:
    """(end, score, why) of a street that begins with this token, or with a flat in it."""
    token = text.tokens[index]
    if (
        token.bare in lexicon.words("address", "unit")
        and index + 2 < len(text.tokens)
        and text.capital(index)
    ):
        following = text.tokens[index + 1]
        if (following.number or following.initial) and re.fullmatch(r",? {1,2}|,?\n *", text.gap(index + 2)):
            return _numbered(text, index + 2) or _named(text, index + 2)
    return _boxed(text, index) or _numbered(text, index) or _led(text, index) or _named(text, index)


def _boxed(text: Text, index: int) -> tuple[int, float, str] | None:
    for last in range(index + 1, min(index + 4, len(text.tokens))):
        token = text.tokens[last]
        if token.number and text.phrase(index, last) in lexicon.words("address", "box"):
            plain = text.phrase(index, last) == "box"
            return (token.end, 0.45 if plain else 0.85, "a post box") if len(text.gap(last)) < 4 else None
    return None


def _numbered(text: Text, index: int) -> tuple[int, float, str] | None:
    """``12 Elm Street``, ``12 bis rue du Moulin``, ``12 Birkenweg``; ``12 Elm`` with less certainty."""
    token = text.tokens[index]
    house = _NUMBER.match(text.text, token.start) if token.number else None
    if house is None or len(token.text) > 7:
        return None
    first = index + 1
    while first < len(text.tokens) and text.tokens[first].start < house.end():
        first += 1
    if first >= len(text.tokens) or not re.fullmatch(
        r" {1,2}|, ?", text.text[house.end() : text.tokens[first].start]
    ):
        return None
    led = _led(text, first, numbered=True)
    if led:
        return led
    last = _words_of_street(text, first)
    if last == first:
        return None
    for end in range(last, first, -1):
        if _is_street(text, first, end):
            return _house_after(text, end, 0.8), 0.8, "a number and a street"
    told = text.before(index, "address", "told", r"[\s:,>]*(?:(?:at|is|to|in|on|it)\s+)*")
    line = text.begins(index) and "\n" in text.gap(index)
    return (
        _house_after(text, last, 0.3),
        0.5 if told else 0.3 if line else 0.2,
        "a number and capitalised words",
    )


def _led(text: Text, index: int, numbered: bool = False) -> tuple[int, float, str] | None:
    """``Calle Mayor 12``, ``ul. Lipowa 3/4``, and, a number being before it, ``rue du Moulin``."""
    token = text.tokens[index]
    if token.number or token.bare not in lexicon.words("address", "lead"):
        return None
    last = _words_of_street(text, index + 1, small=True)
    if last == index + 1:
        return None
    end = _house_after(text, last, 0.8)
    has_number = end > text.end(last - 1)
    if not has_number and not numbered:
        sure = len(token.bare) > 3 and token.bare not in _SHORT_TAILS
        return (
            (end, 0.55 if sure else 0.2, "a street") if text.capital(index) or len(token.bare) > 3 else None
        )
    weak = token.bare in {"am", "im", "in", "zum", "zur", "auf", "an", "unter", "place", "al", "os", "strada"}
    if weak and not text.capital(index):
        return None
    return end, 0.5 if weak else 0.85, "a street and a number"


def _named(text: Text, index: int) -> tuple[int, float, str] | None:
    """``Elm Street``, ``Lindenstraße 12``."""
    token = text.tokens[index]
    if (
        token.number
        or not text.capital(index)
        or (index and text.capital(index - 1) and text.gap(index) == " " and not text.begins(index - 1))
    ):
        return None
    last = _words_of_street(text, index)
    for end in range(last, index, -1):
        if _is_street(text, index, end):
            place = _house_after(text, end, 0.8)
            if place > text.end(end - 1):
                return place, 0.8, "a street and a number"
            tail = text.tokens[end - 1].bare
            sure = (
                tail not in _SHORT_TAILS and end - index > 1 or tail.endswith(("strasse", "straat", "gatan"))
            )
            return (place, 0.55, "a street") if sure else (place, 0.3, "perhaps a street")
    return None


def _words_of_street(text: Text, first: int, small: bool = False) -> int:
    """Up to which token capitalised words go on."""
    last = index = first
    while index < len(text.tokens) and index - first < _STREET_WORDS:
        gap, token = text.gap(index), text.tokens[index]
        if (
            index > first
            and not _goes_on(text, index)
            or (index == first and small and not re.fullmatch(r"\.?[ \t]{0,2}", gap))
        ):
            break
        if token.number:
            break
        if text.capital(index):
            last = index + 1
        elif not (token.bare in _SMALL or token.bare in lexicon.words("address", "tail")) or (
            index > first and "." in gap
        ):
            break
        elif token.bare in lexicon.words("address", "tail") and index > first:
            last = index + 1
        index += 1
    return last


def _goes_on(text: Text, index: int) -> bool:
    """Whether a token is of the same phrase as the one before: a dot is only behind what is cut short."""
    short = len(text.tokens[index - 1].text) <= 3
    return re.fullmatch(r"[ \t]{1,2}|\.[ \t]?" if short else r"[ \t]{1,2}", text.gap(index)) is not None


def _is_street(text: Text, first: int, last: int) -> bool:
    """Whether the words end in one for a street, or the last is a compound with it."""
    word = text.tokens[last - 1].bare
    if last - first > 1 and word in lexicon.words("address", "tail"):
        return True
    return any(word.endswith(end) and len(word) > len(end) + 2 for end in lexicon.words("address", "ending"))


def _house_after(text: Text, last: int, score: float) -> int:
    """The end of a street's words, with the number behind them if there is one."""
    end = text.end(last - 1)
    if last < len(text.tokens) and text.tokens[last].number and len(text.tokens[last].text) <= 7:
        gap = text.gap(last)
        if re.fullmatch(r" {1,2}|\.? |, ?(?:n[º°o]\.? ?)?", gap) and not ("," in gap and score < 0.8):
            match = _NUMBER.match(text.text, text.tokens[last].start)
            if match and not re.match(r"\d", text.text[match.end() : match.end() + 1]):
                return match.end() - (len(match.group()) - len(match.group().rstrip()))
    return end


def _rest(text: Text, end: int) -> tuple[int, int]:
    """Where the address ends, and how many telling parts came behind its street."""
    parts = 0
    while between := _BETWEEN.match(text.text, end):
        part = _part(text, between.end(), "\n" in between.group() or "," in between.group())
        if part is None:
            break
        end, telling = part
        parts += telling
    return end, parts


def _part(text: Text, at: int, apart: bool) -> tuple[int, int] | None:
    """(end, whether it tells of an address) of a unit, post code, state, town or country at this place."""
    index = next((i for i, token in enumerate(text.tokens) if token.start >= at), None)
    if index is None or text.tokens[index].start != at:
        return None
    token = text.tokens[index]
    if token.bare in lexicon.words("address", "unit") and index + 1 < len(text.tokens):
        following = text.tokens[index + 1]
        if (following.number or following.initial) and len(text.gap(index + 1)) < 3:
            return following.end, 1
    if re.match(r"\d{1,2}º", text.text[at:]):
        floor = re.compile(r"\d{1,2}º(?: (?:[A-D]|Esq|Dto|Dir|izq|dcha)\b\.?)?").match(text.text, at)
        return (floor.end(), 1) if floor else None
    postal = _POSTAL.match(text.text, at)
    if postal and (len(postal.group()) > 4 or apart or not postal.group().isdigit() or True):
        return postal.end(), 1
    return _town(text, index, apart)


def _town(text: Text, index: int, apart: bool) -> tuple[int, int] | None:
    """A town, state or country: capitalised words that end with the part, or are known."""
    last = index
    while last < len(text.tokens) and last - index < 4:
        token = text.tokens[last]
        if token.number or (last > index and not _goes_on(text, last)):
            break
        if not text.capital(last) and not (last > index and token.bare in _SMALL):
            break
        last += 1
    while last > index and not text.capital(last - 1):
        last -= 1
    if last == index or lexicon.is_common(text.tokens[index].bare):
        return None
    end = text.end(last - 1)
    known = text.phrase(index, last) in lexicon.words("places", "countries") | lexicon.towns()
    state = _STATE.fullmatch(text.tokens[index].text) is not None
    closes = re.match(r"[^\S\n]*(?:\(|[,.;:!?\n]|$|\d)", text.text[end:]) is not None
    if not (
        known
        or state
        or (apart and closes)
        or closes
        and _POSTAL.search(text.text[max(0, text.tokens[index].start - 9) : text.tokens[index].start])
    ):
        return None
    closer = _CLOSER.match(text.text, end)
    return (closer.end() if closer else end), int(known or state)
