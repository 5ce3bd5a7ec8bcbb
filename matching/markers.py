"""Markers in lines: what a program writes beside an id, so that the id can be told from other numbers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from vestige.matching import json_tokens

Marker = tuple[str, str, int, int]

_VALUE = r"\w++(?:[.\-]++\w++)*+"
_FREE = r"(?![\w@＠]|%[0-9a-fA-F]{2})"
_PAIR = re.compile(
    rf"(?<![\w.\-/])(?P<q>[\"']?)(?P<key>[^\W\d]\w*+(?:[.\-]\w++)*+(?: (?:id|no|nr))?)(?P=q)"
    rf"\s?[=:]\s?(?P<v>[\"']?)(?P<value>{_VALUE})(?P=v){_FREE}"
)
_PATH = re.compile(
    rf"/(?P<key>[^\W\d][\w\-]*)(?=/(?P<value>[\w.\-]*\d[\w.\-]*){_FREE}(?:[/?#\s\"',;)\0]|\Z))"
)
# A word, a blank, a number: the blank is what a search finds quickest; the word is read backwards from there.
_NUMBER = re.compile(rf" [#№]?(?P<value>(?:[A-Za-z]{{1,4}}-?)?\d[\w\-]*){_FREE}(?![.,:]\d)")
_LONGEST = 64
_BACK = rf"([^\W\d_]{{2,{_LONGEST}}})(?![\w.\-/=@])"
_WORD = re.compile(
    rf"(?:[Dd][Ii]|\.?[OoRr][Nn]|(?:[Rr][Ee][BbMm])?[Mm][Uu][Nn]|№|°[Nn])[ \-]{_BACK}"
    rf"|{_BACK}|(?:\.[OoRr][Nn]|№|°[Nn]){_BACK}"
)
_ENDING = re.compile(r"(?:\.[A-Za-z]\w{0,6}){1,2}\Z")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def markers(text: str) -> Iterator[Marker]:
    """(marker, value, start, end of the value) for whatever is named by what stands beside it.

    ``user_id=17``, ``"userId": 17`` and ``User-ID: 17`` have the marker ``user_id``; ``{"user": {"id": 17}}``
    has ``user.id``; ``/users/17/`` has ``users``; ``user #17`` and ``Kunde 17`` have ``user`` and ``kunde``.
    A value is a token of letters, digits and ``._-``. In the order of values; each has one marker.
    """
    return (marker for _, marker in markers_of([text]))


def markers_of(texts: Sequence[str]) -> Iterator[tuple[int, Marker]]:
    """The :func:`markers` of many texts, which are searched as one, each with the number of its text."""
    ends = list(accumulate(len(text) + 1 for text in texts))
    joined = "\0".join(texts)  # no pattern matches across NUL
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for text, end in zip(texts, ends, strict=True):
        if "{" in text:
            found.update(_in_json(text, end - len(text) - 1))
    for pattern in (_PAIR, _PATH):
        for match in pattern.finditer(joined):
            found.setdefault(match.span("value"), (_snake(match["key"]), match["value"]))
    for match in _NUMBER.finditer(joined):
        place = match.span("value")
        if place not in found and (word := _word(joined, match.start())):
            found[place] = _snake(word), match["value"]
    for start, end in sorted(found):
        number = bisect_right(ends, start)
        base = ends[number] - len(texts[number]) - 1
        yield number, (*found[start, end], start - base, end - base)


def _word(text: str, end: int) -> str:
    """The word that ends there and says what the number behind it is; "" if none does."""
    match = _WORD.match(text[max(0, end - 2 * _LONGEST) : end][::-1])
    return match[match.lastindex or 0][::-1] if match else ""


def _in_json(text: str, base: int) -> Iterator[tuple[tuple[int, int], tuple[str, str]]]:
    """The members of the JSON object in a text that stands at ``base``, by their places."""
    start, end = _json_part(text)
    for path, first, last, kind, value in json_tokens.scalars(text[start:end]):
        if kind in ("text", "number") and re.fullmatch(_VALUE, value) and path:
            quote = 1 if kind == "text" else 0
            place = (base + start + first + quote, base + start + last - quote)
            yield place, (_dotted(path), value)


def of_name(name: str) -> str:
    """An object's name as a text with markers: ``/users/17`` of ``users/17.json``."""
    return "/" + _ENDING.sub("", name)


def _json_part(text: str) -> tuple[int, int]:
    """Where a JSON object stands in the text: from the first brace that starts one to the last."""
    start, end = text.find("{"), text.rfind("}") + 1
    if 0 <= start < end and json_tokens.is_document(text[start:end]):
        return start, end
    return 0, 0


def _dotted(path: str) -> str:
    return ".".join(_snake(part) for part in path.split("."))


@lru_cache(maxsize=4096)
def _snake(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", _CAMEL.sub("_", name)).lower()
