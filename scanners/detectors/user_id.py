"""Keys of people: known by relations and identity sources; before these are known, by name."""

from __future__ import annotations

from collections.abc import Iterator

from vestige.scanners.evidence import REVIEW, Candidate, Example, FieldView, names_person_key, share
from vestige.scanners.lexicon import is_plural
from vestige.scanners.profile import FieldProfile

ENTITY = "USER_ID"
_MANY = 100
"""Records in which codes that are no keys hardly ever are all different."""
_INCLUDED, _COVERED, _BY_CHANCE = 0.95, 0.5, 0.001
"""Share of numbers that are keys; of the distinct keys that as many draws would show; the least likelihood
that no longer number was drawn."""


def judge(field: FieldView) -> Iterator[Candidate]:
    yield from field.linked
    if _key_like(field) and not field.refers_elsewhere:
        yield from _by_name(field)
    if not field.linked:
        yield from _mentioned(field)
        if not field.refers_elsewhere:
            yield from _unexplained(field)


def _by_name(field: FieldView) -> Iterator[Candidate]:
    profile = field.profile
    if _done_by(field):
        yield Candidate(ENTITY, 0.62, ("keys under a word for who did something",))
    elif field.named("meta", "time", "hash", "email"):
        return
    elif _identifies(field):
        yield Candidate(ENTITY, 0.88, ("unique in a collection of people, and made like a key",))
    elif names_person_key(field.collection.own(field.place.field)):
        yield Candidate(ENTITY, 0.75, ("its name is that of a person's key",))
    elif "~" in field.place.field and field.only_role:
        yield Candidate(ENTITY, 0.5, ("numbers beside a word for people: `worker 3` may be a process",))
    elif field.only_role and (profile.integers or profile.whole(ENTITY) > 0.8):
        yield _under_role(field)


def _under_role(field: FieldView) -> Candidate:
    """``customer: 17`` is a key; ``customers: 17`` is how many, ``konto: 1930`` need not be anybody's."""
    counts = field.profile.integers and is_plural(field.leaf)
    books = field.named("account") and field.of_person < 0.35
    rows = field.profile.ascending and field.profile.dense
    if counts or books or rows:
        return Candidate(
            ENTITY, 0.4, ("numbers under a word for people, that may count or be something else",)
        )
    return Candidate(ENTITY, 0.66, ("keys under a word for people",))


def _done_by(field: FieldView) -> bool:
    """``approved_by``, ``erstellt_von``, if whole numbers or UUIDs, and no times."""
    profile = field.profile
    keys = (profile.integers and profile.share("epoch") < 0.5) or max(
        profile.whole(ENTITY), profile.share("code")
    ) > 0.8
    return field.done_by and keys and not field.named("amount", "thing")


def _identifies(field: FieldView) -> bool:
    """Whether it is a key of the people whom its collection holds: a UUID, a code, a number so named."""
    profile = field.profile
    if not profile.unique or field.named("thing", "amount", "session", "device"):
        return False
    if not field.in_source:
        people = field.collection.about("person") and field.collection.person >= 0.9
        return field.leaf_is_key and people and not field.collection.belongs
    if field.heads("id") or profile.whole(ENTITY) >= 0.9:
        return True
    return profile.share("code") >= 0.8 and not field.means and profile.filled >= _MANY


def _key_like(field: FieldView) -> bool:
    """Whole numbers, UUIDs or codes; neither labels nor flags."""
    profile = field.profile
    keys = profile.share("integer") + profile.share("code") + profile.whole(ENTITY) + profile.share("token")
    return keys >= 0.8 and profile.declared not in ("boolean", "date", "timestamp", "real")


def _mentioned(field: FieldView) -> Iterator[Candidate]:
    """UUIDs in texts are personal where they are known keys of people."""
    found = field.profile.entities.get(ENTITY)
    if found is None or not field.people:
        return
    joined, compared = max(found.distinct.contained_in(one.keys) for one in field.people)
    if joined * compared >= 1:
        words = f"{share(joined)} of {compared} identifiers are keys of people"
        structured = field.profile.whole(ENTITY) >= 0.8
        if joined >= 0.5 or not structured:
            yield Candidate(ENTITY, 0.9 if joined * compared >= 2 else 0.7, (words,), structured=structured)


def _unexplained(field: FieldView) -> Iterator[Candidate]:
    """Numbers of which nothing is known but that they may be keys of people: all are such keys, spread over
    all of them, and the name does not say what else they are. No record is linked by them; a purged number
    that is left there is no absence."""
    if not field.profile.integers or field.means - {"id", "person"} or _numbers_own_rows(field):
        return
    for keys in field.people:
        joined, compared = field.profile.keys.contained_in(keys.keys)
        if compared and joined >= _INCLUDED and _spread(field.profile, keys):
            yield Candidate(ENTITY, REVIEW, (f"{share(joined)} of {compared} are keys of people",))


def _numbers_own_rows(field: FieldView) -> bool:
    described = field.collection.described
    declared = described is not None and field.place.field in described.key
    return field.profile.unique and (declared or (field.profile.ascending and field.profile.dense))


def _spread(profile: FieldProfile, keys: FieldProfile) -> bool:
    """Whether values lie among keys as references would: not only the first few, and of all lengths."""
    parents = max(keys.keys.distinct, 1)
    drawn = parents * (1 - (1 - 1 / parents) ** profile.filled)
    longest = max(profile.digits)
    within = sum(cells for digits, cells in keys.digits.items() if digits <= longest) / max(keys.filled, 1)
    by_chance = min(within, 1.0) ** profile.keys.distinct
    return profile.keys.distinct >= _COVERED * drawn and by_chance >= _BY_CHANCE


EXAMPLES = (
    Example("orders", "customer_id", (17, 170, 4), ENTITY, declared="integer"),
    Example("bestellungen", "kd_nr", (17, 170, 4), ENTITY, declared="integer"),
    Example("events", "payload.user.id", (17, 170, 4), ENTITY),
    Example("orders", "product_id", (17, 170, 4), None, declared="integer"),
    Example("orders", "customer_type", ("new", "old", "new"), None),
    Example("tickets", "handled_by", (17, 170, 4), ENTITY, declared="integer"),
    Example("insured", "referred_by", ("P-10072", "P-10073", "P-10090"), ENTITY, beside=("email", "city")),
    Example("months", "customers", (17, 170, 4), None, declared="integer"),
    Example("ledger", "konto", (1930, 2440, 1930), None, declared="integer"),
    Example("newsletter", "member_rating", (5, 1, 3), None, declared="integer"),
    Example("lecturas", "lect_id", (3, 1, 2), None, beside=("lect_valor",), declared="integer"),
)
