"""Which fields could refer to which: a key-like field, a unique field, a name and an inclusion."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from vestige.catalog.model import IdentitySource, Place
from vestige.catalog.store import Catalog
from vestige.matching.forms import Hasher
from vestige.scanners import nouns
from vestige.scanners.landscape import Landscape

SENTINELS = ("0", "-1", "NULL", "null", "None", "N/A", "n/a", "-")
"""What stands for "nobody" where a column may not be NULL."""
HINT = 0.3
"""Share below which not even a look at the records is worth while."""
COVERED = 0.5
"""Share of the distinct values that as many draws from the parent would show, were all equally busy."""
COVERED_BY_NAME = 0.95
OWN_KEY = 0.75
"""``named`` from which a collection's own key may refer to another's: a satellite's ``user_id``."""
BY_ROLE, BY_KEY_NAME, BY_STORE, BY_BELONGING, WITHIN = 0.5, 0.95, 0.05, 0.6, 0.6
_OTHER = frozenset(
    {
        "PHONE_NUMBER", "PERSON", "ADDRESS", "DATE_OF_BIRTH", "IP_ADDRESS", "MAC_ADDRESS", "CREDIT_CARD",
        "IBAN_CODE", "URL", "GENDER", "HEALTH", "RELIGION", "ETHNICITY", "EMAIL_HASH", "PHONE_HASH",
        "SESSION_TOKEN", "DEVICE_ID",
    }
)  # fmt: skip
"""What a field may hold as a whole that is no key of anything."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """``named``: how well the names fit, 0 to 1. ``share`` of the child's ``distinct`` values are among the
    parent's ``parents``, in ``rows`` records. ``telling``: values that coincide by no accident (UUIDs, long
    or mixed numbers). ``source``: the parent's rows are people."""

    child: Place
    parent: Place
    named: float
    share: float
    distinct: int
    parents: int
    rows: int
    telling: bool
    source: bool

    @property
    def covers(self) -> bool:
        """Whether the child's values spread over the whole of the parent's, as far as its records go."""
        expected = self.parents * (1 - (1 - 1 / self.parents) ** self.rows)
        return self.distinct >= COVERED * expected


def candidates(
    land: Landscape, sources: Iterable[IdentitySource], segment: Catalog, hasher: Hasher
) -> list[Candidate]:
    """All pairs worth judging, with their inclusion counted exactly."""
    people = {(source.store, source.collection) for source in sources}
    joined = _joined(land)
    targets = [place for place in land.profiles if _is_target(land, place, people, joined)]
    pairs = {
        (child, parent): named
        for child in land.profiles
        if _is_child(land, child)
        for parent, named in _parents(land, child, targets, people)
    }
    ignored = [hasher.hash("KEY", sentinel) for sentinel in SENTINELS]
    return [
        Candidate(
            found.child,
            found.parent,
            pairs[found.child, found.parent],
            found.shared / found.child_distinct,
            found.child_distinct,
            found.parent_distinct,
            land.profiles[found.child].filled,
            _telling(land, found.parent),
            (found.parent.store, found.parent.collection) in people,
        )
        for found in segment.inclusions(list(pairs), ignored)
        if found.child_distinct and found.shared >= HINT * found.child_distinct
    ]


def _joined(land: Landscape) -> set[Place]:
    """Fields that others of the very same name and store draw all their values from, time and again."""
    alike: dict[tuple[str, str], list[Place]] = {}
    for place, profile in land.profiles.items():
        if profile.keys.counts and not profile.prose:
            alike.setdefault((place.store, place.field), []).append(place)
    return {
        parent
        for places in alike.values()
        for parent in places
        if len(places) > 1 and land.near_unique(parent)
        for child in places
        if not land.near_unique(child) and land.contained(child, parent)[0] >= COVERED_BY_NAME
    }


def _is_target(land: Landscape, place: Place, people: set[tuple[str, str]], joined: Container[Place]) -> bool:
    """Whether others may refer to this field: a unique key, business number or user name."""
    collection = land.collections.get((place.store, place.collection))
    entities = land.entities.get(place, frozenset())
    if collection is None or collection.kind == "log" or "~" in place.field or entities & _OTHER:
        return False
    if "EMAIL_ADDRESS" in entities or not land.near_unique(place):
        return False
    declared = land.declared_unique(place)
    if not declared and land.share_filled(place) < 0.5:
        return False
    is_person = (place.store, place.collection) in people
    name = nouns.field_name(place.field)
    named = name.keys and (is_person or _names_itself(place))
    return declared or "USERNAME" in entities or named or place in joined


def _names_itself(place: Place) -> bool:
    name = nouns.field_name(place.field)
    return not name.nouns or nouns.names_table(place.field, place.collection) > 0.5


def _is_child(land: Landscape, place: Place) -> bool:
    profile, entities = land.profiles[place], land.entities.get(place, frozenset())
    if not profile.keys.counts or profile.prose or entities & (_OTHER | {"EMAIL_ADDRESS"}):
        return False
    name = nouns.field_name(place.field)
    if not name.nouns:
        return False
    return not (_names_itself(place) and land.near_unique(place) and land.declared_unique(place))


