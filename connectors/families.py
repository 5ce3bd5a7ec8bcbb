"""Which objects are one collection: names of one shape. No personal value stays in a collection's name.

What varies in a name (e-mails, UUIDs, dates, hex, numbers) becomes ``*``: ``avatars/*/avatar.png``,
``orders-*.jsonl``. An object alone keeps its name, unless that holds an e-mail, a UUID or a long number.
Logs also lose what rotation adds: ``access.log``, ``access.log.1``, ``access.log.2.gz`` are ``access.log*``.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

_PRIVATE = re.compile(
    r"[^/@\s]+(?:@|%40)[^/@\s]+?(?=\.(?:jsonl?|ndjson|csv|tsv|txt|log|gz|png|jpe?g|pdf|parquet|html?|eml|xml)\b|/|$)"
    r"|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|(?<![0-9a-zA-Z])(?=[a-fA-F]*\d)[0-9a-fA-F]{12,}(?![0-9a-zA-Z])"
    r"|\d{5,}"
)
_TIME = r"[T_-]?\d\d(?:[-_.:]?\d\d){0,2}Z?"
_DAY = rf"[-_.]?(?:0[1-9]|[12]\d|3[01])(?:{_TIME})?"
_DATE = rf"(?:19|20)\d\d(?:[-_.]?(?:0[1-9]|1[0-2])(?:{_DAY})?)?"
_VARIABLE = re.compile(
    rf"\*|(?<!\d){_DATE}(?!\d)|(?<![0-9a-zA-Z])(?=[a-f]*\d)[0-9a-f]{{8,}}(?![0-9a-zA-Z])|\d+"
)
_ROTATED = re.compile(rf"(?:\.gz|(?<=\.log)[-._](?:{_DATE}|\d+)|\.\d+|[-.]{_DATE}(?=$|\.gz))+$")


def private(name: str) -> bool:
    """Whether a name holds an e-mail, a UUID, a digest or a long number (which a plain date is not)."""
    return _PRIVATE.search(re.sub(rf"(?<!\d){_DATE}(?!\d)", "*", name)) is not None


def shape(name: str) -> str:
    """The name with ``*`` for all that varies."""
    starred = _VARIABLE.sub("*", _PRIVATE.sub("*", name))
    return re.sub(r"\*(?:[-_.:T]?\*)+", "*", starred)


def object_families(objects: Sequence[tuple[str, Hashable | None]]) -> list[str]:
    """The collection of each (name, signature), in order. A family has one shape and one signature.

    A signature is the format and its columns; None (an empty object) fits any.
    """
    groups: dict[str, dict[Hashable, list[str]]] = {}
    for name, signature in sorted(objects, key=lambda one: (one[1] is None, one[0])):
        of_shape = groups.setdefault(shape(name), {})
        own = next(iter(of_shape), None) if signature is None else signature
        of_shape.setdefault(own, []).append(name)
    taken = {name: label for form, of_shape in groups.items() for name, label in _labels(form, of_shape)}
    return [taken[name] for name, _ in objects]


def _labels(form: str, of_shape: dict[Hashable, list[str]]) -> list[tuple[str, str]]:
    """Each name with its collection; a second family of the same shape is numbered."""
    labels: list[tuple[str, str]] = []
    number = 0
    for members in of_shape.values():
        alone = len(members) == 1 and not private(members[0])
        number += not alone
        family = form if number < 2 else f"{form}~{number}"
        labels += [(name, name if alone else family) for name in members]
    return labels


def log_families(names: Sequence[str]) -> list[str]:
    """The collection of each log."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(shape(_unrotated(name)), []).append(name)
    taken = {name: _log(form, members) for form, members in groups.items() for name in members}
    return [taken[name] for name in names]


def _unrotated(name: str) -> str:
    base = _ROTATED.sub("", name)
    return base if base.rpartition("/")[2] else name


def _log(form: str, members: Sequence[str]) -> str:
    if len(members) == 1 and not private(members[0]):
        return members[0]
    return (
        f"{form}*" if any(_unrotated(name) != name for name in members) and not form.endswith("*") else form
    )


def of_object(collection: str, name: str) -> bool:
    """Whether an object can be of a collection: its name, or its family by whatever number."""
    return collection == name or re.fullmatch(re.escape(shape(name)) + r"(~\d+)?", collection) is not None


def of_log(collection: str, name: str) -> bool:
    """Whether a log can be of a collection."""
    form = shape(_unrotated(name))
    return collection in (name, form, f"{form}*")
