"""What a trace of a person means: one that was to stay, one that a person has to judge, or a survivor."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from vestige.connectors.protocol import Locator
from vestige.planning.model import Action, Case, Standing, Touched

Meaning = Literal["expected", "undecided", "survivor", "unknown"]

_DIGESTS = frozenset({"md5", "sha1", "sha256", "hash"})


@dataclass(frozen=True, slots=True)
class Trace:
    """One place that still names a subject. ``locator`` is readable: it stays in memory."""

    subject: int
    store: str
    collection: str
    field: str
    entity: str
    form: str
    certain: bool
    locator: str
    digest: str
    variant: str = ""


class Known(NamedTuple):
    """A record of a case: whose, what was to become of it, and the columns that were to change in it."""

    subject: int
    action: Action
    standing: Standing
    changed: frozenset[str]


def place(locator: Locator) -> str:
    """A locator as one text, to compare by."""
    return json.dumps(dict(locator), sort_keys=True, default=str)


class Records:
    """The records of cases, by where they are and by what they hold after the purge.

    Rows of a file move when others go, so that files are known by their digests alone; tables and entries by
    their keys as well. Picklable.
    """

    def __init__(self, cases: Sequence[Case]) -> None:
        self._by_place: dict[tuple[str, str, str], list[Known]] = {}
        self._by_digest: dict[tuple[str, str], list[Known]] = {}
        self._objects: dict[str, set[str]] = {}
        self._keys: dict[tuple[str, str], set[str]] = {}
        for subject, case in enumerate(cases):
            for record in case.records:
                self._add(subject, record)

    def _add(self, subject: int, record: Touched) -> None:
        changed = frozenset(e.field for e in record.edits if hasattr(e, "field"))
        kept = Known(subject, record.action, record.standing, changed)
        now = record.after if record.action in ("redact", "pseudonymise") else record.digest
        if now:
            self._by_digest.setdefault((record.store, now), []).append(kept)
        if "object" not in record.locator or len(record.locator) == 1:
            # Families of objects may change when objects go: their names are enough.
            collection = "" if "object" in record.locator else record.collection
            self._by_place.setdefault((record.store, collection, place(record.locator)), []).append(kept)
        if record.action not in ("redact", "pseudonymise"):
            return
        if "object" in record.locator:
            self._objects.setdefault(record.store, set()).add(record.locator["object"])
        else:
            first = next(iter(record.locator.values()))
            self._keys.setdefault((record.store, record.collection), set()).add(str(first))

    def changed(self, store: str, collection: str, locator: str, digest: str) -> set[int]:
        """The subjects of a record that was changed: nothing they are called may be left in it."""
        kept = self.of(store, collection, locator, digest)
        return {k.subject for k in kept if k.action in ("redact", "pseudonymise")}

    def objects(self, store: str) -> set[str]:
        """Names of the objects that hold records which were changed."""
        return self._objects.get(store, set())

    def keys(self, store: str, collection: str) -> set[str]:
        """The first part of the locators of changed records in a table or a family of entries, as text."""
        return self._keys.get((store, collection), set())

    def of(self, store: str, collection: str, locator: str, digest: str) -> list[Known]:
        """The records that stand at a place or hold just this; all of an object that was named as a whole."""
        found = self._by_place.get((store, collection, locator)) or self._by_digest.get((store, digest))
        if found is None and '"object"' in locator:
            whole = place({"object": json.loads(locator)["object"]})
            found = self._by_place.get((store, "", whole))
        return found or []


class Judge:
    """Tells what each trace means. ``sources``: (store, collection) of the accounts; of fields (store,
    collection, field), ``impersonal`` are those that the catalog holds for not personal, ``elsewhere`` those
    whose keys are of something else. ``views`` show what other collections hold."""

    def __init__(
        self,
        records: Records,
        sources: Collection[tuple[str, str]],
        impersonal: Collection[tuple[str, str, str]] = (),
        elsewhere: Collection[tuple[str, str, str]] = (),
        views: Collection[tuple[str, str]] = (),
    ) -> None:
        self._records, self._sources = records, frozenset(sources)
        self._impersonal, self._elsewhere = frozenset(impersonal), frozenset(elsewhere)
        self._views = frozenset(views)

    def meanings(self, traces: Iterable[Trace]) -> list[tuple[Trace, Meaning]]:
        """Every trace with what it means; those of a sign that somebody else bears too are undecided. In
        a view, what a record of its store may still show is as it is there."""
        found = [(trace, self._alone(trace)) for trace in traces if not self._is_another_key(trace)]
        shown = {
            (t.store, self._sign(t)): meaning
            for t, meaning in found
            if meaning in ("expected", "undecided") and not self._in_view(t)
        }
        found = [(t, shown.get((t.store, self._sign(t)), m) if self._in_view(t) else m) for t, m in found]
        shared = {self._sign(t) for t, meaning in found if meaning == "survivor" and self._of_another(t)}
        return [
            (t, "undecided" if meaning == "survivor" and self._sign(t) in shared else meaning)
            for t, meaning in found
        ]

    def _alone(self, trace: Trace) -> Meaning:
        mine = self._mine(trace)
        if not mine or self._in_view(trace):
            return self._unplanned(trace)
        actions = {k.action for k in mine}
        if "retain" in actions:
            return "expected"
        if "review" in actions:
            # A key in a field that waits for a decision may be theirs; a name or a phone alone links nothing.
            return "undecided" if trace.certain else "unknown"
        if any(self._stays(trace, k) for k in mine):
            return "expected"
        return "survivor" if trace.certain else "unknown"

    def _is_another_key(self, trace: Trace) -> bool:
        """Whether the equal key of something else was found: ``A-10017`` of a contract."""
        is_key = trace.form == "key" and not trace.certain
        return is_key and (trace.store, trace.collection, trace.field) in self._elsewhere

    def _mine(self, trace: Trace) -> list[Known]:
        known = self._records.of(trace.store, trace.collection, trace.locator, trace.digest)
        return [k for k in known if k.subject == trace.subject]

    def _unplanned(self, trace: Trace) -> Meaning:
        place = (trace.store, trace.collection, trace.field)
        by_chance = trace.entity == "PHONE_NUMBER" and place in self._impersonal
        return "unknown" if by_chance or not trace.certain else "survivor"

    def _stays(self, trace: Trace, kept: Known) -> bool:
        """Whether what was found is what a changed record was to keep: a pseudonym, a stub's own keys, and in
        somebody else's record a word that may be anybody's given name."""
        if kept.action == "pseudonymise" and (trace.form in _DIGESTS or trace.form == "key"):
            return True
        if kept.standing == "reference" and trace.form == "given name":
            return True
        stub = kept.action == "redact" and kept.standing == "owner"
        is_key = trace.form == "key" or trace.entity == "USER_ID"  # a UUID is found as it is
        return stub and is_key and trace.field not in kept.changed

    def _in_view(self, trace: Trace) -> bool:
        return (trace.store, trace.collection) in self._views

    def _sign(self, trace: Trace) -> tuple[int, str, str]:
        return trace.subject, trace.entity, trace.variant

    def _of_another(self, trace: Trace) -> bool:
        """Whether the trace is in somebody else's account: a phone they share, an address with their tag."""
        weak = trace.entity == "PHONE_NUMBER" or trace.form == "tag"
        own = any(known.standing == "owner" for known in self._mine(trace))
        return weak and not own and (trace.store, trace.collection) in self._sources
