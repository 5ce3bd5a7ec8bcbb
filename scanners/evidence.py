"""What a detector is shown, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from vestige.catalog.model import Place
from vestige.connectors.protocol import Collection
from vestige.scanners import lexicon, naming
from vestige.scanners.profile import FieldProfile
from vestige.scanners.sketch import Sketch

PERSONAL = 0.6
REVIEW = 0.35

_THINGS = ("thing", "region", "city", "status", "version")
_SHORTEST = 5
"""Characters: below, a value is a prefix, a flag or a count, whatever its field is called."""
_DISTINCT = 8
_GIVEN = 0.35
"""Share of values with a known given name; no list has them all, and few other texts have one at all."""
_BY = frozenset(("by", "von", "durch", "par", "por", "da", "door", "przez", "av", "af"))
_WHOLES = ("line", "object", "key", "$")
_CONTACTS = ("email", "phone", "given", "family", "fullname", "birth")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a field may hold. ``structured``: whole values are it; else its text mentions it."""

    entity: str
    score: float
    evidence: tuple[str, ...]
    structured: bool = True


@dataclass(frozen=True, slots=True)
class Example:
    """A field that a detector must get right: its collection, name and values; ``entity`` None: not personal.

    ``beside``: names of other fields of the collection. ``own``: an entity and a pattern of the user's own.
    All values are made up.
    """

    collection: str
    field: str
    values: tuple[str | int | None, ...]
    entity: str | None
    beside: tuple[str, ...] = ()
    declared: str = "text"
    own: tuple[str, str] | None = None


@dataclass(frozen=True, eq=False)
class CollectionView:
    """A collection as a whole: whose records are these?"""

    store: str
    name: str
    profiles: tuple[FieldProfile, ...]
    described: Collection | None = None
    owned: bool = False
    """Whether relations lead from its records to people."""
    belongs: bool = False
    """Whether they do so by a key: its records have ids of their own, and are not people."""

    @cached_property
    def meanings(self) -> tuple[frozenset[str], ...]:
        return lexicon.meanings(_stem(self.name))

    @cached_property
    def person(self) -> float:
        """From 0 to 1, how sure its records are people or lie next to one."""
        named = max(0.5 if self.about("account") else self.about("person"), self.names_people)
        contacts = self._contacts()
        return min(1.0, 0.6 * named + 0.35 * min(len(contacts), 2) + 0.7 * self.owned)

    @cached_property
    def names_people(self) -> bool:
        """Whether a field, whatever it is called, holds people's names in full."""
        if any(map(looks_like_people, self.profiles)):
            return True
        reached = any(max(map(one.whole, ("EMAIL_ADDRESS", "PHONE_NUMBER"))) > 0.6 for one in self.profiles)
        if reached and any(is_given(one, few=True) for one in self.profiles):
            return True
        old = any(one.share("birth") > 0.85 for one in self.profiles)
        return old and any(map(is_given, self.profiles)) and any(map(may_be_families, self.profiles))

    @cached_property
    def affix(self) -> naming.Affix:
        return naming.Affix(
            self.name, (one.place.field for one in self.profiles if one.place.field not in _WHOLES)
        )

    def own(self, path: str) -> str:
        """A field's path without what all names of the collection have in common."""
        return self.affix.off(path) if path not in _WHOLES else path

    @cached_property
    def thing(self) -> bool:
        """Whether it is named after things and nothing in it speaks of a person."""
        return any(map(self.about, _THINGS)) and not self._contacts() and not self.refers and not self.owned

    @cached_property
    def refers(self) -> bool:
        """Whether a field is named as the key of a person (``customer_id``)."""
        return any(names_person_key(self.own(one.place.field)) for one in self.profiles)

    def about(self, concept: str) -> bool:
        """Whether the head of its name means the concept: ``user_roles`` is about roles, not users."""
        heads = [part for part in self.meanings if part & {"person", "account", *_THINGS}]
        return bool(heads) and concept in heads[-1]

    def _contacts(self) -> set[str]:
        found: set[str] = set()
        for one in self.profiles:
            means = lexicon.concepts(naming.steps(self.own(one.place.field))[-1])
            if not means & {"meta", "hash"} and not (one.filled and one.longest < _SHORTEST):
                found |= means.intersection(_CONTACTS)
            if one.whole("EMAIL_ADDRESS") > 0.6:
                found.add("email")
        return found


