"""Identity sources: the collections whose rows are people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vestige.catalog.estate import Estate
from vestige.catalog.model import Finding, IdentitySource, Place
from vestige.connectors.protocol import Collection
from vestige.scanners import lexicon, nouns
from vestige.scanners.landscape import Landscape
from vestige.scanners.naming import abbreviates
from vestige.scanners.profile import FieldProfile

ENOUGH = 3.5
"""Points that make a collection a source: a unique e-mail and a noun for people, or an e-mail and what stands
beside it as a rule, names and a key."""
MOSTLY = 0.9
IDENTIFYING = ("EMAIL_ADDRESS", "EMAIL_HASH", "PHONE_NUMBER", "PHONE_HASH", "PERSON", "USERNAME", "USER_ID")


@dataclass(frozen=True, slots=True)
class _Candidate:
    collection: Collection
    key: Place
    strong: Place
    score: float
    evidence: tuple[str, ...]


def infer(
    estate: Estate,
    collections: Iterable[Collection],
    profiles: Iterable[FieldProfile],
    findings: Iterable[Finding],
) -> list[IdentitySource]:
    """The configured sources if there are any, else those that the evidence proposes, best first."""
    land = Landscape.of(collections, profiles, findings)
    if estate.subjects:
        return [_configured(land, name, key) for name, key in estate.subjects]
    found = [each for each in (_candidate(land, one) for one in land.collections.values()) if each]
    found.sort(key=lambda each: (-each.score, each.collection.store, each.collection.name))
    kept: list[_Candidate] = []
    for each in found:
        if not any(_repeats(land, each, better) for better in kept):
            kept.append(each)
    return [_source(land, each) for each in kept]


def _configured(land: Landscape, name: str, key: str) -> IdentitySource:
    store, _, collection = name.partition(".")
    identifiers = _identifiers(land, Place(store, collection, key))
    return IdentitySource(store, collection, key, identifiers, "configured", ("configured under subjects",))


def _source(land: Landscape, found: _Candidate) -> IdentitySource:
    collection, key = found.collection, found.key
    identifiers = _identifiers(land, key)
    return IdentitySource(
        collection.store, collection.name, key.field, identifiers, "inferred", found.evidence
    )


def _identifiers(land: Landscape, key: Place) -> tuple[tuple[str, str], ...]:
    """(field, entity) of all that identifies a row: its key, business numbers, addresses, names."""
    found: dict[tuple[str, str], None] = {}
    if "EMAIL_ADDRESS" not in land.entities.get(key, ()):
        found[(key.field, "USER_ID")] = None
    for place in land.fields.get((key.store, key.collection), ()):
        for entity in IDENTIFYING:
            if entity in land.entities.get(place, ()):
                found[(place.field, entity)] = None
        if place != key and (_business_number(land, place) or _own_uuid(land, place)):
            found.setdefault((place.field, "USER_ID"), None)
    return tuple(found)


def _candidate(land: Landscape, collection: Collection) -> _Candidate | None:
    if collection.kind == "log" or (collection.store, collection.name) not in land.fields:
        return None
    strong = _strong(land, collection)
    if strong is None:
        return None
    place, what = strong
    key = _key(land, collection, place)
    points = [(2.0, f"{what} is (nearly) unique in {place.field}"), *_points(land, collection)]
    score = sum(value for value, _ in points)
    if score < ENOUGH:
        return None
    return _Candidate(collection, key, place, score, tuple(reason for value, reason in points if value > 0))


def _strong(land: Landscape, collection: Collection) -> tuple[Place, str] | None:
    """The field that tells one person from another, and what it holds."""
    for entity, what in (("EMAIL_ADDRESS", "e-mail"), ("EMAIL_HASH", "e-mail digest")):
        for place in land.holding(collection, entity):
            if land.near_unique(place) and land.share_filled(place) >= 0.5:
                return place, what
    if not land.holding(collection, "PERSON"):
        return None
    if not nouns.person_kinds(collection.name):
        return _numbered(land, collection)
    for place in land.fields[(collection.store, collection.name)]:
        if land.near_unique(place) and (_is_uuid(land, place) or _business_number(land, place)):
            return place, "a UUID" if _is_uuid(land, place) else "a business number"
    return None


def _numbered(land: Landscape, collection: Collection) -> tuple[Place, str] | None:
    """The key of records that are people by what they hold, whatever they are called: names, and what people
    alone have."""
    if not (land.holding(collection, "DATE_OF_BIRTH") or land.holding(collection, "GENDER")):
        return None
    places = land.fields[(collection.store, collection.name)]
    first = next((place for place in places if _is_key(land, collection, place)), None)
    return (first, "a key") if first else None


def _is_key(land: Landscape, collection: Collection, place: Place) -> bool:
    """Declared, or unique and made like a key, in the column where keys stand."""
    if collection.key == (place.field,):
        return True
    profile = land.profiles[place]
    first = collection.fields and collection.fields[0].name == place.field
    like = profile.integers or profile.share("code") >= 0.9 or _is_uuid(land, place)
    return bool(first) and like and land.near_unique(place) and land.share_filled(place) > 0.99


def _points(land: Landscape, collection: Collection) -> list[tuple[float, str]]:
    """What speaks for and against rows being people, the strong identifier aside."""
    kinds, people = nouns.kinds(collection.name), nouns.person_kinds(collection.name)
    points = [(2.0, "its name is a word for people")] if people else []
    for entity, value, reason in (
        ("PERSON", 1.0, "it holds names"),
        ("DATE_OF_BIRTH", 1.0, "it holds dates of birth"),
        ("PHONE_NUMBER", 0.5, "it holds phone numbers"),
        ("USERNAME", 0.5, "it holds user names"),
        ("GENDER", 0.5, "it holds genders"),
    ):
        if land.holding(collection, entity):
            points.append((value, reason))
    points += [(0.5, "it has a key")] if len(collection.key) == 1 else []
    points += [(1.0, "other tables refer to it")] if _is_referred_to(land, collection) else []
    points += [(1.0, "it holds passwords")] if _has_passwords(land, collection) else []
    points += [(-3.0, "a log or a history")] if "log" in kinds else []
    points += (
        [(-2.0, "belongings, a catalogue or a process")]
        if kinds - {"log"} or not people and _thing(collection)
        else []
    )
    is_table = collection.kind not in ("objects", "documents", "entries")
    return points if is_table else [*points, (-1.0, "not a table")]


def _thing(collection: Collection) -> bool:
    return bool(nouns.meanings(nouns.table_nouns(collection.name)[-1]))


def _is_referred_to(land: Landscape, collection: Collection) -> bool:
    """By declaration, or by the name of a field of the same store."""
    others = [
        other
        for other in land.collections.values()
        if other.store == collection.store and other.name != collection.name
    ]
    declared = any(each.collection == collection.name for other in others for each in other.references)
    return declared or any(
        nouns.field_name(place.field).keys and nouns.names_table(place.field, collection.name) == 1.0
        for other in others
        for place in land.fields.get((other.store, other.name), ())
    )


def _has_passwords(land: Landscape, collection: Collection) -> bool:
    places = land.fields[(collection.store, collection.name)]
    return any(land.profiles[place].share("crypt") >= 0.5 for place in places)


def _key(land: Landscape, collection: Collection, strong: Place) -> Place:
    """The declared key; without one, the first unique field that says "key", or the first column, if made
    like one; else the strong identifier."""
    if (
        len(collection.key) == 1
        and not collection.key[0].startswith("@")
        and collection.kind in ("table", "view")
    ):
        return Place(collection.store, collection.name, collection.key[0])
    for place in land.fields[(collection.store, collection.name)]:
        if land.near_unique(place) and land.share_filled(place) > 0.99 and _own_key(place, collection):
            return place
    places = land.fields[(collection.store, collection.name)]
    return next((place for place in places if _is_key(land, collection, place)), strong)


def _own_key(place: Place, collection: Collection) -> bool:
    name = nouns.field_name(place.field)
    if not name.keys or not name.nouns or nouns.names_table(place.field, collection.name) > 0.5:
        return name.keys
    return len(name.nouns) == 1 and abbreviates(name.nouns[0], collection.name)


def _is_uuid(land: Landscape, place: Place) -> bool:
    return land.profiles[place].whole("USER_ID") >= 0.95


def _own_uuid(land: Landscape, place: Place) -> bool:
    collection = land.collections.get((place.store, place.collection))
    refers = {field for each in collection.references for field in each.fields} if collection else set()
    other = lexicon.concepts(place.field) & {"device", "session", "thing"}
    return _is_uuid(land, place) and land.near_unique(place) and place.field not in refers and not other


def _business_number(land: Landscape, place: Place) -> bool:
    """A unique customer number: says "number", and is no reference to somewhere else."""
    profile, name = land.profiles[place], nouns.field_name(place.field)
    if not name.keys or not land.near_unique(place) or land.entities.get(place, frozenset()) - {"USER_ID"}:
        return False
    return not profile.prose and nouns.names_table(place.field, place.collection) > 0.5


def _repeats(land: Landscape, one: _Candidate, better: _Candidate) -> bool:
    """Whether a candidate only repeats people of a better one: an export, a copy, a satellite.

    A table of another store that has a key of its own beside names is a register of its own, as is any whose
    name is another word for people."""
    if not any(_contained(land, one.strong, place) for place in _telling_apart(land, better)):
        return False
    if one.collection.kind not in ("table", "view"):
        return True
    people = nouns.person_kinds(one.collection.name)
    if one.collection.store == better.collection.store:
        return not people or people == nouns.person_kinds(better.collection.name)
    return not people and not _numbers_names(land, one)


def _numbers_names(land: Landscape, one: _Candidate) -> bool:
    """Whether it gives those whom it names numbers of its own."""
    numbered = one.key != one.strong and land.declared_unique(one.key)
    return numbered and bool(land.holding(one.collection, "PERSON"))


def _telling_apart(land: Landscape, one: _Candidate) -> list[Place]:
    places = land.fields[(one.collection.store, one.collection.name)]
    return [place for place in places if not land.profiles[place].integers and land.near_unique(place)]


def _contained(land: Landscape, child: Place, parent: Place) -> bool:
    share, compared = land.contained(child, parent)
    return compared > 0 and share >= MOSTLY
