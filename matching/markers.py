"""Markers in lines: what a program writes beside an id, so that the id can be told from other numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vestige.matching import json_tokens

Marker = tuple[str, str, int, int]

_VALUE = r"\w++(?:[.\-]++\w++)*+"
_FREE = r"(?![\w@＠]|%[0-9a-fA-F]{2})"
_PAIR = re.compile(
    rf"(?<![\w.\-/])(?P<q>[\"']?)(?P<key>[^\W\d]\w*(?:[.\-]\w+)*(?: (?:id|no|nr))?)(?P=q)"
    rf"\s?[=:]\s?(?P<v>[\"']?)(?P<value>{_VALUE})(?P=v){_FREE}"
)
_PATH = re.compile(
    rf"(?<=/)(?P<key>[^\W\d][\w\-]*)/(?=(?P<value>[\w.\-]*\d[\w.\-]*){_FREE}(?:[/?#\s\"',;)]|\Z))"
)
_WORD = re.compile(
    rf"(?<![\w.\-/=@])(?P<key>[^\W\d_]{{2,}})(?:[ \-]?(?:id|no\.?|nr\.?|num(?:ber|mer)?|№|n°))?[ ]"
    rf"(?:#|№)?(?P<value>(?:[A-Z]{{1,4}}-?)?\d[\w\-]*){_FREE}(?![.,:]\d)",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(?:\.[A-Za-z]\w{0,6}){1,2}\Z")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def markers(text: str) -> Iterator[Marker]:
    """(marker, value, start, end of the value) for whatever is named by what stands beside it.

    ``user_id=17``, ``"userId": 17`` and ``User-ID: 17`` have the marker ``user_id``; ``{"user": {"id": 17}}``
    has ``user.id``; ``/users/17/`` has ``users``; ``user #17`` and ``Kunde 17`` have ``user`` and ``kunde``.
    A value is a token of letters, digits and ``._-``. In the order of values; each has one marker.
    """
    found: dict[tuple[int, int], Marker] = {}
    start, end = _json_part(text)
    for path, first, last, kind, value in json_tokens.scalars(text[start:end]):
        if kind in ("text", "number") and re.fullmatch(_VALUE, value) and path:
            quote = 1 if kind == "text" else 0
            place = (start + first + quote, start + last - quote)
            found[place] = (_dotted(path), value, *place)
    for pattern in (_PAIR, _PATH, _WORD):
        for match in pattern.finditer(text):
            place = match.span("value")
            found.setdefault(place, (_snake(match["key"]), match["value"], *place))
    yield from sorted(found.values(), key=lambda marker: marker[2:])


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


def _snake(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", _CAMEL.sub("_", name)).lower()
