"""Addresses by their grammar: a street, and the flat, town, post code and country behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from vestige.matching.prose import lexicon
from vestige.matching.prose.found import Found
from vestige.matching.prose.streets import Street, street
from vestige.matching.prose.tokens import Text

ENOUGH = 0.5
_POSTAL = re.compile(
    r"(?:[A-Z]{1,2}-)?(?:\d{5}(?:-\d{3,4})?|\d{4} ?[A-Z]{2}|\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4}|\d{6}"
    r"|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?![\w-])"
)
_PLAIN_CODE = re.compile(r"\b[A-PR-UWYZ][A-HK-Y]?\d[\dA-Z]? \d[ABD-HJLNP-UW-Z]{2}\b")
"""British: nothing else is made so."""
_POSTAL_WORD = re.compile(
    r"\b(?:zip ?code|zip|post ?code|postal code|plz|code postal|c\.?p\.?|codigo postal"
    r"|postleitzahl|kod pocztowy|postnummer)\b(?:\s+(?:is|ist|est|es|è))?[\s:#=]{1,3}",
    re.IGNORECASE,
)
_CODE = re.compile(_POSTAL.pattern + r"|[A-Z]{0,2}-?\d[\d -]{2,9}\d|\d{3,6}")
_BETWEEN = re.compile(
    r"[ \t]{1,3}|\.[ \t]{1,2}|[ \t]{0,3},[ \t]{0,3}|"
    r"(?P<line>[.,]?(?:[ \t>]{0,4}\r?\n){1,2}[ \t>?*|#]{0,12}(?:,[ \t]{0,2})?)"
)
_FLOOR = re.compile(r"\d{1,2}º(?: (?:[A-D]|Esq|Dto|Dir|izq|dcha)\b\.?)?")
_IN_TOWN = re.compile(r",? (?:in|à|a|en|em|te|i|w)(?: mieście| der Stadt| miasto)? ")
_STATE = re.compile(r"[A-Z]{2,3}\b")
_BRACKETED = re.compile(r"[^\S\n]{0,2}\([^)\n]{2,24}\)")
_CLOSES = re.compile(r"[^\S\n]*(?:\(|[,.;!?\n)]|$|\d|[A-Z]{1,2}\d)")
_TOWN_WORDS = 5


class _Part(NamedTuple):
    """A part behind a street. ``tells``: whether it makes an address of what came before."""

    end: int
    tells: bool


def addresses(text: Text) -> Iterator[Found]:
    """Whole addresses, as one span each."""
    index = 0
    while index < len(text.tokens):
        heart = street(text, index)
        end, telling = _rest(text, heart) if heart else (0, 0)
        if heart and heart.score + 0.2 * telling >= ENOUGH:
            score = min(0.95, heart.score + 0.1 * telling)
            yield Found("ADDRESS", text.tokens[index].start, end, score, heart.why)
            yield from _town_after(text, end)
        else:
            end = 0
        index += 1
        while index < len(text.tokens) and text.tokens[index].start < end:
            index += 1


def _town_after(text: Text, end: int) -> Iterator[Found]:
    """The town in ``12 Elm Street in Leeds``."""
    within = _IN_TOWN.match(text.text, end)
    index = text.at(within.end()) if within else None
    last = _town_words(text, index) if index is not None and text.capital(index) else 0
    if index is not None and last > index:
        yield Found("LOCATION", text.tokens[index].start, text.end(last - 1), 0.7, "the town of an address")


def postal_codes(text: Text) -> Iterator[Found]:
    """Post codes that are called so, and those with a town behind them: ``48123 Kassel``."""
    for match in _POSTAL_WORD.finditer(text.text):
        code = _CODE.match(text.text, match.end())
        if code:
            yield Found("ADDRESS", *code.span(), 0.8, "called a post code")
    for match in _PLAIN_CODE.finditer(text.text):
        yield Found("ADDRESS", *match.span(), 0.45, "made as post codes alone are")
    for index, token in enumerate(text.tokens[:-1]):
        code = _POSTAL.match(text.text, token.start) if token.number or token.text[-1:].isupper() else None
        following = code and next(
            (n for n in (index + 1, index + 2) if _starts(text, n, code.end() + 1)), None
        )
        if code and following and len(code.group()) > 4:
            town = _town(text, following, told=True)
            if (
                town
                and not _numbered(text, town.end)
                and (town.tells or text.before(text.skipped(index), "address", "told", r"[\s:,]*"))
            ):
                yield Found("ADDRESS", token.start, town.end, 0.6, "a post code and a town")


def _numbered(text: Text, end: int) -> bool:
    return re.match(r" \d", text.text[end : end + 2]) is not None


def _starts(text: Text, index: int, at: int) -> bool:
    return index < len(text.tokens) and text.tokens[index].start == at


def _rest(text: Text, heart: Street) -> tuple[int, int]:
    """Where the address ends, and how many telling parts came behind its street."""
    telling, told, end = 0, False, heart.end
    while not heart.whole and (between := _BETWEEN.match(text.text, end)):
        if between["line"] and end == heart.end and heart.score < ENOUGH and not text.text[end - 1].isdigit():
            break
        part = _part(text, between, told)
        if part is None:
            break
        end, told = part
        telling += told
    return end, telling


def _part(text: Text, between: re.Match[str], told: bool) -> _Part | None:
    """A flat, floor, post code, state, town or country behind a separator. ``told``: behind such a one."""
    at, stopped = between.end(), between.group().startswith(".")
    index = text.at(at)
    if index is None:
        return None
    unit = _unit(text, index)
    if unit:
        return unit
    coded = _FLOOR.match(text.text, at) or _POSTAL.match(text.text, at)
    if coded:
        return _Part(coded.end(), True)
    apart = between.group().strip(" \t") != ""
    if stopped:
        return _town(text, index, told=False) if between["line"] else None
    return _town(text, index, told=told or apart or _ends_line_before_unit(text, index))


def _unit(text: Text, index: int) -> _Part | None:
    if text.tokens[index].bare not in lexicon.words("address", "unit") or index + 1 >= len(text.tokens):
        return None
    which = text.tokens[index + 1]
    if (which.number or which.initial) and len(text.gap(index + 1)) < 3:
        return _Part(which.end, True)
    return None


def _ends_line_before_unit(text: Text, index: int) -> bool:
    """Whether the rest of a line is followed by a flat or the like on the next."""
    line = text.text.find("\n", text.tokens[index].start)
    following = (
        next((n for n, token in enumerate(text.tokens) if token.start > line), None) if line > 0 else None
    )
    return following is not None and _unit(text, following) is not None


def _town(text: Text, index: int, told: bool) -> _Part | None:
    """A town, state or country: known words, or, where one is due, capitalised words that end there."""
    last, words = _known(text, index), _town_words(text, index)
    known = last > index
    if words > last and told and _CLOSES.match(text.text, text.end(words - 1)):
        last = words
    if not known:
        last = words
        state = _STATE.fullmatch(text.tokens[index].text) is not None
        known = last - index <= 1 and state and _CLOSES.match(text.text, text.tokens[index].end) is not None
        last = max(last, index + known)
    if last == index:
        return None
    end = text.end(last - 1)
    if not known and not (told and _CLOSES.match(text.text, end)):
        return None
    bracketed = _BRACKETED.match(text.text, end)
    return _Part(bracketed.end() if bracketed else end, known)


def _known(text: Text, index: int) -> int:
    """Behind which token the longest known place ends that begins here."""
    for last in range(min(len(text.tokens), index + _TOWN_WORDS), index, -1):
        if text.tokens[index].is_given and last == index + 1 and text.continues(last):
            continue
        labels = text.text[text.tokens[last - 1].end :][:1] == ":"
        if text.proper(index) and not labels and text.phrase(index, last) in lexicon.all_places():
            return last
    return index


def _town_words(text: Text, first: int) -> int:
    last = index = first
    while index < min(len(text.tokens), first + _TOWN_WORDS) and not text.tokens[index].number:
        if index > first and not text.goes_on(index):
            break
        if text.proper(index) and not text.is_common(index):
            last = index + 1
        elif index == first or text.tokens[index].bare not in lexicon.words("small", "in_towns"):
            break
        index += 1
    return last
