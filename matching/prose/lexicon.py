"""The words by which prose tells names and addresses: ``words.toml``; the names of people, and of towns."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import import_module, resources

from vestige.matching import places
from vestige.matching.names import folded
from vestige.matching.presidio import MODEL

_LATIN = 0x250
_APOSTROPHE = re.compile("['’‘`´]")


@cache
def _raw() -> dict[str, dict[str, str]]:
    data = resources.files("vestige.matching.prose").joinpath("words.toml").read_text("utf-8")
    found: dict[str, dict[str, str]] = tomllib.loads(data)
    return found


@cache
def words(section: str, kind: str) -> frozenset[str]:
    """Folded words, those of several joined by blanks."""
    return frozenset(fold(one.replace("_", " ")) for one in _raw()[section][kind].split())


def fold(text: str) -> str:
    """Folded, but with its apostrophes: *im* is not *I'm*."""
    return "'".join(map(folded, _APOSTROPHE.split(text)))


@cache
def given() -> frozenset[str]:
    """Given names, folded, without those that are words, too.

    Source: the 1990 census of the United States (public domain)."""
    text = resources.files("vestige.matching.prose").joinpath("given.txt").read_text("utf-8")
    return frozenset(map(folded, text.split())) - _words()


@cache
def abroad() -> frozenset[str]:
    """Given names of many languages and scripts, folded, without those that are words of ours.

    Source: Faker's lists of first names (MIT licence)."""
    text = resources.files("vestige.matching.prose").joinpath("names.txt").read_text("utf-8")
    return frozenset(map(folded, text.split())) - _words()


def _words() -> frozenset[str]:
    """Given names that are words, too."""
    return words("ambiguous", "words") | words("origins", "words") | _common("en")


@cache
def _common(language: str) -> frozenset[str]:
    """Our common words of a language, and spaCy's longer list of them."""
    if language not in _raw()["common"]:
        return frozenset()
    listed = import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS
    return frozenset(map(fold, listed)) | words("common", language)


def is_common(word: str, language: str) -> bool:
    """Whether a folded word is one that texts of the language are full of, or a name of the calendar."""
    return word in _common(language) or word in words("calendar", "words") or word in words("never", "words")


@cache
def towns() -> frozenset[str]:
    """Folded names of towns of the world, and those smaller that libphonenumber has for area codes."""
    from phonenumbers.geodata import GEOCODE_DATA

    said = {name for names in GEOCODE_DATA.values() for name in names.values() if ord(name[0]) < _LATIN}
    parts = {part.strip() for name in said for part in re.split(r",| - |/|\(", name)}
    small = frozenset(folded(part) for part in parts if len(part) > 3)
    return (small | {name for name in places.towns() if len(name) > 3}) - _common("en")


@cache
def all_places() -> frozenset[str]:
    """Countries, states and towns."""
    return towns() | words("places", "countries") | words("places", "states")


@cache
def origins() -> frozenset[str]:
    """Folded words for where people come from, and for what they believe."""
    endings = ("n", "an", "ian", "ean", "ese", "ish", "i", "er")
    countries = [one for one in words("places", "countries") if len(one) > 3 and " " not in one]
    stems = {one[: len(one) - cut] for one in countries for cut in (0, 1, 2) if len(one) - cut > 3}
    made = {stem + ending for stem in stems for ending in endings} - set(countries) - given()
    return frozenset(made) | words("origins", "words")


@cache
def vocabulary() -> frozenset[str]:
    """English verbs, adjectives and adverbs: as the small model's lemmatizer knows them (WordNet)."""
    from spacy.lookups import Lookups
    from spacy.util import get_model_meta, get_package_path

    folder = get_package_path(MODEL)
    data = folder / f"{MODEL}-{get_model_meta(folder)['version']}" / "lemmatizer" / "lookups"
    index = Lookups().from_disk(data).get_table("lemma_index")
    return frozenset(word for kind in ("verb", "adj", "adv") for word in index[kind])


def language(text: str) -> str | None:
    """The language whose common words a text has most of; None for too few of any, or for two alike."""
    found = re.findall(r"[^\W\d_]+", folded(text[:2_000]))
    counts = sorted(
        ((sum(word in words("common", one) for word in found), one) for one in _raw()["common"]), reverse=True
    )
    (most, best), (second, _) = counts[:2]
    return best if most > second and most >= 0.1 * len(found) else None
