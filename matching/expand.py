"""Identifiers → all their spellings → a literal search, many people in one pass.

Made for the sweep after a purge. Nothing here extracts, normalises or joins what stands in a store: it would
be blind where the purge was blind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from vestige.matching import forms, spellings
from vestige.matching.called import Names
from vestige.matching.dialled import Dial, dialled
from vestige.matching.haystack import Haystack, haystacks
from vestige.matching.keyed import KeyPlace, Keys
from vestige.matching.literal import Literals
from vestige.matching.spellings import Named, Spelling
from vestige.matching.views import cells

__all__ = ["Hit", "KeyPlace", "Needles", "Person"]


class Person(Protocol):
    """Who is looked for, as the rooms above know them (``planning.model.Subject``)."""

    @property
    def identifiers(self) -> Sequence[Named]: ...


class Hit(NamedTuple):
    """``subject``: the number of the person. ``form``: how it was spelled (``clear``, ``sha256``, …).

    ``certain``: False for a key in a field of which nobody knows that it holds such keys, and for an
    identifier of former days. ``variant``: a digest of the identifier and its tag, which tells a person's
    identifiers of one entity apart; none for keys and names.
    """

    row: int
    field: str
    subject: int
    entity: str
    form: str
    certain: bool = True
    variant: str = ""


class Needles:
    """Everything that a set of people may be spelled as. Picklable."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._spellings: list[tuple[int, Named, Spelling]] = []
        self._phones: list[tuple[int, Named]] = []
        numbers = []
        owners: dict[str, dict[str, int]] = {}
        for subject, person in enumerate(people):
            for identifier in person.identifiers:
                self._spellings += [(subject, identifier, s) for s in _spellings(identifier)]
                if identifier.entity == "PHONE_NUMBER" and (number := dialled(identifier.normal)):
                    numbers.append(number)
                    self._phones.append((subject, identifier))
                if identifier.entity == "USER_ID" and identifier.space is not None:
                    owners.setdefault(identifier.space, {})[identifier.normal] = subject
        self._literals = Literals([s.needle for _, _, s in self._spellings])
        self._dial = Dial(numbers)
        self._integers = self._dial.integers()
        self._keys = Keys(owners)
        self._names = [Names(person.identifiers) for person in people]

    def search(self, batch: pa.RecordBatch, places: Sequence[KeyPlace] = ()) -> Iterator[Hit]:
        """Strong identifiers and phones anywhere in a batch, keys in ``places``. No hit comes twice."""
        seen: set[Hit] = set()
        for hit in self._all(batch, places):
            if hit not in seen:
                seen.add(hit)
                yield hit

    def called(self, batch: pa.RecordBatch, wanted: Mapping[int, Collection[int]]) -> Iterator[Hit]:
        """Names, user names and addresses of people (row → their numbers) in rows known to concern them."""
        for row, subjects in sorted(wanted.items()):
            for cell in cells(batch.slice(row, 1)):
                for subject in subjects:
                    for entity, form in self._names[subject].search(cell.text):
                        yield Hit(row, cell.field, subject, entity, form)

    def _all(self, batch: pa.RecordBatch, places: Sequence[KeyPlace]) -> Iterator[Hit]:
        for haystack in haystacks(batch):
            yield from self._spelled(haystack)
            yield from self._dialled(haystack)
        yield from self._dialled_integers(batch)
        for key in self._keys.search(batch, places):
            yield Hit(key.row, key.field, key.owner, "USER_ID", "key", key.certain)
        for key in self._keys.long_numbers(batch, {place.field for place in places}):
            yield Hit(key.row, key.field, key.owner, "USER_ID", "key", key.certain)

    def _spelled(self, haystack: Haystack) -> Iterator[Hit]:
        for position, index in self._literals.find(haystack.data):
            subject, named, spelling = self._spellings[index]
            row, start, end = haystack.cell(position)
            cell, at = haystack.data[start:end], position - start
            if position + len(spelling.needle) <= end and spellings.fits(spelling, cell, at):
                form = _form(spelling.form, haystack.view)
                variant = _variant(named, spellings.tag_of(spelling, cell, at))
                certain = spelling.form != "key" and not named.former
                yield Hit(row, haystack.column, subject, named.entity, form, certain, variant)

    def _dialled(self, haystack: Haystack) -> Iterator[Hit]:
        for first, last, index in self._dial.find(haystack.data):
            row, start, end = haystack.cell(first)
            cell = haystack.data[start:end]
            if last <= end and self._dial.fits(index, cell, first - start, last - start):
                yield self._phone(row, haystack.column, index, _form("clear", haystack.view))

    def _dialled_integers(self, batch: pa.RecordBatch) -> Iterator[Hit]:
        if not self._integers:
            return
        wanted = pa.array(sorted(self._integers), pa.int64())
        for name in batch.schema.names:
            column: Any = batch.column(name)
            if column.type == pa.int64():
                found: Any = pc.is_in(column, value_set=wanted)
                for row in pc.indices_nonzero(found).to_pylist():
                    yield self._phone(row, name, self._integers[column[row].as_py()], "clear")

    def _phone(self, row: int, field: str, index: int, form: str) -> Hit:
        subject, named = self._phones[index]
        return Hit(row, field, subject, "PHONE_NUMBER", form, not named.former, _variant(named))


def _variant(named: Named, tag: bytes | None = None) -> str:
    return blake2b(named.normal.encode() + b"+" + (tag or b""), digest_size=8).hexdigest()


def _form(form: str, view: str) -> str:
    return form if view == "raw" or form != "clear" else view


def _spellings(identifier: Named) -> Iterable[Spelling]:
    """The literals of one identifier; none for what means somebody only in its own place (keys, names)."""
    value, normal = identifier.value, identifier.normal
    if identifier.entity == "PHONE_NUMBER":
        return set(spellings.phone(value, normal))
    if identifier.entity in ("EMAIL_HASH", "PHONE_HASH"):
        return set(spellings.digest(normal))
    # The shape decides, not the entity: a table may be keyed by e-mail.
    if identifier.entity in ("EMAIL_ADDRESS", "USER_ID") and (address := forms.email(value)):
        return set(spellings.email(value, address))
    if identifier.entity == "USER_ID" and (canonical := forms.uuid(value)):
        return set(spellings.uuid(value, canonical))
    return set(spellings.key(normal)) if identifier.entity == "USER_ID" else ()
