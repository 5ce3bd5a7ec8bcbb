"""What names of tables and fields refer to: their nouns, across languages; how well a field names a table."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from vestige.matching.names import folded
from vestige.matching.roles import Role, german, role_of, roles_from, spelt
from vestige.scanners.lexicon import folded_words

_ENDINGS = (
    "eries", "iones", "innen", "ionen", "oner", "arna", "erna", "en", "er", "es", "em", "ar", "or", "ki",
    "ow", "s", "n", "e", "i", "a", "o", "y", "r", "k", "t",
)  # fmt: skip
_CONSONANTS = ("r", "k", "t")
_PLURALS = ("s", "i", "en", "er", "y", "ow")
_SHORTEST = 3
CUT = 5
"""Letters that a word cut off must have kept, to be told from others."""
_FILE_ENDING = re.compile(
    r"\.(?:csv|tsv|jsonl?|ndjson|parquet|txt|log|xml|ya?ml|xlsx|gz|bz2|zip|\d+)(?=\.|$)", re.I
)


@cache
def _lists() -> dict[str, dict[str, str]]:
    text = resources.files("vestige.scanners").joinpath("nouns.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    top = {name: words for name, words in raw.items() if isinstance(words, str)}
    return {"": top, **{name: part for name, part in raw.items() if isinstance(part, dict)}}


@cache
def listed(section: str, name: str) -> frozenset[str]:
    """The folded words of one line of ``nouns.toml``."""
    return frozenset(folded(word) for word in _lists()[section][name].split())


@cache
def _meanings() -> dict[str, frozenset[str]]:
    """Folded word → the concepts it may mean."""
    found: dict[str, set[str]] = {}
    for section in ("people", "things"):
        for concept in _lists()[section]:
            for word in listed(section, concept):
                found.setdefault(word, set()).add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


@cache
def people() -> frozenset[str]:
    """The concepts that are kinds of people."""
    return frozenset(_lists()["people"])


@lru_cache(maxsize=1 << 16)
def words(name: str) -> tuple[str, ...]:
    """The folded words of a name: ``KundenNr`` gives kunden, nr; ``Kundennummer`` kunden, nummer."""
    spellings = (name, german(name))
    readings = [[part for word in folded_words(one) for part in _split(word)] for one in spellings]
    return tuple(max(readings, key=lambda parts: sum(bool(meanings(part)) for part in parts)))


def _split(word: str) -> tuple[str, ...]:
    """Part a key word off its noun: ``userid`` → user id, ``kundennummer`` → kunden nummer, ``idcliente``."""
    if word in _key_words() or meanings(word):
        return (word,)
    for key in sorted(_key_words(), key=len, reverse=True):
        if word.endswith(key) and _is_noun(word.removesuffix(key), key):
            return word.removesuffix(key), key
        if word.startswith(key) and _is_noun(word.removeprefix(key), key, strict=True):
            return key, word.removeprefix(key)
    return (word,)


def _key_words() -> frozenset[str]:
    return listed("", "keys")


def _is_noun(rest: str, key: str, *, strict: bool = False) -> bool:
    """Whether what is left beside a key word is a noun; short key words need one that is known."""
    if strict or len(key) <= 3:
        return bool(meanings(rest)) and len(rest) >= 2
    return len(rest) >= _SHORTEST


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> frozenset[str]:
    """A word without the endings of its plural, in all the ways there are."""
    found = {word}
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            found.add(word.removesuffix(ending))
    if word.endswith("ies") and len(word) > 4:
        found.add(word[:-3] + "y")
    for umlaut, plain in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        found |= {stem.replace(umlaut, plain) for stem in found if umlaut in stem}
    return frozenset(found)


@lru_cache(maxsize=1 << 16)
def meanings(word: str) -> frozenset[str]:
    """The concepts of a word in singular or plural."""
    exact = _meanings().get(word)
    if exact:
        return exact
    found: set[str] = set()
    for stem in stems(word):
        # ``clientes`` is ``client`` and an ending, but ``contr`` is no ``conto``.
        vowels = () if word.removeprefix(stem) in _CONSONANTS else ("e", "a", "o", "y", "n", "s")
        for other in (stem, *(stem + ending for ending in vowels)):
            if len(other) > _SHORTEST:
                found |= _meanings().get(other, frozenset())
    return frozenset(found)


def _cut_short(word: str) -> frozenset[str]:
    """The concept of a word that was cut off (``policyho``), if all words that start so mean one thing."""
    if len(word) < CUT:
        return frozenset()
    found = frozenset(one for term, many in _meanings().items() if term.startswith(word) for one in many)
    return found if len(found) == 1 else frozenset()


def same(a: str, b: str) -> float:
    """How surely two words name one thing: 1 one word (singular, plural), 0.9 synonyms, 0.8 an abbreviation,
    0.6 two kinds of people, 0 neither."""
    if a == b or (stems(a) & stems(b) and min(len(a), len(b)) >= _SHORTEST):
        return 1.0
    left, right = meanings(a), meanings(b)
    if left & right:
        return 0.9
    if _abbreviates(a, b) or (_cut_short(a) | left) & (_cut_short(b) | right):
        return 0.8
    customers = people() - {"staff"}
    return 0.6 if left & customers and right & customers else 0.0


def _abbreviates(short: str, long: str) -> bool:
    return 4 <= len(short) < len(long) and long.startswith(short)


@dataclass(frozen=True, slots=True)
class Name:
    """A field's name taken apart: ``keys`` whether it says "key", ``head`` the noun beside that word,
    ``nouns`` all words but the key words, in order."""

    nouns: tuple[str, ...]
    head: str | None
    keys: bool


@lru_cache(maxsize=1 << 16)
def field_name(field: str) -> Name:
    """Take a field's name apart; a bare ``id`` takes its noun from the step above (``user.id``)."""
    steps = re.split(r"[.~/]", field)
    found = _unnumbered(words(steps.pop()))
    while steps and all(word in _key_words() for word in found):
        found = [*words(steps.pop()), *found]
    nouns = tuple(word for word in found if word not in _key_words())
    return Name(nouns, _head(found), len(nouns) < len(found))


