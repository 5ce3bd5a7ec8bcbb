"""In which countries an estate's national phone numbers are read, where the configuration does not say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import phonenumbers
import pyarrow as pa

from vestige.catalog.estate import Estate
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import Collection, Gap, Partition
from vestige.matching import forms, numbers
from vestige.matching.views import Cell, cells
from vestige.scanners import lexicon

PARTITIONS, ROWS = 40, 1_000
"""How much is looked at before the scan: so many partitions, those with a phone's name in them first."""
MANY, SHARE = 2, 0.1
"""Numbers of a country, and their share of all that name theirs, from which it is the estate's own."""
FITTING = 0.6
"""Share of the national numbers that must be possible in a country that only addresses and accounts name."""
MOST = 3
_INTERNATIONAL = re.compile(r"\s*(?:\+|00)[1-9][\d\s()./-]{6,}")
_ACCOUNT = re.compile(r"([A-Z]{2})\d{2}[A-Z0-9 ]{11,30}")


@dataclass(slots=True)
class _Seen:
    """Countries by numbers that name theirs; by what else does; numbers that do not. In memory only."""

    dialled: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    national: set[str] = field(default_factory=set, repr=False)

    def add(self, cell: Cell) -> None:
        text = cell.text.strip()
        if _INTERNATIONAL.fullmatch(text):
            normal = forms.phone(text, ())
            if normal is not None:
                self.dialled.update(_country(normal))
        elif "phone" in lexicon.concepts(cell.field.rpartition(".")[2]):
            self.national.add(text)
        else:
            self.named.update(_named(cell.field, text))


def infer(
    estate: Estate, collections: Iterable[Collection], partitions: Iterable[Partition]
) -> tuple[str, ...]:
    """ISO countries, the likeliest first: those of the numbers that name theirs; else those that e-mail
    domains, accounts and country columns name, if the national numbers are possible there."""
    seen = _Seen()
    for cell in _cells(estate, _ordered(collections, partitions)):
        seen.add(cell)
    if seen.dialled:
        return _foremost(seen.dialled)
    return tuple(one for one in _foremost(seen.named) if _fits(one, seen.national))


def _foremost(votes: Counter[str]) -> tuple[str, ...]:
    enough = max(MANY, SHARE * votes.total())
    return tuple(one for one, count in votes.most_common(MOST) if count >= enough)


def _fits(region: str, national: set[str]) -> bool:
    fitting = sum(numbers.e164(text, (region,)) is not None for text in national)
    return bool(national) and fitting >= FITTING * len(national)


def _country(normal: str) -> list[str]:
    """The country of an E.164 number; of a fictitious one the main country of its code."""
    number = phonenumbers.parse(normal)
    region = phonenumbers.region_code_for_number(number)
    main = phonenumbers.region_code_for_country_code(number.country_code or 0)
    found = region if region in phonenumbers.SUPPORTED_REGIONS else main
    return [found] if found in phonenumbers.SUPPORTED_REGIONS else []


def _named(name: str, text: str) -> list[str]:
    """The country of an address's domain, an account, or a column of country codes."""
    if "@" in text and forms.email(text):
        found = text.rpartition(".")[2].upper().replace("UK", "GB")
    elif account := _ACCOUNT.fullmatch(text):
        found = account[1] if forms.normal("IBAN_CODE", text) else ""
    else:
        found = text.upper() if "region" in lexicon.concepts(name.rpartition(".")[2]) else ""
    return [found] if found in phonenumbers.SUPPORTED_REGIONS else []


def _ordered(collections: Iterable[Collection], partitions: Iterable[Partition]) -> list[Partition]:
    """The partitions to look at: one a table, some of files, those with a phone's name first."""
    named = {
        (one.store, one.name): any("phone" in lexicon.concepts(each.name) for each in one.fields)
        for one in collections
    }
    first: dict[tuple[str, str], Partition] = {}
    for one in partitions:
        if one.skip is None:
            first.setdefault((one.store, one.collection), one)
    ranked = sorted(first, key=lambda home: not named.get(home, False))
    return [first[home] for home in ranked[:PARTITIONS]]


def _cells(estate: Estate, partitions: Iterable[Partition]) -> Iterator[Cell]:
    for one in partitions:
        try:
            with estate.open(one.store) as store:
                yield from islice(_texts(store.read(one)), ROWS * 20)
        except StoreError:
            continue


def _texts(parts: Iterable[pa.RecordBatch | Gap]) -> Iterator[Cell]:
    left = ROWS
    for part in parts:
        if isinstance(part, Gap):
            continue
        yield from (one for one in cells(part.slice(0, left)) if one.kind == "text" and len(one.text) <= 64)
        left -= part.num_rows
        if left <= 0:
            return