@dataclass(frozen=True, eq=False)
class FieldView:
    """One field with its surroundings."""

    profile: FieldProfile
    collection: CollectionView
    digests: tuple[Sketch, ...] = field(default=(), repr=False)
    """Of every field of e-mails: the keyed hashes of their digests."""
    people: tuple[FieldProfile, ...] = field(default=(), repr=False)
    """The keys of identity sources."""
    linked: tuple[Candidate, ...] = ()
    """What relations and identity sources say of it."""
    in_source: bool = False
    """Whether its collection is an identity source."""
    refers_elsewhere: bool = False
    """Whether a relation leads from it to something that is no person."""

    @property
    def place(self) -> Place:
        return self.profile.place

    @cached_property
    def steps(self) -> list[str]:
        return naming.steps(self.collection.own(self.place.field))

    @property
    def leaf(self) -> str:
        """The last step of the path; a marker, if it is one."""
        return self.steps[-1].removesuffix("{key}")

    @cached_property
    def parts(self) -> tuple[frozenset[str], ...]:
        """The concepts of its own name, part by part; ``name.first`` is read as ``first_name``."""
        if self.nameless:
            return ()
        turned = lexicon.meanings("_".join(self.steps[:-3:-1])) if len(self.steps) > 1 else ()
        if len(turned) == 1 and turned[0] & {"given", "family", "birth", "postal"}:
            return turned
        return lexicon.meanings(self.leaf)

    @cached_property
    def means(self) -> frozenset[str]:
        """The concepts of its own name."""
        return frozenset().union(*self.parts)

    @cached_property
    def said(self) -> frozenset[str]:
        """The concepts of its own name that no word cut short was needed for."""
        return frozenset() if self.nameless else lexicon.said(self.leaf)

    @property
    def nameless(self) -> bool:
        """Whether its heading only counts: ``Column3``."""
        return naming.is_placeholder(self.leaf)

    @property
    def leaf_is_key(self) -> bool:
        """Whether it is named as a key and nothing else: ``id``, ``uuid``, ``nr``."""
        return bool(self.parts) and all("id" in part for part in self.parts)

    @cached_property
    def around(self) -> frozenset[str]:
        """The concepts of the steps above it."""
        return frozenset().union(*(lexicon.concepts(step) for step in self.steps[:-1]))

    @cached_property
    def of_person(self) -> float:
        """From 0 to 1, how sure the field is a person's, by its own name, its path and its collection."""
        if (self.means | self.around) & {"party", "person"} and not (self.around & {"thing"}) - self.means:
            return 1.0 if "thing" not in self.means else 0.5
        if "thing" in self.around and "person" not in self.around:
            return 0.2
        return self.collection.person

    @property
    def in_text(self) -> bool:
        """Whether it is text in which things are mentioned: prose, the line of a log."""
        return self.profile.prose or self.place.field == "line" or self.profile.length > 120

    def named(self, *concepts: str) -> bool:
        return not self.means.isdisjoint(concepts)

    @property
    def only_role(self) -> bool:
        """Whether its name is a word for people and no more: ``driver``, ``assigned_customer``."""
        return bool(self.parts) and self.parts[-1] <= {"person"} and lexicon.ends_known(self.leaf)

    @cached_property
    def done_by(self) -> bool:
        """Whether it says who did something: ``approved_by``, ``erstellt_von``, ``assigned_to``."""
        said = lexicon.tokens(self.leaf)
        return self.named("actor") or (len(said) > 1 and said[-1] in _BY)

    def heads(self, concept: str) -> bool:
        """Whether the concept is what the name is about, not merely in it (``email`` in ``email_count``)."""
        return bool(self.parts) and concept in self.parts[-1]


def looks_like_people(profile: FieldProfile) -> bool:
    """Whether values look like people's names in full: several words, known given names, few that recur."""
    return (
        profile.distinct >= max(_DISTINCT, 0.5 * profile.filled)
        and not profile.prose
        and profile.share("named") >= 0.8
        and profile.share("given") >= _GIVEN
        and profile.words >= 1.8 * profile.filled
        and max(profile.share("company"), profile.share("street"), profile.share("place")) < 0.2
    )


def is_given(profile: FieldProfile, *, few: bool = False) -> bool:
    """Whether the values look like given names alone. ``few``: also if they are few that recur, as those of
    storms and ships are too."""
    singles = profile.share("single") >= 0.8 and profile.share("named") >= 0.8
    known = profile.share("given") >= 0.5 and profile.distinct >= _DISTINCT
    return singles and known and (few or not profile.enum)


def may_be_families(profile: FieldProfile) -> bool:
    """Whether the values could be family names: single words, few of which recur, no given names or towns."""
    alone = profile.distinct >= 0.6 * profile.filled > 0 and profile.share("single") >= 0.5
    named = profile.share("named") >= 0.8 and not is_given(profile)
    return alone and named and profile.share("place") < 0.4 and profile.share("label") < 0.2


Detector = Callable[[FieldView], Iterable[Candidate]]


def names_person_key(name: str) -> bool:
    """Whether a name is that of a person's key: ``kunden_nr``, ``userId``, ``id_client``, ``customer.id``."""
    parts = [part for step in naming.steps(name)[-2:] for part in lexicon.meanings(step)][-2:]
    if len(parts) < 2 or parts[-1] & {"email", "phone"}:
        return False
    return any(one & {"person", "fullname"} and "id" in other for one, other in (parts, parts[::-1]))


def share(value: float) -> str:
    """A share in words: ``97 %``."""
    return f"{100 * value:.0f} %"


def _stem(name: str) -> str:
    """What a collection's name says, without schema, ending and wildcards: ``exports/users.csv.gz``."""
    folders, _, last = name.replace(":", "/").rpartition("/")
    head, dot, ending = last.rpartition(".")
    while dot and ending in _ENDINGS:
        last = head
        head, dot, ending = last.rpartition(".")
    return f"{folders}/{last if folders else ending}".replace("*", "")


_ENDINGS = frozenset(
    (
        "csv",
        "tsv",
        "json",
        "jsonl",
        "ndjson",
        "parquet",
        "txt",
        "log",
        "gz",
        "zst",
        "bz2",
        "xml",
        "html",
        "md",
    )
    + ("png", "jpg", "jpeg", "pdf")
)