def _unnumbered(found: tuple[str, ...]) -> list[str]:
    """Without what only tells the first from the second: ``user_a``, ``member2_id``."""
    kept = [word for word in found if not word.isdigit() and (len(word) > 1 or not word.isascii())]
    return kept or list(found)


def _head(found: list[str]) -> str | None:
    """The noun that the key word belongs to: the one before it, else the one after it; else the last."""
    nouns = [word for word in found if word not in _key_words()]
    if not nouns:
        return None
    places = [place for place, word in enumerate(found) if word in _key_words()]
    if not places:
        return nouns[-1]
    if any(_counts(found, place) for place in places):
        return None
    place = places[-1] if places[-1] > 0 else places[0]
    before, after = found[:place], [word for word in found[place + 1 :] if word not in _key_words()]
    beside = [word for word in before if word not in _key_words()]
    return beside[-1] if beside else after[0]


def _counts(found: list[str], place: int) -> bool:
    """``num_users``, ``numero_articoli``: a number *of*, which is no number of one."""
    if found[place] not in listed("", "numbers") or place + 1 == len(found):
        return False
    noun = found[place + 1]
    return noun not in _meanings() and noun.endswith(_PLURALS)


@lru_cache(maxsize=1 << 16)
def table_nouns(collection: str) -> tuple[str, ...]:
    """The nouns of a collection's name; no folders, endings, wildcards, dates and technical prefixes."""
    stem = _FILE_ENDING.sub("", collection.rsplit("/", 1)[-1])
    found = [word for word in words(stem.rpartition(".")[2]) if not word.isdigit()]
    while len(found) > 1 and found[0] in listed("", "prefixes"):
        found = found[1:]
    while len(found) > 1 and found[-1] in listed("", "suffixes"):
        found = found[:-1]
    return tuple(found) or words(collection)


