"""What a field is called once everything is taken off that says nothing of the field itself."""

from __future__ import annotations

import os.path
import re
from collections import Counter
from collections.abc import Iterable

from vestige.scanners import lexicon

_STEP = re.compile(r"~|(?<=\w)\.(?=\w{2})")
_PLACEHOLDER = re.compile(
    r"(?:unnamed|field|column|col|spalte|feld|colonne|champ|columna|campo|colonna|kolom|veld|kolumna|pole|coluna"
    r"|kolumn|falt|kolonne|felt|attribute|attr|var|value|[a-z])[\s:_-]*\d+",
    re.IGNORECASE,
)
_TYPED = re.compile(r"(?:str|txt|chr|dat|dte|int|lng|num|dbl|cur|mem|bln|bool|[bsndicv])(?=[A-Z])")
_FIRST = re.compile(r"[^\W_]+[ _-]|[a-z]+(?=[A-Z])")
_FEWEST, _MOSTLY = 4, 0.8
_LETTERS = 3


def steps(path: str) -> list[str]:
    """The steps of a path; the dot of an abbreviation (``Tel.``, ``C.A.P.``) parts none."""
    return _STEP.split(path)


def is_placeholder(name: str) -> bool:
    """Whether a name only counts: ``Column3``, ``c3``, ``Unnamed: 3``."""
    return _PLACEHOLDER.fullmatch(name.strip()) is not None


class Affix:
    """What (nearly) all names of a collection begin or end with: ``kd_``, ``CUS``, ``…TER``, its own name cut
    short, a type (``strName``). It tells of the collection or of nothing; a word for people stays.
    """

    def __init__(self, collection: str, names: Iterable[str]) -> None:
        known = [one for one in names if "." not in one and "~" not in one]
        enough = len(known) >= _FEWEST
        self._typed = enough and _most(known, [one for one in known if _TYPED.match(one)])
        self.before = _shared(collection, known) if enough and not self._typed else ""
        self.after = _joined(known, -1) if enough and not self.before and not self._typed else ""

    def off(self, name: str) -> str:
        """The name without it."""
        if self._typed:
            return _TYPED.sub("", name, count=1)
        rest = name.removeprefix(self.before) if self.before else name.removesuffix(self.after)
        return rest if any(map(str.isalpha, rest)) else name


def _shared(collection: str, names: list[str]) -> str:
    first = Counter(found[0] for one in names if (found := _FIRST.match(one)))
    for prefix, often in first.most_common():
        if often >= _MOSTLY * len(names) or (often > 1 and abbreviates(prefix, collection)):
            return "" if lexicon.said(prefix) & {"person", "party"} else prefix
    return _joined(names, 1)


def abbreviates(prefix: str, collection: str) -> bool:
    """``lect_`` in ``lecturas``."""
    short = "".join(lexicon.tokens(prefix))
    whole = any(one.startswith(short) and one != short for one in lexicon.tokens(collection))
    return len(short) >= _LETTERS and whole


def _joined(names: list[str], way: int) -> str:
    """Letters that names written without separators share at their beginning (``way`` 1) or end (-1)."""
    plain = [one[::way] for one in names if one.isalnum() and (one.isupper() or one.islower())]
    stem = Counter(one[:_LETTERS] for one in plain).most_common(1)
    if not stem or not _most(names, same := [one for one in plain if one.startswith(stem[0][0])]):
        return ""
    found = os.path.commonprefix(same)[::way]
    return "" if len(found) < _LETTERS or lexicon.said(found) & {"person", "party"} else found


def _most(names: list[str], some: list[str]) -> bool:
    return len(some) >= max(_FEWEST, _MOSTLY * len(names))
