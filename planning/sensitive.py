"""Collections without a silent default: books of payments, proofs of consent, lists of opt-outs.

Judged by the words of their names and fields, in the languages that business schemas are written in.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

from vestige.connectors.protocol import Collection

Kind = Literal["financial", "consent", "opt-out"]


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A collection that needs a rule, and why."""

    store: str
    collection: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.store}.{self.collection} ({self.kind})"


ACCEPTED: dict[Kind, tuple[Literal["erase", "pseudonymise", "retain"], str | None]] = {
    "financial": ("erase", None),
    "opt-out": ("pseudonymise", None),
    "consent": ("retain", "proof of consent (accepted default)"),
}
"""What ``--accept-defaults`` accepts: opt-outs stay checkable, proofs of consent stay provable."""

_PLURALS = ("", "s", "es", "en", "n", "er", "i", "e", "y", "ar")


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """``words`` stand alone, ``inside`` also within compounds, unless the compound is one of ``but``."""

    words: frozenset[str] = frozenset()
    inside: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    def speaks(self, words: Iterable[str]) -> bool:
        return any(self._knows(word) for word in words)

    def _knows(self, word: str) -> bool:
        if any(word.removesuffix(end) in self.words for end in _PLURALS if word.endswith(end)):
            return True
        return any(part in word for part in self.inside) and not any(part in word for part in self.but)


@cache
def _lexicon(name: str) -> _Lexicon:
    text = files("vestige.planning").joinpath("sensitive.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)[name]
    return _Lexicon(frozenset(said["words"]), tuple(said.get("inside", ())), tuple(said.get("but", ())))


def sensitivity(collection: Collection) -> Sensitive | None:
    """The kind of a collection that has no silent default; None for all others.

    Logs are none: their lines stay. A cache holds neither books nor proofs.
    """
    if collection.kind in ("log", "view"):
        return None
    kind = _kind(collection)
    return Sensitive(collection.store, collection.name, kind) if kind else None


def _kind(collection: Collection) -> Kind | None:
    words = tokens(collection.name)
    if _lexicon("opt-out").speaks([*words, *map("".join, pairwise(words)), "".join(words[:3])]):
        return "opt-out"
    if collection.kind == "entries":
        return None
    if _consent(words, [tokens(field.name) for field in collection.fields]):
        return "consent"
    return "financial" if _lexicon("financial").speaks(words) else None


def _consent(words: list[str], fields: list[list[str]]) -> bool:
    """A proof records what was agreed and when. A flag in a contact table is none."""
    named = _lexicon("consent").speaks(words)
    if not fields:
        return named
    every = [word for field in fields for word in field]
    given = _lexicon("given").speaks(every)
    if named:
        return given or _lexicon("when").speaks(every)
    return given and _lexicon("consent").speaks(every) and _lexicon("what").speaks(every)


def tokens(name: str) -> list[str]:
    """The words of a name: split at case, digits and signs, lower case, without accents."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    plain = unicodedata.normalize("NFKD", split.casefold())
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.findall(r"[^\W\d_]+", kept)