def vocabulary(collections: Iterable[str]) -> frozenset[str]:
    """The stems of all words that collections are called by, in whatever language."""
    return frozenset(stem for name in collections for noun in table_nouns(name) for stem in stems(noun))


def speaks(marker: str, known: frozenset[str]) -> bool:
    """Whether a marker names a collection: ``pelanggan/17`` where there is a table ``pelanggan``."""
    return any(len(word) >= _SHORTEST and stems(word) & known for word in words(marker))


@lru_cache(maxsize=1 << 16)
def names_table(field: str, collection: str) -> float:
    """How well a field's name says that it refers to rows of a collection, 0 to 1."""
    name, table = field_name(field), table_nouns(collection)
    if name.head is None or not table or _classifies(name, table):
        return 0.0
    last, first = same(name.head, table[-1]), same(name.head, table[0])
    covered = all(any(same(noun, other) for noun in name.nouns) for other in table)
    extra = _unmatched(name, table)
    best = max(last, first) if covered else max(0.85 * last, 0.5 * first)
    if extra and not name.keys and not all(map(is_role, extra)):
        return 0.3 * best
    return best * (0.9 if extra else 1.0)


def _unmatched(name: Name, table: tuple[str, ...]) -> list[str]:
    return [noun for noun in name.nouns if not any(same(noun, other) for other in table)]


def _classifies(name: Name, table: tuple[str, ...]) -> bool:
    """``customer_type_id`` names no customer."""
    classifiers = listed("", "classifiers") - set(table)
    return bool(classifiers & set(_unmatched(name, table)))


@lru_cache(maxsize=1 << 16)
def is_role(word: str) -> bool:
    """Whether a word says what a person is to a record, or only joins such words."""
    return part(word) != "owner" or word in listed("roles", "glue") or _one_of("owner", word)


@lru_cache(maxsize=1 << 16)
def part(field: str) -> Role:
    """The part that a field's name gives a person, also where its words are cut short (``utwor`` of
    ``utworzył``) and mean nothing else."""
    said = [noun for noun in field_name(field).nouns if noun not in listed("roles", "glue")]
    cut = frozenset(role for noun in said for role in _cut_roles(noun))
    # ``erste_von``: what was cut short says more than the "by" behind it.
    return next(iter(cut)) if len(cut) == 1 and role_of("_".join(said)) == "owner" else role_of(field)


def _cut_roles(word: str) -> frozenset[Role]:
    known = listed("roles", "glue") | listed("roles", "owner") | listed("roles", "maker")
    if len(word) < CUT or meanings(word) or word in known:
        return frozenset()
    return roles_from(word)


def is_maker(field: str) -> bool:
    """Whether a field's name says who wrote or made the record."""
    return any(_one_of("maker", noun) for noun in field_name(field).nouns)


def _one_of(roles: str, word: str) -> bool:
    """Whether a word is a word for a role, or the start of one."""
    words_of_role = {both for one in listed("roles", roles) for both in spelt(one)}
    cut = len(word) >= CUT and any(one.startswith(word) and len(one) > len(word) + 1 for one in words_of_role)
    return cut or word in words_of_role


def kinds(collection: str) -> frozenset[str]:
    """What sort of collection a name speaks of: ``log``, ``belongings``, ``catalog``."""
    nouns = {stem for noun in table_nouns(collection) for stem in stems(noun)}
    return frozenset(kind for kind in ("log", "belongings", "catalog") if listed("kinds", kind) & nouns)


def person_kinds(collection: str) -> frozenset[str]:
    """What kinds of people the rows of a collection are, by its name: ``customer``, ``staff`` …"""
    return frozenset().union(*map(meanings, _ends(collection))) & people()


def is_staff(collection: str) -> bool:
    """Whether rows of which it is known that they are people are staff, by a name that may be cut short."""
    return any("staff" in meanings(noun) | _cut_short(noun) for noun in _ends(collection))


def _ends(collection: str) -> frozenset[str]:
    table = table_nouns(collection)
    return frozenset({table[-1], table[0]} if len(table) <= 2 else {table[-1]})
