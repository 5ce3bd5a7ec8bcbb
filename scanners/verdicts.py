"""From profiles to findings: what each field holds, by evidence, in words. Pure; needs no store.

Decided twice: first by the fields alone, so that identity sources and relations can be inferred; then with
these, because a number is personal only as the key of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vestige.catalog.model import Finding, IdentitySource, Place, Relation, Verdict
from vestige.connectors.protocol import Collection
from vestige.scanners import detectors
from vestige.scanners.evidence import PERSONAL, REVIEW, Candidate, CollectionView, FieldView
from vestige.scanners.links import USER_ID, Links, links
from vestige.scanners.profile import FieldProfile
from vestige.scanners.sketch import Sketch

RULE_VERSION = "1"
NOTHING = "NONE"
"""The entity of a finding that says: nothing personal was seen here."""

_EXCLUSIVE = 0.5
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Estate:
    """What a field's verdict may draw on beside its own collection."""

    collections: Mapping[_Key, CollectionView]
    links: Links
    digests: tuple[Sketch, ...] = field(repr=False)
    people: tuple[FieldProfile, ...] = field(repr=False)


def decide(
    profiles: Iterable[FieldProfile],
    collections: Iterable[Collection] = (),
    relations: Sequence[Relation] = (),
    sources: Sequence[IdentitySource] = (),
    *,
    provisional: bool = False,
) -> list[Finding]:
    """The findings of all fields, one or more a field. ``profiles``: merged, one a field.

    ``provisional``: relations and sources are not known yet, so that no number is called a person's key.
    """
    known = list(profiles)
    estate = _estate(known, collections, links(relations, sources))
    found = [finding for profile in known for finding in _findings(_view(profile, estate))]
    return [one for one in found if not (provisional and one.entity == USER_ID)]


def merged(profiles: Iterable[FieldProfile]) -> list[FieldProfile]:
    """One profile per field out of those of the partitions. The first of each field is changed."""
    found: dict[Place, FieldProfile] = {}
    for one in profiles:
        known = found.setdefault(one.place, one)
        if known is not one:
            known.merge(one)
    return list(found.values())


def _estate(profiles: list[FieldProfile], collections: Iterable[Collection], known: Links) -> _Estate:
    described = {(one.store, one.name): one for one in collections}
    fields: dict[_Key, list[FieldProfile]] = {}
    for profile in profiles:
        fields.setdefault((profile.place.store, profile.place.collection), []).append(profile)
    views = {
        key: CollectionView(
            *key, tuple(found), described.get(key), key in known.owned, key in known.belonging
        )
        for key, found in fields.items()
    }
    digests = tuple(one.digests for one in profiles if one.whole("EMAIL_ADDRESS") > _EXCLUSIVE)
    people = tuple(one for one in profiles if one.place in known.keys)
    return _Estate(views, known, digests, people)


def _view(profile: FieldProfile, estate: _Estate) -> FieldView:
    place = profile.place
    referred = estate.links.elsewhere.get(place, frozenset()) & estate.collections.keys()
    return FieldView(
        profile,
        estate.collections[place.store, place.collection],
        estate.digests,
        estate.people,
        estate.links.candidates.get(place, ()),
        (place.store, place.collection) in estate.links.sources,
        bool(referred) and all(_of_no_people(one, estate) for one in referred),
    )


def _of_no_people(home: _Key, estate: _Estate) -> bool:
    """Whether a collection's records are not people: nothing says so, or they belong to people."""
    view = estate.collections[home]
    return view.person < PERSONAL or (view.belongs and home not in estate.links.sources)


def _findings(view: FieldView) -> Iterator[Finding]:
    chosen = _chosen(list(detectors.judge(view)))
    if not chosen and "~" not in view.place.field:
        chosen = [Candidate(NOTHING, 0.0, ("no evidence of personal data",))]
    for one in chosen:
        verdict = _verdict(one)
        confidence = 1 - one.score if verdict == "not_personal" else one.score
        yield Finding(
            view.place, one.entity, round(confidence, 2), verdict, one.evidence, RULE_VERSION, one.structured
        )


def _verdict(candidate: Candidate) -> Verdict:
    if candidate.score >= PERSONAL:
        return "personal"
    return "review" if candidate.score >= REVIEW else "not_personal"


def _chosen(candidates: list[Candidate]) -> list[Candidate]:
    """One structured winner, or several mentions; of what is not personal only the likeliest."""
    ranked = sorted(_best(candidates), key=lambda one: (-one.score, one.entity))
    whole = [one for one in ranked if one.structured and one.score >= REVIEW]
    mentions = [one for one in ranked if not one.structured and one.score >= REVIEW]
    if whole and (not mentions or whole[0].score >= PERSONAL):
        others = [one for one in whole[1:] if one.score >= PERSONAL and _shared(one)]
        return [whole[0], *others]
    return mentions or ranked[:1]


def _shared(candidate: Candidate) -> bool:
    """Whether it says itself that it does not have the field to itself."""
    return any("the same field" in words for words in candidate.evidence)


def _best(candidates: Iterable[Candidate]) -> list[Candidate]:
    found: dict[tuple[str, bool], Candidate] = {}
    for one in candidates:
        known = found.get((one.entity, one.structured))
        if known is None or one.score > known.score:
            found[one.entity, one.structured] = one
    return list(found.values())
