"""The heart of an address: a street and its number, in the order of any language, or a post box."""

from __future__ import annotations

import re
from typing import NamedTuple

from vestige.matching.prose import lexicon
from vestige.matching.prose.tokens import Text

# 12, 12a, 12 A, 12 bis, 12-14, 12/4
_NUMBER = re.compile(
    r"\d{1,5}(?:[-/]\d{1,4})?(?:[A-Za-z]\b| [A-Z]\b(?![.'])| ?bis\b| ?ter\b)?(?:/\d{1,4})?(?!\d)"
)
_WORDS = 5
_MILITARY = re.compile(
    r"(?:(?:PSC|CMR|Unit|USS|USNS|USCGC|USNV) [\w ]{2,30}?(?:,? ?(?:Box )?\d{1,5})?[,\n ]\s*)?"
    r"\b[AFD]PO,? A[AEP] \d{5}\b",
    re.IGNORECASE,
)


class Street(NamedTuple):
    """``end``: in characters. ``whole``: nothing of an address can follow."""

    end: int
    score: float
    why: str
    whole: bool = False


def street(text: Text, index: int) -> Street | None:
    """The street that begins with this token, or with a flat in it."""
    first = index
    if _is_flat(text, index):
        first = index + 2
    return (
        _military(text, index)
        or _boxed(text, index)
        or _numbered(text, first)
        or _led(text, first)
        or _named(text, first)
    )


def _is_flat(text: Text, index: int) -> bool:
    """``Flat 3, 12 Elm Terrace``."""
    if index + 2 >= len(text.tokens) or text.tokens[index].bare not in lexicon.words("address", "unit"):
        return False
    which = text.tokens[index + 1]
    apart = re.fullmatch(r",? {1,2}|,?\n *", text.gap(index + 2))
    return text.capital(index) and (which.number or which.initial) and apart is not None


def _military(text: Text, index: int) -> Street | None:
    match = _MILITARY.match(text.text, text.tokens[index].start)
    return Street(match.end(), 0.9, "a military post office", True) if match else None


def _boxed(text: Text, index: int) -> Street | None:
    for last in range(index + 1, min(index + 4, len(text.tokens))):
        if text.tokens[last].number and len(text.gap(last)) < 4:
            phrase = text.phrase(index, last)
            if phrase in lexicon.words("address", "box"):
                return Street(text.tokens[last].end, 0.45 if phrase == "box" else 0.85, "a post box")
    return None


def _numbered(text: Text, index: int) -> Street | None:
    """``12 Elm Street``, ``12 bis rue du Moulin``, ``12 Birkenweg``; ``12 Elm`` with less certainty."""
    first = _behind_number(text, index)
    if first is None:
        return None
    if "," in text.gap(first):
        return _led(text, first, numbered=True)
    inner = _boxed(text, first) or _numbered(text, first) if text.gap(first) == " " else None
    led = inner or _led(text, first, numbered=True)
    if led:
        return led
    last = _words(text, first)
    end = _ending(text, first, last)
    if end:
        return Street(_with_number(text, end, True), 0.8, "a number and a street")
    dated = any(token.bare in lexicon.words("calendar", "words") for token in text.tokens[first:last])
    return _unnamed(text, index, last) if last > first and not dated else None


def _behind_number(text: Text, index: int) -> int | None:
    """The token behind a house number, if such a one begins here."""
    token = text.tokens[index]
    house = _NUMBER.match(text.text, token.start) if token.number else None
    if house is None or len(token.text) > 7:
        return None
    first = index + 1
    while first < len(text.tokens) and text.tokens[first].start < house.end():
        first += 1
    if first == len(text.tokens):
        return None
    between = text.text[house.end() : text.tokens[first].start]
    return first if re.fullmatch(r" {1,2}|, ?", between) else None


def _unnamed(text: Text, index: int, last: int) -> Street:
    """A number and capitalised words: a street if the sentence says so, or what follows."""
    end = _with_number(text, last, True)
    twice = end > text.end(last - 1)
    if _is_told(text, index) or twice and index and text.tokens[index - 1].bare in ("at", "to", "on", "near"):
        score = 0.5
    else:
        score = 0.3 if twice or "\n" in text.gap(index) or not text.gap(index) else 0.15
    return Street(end, score, "a number and capitalised words")


def _is_told(text: Text, index: int) -> bool:
    """Whether the sentence says that an address comes: ``lives at``, ``address is``."""
    while index and text.tokens[index - 1].number and text.gap(index) == " ":
        index -= 1
    return text.before(text.skipped(index), "address", "told", r"[\s:,>]*")


