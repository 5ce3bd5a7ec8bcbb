"""Numbers by the words beside them: ages, dates of birth, and numbers that no pattern knows by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vestige.matching.prose import lexicon
from vestige.matching.prose.found import Found
from vestige.matching.prose.tokens import Text

_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = re.compile(
    r"(?<![\w/.-])(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?(?:\d{4}|\d{2})"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|er|º)?(?: of| de)? {_MONTH}(?:,? (?:de )?\d{{4}})?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:, \d{{4}})?)"
    r"(?![\w/-]|\.\d)"
)
_AGE = re.compile(r"(?<![\w.,/:-])(?:1[01]\d|[1-9]?\d)(?![\w/]|[.,:]\d)")
_DIGITS = re.compile(r"(?<![\w.])[+(]?\d[\d ().\-/]{4,20}\d(?:\s?(?:x|ext\.?)\s?\d{1,5})?(?!\w)")
_SSN = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_CODE = re.compile(r"(?<!\w)[A-Z]{0,2}\d[\d-]{4,17}\d(?!\w)")
_SENTENCE_GOES = re.compile(
    r"\s+(?:and|but|in|on|this|last|next|today|yesterday)\b|[,;!?]|\.(?!\d)|\s*$|\s*\n"
)
_DOMAIN = re.compile(
    r"(?<![\w@./-])(?:www\.(?:[\w-]{2,}\.)+[a-z]{2,}|(?:[a-zA-Z\d][\w-]+\.)+(?:com|org|net|edu|gov|info|biz|io)"
    r"(?:\.[a-z]{2})?)(?![\w@-]|\.\w)"
)
_YEARS_OLD = re.compile(r"[ -]?(?:y/?o|y\.o\.?|yrs?\.? old|years of age)\b", re.IGNORECASE)
_NEAR = 32


def numbers(text: Text) -> Iterator[Found]:
    yield from _ages(text)
    for token in text.tokens:
        if token.bare in lexicon.origins() and not token.number:
            yield Found("NRP", token.start, token.end, 0.6, "a word for where people come from")
    yield from _dates(text)
    for match in _DOMAIN.finditer(text.text):
        yield Found("URL", *match.span(), 0.5, "a domain's name")
    for match in _SSN.finditer(text.text):
        yield Found("US_SSN", *match.span(), 0.6, "shaped as a social security number")
    for match in _DIGITS.finditer(text.text):
        digits = re.sub(r"\D", "", match.group())
        if 6 <= len(digits) <= 15 and not _DATE.fullmatch(match.group()) and _near_phone(text, match.start()):
            yield Found("PHONE_NUMBER", *match.span(), 0.6, "called a phone number")
        if 12 <= len(digits) <= 19 and _luhn(digits) and _near(text, match.start(), "card"):
            yield Found("CREDIT_CARD", *match.span(), 0.8, "called a card, with a sum that fits")
    for match in _CODE.finditer(text.text):
        if _near(text, match.start(), "license"):
            yield Found("US_DRIVER_LICENSE", *match.span(), 0.6, "called a licence")


def _near_phone(text: Text, at: int) -> bool:
    """A word for phones, or one for numbers and none for what else has a number."""
    return _near(text, at, "phone") or (_near(text, at, "number") and not _near(text, at, "other"))


def _near(text: Text, at: int, kind: str) -> bool:
    """Whether one of these words stands shortly before, in the same sentence."""
    before = re.split(r"[.!?]\s|\n\n", text.text[max(0, at - _NEAR) : at])[-1]
    found = {token.bare for token in Text(before).tokens}
    return not found.isdisjoint(lexicon.words("phrases", kind))


def _luhn(digits: str) -> bool:
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _ages(text: Text) -> Iterator[Found]:
    for index, token in enumerate(text.tokens):
        if not (token.number and _AGE.match(text.text, token.start) and token.text.isdigit()):
            continue
        if _YEARS_OLD.match(text.text, token.end):
            yield Found("AGE", token.start, token.end, 0.7, "a number of years somebody is old")
            continue
        close = len(text.gap(index + 1)) <= 2 and index + 1 < len(text.tokens)
        if close and text.after(index + 1, "phrases", "years") and "," not in text.gap(index + 1):
            if _of_person(text, index):
                yield Found("AGE", token.start, token.end, 0.7, "a number of years somebody is old")
        elif text.before(index, "phrases", "aged", r"[ \t:=]+") or _is_so_old(text, index):
            yield Found("AGE", token.start, token.end, 0.8, "called an age")


def _is_so_old(text: Text, index: int) -> bool:
    """``she is 34 and``, ``my brother just turned 80.``, ``Anna Berg, 34, said``"""
    if index == 0:
        return False
    if _is_set_off(text, index):
        return text.capital(index - 1)
    before = [token.bare for token in text.tokens[max(0, index - 2) : index]]
    if not _SENTENCE_GOES.match(text.text, text.tokens[index].end):
        return False
    if before[-1] in ("turned", "turns", "turning", "i'm", "he's", "she's") or before in (
        ["i", "am"],
        ["will", "be"],
    ):
        return True
    people = before[0] in ("he", "she") or before[0] in lexicon.words("phrases", "role") | lexicon.given()
    return before[-1] in ("is", "was") and people


def _is_set_off(text: Text, index: int) -> bool:
    """A number between commas or in brackets, with nothing else there."""
    gaps = text.gap(index), text.gap(index + 1)[:1]
    return gaps in ((", ", ","), (" (", ")")) and len(text.tokens[index].text) == 2


def _of_person(text: Text, index: int) -> bool:
    """``34 years old``, ``Anna Berg, 34 años``: not ``within 10 years``."""
    following = [token.bare for token in text.tokens[index + 1 : index + 3]]
    if any(
        word in ("old", "alt", "gammal", "year-old", "years-old", "yo", "jahrige", "jahriger", "oud")
        for word in following
    ):
        return True
    return "," in text.gap(index) or index > 0 and text.tokens[index - 1].bare in ("de", "di", "van")


def _calendar() -> frozenset[str]:
    return lexicon.words("calendar", "words") | lexicon.words("calendar", "short")


def _dates(text: Text) -> Iterator[Found]:
    for match in _DATE.finditer(text.text):
        months = [
            word
            for word in re.findall(r"[^\W\d_]{3,}", match.group())
            if word not in ("nd", "rd", "th", "of")
        ]
        if months and Text(months[-1]).tokens[0].bare not in _calendar():
            continue
        index = next((i for i, token in enumerate(text.tokens) if token.start >= match.start()), 0)
        born = any(text.before(one, "phrases", "born", r"[\s:.,(]*") for one in (index, text.skipped(index)))
        kind, why = ("DATE_OF_BIRTH", "a date of birth") if born else ("DATE_TIME", "a date")
        yield Found(kind, *match.span(), 0.8 if born else 0.6, why)
