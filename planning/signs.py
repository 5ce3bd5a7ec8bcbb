"""What a subject is recognised by, while the stores are walked: signs, names, and keys frozen on the way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.matching import forms
from vestige.matching.mentions import Mentions
from vestige.planning.atlas import Home
from vestige.planning.identity import MERGING, Resolved, Sign, sign_of, signs
from vestige.planning.model import Subject

State = Literal["account", "erased", "shared", "retained"]
Key = tuple[str, ...]


@dataclass(slots=True)
class Keys:
    """Keys of records that concern the subject, by collection, key fields and what becomes of the record."""

    _held: dict[tuple[Home, Key], dict[Key, State]] = field(default_factory=lambda: defaultdict(dict))
    needed: set[tuple[Home, Key, Key]] = field(default_factory=set)
    """Keys (collection, fields, key) that records which stay refer to."""
    size: int = 0

    def add(self, home: Home, fields: Key, key: Key, state: State) -> None:
        if self._held[home, fields].get(key) != state:
            self._held[home, fields][key] = state
            self.size += 1

    def state(self, home: Home, fields: Key, key: Key) -> State | None:
        return self._held[home, fields].get(key)

    def of(self, home: Home, fields: Key) -> frozenset[Key]:
        return frozenset(self._held[home, fields])


class Signs:
    """The subject's signs, and whether a sign is somebody else's. The repr shows none of them."""

    def __init__(self, estate: Estate, catalog: Catalog, resolved: Resolved) -> None:
        self.subject: Subject = resolved.subject
        self.contested, self._namesakes = resolved.contested, resolved.namesakes
        self.mine: frozenset[Sign] = frozenset(s for i in resolved.subject.identifiers for s in signs(i))
        self._estate, self._catalog = estate, catalog
        self._sources = {(s.store, s.collection) for s in catalog.sources()}
        self._others: dict[Sign, bool] = {}

    def __repr__(self) -> str:
        return f"Signs({self.subject.label})"

    @cached_property
    def names(self) -> Mentions:
        found = self.subject.identifiers
        handles = [i.value for i in found if i.entity == "USERNAME" and sign_of(i) not in self.contested]
        return Mentions([i.value for i in found if i.entity == "PERSON"], handles)

    def is_mine(self, sign: Sign) -> bool:
        """Whether a sign is the subject's; an address with a tag is, if nobody else bears it as it stands."""
        if sign in self.mine:
            return True
        if sign[0] != "EMAIL_ADDRESS":
            return False
        base = (sign[0], forms.email_base(sign[1]))
        return base != sign and base in self.mine and not self.is_others(sign)

    def is_others(self, sign: Sign) -> bool:
        """Whether somebody else, known by an identity source, bears this sign."""
        if sign in self.mine:
            return False
        if sign not in self._others:
            seen = self._catalog.occurrences([self._estate.hasher.hash(*sign)])
            self._others[sign] = any((o.place.store, o.place.collection) in self._sources for o in seen)
        return self._others[sign]

    def is_others_name(self, canonical: str) -> bool:
        """Whether a canonical name is that of somebody else who shares a part of the subject's."""
        return canonical in self._namesakes and ("PERSON", canonical) not in self.mine

    def hashes(self) -> set[str]:
        """The keyed hashes under which the catalog remembers the strong signs and phones."""
        return {
            self._estate.hasher.hash(*sign)
            for sign in self.mine
            if sign[0] in MERGING or sign[0] == "PHONE_NUMBER"
        }
