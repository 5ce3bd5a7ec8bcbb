"""Labelled sentences made anew: letters, tickets, notes, chat, minutes, in ten languages.

A template's slots: ``name`` (in full, in any of its spellings), ``given``, ``family``, ``upper`` and
``lower`` (full names in one case), ``initials``, ``title`` (no label), ``street``, ``address`` (one line),
``block`` (lines), ``city``, ``country``, ``zip``, ``org``, ``nrp``, ``age``, ``birth`` and ``date``, and
identifiers of reserved numbers and names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from random import Random
from typing import Any, Literal, NamedTuple

from bench.quality import names

Half = Literal["development", "unseen"]
_SLOT = re.compile(r"\{(\w+)\}")
_LABELS = {
    "name": "PERSON", "given": "PERSON", "family": "PERSON", "upper": "PERSON", "lower": "PERSON",
    "initials": "PERSON", "street": "STREET_ADDRESS", "address": "STREET_ADDRESS", "block": "STREET_ADDRESS",
    "city": "GPE", "country": "GPE", "zip": "ZIP_CODE", "org": "ORGANIZATION", "nrp": "NRP", "age": "AGE",
    "birth": "DATE_TIME", "date": "DATE_TIME", "phone": "PHONE_NUMBER", "email": "EMAIL_ADDRESS",
    "iban": "IBAN_CODE", "card": "CREDIT_CARD", "ip": "IP_ADDRESS", "url": "DOMAIN_NAME",
}  # fmt: skip
_TITLES = ("Mr", "Mrs.", "Ms", "Dr.", "Mr.", "Miss", "Prof.")
_PARTICLES = {"de": "von", "fr": "de", "es": "de la", "it": "di", "nl": "van der", "pt": "da"}
# Numbers that are reserved for examples or fiction, or published as examples by who defines them.
_IBANS = ("GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "FR14 2004 1010 0505 0001 3M02 606")
_CARDS = ("4111 1111 1111 1111", "5555555555554444", "378282246310005")
_PHONES = (
    "+1 202-555-01{}{}",
    "(212) 555-01{}{}",
    "020 7946 00{}{}",
    "+44 20 7946 09{}{}",
    "01 99 00 12 {}{}",
)


class Sentence(NamedTuple):
    """``spans``: (label, start, end) in characters."""

    text: str
    spans: tuple[tuple[str, int, int], ...]
    language: str


def sentences(half: Half, count: int, seed: int) -> list[Sentence]:
    """So many sentences of one half of the templates, languages in turn, English in every second one."""
    rng = Random(f"{half}{seed}")
    languages = [one for one in _data()["templates"] if one != "en"]
    return [
        _sentence("en" if number % 2 else languages[number // 2 % len(languages)], half, rng)
        for number in range(count)
    ]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("bench.quality").joinpath("sentences.toml").read_text("utf-8"))


def _sentence(language: str, half: Half, rng: Random) -> Sentence:
    template = rng.choice(_data()["templates"][language][half == "unseen" :: 2])
    text, spans, at = "", [], 0
    for slot in _SLOT.finditer(template):
        text += template[at : slot.start()]
        value = _value(slot[1], language, rng)
        if slot[1] in _LABELS:
            spans.append((_LABELS[slot[1]], len(text), len(text) + len(value)))
        text, at = text + value, slot.end()
    return Sentence(text + template[at:], tuple(spans), language)


def _value(slot: str, language: str, rng: Random) -> str:
    match slot:
        case "given":
            return names.given(rng, language)
        case "family":
            return names.family(rng, language)
        case "name" | "upper" | "lower" | "initials":
            return _name(slot, language, rng)
        case "street" | "address" | "block" | "city" | "zip":
            return _place(slot, language, rng)
        case _:
            return _other(slot, rng)


def _name(slot: str, language: str, rng: Random) -> str:
    given, family = names.given(rng, language), names.family(rng, language)
    shape = rng.random()
    if slot == "initials":
        return f"{given[0]}. {family}"
    if slot == "name" and shape < 0.08:
        return f"{given} {names.given(rng, language)[0]}. {family}"
    if slot == "name" and shape < 0.14 and language in _PARTICLES:
        return f"{given} {_PARTICLES[language]} {family}"
    full = f"{given}-{names.given(rng, language)} {family}" if shape > 0.95 else f"{given} {family}"
    return {"upper": full.upper(), "lower": full.lower()}.get(slot, full)


def _place(slot: str, language: str, rng: Random) -> str:
    data = _data()
    code = re.sub(r"\{d\}", lambda _: str(rng.randrange(1, 10)), rng.choice(data["zips"][language]))
    city: str = rng.choice(re.split(r"[ |]", data["cities"][language]))
    if slot in ("city", "zip"):
        return city if slot == "city" else code
    word = rng.choice(data["words"][language].split())
    street = rng.choice(data["streets"][language]).format(
        n=rng.randrange(2, 200), m=rng.randrange(1, 9), word=word
    )
    town = f"{city}, {code}" if language == "en" else f"{code} {city}"
    place: str = {"street": street, "address": f"{street}, {town}", "block": f"{street}\n{town}"}[slot]
    return place


def _other(slot: str, rng: Random) -> str:
    data, digit = _data(), rng.randrange
    day, month, year = digit(10, 28), digit(1, 10), digit(1940, 2004)
    choices: dict[str, Sequence[str]] = {
        "title": _TITLES,
        "org": data["organisations"]["all"].split("|"),
        "country": data["countries"]["en"].split(),
        "nrp": data["nationalities"]["en"].split(),
        "age": [str(digit(18, 95))],
        "birth": [f"{day}/{month:02}/{year}", f"{year}-{month:02}-{day}", f"{day}.{month:02}.{year}"],
        "date": [f"{day}.{month:02}.2024", f"{day}/{month:02}/2025", f"2025-{month:02}-{day}"],
        "phone": [one.format(digit(10), digit(10)) for one in _PHONES],
        "email": [
            f"{rng.choice(names.GIVEN['en']).lower()}{digit(99)}@example.{rng.choice(('com', 'org', 'net'))}"
        ],
        "iban": _IBANS,
        "card": _CARDS,
        "ip": [f"192.0.2.{digit(255)}", f"2001:db8::{digit(9999)}"],
        "url": ["https://shop.example.com", "http://www.example.org/help"],
    }
    return rng.choice(choices[slot])
