"""What part a person plays in a record, as the name of the referring field says it (``roles.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import Literal

from vestige.matching.names import folded

Role = Literal["owner", "participant", "actor", "reference"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+|\d+")
_LONG = 7
_TWO_LETTERS = re.compile("([aou])e")
_LONGEST_SAFE = 6
"""Letters up to which a word with ``ae``, ``oe``, ``ue`` may be another's without the ``e``."""
_UMLAUT = re.compile("[äöüÄÖÜ]")
_BASE = dict(zip("äöüÄÖÜ", "aouAOU", strict=True))


@cache
def _terms(kind: str) -> frozenset[str]:
    text = resources.files("vestige.matching").joinpath("roles.toml").read_text(encoding="utf-8")
    lines: dict[str, str] = tomllib.loads(text)[kind]
    return frozenset(both for line in lines.values() for term in line.split() for both in spelt(term))


def spelt(term: str) -> tuple[str, ...]:
    """A term without separators; a long one with ``ae`` also as those write it who drop the dots."""
    joined = term.replace("_", "")
    return (joined, _TWO_LETTERS.sub(r"\1", joined)) if len(joined) > _LONGEST_SAFE else (joined,)


@lru_cache(maxsize=4096)
def words_of(field: str) -> tuple[str, ...]:
    """The folded words of a field's name: of ``shipTo.recipient_eMail`` ship, to, recipient, e, mail."""
    return tuple(folded(word) for word in _WORD.findall(unaccented(field)))


def unaccented(name: str) -> str:
    """A name without accents, its letters as large as before: ``LÅN_ID`` is one word and a key."""
    signs = unicodedata.normalize("NFC", name)
    return "".join(_plain(sign, after) for sign, after in zip(signs, (signs + " ")[1:], strict=True))


def german(name: str) -> str:
    """A name with its umlauts as German writes them without: ``Empfänger`` is ``Empfaenger``."""
    return _UMLAUT.sub(_two_letters, unicodedata.normalize("NFC", name))


def _two_letters(umlaut: re.Match[str]) -> str:
    letter, after = umlaut[0], umlaut.string[umlaut.end() : umlaut.end() + 1]
    return _BASE[letter] + ("E" if letter.isupper() and not after.islower() else "e")


def _plain(sign: str, after: str) -> str:
    if sign.isascii() or not sign.isupper():
        return sign if sign.isascii() else folded(sign)
    return folded(sign).title() if after.islower() else folded(sign).upper()


@lru_cache(maxsize=4096)
def role_of(field: str) -> Role:
    """The role that a field's own name gives the person it refers to; ``owner`` if it says nothing.

    Umlauts are read both ways: ``Empfänger`` as ``empfaenger``, ``avsändare`` as ``avsandare``.
    """
    before, _, last = field.rpartition(".")
    own = _readings(last)
    for kind in ("actor", "reference", "participant"):
        if _says(own, kind):
            return kind
    return "participant" if _says(_readings(before), "participant") else "owner"


@lru_cache(maxsize=4096)
def roles_from(start: str) -> frozenset[Role]:
    """The roles of all terms that a word may be the start of, two letters or more of them cut off."""
    kinds: tuple[Role, ...] = ("actor", "reference", "participant")
    return frozenset(kind for kind in kinds if any(_is_cut(start, term) for term in _terms(kind)))


def _is_cut(start: str, term: str) -> bool:
    return term.startswith(start) and term.isalpha() and len(term) > len(start) + 1


def _says(words: frozenset[str], kind: str) -> bool:
    """Whether one of the words is a term of that kind, or a long one cut short by a letter or two."""
    long = tuple(word for word in words if len(word) >= _LONG)
    return bool(_terms(kind) & words) or any(
        len(term) - len(word) in (1, 2) and term.startswith(word) for word in long for term in _terms(kind)
    )


def _readings(name: str) -> frozenset[str]:
    """The words of a name, alone and in pairs, in both readings of umlauts."""
    found: set[str] = set()
    for spelling in {name, german(name)}:
        words = words_of(spelling)
        found |= {*words, *(a + b for a, b in pairwise(words))}
    return frozenset(found)


@lru_cache(maxsize=4096)
def changed_field(field: str) -> str | None:
    """What a field holds a value of from before or after a change: ``email`` of ``old.email`` and of
    ``email_after``; None if its name speaks of no change."""
    words = words_of(field)
    left = [word for word in words if word not in _terms("change")]
    return "_".join(left) if len(left) < len(words) else None


@lru_cache(maxsize=4096)
def stem_of(field: str) -> str:
    """What tells a person's fields in a record from another's: ``sender`` of ``sender_email``, or ""."""
    return "_".join(word for word in words_of(field) if word not in _terms("neutral"))
