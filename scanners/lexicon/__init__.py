"""What words mean: in names of fields and collections (``fields.toml``), and as values (``values.toml``)."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources

from vestige.matching.names import folded
from vestige.matching.prose import lexicon as names
from vestige.matching.roles import german, unaccented

_WORD = re.compile(
    r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[А-ЯЁІЇЄΑ-Ω]+(?![а-яёіїєα-ω])|[А-ЯЁІЇЄΑ-Ω]?[а-яёіїєα-ω]+"
    r"|[^\W\d_a-zA-ZА-яЁёІіЇїЄєΑ-ω]+|\d+"
)
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_LINKS = ("", "s", "n", "en", "e", "es")
_DOERS = ("r", "er", "or", "eur", "ore", "ador", "tore", "ant", "ent", "ante", "ente")
"""What makes a doer of a deed: the Ausleihe is not the Ausleiher, a visit no visitor."""
_VOWELS = re.compile(r"(?<!^)[aeiou]|(.)(?=\1)")
_SHORT_KEYS = ("id", "nr")


@cache
def _terms() -> dict[str, frozenset[str]]:
    """Term → concepts."""
    raw: dict[str, dict[str, str]] = tomllib.loads(_data("fields.toml"))
    found: dict[str, set[str]] = {}
    for concept, lines in raw.items():
        for term in (term for line in lines.values() for term in line.split()):
            found.setdefault(term, set()).add(concept)
    return {term: frozenset(concepts) for term, concepts in found.items()}


@cache
def _concepts() -> dict[str, frozenset[str]]:
    """Term without separators → concepts."""
    found: dict[str, frozenset[str]] = {}
    for term, concepts in _terms().items():
        joined = term.replace("_", "")
        found[joined] = found.get(joined, frozenset()) | concepts
    # Umlauts are also written without their e: empfaenger, empfanger.
    bare = {re.sub("([aou])e", r"\1", term): concepts for term, concepts in found.items() if len(term) > 6}
    # Romance languages put the key first: id_dispositivo, dispositivo_id.
    turned = {
        key + rest: concepts
        for term, concepts in _terms().items()
        for rest, _, key in [term.partition("_")]
        if key == "id"
    }
    return turned | bare | found


@cache
def _skeletons() -> dict[str, frozenset[str]]:
    """Terms without their vowels, as old systems write (``gndr``, ``pstl``) → concepts, if these are few."""
    found: dict[str, frozenset[str]] = {}
    for term, concepts in _terms().items():
        bones = _VOWELS.sub("", term)
        if term.isalpha() and 4 <= len(bones) < len(term):
            found[bones] = found.get(bones, frozenset()) | concepts
    return {bones: concepts for bones, concepts in found.items() if len(concepts) <= 2}


@cache
def words(kind: str) -> frozenset[str]:
    """The words of one kind of value: ``given``, ``gender``, ``street``, ``company``, …"""
    raw: dict[str, str] = tomllib.loads(_data("values.toml"))
    if kind == "given":
        return frozenset(map(folded, raw[kind].split())) | names.given() | names.abroad()
    return frozenset(map(folded, raw[kind].split()))


def _data(name: str) -> str:
    return resources.files("vestige.scanners.lexicon").joinpath(name).read_text("utf-8")


@lru_cache(maxsize=1 << 14)
def tokens(name: str) -> tuple[str, ...]:
    """The folded words of a field's name, umlauts as German writes them without: ``kdNr_2`` and ``KD-NR`` are
    ``kd``, ``nr`` (and ``2``), ``Empfänger`` is ``empfaenger``."""
    return folded_words(german(name))


def folded_words(name: str) -> tuple[str, ...]:
    """The same without a thought of German: ``avsändare`` is ``avsandare``."""
    return tuple(folded(word) for word in _WORD.findall(unaccented(name)))


@lru_cache(maxsize=1 << 14)
def meanings(name: str) -> tuple[frozenset[str], ...]:
    """The concepts of a name, part by part from left to right: ``customer_email`` is ``person``, ``email``.

    The longest known run of words wins (``first_name`` over ``name``); unknown words that are made of known
    ones are split (``kundennummer``). A part without meaning is left out. Terms with ``=`` in the data are a
    whole name or nothing: Danish ``by`` is a city, the ``by`` of ``sent_by`` is not.
    """
    plain = _meanings(folded_words(name))
    return plain if name.isascii() else max(plain, _meanings(tokens(name)), key=len)


def said(name: str) -> frozenset[str]:
    """The concepts of a name as it is: of words that are known, not of words cut short."""
    return frozenset(concept for part in _meanings(tokens(name), cut=False) for concept in part)


def ends_known(name: str) -> bool:
    """Whether its last word means something: ``driver`` does, ``driver_rating`` need not."""
    words = [word for word in tokens(name) if not word.isdigit()]
    return bool(words) and bool(_meanings((words[-1],)))


def is_plural(name: str) -> bool:
    """Whether its last word is a known one with an ending: ``customers``."""
    last = tokens(name)[-1:] or ("",)
    return last[0] not in _concepts() and bool(_known(list(last)))


def _meanings(words: tuple[str, ...], *, cut: bool = True) -> tuple[frozenset[str], ...]:
    parts = [word for word in words if not word.isdigit()] or list(words)
    alone = _concepts().get("=" + "".join(parts))
    if alone:
        return (alone,)
    found: list[frozenset[str]] = []
    start = 0
    while start < len(parts):
        end = next((e for e in range(min(len(parts), start + 4), start, -1) if _known(parts[start:e])), start)
        if end == start:
            found += (
                _compound(parts[start])
                or (_short(parts[start : start + 2]) if cut else [])
                or (_short([parts[start]]) if cut else [])
            )
        else:
            found.append(_known(parts[start:end]))
        start = max(end, start + 1)
    return tuple(found)


def _short(parts: list[str]) -> list[frozenset[str]]:
    """The meanings of a word without its vowels, or cut short."""
    bones = _skeletons().get(_VOWELS.sub("", parts[0])) if len(parts) == 1 and _is_bare(parts[0]) else None
    return [bones] if bones else _shortened(parts)


def _is_bare(word: str) -> bool:
    return not set(word[1:]) & set("aeiou")


def _shortened(parts: list[str]) -> list[frozenset[str]]:
    """The meanings of a word cut short (``stra``, ``diagn``), or of two (``gebu_datum``, ``dat_nais``).

    All that it may stand for, if that is not much: the values will tell which.
    """
    if any(len(part) < 3 for part in parts) or len(parts[0]) < 4 or f"={parts[0]}" in _concepts():
        return []
    found = frozenset(concept for term in _terms() if _fits(parts, term) for concept in _terms()[term])
    return [found] if 0 < len(found) <= 3 else []


def _fits(parts: list[str], term: str) -> bool:
    """Whether the parts are a term cut short, to no less than a third; short words by two letters or more."""
    words, first, last = term.split("_"), parts[0], parts[-1]
    if len(words) == 1:
        cut = len(term) - (len(first) if len(parts) == 1 else len(first) + len(last))
        whole = term.startswith(first) and (len(parts) == 1 or term.endswith(last))
        least = 1 if len(first) > 4 else 2
        return whole and least <= cut <= 2 * len(first) and term.removeprefix(first) not in _DOERS
    return len(words) == len(parts) and all(map(str.startswith, words, parts))


def _known(parts: list[str]) -> frozenset[str]:
    joined = "".join(parts)
    for form in (joined, joined.removesuffix("s"), joined.removesuffix("es")):
        if form in _concepts() and (form == joined or len(form) > 2):
            return _concepts()[form]
    if joined.endswith("ies"):
        return _concepts().get(joined.removesuffix("ies") + "y", frozenset())
    # Endings: produktu, klienta, kundin; iscritti, patienten.
    endings = ("", "o", "a", "e") if len(joined) > 6 else ()
    return next(
        (_concepts()[joined[:-1] + one] for one in endings if joined[:-1] + one in _concepts()), frozenset()
    )


def _compound(word: str) -> list[frozenset[str]]:
    """The meanings of a word that is wholly made of known words of three letters or more, or of signs."""
    signs = _IDEOGRAPHS.fullmatch(word) is not None
    for first in range(len(word) - 1, 0, -1) if signs else range(len(word) - 2, 2, -1):
        head = _known([word[:first]])
        for link in _LINKS if head else ():
            if word[first:].startswith(link):
                rest = word[first + len(link) :]
                short = len(rest) <= 2 and rest not in _SHORT_KEYS and not signs
                tail = [] if short else [_known([rest])] if _known([rest]) else _compound(rest)
                if tail:
                    return [head, *tail]
    return []


@lru_cache(maxsize=1 << 14)
def concepts(name: str) -> frozenset[str]:
    """All concepts of a name together."""
    return frozenset(concept for part in meanings(name) for concept in part)