def _parents(
    land: Landscape, child: Place, targets: Iterable[Place], people: set[tuple[str, str]]
) -> Iterator[tuple[Place, float]]:
    for parent in targets:
        if parent == child or _outranks(land, child, parent, people):
            continue
        named = _named(land, child, parent, (parent.store, parent.collection) in people)
        if (named < OWN_KEY and _is_own_key(land, child)) or _names_its_own(land, child, parent):
            continue
        share, compared = (
            land.contained(child, parent) if named or _comparable(land, child, parent) else (0.0, 0)
        )
        if share >= HINT or (named > 0 and compared == 0):
            yield parent, named


def _names_its_own(land: Landscape, child: Place, parent: Place) -> bool:
    """Whether a unique key is rather named after its own collection, and its numbers tell nothing."""
    own, other = (nouns.names_table(child.field, each.collection) for each in (child, parent))
    return own > other and land.near_unique(child) and not _telling(land, parent)


def _outranks(land: Landscape, child: Place, parent: Place, people: set[tuple[str, str]]) -> bool:
    """Of two keys with the same values (a table and its export), the table's is the parent."""
    if not (_names_itself(child) and land.near_unique(child)):
        return False
    return _standing(land, child, people) >= _standing(land, parent, people)


def _standing(land: Landscape, place: Place, people: set[tuple[str, str]]) -> tuple[bool, bool, bool]:
    collection = land.collections.get((place.store, place.collection))
    is_table = collection is not None and collection.kind == "table"
    return (place.store, place.collection) in people, land.declared_unique(place), is_table


def _comparable(land: Landscape, child: Place, parent: Place) -> bool:
    """Without a name that fits, only values that tell, or records that can be compared, are worth a look."""
    if child.collection == parent.collection and child.store == parent.store:
        return False
    return _telling(land, parent) or nouns.field_name(child.field).keys or "~" in child.field


def _is_own_key(land: Landscape, place: Place) -> bool:
    collection = land.collections.get((place.store, place.collection))
    return collection is not None and collection.key == (place.field,)


def _named(land: Landscape, child: Place, parent: Place, is_person: bool) -> float:
    """How well the child's name fits the parent's table, its key's name, or a role of a person."""
    name = nouns.field_name(child.field)
    if (child.store, child.collection) == (parent.store, parent.collection):
        return WITHIN if name.nouns and _within(name, child, is_person) else 0.0
    scores = [nouns.names_table(child.field, parent.collection), _by_store(child, parent)]
    own = nouns.field_name(parent.field)
    says = set(own.nouns) - nouns.listed("", "suffixes")
    if says and (own.nouns, own.keys) == (name.nouns, name.keys) and not _is_own_key(land, child):
        scores.append(BY_KEY_NAME)
    if is_person and _by_role(name, child):
        scores.append(BY_ROLE)
    if is_person and _by_belonging(land, child, parent):
        scores.append(BY_BELONGING)
    return max(scores)


def _by_belonging(land: Landscape, child: Place, parent: Place) -> bool:
    """``cart:17``, ``avatars/17``: what is kept per person, without numbers of its own, is kept by theirs."""
    marker = child.field.partition("~")[2]
    if "belongings" not in nouns.kinds(marker) or "staff" in nouns.person_kinds(parent.collection):
        return False
    return not any(
        nouns.names_table(marker, name) >= OWN_KEY and land.collections[store, name].kind in ("table", "view")
        for store, name in land.collections
    )


def _by_store(child: Place, parent: Place) -> float:
    """``shop_user`` names the users of the store ``shop``, and more surely than those of another."""
    store, all_words = nouns.words(parent.store), nouns.words(child.field.rpartition(".")[2])
    rest = [word for word in all_words if word not in store]
    if child.store == parent.store or len(rest) in (0, len(all_words)):
        return 0.0
    named = nouns.names_table("_".join(rest), parent.collection)
    return named + BY_STORE if named else 0.0


def _by_role(name: nouns.Name, child: Place) -> bool:
    """All words are parts of people, but for the record's own noun: ``created_by``, ``post_author``."""
    own = nouns.table_nouns(child.collection)
    said = [noun for noun in name.nouns if not any(nouns.same(noun, word) >= 0.9 for word in own)]
    return bool(said) and all(map(nouns.is_role, said))


def _within(name: nouns.Name, child: Place, is_person: bool) -> bool:
    """``parent_id``, ``reply_to_id``; among people ``manager_id``: refers to a record of its own kind."""
    if set(name.nouns) & nouns.listed("roles", "self"):
        return True
    return is_person and nouns.part(child.field) in ("reference", "participant")


def _telling(land: Landscape, parent: Place) -> bool:
    profile = land.profiles[parent]
    if not profile.integers:
        return True
    long = sum(cells for digits, cells in profile.digits.items() if digits >= 6)
    return not profile.dense and long >= 0.8 * profile.filled
