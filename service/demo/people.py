"""The people of the demo company: seeded, made up, with reserved names and numbers only."""

from __future__ import annotations

import random
import tomllib
import unicodedata
import uuid
from dataclasses import dataclass, replace
from importlib import resources

CULTURES = ("english", "german", "french", "spanish", "polish", "russian", "chinese", "arabic")
_DOMAINS = ("example.com", "example.org", "example.net")
_STREETS = ("Market Street", "Lindenweg", "Rue du Moulin", "Calle Mayor", "ul. Leśna", "Park Lane")
_CITIES = ("Springfield", "Altstadt", "Vieuxbourg", "Villanueva", "Stare Miasto", "Riverton")


@dataclass(frozen=True, slots=True)
class Person:
    """A customer. ``phone`` is from a range that no operator assigns."""

    id: int
    uuid: str
    given: str
    family: str
    email: str
    phone: str
    born: str
    street: str
    city: str
    postcode: str
    deleted_at: str | None = None

    @property
    def name(self) -> str:
        unspaced = ord(self.family[0]) > 0x2E80
        return f"{self.family}{self.given}" if unspaced else f"{self.given} {self.family}"


def customers(seed: int, count: int) -> list[Person]:
    """``count`` customers with ids from 1, among them the demo's traps: see :func:`_traps`."""
    draw = random.Random(seed)
    lexicon = tomllib.loads(resources.files(__package__).joinpath("people.toml").read_text(encoding="utf-8"))
    people = [_person(draw, lexicon[CULTURES[n % len(CULTURES)]], n) for n in range(1, count + 1)]
    return _traps(people)


def _person(draw: random.Random, culture: dict[str, list[str]], number: int) -> Person:
    given, family = draw.choice(culture["given"]), draw.choice(culture["family"])
    return Person(
        id=number,
        uuid=str(uuid.UUID(int=draw.getrandbits(128), version=4)),
        given=given,
        family=family,
        email=f"{_local(given, family)}{number}@{draw.choice(_DOMAINS)}",
        phone=_phone(number),
        born=f"{draw.randint(1940, 2006)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
        street=f"{draw.choice(_STREETS)} {draw.randint(1, 120)}",
        city=draw.choice(_CITIES),
        postcode=f"{draw.randint(10000, 99999)}",
    )


def _local(given: str, family: str) -> str:
    folded = unicodedata.normalize("NFKD", f"{given}.{family}".lower()).encode("ascii", "ignore").decode()
    return "".join(c for c in folded if c.isalnum() or c == ".").strip(".") or "customer"


def _phone(number: int) -> str:
    """Numbers kept free for fiction: Ofcom's 020 7946 0xxx, the Bundesnetzagentur's (0)30 23125 xxx."""
    return f"+44 20 7946 {number:04}" if number % 2 else f"+49 30 23125 {number % 1000:03}"


def _traps(people: list[Person]) -> list[Person]:
    """Homonyms, an e-mail in another, somebody registered twice (deleted, in capitals), a shared phone."""
    by_id = {person.id: person for person in people}
    anna = replace(by_id[17], given="Anna", family="Becker", email="anna@example.com")
    by_id[17] = anna
    by_id[170] = replace(by_id[170], given="Joanna", family="Becker", email="joanna@example.com")
    by_id[42] = replace(by_id[42], given="Anna", family="Becker", email="anna.becker@example.org")
    by_id[43] = replace(by_id[43], email="anna@example.com.example.net")
    by_id[44] = replace(by_id[44], phone=by_id[45].phone)
    by_id[211] = replace(
        anna, id=211, uuid=by_id[211].uuid, email="ANNA@EXAMPLE.COM", deleted_at="2026-03-01"
    )
    return [by_id[number] for number in sorted(by_id)]
