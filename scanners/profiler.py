"""From the cells of a partition to profiles and keyed occurrences, each distinct value of a batch once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nsmallest
from pathlib import Path

import pyarrow as pa

from vestige.catalog.model import Place
from vestige.matching import forms, names
from vestige.matching.extract import Extractor, Found
from vestige.matching.forms import Hasher
from vestige.matching.markers import markers_of, of_name
from vestige.scanners import custom, lexicon, nouns, official, recognition
from vestige.scanners.features import MAX_KEY, Features, features, key_of
from vestige.scanners.observation import Seen
from vestige.scanners.profile import SHAPES, EntityCount, FieldProfile
from vestige.scanners.sketch import Sample
from vestige.scanners.tally import Numbers, Values, tallies

MAX_FIELDS = 2_000
TOLD = 0.9
"""Score of a card number that is printed in groups, or has a word for cards before it."""
_NO_KEYS = frozenset({"real", "date", "timestamp", "boolean", "binary"})
_MARKED = re.compile("[=:/#]")
LOOKED_AT, LEAST = 2_048, 128
"""Distinct values of a field to look at in its first batch, half as many in each further one; at least."""


@dataclass(slots=True)
class _Looks:
    """What ``looked_at`` cells look like, which stand for ``cells``."""

    looked_at: int
    cells: int
    words: int = 0
    shapes: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    digits: Counter[int] = field(default_factory=Counter)

    def add(self, look: Features, count: int) -> None:
        self.words += look.words * count
        self.shapes[look.mask] += count
        self.classes.update(dict.fromkeys(look.classes, count))
        if look.digits is not None:
            self.digits[look.digits] += count

    def into(self, profile: FieldProfile) -> None:
        profile.words += self._all(self.words)
        profile.shapes.update({one: self._all(count) for one, count in self.shapes.items()})
        profile.classes.update({one: self._all(count) for one, count in self.classes.items()})
        profile.digits.update({one: self._all(count) for one, count in self.digits.items()})

    def _all(self, count: int) -> int:
        return round(count * self.cells / self.looked_at)


@dataclass(slots=True)
class _Field:
    """One field while it is read. ``batches``: how many of it were taken in."""

    profile: FieldProfile
    numbers: Numbers = field(default_factory=Numbers)
    prose: Sample = field(default_factory=lambda: Sample(recognition.SAMPLE), repr=False)
    some: Sample = field(default_factory=lambda: Sample(official.SAMPLE), repr=False)
    batches: int = 0

    def look(self, filled: Counter[str], hashed: Mapping[str, int]) -> None:
        """What the values look like, by those with the smallest hashes; these stand for all of the batch."""
        if not filled:
            return
        profile = self.profile
        most = max(LEAST, LOOKED_AT >> min(self.batches, 16))
        self.batches += 1
        chosen = filled if len(filled) <= most else nsmallest(most, filled, key=hashed.__getitem__)
        seen = _Looks(sum(filled[text] for text in chosen), filled.total())
        for text in chosen:
            look = features(text)
            seen.add(look, filled[text])
            self.some.add(hashed[text], text)
            if "sentence" in look.classes:
                self.prose.add(hashed[text], text[: recognition.MAX_TEXT])
        seen.into(profile)
        if len(profile.shapes) > 8 * SHAPES:
            profile.shapes = Counter(dict(profile.shapes.most_common(2 * SHAPES)))

    def officially(self) -> None:
        """Look at a few values as official numbers, once all was read."""
        if official.is_worth_a_look(self.profile):
            texts = self.some.texts
            seen = _Looks(len(texts), self.profile.filled, classes=official.passing(texts))
            seen.into(self.profile)

    def finished(self, records: int) -> FieldProfile:
        """The profile, complete: whole cells."""
        profile, numbers = self.profile, self.numbers
        profile.records = records
        profile.ascending = numbers.rising and numbers.seen > 0 and numbers.seen == profile.filled
        profile.dense = numbers.dense
        profile.shapes = Counter(dict(profile.shapes.most_common(SHAPES)))
        return profile


@dataclass(slots=True)
class Profiler:
    """Observes one partition. ``seen`` is emptied by whoever flushes it."""

    store: str
    collection: str
    hasher: Hasher
    extractor: Extractor
    declared: Mapping[str, str]
    vocabulary: frozenset[str] = frozenset()
    """What the estate calls its collections; see :func:`vestige.scanners.nouns.vocabulary`."""
    recognizers: Path | None = None
    """A file of recognisers of the user's own."""
    model: str = ""
    """The estate's, for prose."""
    seen: Counter[Seen] = field(default_factory=Counter)
    records: int = 0
    dropped: int = 0
    """Cells of fields beyond MAX_FIELDS, which were not looked at."""
    _fields: dict[str, _Field] = field(default_factory=dict)

    def observe(self, batch: pa.RecordBatch) -> None:
        """Take in one batch of records."""
        self.records += batch.num_rows
        for name, tally in tallies(batch):
            found = self._named(name)
            if found is None:
                self.dropped += tally.counts.total()
                continue
            found.numbers.add(tally.numbers)
            self._read(found, self._values(found, tally.counts))

    def name(self, object_name: str) -> None:
        """Take in the name of the partition's object: identifiers and numbers in paths are personal too."""
        found = self._named("object")
        if found is not None:
            self._read(found, self._values(found, Counter({(of_name(object_name), "text"): 1})))

    def recognise(self) -> None:
        """Look for people and places in the sampled prose; once, when all was read."""
        for one in self._fields.values():
            one.officially()
            profile, texts = one.profile, one.prose.texts
            if not profile.prose or not texts:
                continue
            profile.classes["analysed"] = len(texts)
            seen: set[tuple[int, str]] = set()
            for number, entity, said in recognition.recognised(texts, self.model):
                found = profile.entities.setdefault(entity, EntityCount())
                found.rows += (number, entity) not in seen
                found.distinct.add(self._short(" ".join(names.words(said))))
                seen.add((number, entity))

    def finished(self) -> Iterator[FieldProfile]:
        """The profiles, complete."""
        for one in self._fields.values():
            if one.profile.cells:
                yield one.finished(self.records)

    def _named(self, name: str) -> _Field | None:
        """A field by its name; None if it is one too many."""
        if name not in self._fields:
            if len(self._fields) >= MAX_FIELDS:
                return None
            place, declared = Place(self.store, self.collection, name), self.declared.get(name, "text")
            self._fields[name] = _Field(FieldProfile(place, declared))
        return self._fields[name]

    def _values(self, field: _Field, counts: Values) -> Counter[str]:
        """Take in values as they are; returns those that are not empty."""
        filled: Counter[str] = Counter()
        profile = field.profile
        profile.cells += counts.total()
        for (text, kind), count in counts.items():
            profile.kinds[kind] += count
            if kind != "null" and not text.isspace() and text:
                filled[text] += count
        no_keys = (
            filled.keys() if profile.declared in _NO_KEYS else {t for t, kind in counts if kind == "boolean"}
        )
        field.look(filled, self._hashed(profile, filled, no_keys))
        return filled

    def _hashed(
        self, profile: FieldProfile, filled: Counter[str], no_keys: Collection[str]
    ) -> dict[str, int]:
        """The hash of each distinct value, which is taken in with its length and its key."""
        hashed: dict[str, int] = {}
        profile.filled += filled.total()
        profile.characters += sum(len(text) * count for text, count in filled.items())
        profile.longest = max(profile.longest, *map(len, filled), 0)
        for text, count in filled.items():
            whole = self.hasher.hash("KEY", text)
            hashed[text] = short = int(whole[:16], 16)
            profile.values.add(short, count)
            if len(text) <= MAX_KEY and text not in no_keys:
                self._key(profile, text, count, whole)
        return hashed

    def _key(self, profile: FieldProfile, text: str, count: int, whole: str) -> None:
        """``whole``: the hash of the text, which mostly is the key as it stands."""
        key = key_of(text)
        if key is None:
            return
        address = forms.email(text) if "@" in text else None
        hashed = whole if (address or key) == text else self.hasher.hash("KEY", address or key)
        profile.keys.add(int(hashed[:16], 16), count)
        if address is None:
            self.seen[profile.place.field, "KEY", "clear", hashed] += count

    def _read(self, field: _Field, filled: Counter[str]) -> None:
        """Look for identifiers and markers in values."""
        self._spans(field.profile, filled)
        if self.recognizers is not None:
            self._recognised(field.profile, filled, self.recognizers)
        for name, found in _marked(field.profile.place.field, filled, self.vocabulary).items():
            marked = self._named(name)
            if marked is not None:
                self._values(marked, Counter({(text, "text"): count for text, count in found.items()}))

    def _spans(self, profile: FieldProfile, filled: Counter[str]) -> None:
        if not filled or profile.declared in ("boolean", "real"):
            return
        texts = list(filled)
        cells_of: dict[str, set[int]] = {}
        for one in self.extractor.found(texts):
            numbers = cells_of.setdefault(one.hit.entity, set())
            self._span(profile, one, texts[one.text], filled[texts[one.text]], one.text not in numbers)
            numbers.add(one.text)

    def _span(self, profile: FieldProfile, one: Found, text: str, count: int, first: bool) -> None:
        """One entity in one distinct value, ``first`` of its kind there."""
        hit, form, whole = one.hit, one.form, _is_whole(one, text)
        found = profile.entities.setdefault(hit.entity, EntityCount())
        found.rows += count * first
        found.whole += count * (whole and first)
        profile.forms[form] += count
        if hit.entity == "CREDIT_CARD" and hit.score >= TOLD:
            profile.classes["card_told"] += count * first
        hashed = self.hasher.hash(forms.kind(hit.entity, hit.normal), hit.normal)
        # What may be a key is compared with keys.
        found.distinct.add(
            self._short(hit.normal) if hit.entity == "USER_ID" else int(hashed[:16], 16), count
        )
        self.seen[profile.place.field, hit.entity, form, hashed] += count
        if hit.entity == "EMAIL_HASH":
            profile.digests.add(int(hashed[:16], 16), count)
        elif hit.entity == "EMAIL_ADDRESS" and whole:
            for digest in forms.digests(hit.normal).values():
                profile.digests.add(int(self.hasher.hash("EMAIL_HASH", digest)[:16], 16), count)

    def _recognised(self, profile: FieldProfile, filled: Counter[str], recognizers: Path) -> None:
        texts, known = list(filled), set[tuple[int, str]]()
        for one in custom.found(recognizers, texts):
            count = filled[texts[one.number]] * ((one.number, one.entity) not in known)
            known.add((one.number, one.entity))
            found = profile.entities.setdefault(custom.PREFIX + one.entity, EntityCount())
            found.rows += count
            found.whole += count * one.whole
            found.distinct.add(self._short(one.text))

    def _short(self, text: str) -> int:
        return int(self.hasher.hash("KEY", text)[:16], 16)


def _is_whole(one: Found, text: str) -> bool:
    """Whether it is all of the value but for blanks and a few signs around it."""
    bare = text.strip()
    if text.isascii():
        return one.end - one.start >= 0.85 * len(bare)
    return len(text[one.start : one.end].encode()) >= 0.85 * len(bare.encode())


def _marked(name: str, filled: Counter[str], vocabulary: frozenset[str]) -> dict[str, Counter[str]]:
    """Pseudo-field (``line~user_id``) → values beside that marker. Only markers whose words mean something
    or name a collection: any other word before a sign could be somebody's name."""
    found: dict[str, Counter[str]] = {}
    texts = [text for text in filled if _MARKED.search(text)]
    for number, (marker, value, _, _) in markers_of(texts):
        if _means(marker, vocabulary):
            found.setdefault(f"{name}~{marker}", Counter())[value] += filled[texts[number]]
    return found


@lru_cache(maxsize=1 << 14)
def _means(marker: str, vocabulary: frozenset[str]) -> bool:
    return bool(lexicon.concepts(marker) or nouns.kinds(marker)) or nouns.speaks(marker, vocabulary)
