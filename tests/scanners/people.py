"""Made-up people and staff for tests: reserved names of hosts only, numbers that overlap."""

from __future__ import annotations

import random

FIRST = ("Anna", "Ben", "Carla", "David", "Eva", "Frank", "Gina", "Hugo", "Ida", "Jan", "Karl", "Lena")
LAST = ("Abel", "Brandt", "Conrad", "Dietz", "Ernst", "Fuchs", "Graf", "Hahn", "Iser", "Jung", "Keller")
COLUMNS = "id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT"
Person = tuple[int, str, str, str]


def people(count: int, domain: str = "example.com") -> list[Person]:
    """Numbered from 1."""
    return [
        (i, first := FIRST[i % 12], last := LAST[(i // 12 + i) % 11], f"{first}.{last}{i}@{domain}".lower())
        for i in range(1, count + 1)
    ]


USERS, STAFF = people(200), people(20, "example.org")
CHANCE = random.Random(7)


def numbers(count: int, highest: int) -> list[int]:
    return [CHANCE.randint(1, highest) for _ in range(count)]
