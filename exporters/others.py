"""Who in a text is not the subject: what must not leave with the subject's data.

The subject's own identifiers stay. What belongs to somebody else, or could, goes: in doubt it is masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from vestige.catalog.estate import Estate
from vestige.catalog.model import IdentitySource
from vestige.catalog.store import Catalog
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import Gap
from vestige.matching import forms
from vestige.matching.mentions import Mentions
from vestige.matching.names import canonical
from vestige.matching.views import cells
from vestige.planning.model import Identifier, Subject

LONGEST_NAME = 4
_APART = 3
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_IDENTIFYING = frozenset({"EMAIL_ADDRESS", "PHONE_NUMBER", "EMAIL_HASH", "PHONE_HASH"})


class Others:
    """Tells the subject's identifiers from all others, which it numbers: Person 2, Person 3 …"""

    def __init__(self, estate: Estate, catalog: Catalog, subject: Subject) -> None:
        self._estate, self._catalog = estate, catalog
        self._sources = {(s.store, s.collection) for s in catalog.sources()}
        self._mine = {(i.entity, i.normal) for i in subject.identifiers if not _is_key(i)}
        self._mine |= {digest for i in subject.identifiers for digest in _digests(i.entity, i.value, estate)}
        self._keys = {(i.space, i.normal) for i in subject.identifiers if i.entity == "USER_ID"}
        self._names = Mentions([i.value for i in subject.identifiers if i.entity == "PERSON"])
        self._labels: dict[str, str] = {}
        self._known: dict[str, bool] = {}
        self._people: dict[tuple[str, str], Mentions] = {}

    def label(self, identity: str) -> str:
        """What a package calls somebody else. Equal identities have equal labels."""
        return self._labels.setdefault(identity, f"Person {len(self._labels) + 2}")

    def is_mine(self, entity: str, normal: str) -> bool:
        """Whether an identifier is the subject's own, with or without a tag."""
        if (entity, normal) in self._mine:
            return True
        return entity == "EMAIL_ADDRESS" and (entity, forms.email_base(normal)) in self._mine

    def owns_key(self, source: IdentitySource, field: str, value: str) -> bool:
        """Whether a value of an account's field is the subject's: a key in its space, or an identifier."""
        key = forms.key(value)
        spaces = (f"{source.name}.{field}", None)
        if any((space, key) in self._keys for space in spaces):
            return True
        entity = dict(source.identifiers).get(field, "")
        normal = forms.normal(entity, value, self._estate.regions) if entity else None
        return normal is not None and self.is_mine(entity, normal)

    def must_go(self, entity: str, normal: str) -> bool:
        """Whether what was found in a text is or may be somebody else's."""
        if self.is_mine(entity, normal):
            return False
        if entity in _IDENTIFYING:
            return True
        return entity == "USER_ID" and self.is_known("UUID", normal)

    def is_known(self, kind: str, normal: str) -> bool:
        """Whether somebody in an identity source bears this."""
        self._learn(kind, [normal])
        return self._known[self._estate.hasher.hash(kind, normal)]

    def _learn(self, kind: str, normals: Iterable[str]) -> None:
        """Ask the catalog about many at once."""
        new = {self._estate.hasher.hash(kind, normal) for normal in normals} - set(self._known)
        if new:
            self._known |= dict.fromkeys(new, False)
            for seen in self._catalog.occurrences(new):
                if (seen.place.store, seen.place.collection) in self._sources:
                    self._known[seen.hash] = True

    def names(self, text: str, people: Iterable[tuple[Mentions, str]] = ()) -> Iterator[tuple[int, int, str]]:
        """(start, end, label) of other people's names: of anyone known, and by any part of
        ``people``, who come with their labels."""
        mine = self._names.all(text, lambda name: self.is_known("PERSON", name))
        for mentions, label in people:
            for start, end in mentions.all(text):
                if not any(start < last and first < end for first, last in mine):
                    yield start, end, label
        phrases = {(start, end): canonical(text[start:end]) for start, end in _phrases(text)}
        self._learn("PERSON", filter(None, phrases.values()))
        for (start, end), name in phrases.items():
            inside = any(first <= start and end <= last for first, last in mine)
            if name and not inside and ("PERSON", name) not in self._mine and self.is_known("PERSON", name):
                yield start, end, self.label(name)

    def person(self, source: IdentitySource, field: str, value: str) -> Mentions:
        """The names of the account that a reference leads to, read live."""
        account = (f"{source.name}.{field}", value)
        if account not in self._people:
            self._people[account] = Mentions(list(self._names_of(source, field, value)))
        return self._people[account]

    def _names_of(self, source: IdentitySource, field: str, value: str) -> Iterator[str]:
        fields = {name for name, entity in source.identifiers if entity == "PERSON"}
        try:
            with self._estate.open(source.store) as store:
                for batch in store.find(source.collection, [field], [(value,)]):
                    if fields and not isinstance(batch, Gap):
                        yield from (cell.text for cell in cells(batch, fields) if cell.text.strip())
        except StoreError:
            return  # without the account its names are unknown; keys, addresses and phones go all the same


def _is_key(identifier: Identifier) -> bool:
    """Whether an identifier means somebody only in its own space."""
    return identifier.entity == "USER_ID" and identifier.space is not None


def _digests(entity: str, value: str, estate: Estate) -> Iterator[tuple[str, str]]:
    kinds = {"EMAIL_ADDRESS": "EMAIL_HASH", "PHONE_NUMBER": "PHONE_HASH"}
    if entity in kinds:
        for digest in forms.hashed_forms(entity, value, estate.regions):
            yield kinds[entity], digest
            yield "EMAIL_HASH", digest


def _phrases(text: str) -> Iterator[tuple[int, int]]:
    """Runs of words that may be somebody's name, the longest first."""
    words = list(_WORD.finditer(text))
    for length in range(LONGEST_NAME, 0, -1):
        for at in range(len(words) - length + 1):
            run = words[at : at + length]
            near = all(b.start() - a.end() <= _APART for a, b in pairwise(run))
            if near and not any(word.group().islower() for word in run):
                yield run[0].start(), run[-1].end()
