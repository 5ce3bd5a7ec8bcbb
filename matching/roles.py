"""What part a person plays in a record, as the name of the referring field says it (``roles.toml``)."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

from vestige.matching.names import folded

Role = Literal["owner", "participant", "actor", "reference"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+|\d+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@cache
def _terms(kind: str) -> frozenset[str]:
    text = resources.files("vestige.matching").joinpath("roles.toml").read_text(encoding="utf-8")
    lines: dict[str, str] = tomllib.loads(text)[kind]
    return frozenset(term.replace("_", "") for line in lines.values() for term in line.split())


@lru_cache(maxsize=4096)
def words_of(field: str) -> tuple[str, ...]:
    """The folded words of a field's name: of ``shipTo.recipient_eMail`` ship, to, recipient, e, mail."""
    composed = field.lower().translate(_UMLAUTS) if field.islower() or field.isupper() else field
    return tuple(folded(word) for word in _WORD.findall(composed.translate(_UMLAUTS)))


@lru_cache(maxsize=4096)
def role_of(field: str) -> Role:
    """The role that a field's own name gives the person it refers to; ``owner`` if it says nothing."""
    words = words_of(field)
    last = field.rpartition(".")[2]
    own = words_of(last)
    joined = {a + b for a, b in zip(own, own[1:], strict=False)}
    for kind in ("actor", "reference", "participant"):
        if _terms(kind) & ({*own} | joined):
            return kind
    parents = frozenset(words) - frozenset(own)
    return "participant" if _terms("participant") & parents else "owner"


@lru_cache(maxsize=4096)
def stem_of(field: str) -> str:
    """What tells a person's fields in a record from another's: ``sender`` of ``sender_email``, or ""."""
    return "_".join(word for word in words_of(field) if word not in _terms("neutral"))
