"""From the cells of a partition to profiles and keyed occurrences, each distinct value of a batch once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from vestige.catalog.model import Place
from vestige.matching import forms, names
from vestige.matching.extract import Extractor, Span, markers
from vestige.matching.forms import Hasher
from vestige.matching.markers import of_name
from vestige.matching.views import Cell, cells
from vestige.scanners import lexicon, nouns
from vestige.scanners.features import features
from vestige.scanners.observation import Seen
from vestige.scanners.profile import SHAPES, EntityCount, FieldProfile
from vestige.scanners.recognition import Sample, recognised

MAX_FIELDS = 2_000
MAX_KEY = 64
TOLD = 0.9
"""Score of a card number that is printed in groups, or has a word for cards before it."""
_NO_KEYS = frozenset({"real", "date", "timestamp", "boolean", "binary"})
_NOT_A_KEY = frozenset({"date", "time", "sentence", "url"})
_MARKED = ("=", ":", "/", "#")
Values = Counter[tuple[str, str]]
"""(text, kind of the cell) → how often, in one field of one batch."""


@dataclass(slots=True)
class _Numbers:
    """What decides whether whole numbers rise without big holes; kept in memory only."""

    last: int | None = None
    low: int | None = None
    high: int = 0
    seen: int = 0
    rising: bool = True

    def add(self, value: int) -> None:
        self.rising = self.rising and (self.last is None or value > self.last)
        self.last = value
        self.low = value if self.low is None else min(self.low, value)
        self.high = max(self.high, value)
        self.seen += 1

    @property
    def dense(self) -> bool:
        return self.low is not None and self.seen > 1 and self.high - self.low < 2 * self.seen + 8


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
    profiles: dict[str, FieldProfile] = field(default_factory=dict)
    seen: Counter[Seen] = field(default_factory=Counter)
    records: int = 0
    dropped: int = 0
    """Cells of fields beyond MAX_FIELDS, which were not looked at."""
    _numbers: dict[str, _Numbers] = field(default_factory=dict)
    _prose: dict[str, Sample] = field(default_factory=dict, repr=False)

    def observe(self, batch: pa.RecordBatch) -> None:
        """Take in one batch of records."""
        self.records += batch.num_rows
        for name, values in self._grouped(cells(batch)).items():
            self._field(name, values)

    def name(self, object_name: str) -> None:
        """Take in the name of the partition's object: identifiers and numbers in paths are personal too."""
        self._field("object", Counter({(of_name(object_name), "text"): 1}))

    def recognise(self) -> None:
        """Look for people and places in the sampled prose; once, when all was read."""
        for name, sample in self._prose.items():
            profile = self.profiles[name]
            if not profile.prose:
                continue
            texts = sample.texts
            profile.classes["analysed"] = len(texts)
            seen: set[tuple[int, str]] = set()
            for number, entity, said in recognised(texts):
                found = profile.entities.setdefault(entity, EntityCount())
                found.rows += (number, entity) not in seen
                found.distinct.add(self._short(" ".join(names.words(said))))
                seen.add((number, entity))

    def finished(self) -> Iterator[FieldProfile]:
        """The profiles, complete."""
        for name, profile in self.profiles.items():
            numbers = self._numbers.get(name)
            profile.records = self.records
            profile.ascending = bool(numbers and numbers.rising and numbers.seen == profile.filled)
            profile.dense = bool(numbers and numbers.dense)
            profile.shapes = Counter(dict(profile.shapes.most_common(SHAPES)))
            if profile.cells:
                yield profile

    def _grouped(self, found: Iterable[Cell]) -> dict[str, Values]:
        grouped: dict[str, Values] = {}
        for cell in found:
            values = grouped.get(cell.field)
            if values is None:
                if cell.field not in self.profiles and len(self.profiles) + len(grouped) >= MAX_FIELDS:
                    self.dropped += 1
                    continue
                values = grouped.setdefault(cell.field, Counter())
            values[cell.text, cell.kind] += 1
            if cell.kind != "null" and len(cell.text) < 20:
                self._number(cell.field, cell.text)
        return grouped

    def _number(self, name: str, text: str) -> None:
        if text.isascii() and text.isdigit():
            self._numbers.setdefault(name, _Numbers()).add(int(text))

    def _field(self, name: str, values: Values) -> None:
        profile = self._profile(name)
        filled: Counter[str] = Counter()
        for (text, kind), count in values.items():
            profile.cells += count
            profile.kinds[kind] += count
            if kind != "null" and text.strip():
                filled[text] += count
                self._look(profile, text, kind, count)
        self._spans(profile, filled)
        for marked, found in _marked(name, filled, self.vocabulary).items():
            self._markers(marked, found)

    def _profile(self, name: str) -> FieldProfile:
        if name not in self.profiles:
            declared = self.declared.get(name, "text")
            self.profiles[name] = FieldProfile(Place(self.store, self.collection, name), declared)
        return self.profiles[name]

    def _look(self, profile: FieldProfile, text: str, kind: str, count: int) -> None:
        """One distinct value, whatever it is: its shape, its classes, and its key."""
        look = features(text)
        profile.filled += count
        profile.characters += len(text) * count
        profile.longest = max(profile.longest, len(text))
        profile.words += look.words * count
        profile.shapes[look.mask] += count
        if len(profile.shapes) > 8 * SHAPES:
            profile.shapes = Counter(dict(profile.shapes.most_common(2 * SHAPES)))
        if look.digits is not None:
            profile.digits[look.digits] += count
        for one in look.classes:
            profile.classes[one] += count
        short = self._short(text)
        profile.values.add(short, count)
        if "sentence" in look.classes:
            self._prose.setdefault(profile.place.field, Sample()).add(short, text)
        if kind != "boolean" and profile.declared not in _NO_KEYS and not look.classes & _NOT_A_KEY:
            self._key(profile, text, count, look.classes)

    def _key(self, profile: FieldProfile, text: str, count: int, looks: frozenset[str]) -> None:
        key = forms.key(text) if len(text) <= MAX_KEY else None
        if key is None or any(sign.isspace() for sign in key) or ("real" in looks and not key.isdigit()):
            return
        address = forms.email(text) if "@" in text else None
        canonical = address or key
        hashed = self.hasher.hash("KEY", canonical)
        profile.keys.add(int(hashed[:16], 16), count)
        if address is None:
            self.seen[profile.place.field, "KEY", "clear", hashed] += count

    def _spans(self, profile: FieldProfile, filled: Counter[str]) -> None:
        if not filled or profile.declared in ("boolean", "real"):
            return
        texts = list(filled)
        batch = pa.RecordBatch.from_pydict({_column(profile.place.field): pa.array(texts, pa.string())})
        cells_of: dict[str, set[int]] = {}
        for span in self.extractor.spans(batch):
            text = texts[span.row]
            count = filled[text]
            first = span.row not in cells_of.setdefault(span.entity, set())
            cells_of[span.entity].add(span.row)
            self._span(profile, span, count, _is_whole(span, text), first)

    def _span(self, profile: FieldProfile, span: Span, count: int, whole: bool, first: bool) -> None:
        """One entity in one distinct value: ``first`` of its kind there, or the ``whole`` of it."""
        found = profile.entities.setdefault(span.entity, EntityCount())
        found.rows += count * first
        found.whole += count * (whole and first)
        profile.forms[span.form] += count
        if span.entity == "CREDIT_CARD" and span.score >= TOLD:
            profile.classes["card_told"] += count * first
        hashed = self.hasher.hash(forms.kind(span.entity, span.normal), span.normal)
        found.distinct.add(self._short(span.normal), count)
        self.seen[profile.place.field, span.entity, span.form, hashed] += count
        if span.entity == "EMAIL_ADDRESS" and whole:
            for digest in forms.digests(span.normal).values():
                profile.digests.add(int(self.hasher.hash("EMAIL_HASH", digest)[:16], 16), count)
        elif span.entity == "EMAIL_HASH":
            profile.digests.add(int(self.hasher.hash("EMAIL_HASH", span.normal)[:16], 16), count)

    def _markers(self, name: str, values: Counter[str]) -> None:
        """Values beside a marker in a text, as a field of their own."""
        if name not in self.profiles and len(self.profiles) >= MAX_FIELDS:
            return
        profile = self._profile(name)
        for text, count in values.items():
            profile.cells += count
            self._look(profile, text, "text", count)

    def _short(self, text: str) -> int:
        return int(self.hasher.hash("KEY", text)[:16], 16)


def _column(name: str) -> str:
    """A name that no reader of batches takes for a locating or a document column."""
    return name if name[:1] not in "@$" else "value"


def _is_whole(span: Span, text: str) -> bool:
    """Whether the span is all of the value but for blanks and a few signs around it."""
    return span.end - span.start >= 0.85 * len(text.strip().encode())


def _marked(name: str, filled: Counter[str], vocabulary: frozenset[str]) -> dict[str, Counter[str]]:
    """Pseudo-field (``line~user_id``) → values beside that marker. Only markers whose words mean something
    or name a collection: any other word before a sign could be somebody's name."""
    found: dict[str, Counter[str]] = {}
    for text, count in filled.items():
        if any(sign in text for sign in _MARKED):
            for marker, value, _, _ in markers(text):
                if lexicon.concepts(marker) or nouns.kinds(marker) or nouns.speaks(marker, vocabulary):
                    found.setdefault(f"{name}~{marker}", Counter())[value] += count
    return found