def _led(text: Text, index: int, numbered: bool = False) -> Street | None:
    """``Calle Mayor 12``, ``ul. Lipowa 3/4``, and, a number being before it, ``rue du Moulin``."""
    if index >= len(text.tokens):
        return None
    token = text.tokens[index]
    if token.number or token.bare not in lexicon.words("address", "lead"):
        return None
    last = _words(text, index + 1, led=True)
    if last - index > 2 and text.tokens[last - 1].bare in lexicon.words("address", "tail"):
        last -= 1
    if (
        last == index + 1
        and numbered
        and token.bare not in lexicon.words("small", "vague_street")
        and text.word(last)
    ):
        last += 1
    if last == index + 1:
        return None
    end, vague = _with_number(text, last, numbered), token.bare in lexicon.words("small", "vague_street")
    dotted = text.gap(index + 1)[:1] in (".", "/")
    if end > text.end(last - 1) or numbered:
        sure = not vague or dotted or numbered
        return (
            Street(end, 0.85 if sure else 0.5, "a street and a number")
            if sure or text.capital(index)
            else None
        )
    return Street(end, 0.2 if vague else 0.55, "a street")


def _named(text: Text, index: int) -> Street | None:
    """``Elm Street``, ``Lindenstraße 12``."""
    if not text.proper(index) or text.is_common(index) or _inside(text, index):
        return None
    last = _words(text, index)
    end = _ending(text, index, last)
    if not end:
        place = _with_number(text, last) if last > index and _is_told(text, index) else 0
        return Street(place, 0.5, "called an address") if place > text.end(last - 1) else None
    place = _with_number(text, end)
    if place > text.end(end - 1):
        return Street(place, 0.8, "a street and a number")
    tail = text.tokens[end - 1].bare
    sure = (
        tail not in lexicon.words("small", "vague_street")
        and end - index > 1
        or tail.endswith(("strasse", "straat", "gatan"))
    )
    return Street(place, 0.55, "a street") if sure else Street(place, 0.3, "perhaps a street")


def _inside(text: Text, index: int) -> bool:
    """Whether a capitalised word goes on from the one before it."""
    return index > 0 and text.gap(index) == " " and text.capital(index - 1) and not text.begins(index - 1)


def _words(text: Text, first: int, led: bool = False) -> int:
    """Up to which token the words of a street may go."""
    last = index = first
    while index < min(len(text.tokens), first + _WORDS) and not text.tokens[index].number:
        joined = (
            text.goes_on(index)
            if index > first
            else not led or re.fullmatch(r"\.?[ \t/]{0,2}", text.gap(index))
        )
        tail = text.tokens[index].bare in lexicon.words("address", "tail") and index > first
        flat = text.tokens[index].bare in lexicon.words("address", "unit") and text.is_number(index + 1)
        if (
            flat
            or not joined
            or not (
                text.proper(index) or tail or text.tokens[index].bare in lexicon.words("small", "in_streets")
            )
        ):
            break
        if text.proper(index) or tail:
            last = index + 1
        index += 1
    return last


def _ending(text: Text, first: int, last: int) -> int | None:
    """Behind which token the longest street ends that words from the first up to the last can be."""
    for end in range(last, first, -1):
        word = text.tokens[end - 1].bare
        if end - first > 1 and word in lexicon.words("address", "tail"):
            twice = end - first > 2 and text.tokens[end - 2].bare in lexicon.words(
                "address", "tail"
            ) - lexicon.words("small", "vague_street")
            return end - twice
        numbered = end < len(text.tokens) and text.tokens[end].number and text.gap(end) in (" ", ". ")
        kinds = ("ending", "vague_ending") if numbered else ("ending",)
        if any(_ends(word, one) for kind in kinds for one in lexicon.words("address", kind)):
            return end
    return None


def _ends(word: str, ending: str) -> bool:
    return word.endswith(ending) and len(word) > len(ending) + 2


def _with_number(text: Text, last: int, numbered: bool = False) -> int:
    """The end of a street's words, with the number behind them if there is one."""
    end = text.end(last - 1)
    if last < len(text.tokens) and text.tokens[last].number and len(text.tokens[last].text) <= 7:
        house = _NUMBER.match(text.text, text.tokens[last].start)
        apart = r" {1,2}|\.? " if numbered else r" {1,2}|\.? |, ?(?:n[º°o]\.? ?)?"
        if house and re.fullmatch(apart, text.gap(last)):
            return house.end()
    return end
