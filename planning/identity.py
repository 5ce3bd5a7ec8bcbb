"""From one identifier to one person: the accounts that are theirs, and every identifier those accounts hold.

Strong identifiers (e-mail, UUID, their hashes) merge accounts: a person registered twice is one person. Weak
ones (phone, name, username, address) never merge; those that another person bears as well are ``contested``
and link nothing. Identity sources are read live and streamed; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa

from vestige.catalog.estate import Estate, OpenStores
from vestige.catalog.model import IdentitySource, Place, Relation
from vestige.catalog.store import Catalog
from vestige.connectors.protocol import Connector, Gap
from vestige.matching import forms
from vestige.matching.roles import changed_field
from vestige.matching.views import Cell, cells
from vestige.planning.errors import Ambiguous, NotFound
from vestige.planning.model import Identifier, Subject

Sign = tuple[str, str]
"""(entity, normal form) of an identifier without a space of its own."""

MERGING = frozenset({"EMAIL_ADDRESS", "EMAIL_HASH", "UUID"})
WEAK = frozenset({"PHONE_NUMBER", "PERSON", "USERNAME", "ADDRESS"})


@dataclass(frozen=True, slots=True)
class Account:
    """A row of an identity source, as far as it identifies."""

    source: IdentitySource
    key: str
    identifiers: tuple[Identifier, ...]

    @property
    def name(self) -> tuple[str, str]:
        return self.source.name, self.key

    def full_names(self) -> list[str]:
        """Canonical names of two words or more."""
        return [i.normal for i in self.identifiers if i.entity == "PERSON" and " " in i.normal]

    def addresses(self, *, based: bool = False) -> set[str]:
        """Its e-mail addresses; ``based``: what those with a tag are without it."""
        found = {i.normal for i in self.identifiers if i.entity == "EMAIL_ADDRESS"}
        return {forms.email_base(one) for one in found} - found if based else found

    def plain(self) -> set[Sign]:
        """What this account answers to, outside its own key space."""
        return {sign for identifier in self.identifiers if (sign := sign_of(identifier))}

    def signs(self) -> set[Sign]:
        """The same, with the digests of its addresses."""
        return {sign for identifier in self.identifiers for sign in signs(identifier)}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A subject; those of its weak signs that other people bear too; and the canonical names of people who
    share a part of its name."""

    subject: Subject
    contested: frozenset[Sign] = frozenset()
    namesakes: frozenset[str] = frozenset()


def sign_of(identifier: Identifier) -> Sign | None:
    """What an identifier matches by anywhere; None for a key, which is one in its own space alone."""
    if identifier.space is not None:
        return None
    return forms.kind(identifier.entity, identifier.normal), identifier.normal


def signs(identifier: Identifier) -> Iterator[Sign]:
    """What an identifier matches by: its normal form, and for an e-mail its digests."""
    if (sign := sign_of(identifier)) is not None:
        yield sign
    if identifier.entity == "EMAIL_ADDRESS":
        spelled = forms.hashed_forms(identifier.entity, identifier.value)
        yield from (("EMAIL_HASH", hexed) for text in spelled if (hexed := forms.digest(text)))


def resolve(estate: Estate, catalog: Catalog, text: str) -> Resolved:
    """The person whom ``text`` means: an e-mail, phone, UUID, name, username, or a key with its space.

    Raises Ambiguous when it means several people, NotFound when nobody.
    """
    sources = catalog.sources()
    asked = _asked(text.strip(), sources, estate.regions)
    with OpenStores(estate) as stores:
        seeds = [a for a in _all_accounts(estate, stores, sources) if _answers(a, asked)]
        if not seeds:
            return Resolved(_unregistered(estate, catalog, asked))
        mine, contested, namesakes = _closure(estate, stores, sources, seeds[0])
        names = {account.name for account in mine}
        if strangers := {a.name for a in seeds} - names:
            raise Ambiguous(sorted(f"{source}:{key}" for source, key in names | strangers))
        satellites = _satellites(estate, stores, catalog, mine)
    identifiers = tuple(dict.fromkeys([i for a in mine for i in a.identifiers] + satellites))
    label = estate.hasher.hash("SUBJECT", repr(min(names)))
    return Resolved(Subject(label, tuple(sorted(names)), identifiers), contested, namesakes)


@dataclass(frozen=True, slots=True)
class _Asked:
    space: str | None
    key: str | None
    signs: frozenset[Sign]

    @property
    def hashed(self) -> bool:
        return any(entity == "EMAIL_HASH" for entity, _ in self.signs)


def _asked(text: str, sources: Iterable[IdentitySource], regions: tuple[str, ...]) -> _Asked:
    space, _, rest = text.rpartition(":")
    if any(space in (s.name, f"{s.name}.{s.key}") for s in sources):
        name = next(s.name for s in sources if space in (s.name, f"{s.name}.{s.key}"))
        return _Asked(name, forms.key(rest), frozenset())
    if email := forms.email(text):
        return _Asked(None, None, frozenset({("EMAIL_ADDRESS", email)}))
    if uuid := forms.uuid(text):
        return _Asked(None, forms.key(text), frozenset({("UUID", uuid)}))
    options: set[Sign] = {("USERNAME", forms.normal("USERNAME", text) or "")}
    if digest := forms.digest(text):
        options.add(("EMAIL_HASH", digest))
    if phone := forms.phone(text, regions):
        options.add(("PHONE_NUMBER", phone))
    if called := forms.normal("PERSON", text):
        options.add(("PERSON", called))
    return _Asked(None, forms.key(text), frozenset(options))


def _answers(account: Account, asked: _Asked) -> bool:
    if asked.space is not None:
        return account.source.name == asked.space and account.key == asked.key
    if asked.signs & (account.signs() if asked.hashed else account.plain()):
        return True
    return asked.key is not None and any(
        i.entity == "USER_ID" and i.normal == asked.key for i in account.identifiers
    )


def _all_accounts(estate: Estate, stores: OpenStores, sources: Iterable[IdentitySource]) -> Iterator[Account]:
    """The rows of all identity sources, streamed."""
    for source in sources:
        for partition in stores[source.store].partitions(source.collection):
            for batch in stores[source.store].read(partition) if partition.skip is None else ():
                if not isinstance(batch, Gap):
                    yield from _accounts_of(batch, source, estate.regions)


def _accounts_of(
    batch: pa.RecordBatch, source: IdentitySource, regions: tuple[str, ...]
) -> Iterator[Account]:
    entities = {source.key: "USER_ID"} | dict(source.identifiers)
    for row in _by_row(batch, set(entities)):
        values = [(cell.field, cell.text) for cell in row if cell.text.strip()]
        key = next((forms.key(text) for field, text in values if field == source.key), None)
        if key is not None:
            found = [identify(entities[f], t, f"{source.name}.{f}", regions) for f, t in values]
            yield Account(source, key, _with_full_name([i for i in found if i is not None]))


def _by_row(batch: pa.RecordBatch, fields: set[str]) -> Iterator[list[Cell]]:
    """The filled cells of each record; a batch gives them column by column."""
    found = sorted((c for c in cells(batch, fields) if c.kind != "null"), key=lambda cell: cell.row)
    return (list(group) for _, group in groupby(found, key=lambda cell: cell.row))


def identify(entity: str, text: str, place: str, regions: tuple[str, ...]) -> Identifier | None:
    """An identifier from a field's value; keys keep the space (``store.collection.field``) they live in."""
    if entity == "USER_ID":
        uuid = forms.uuid(text)
        key = uuid or forms.key(text)
        return None if key is None else Identifier(entity, text.strip(), key, True, None if uuid else place)
    normal = forms.normal(entity, text, regions)
    if not normal or entity not in MERGING | WEAK:
        return None
    return Identifier(entity, text.strip(), normal, entity in MERGING)


def _with_full_name(found: list[Identifier]) -> tuple[Identifier, ...]:
    """Given and family names from columns of their own also make a full name."""
    parts = [i for i in found if i.entity == "PERSON"]
    if len(parts) < 2 or any(len(i.normal.split()) > 3 for i in parts):
        return tuple(found)
    value = " ".join(dict.fromkeys(i.value for i in parts))
    return (*found, Identifier("PERSON", value, forms.normal("PERSON", value) or "", False))


def _closure(
    estate: Estate, stores: OpenStores, sources: Sequence[IdentitySource], seed: Account
) -> tuple[list[Account], frozenset[Sign], frozenset[str]]:
    """All accounts that share a strong identifier with the seed, or with one that does; their weak signs that
    somebody else bears as well; and the names of those who share a part of theirs."""
    mine, size = {seed.name: seed}, 0
    contested: set[Sign] = set()
    namesakes: set[str] = set()
    while size != len(mine):
        size = len(mine)
        known = {sign for account in mine.values() for sign in account.signs()}
        words = {word for entity, name in known if entity == "PERSON" for word in name.split()}
        hashed = any(i.entity == "EMAIL_HASH" for a in mine.values() for i in a.identifiers)
        contested, namesakes = set(), set()
        for account in _all_accounts(estate, stores, sources):
            if account.name in mine:
                continue
            shared = known & (account.signs() if hashed else account.plain())
            if any(entity in MERGING for entity, _ in shared) or _is_tagged(account, mine.values()):
                mine[account.name] = account
            else:
                contested |= shared
                namesakes |= {name for name in account.full_names() if words & set(name.split())}
    return list(mine.values()), frozenset(contested), frozenset(namesakes)


def _is_tagged(account: Account, mine: Iterable[Account]) -> bool:
    """Whether an account of another source bears one of their addresses but for a tag (``ada+news@…``). In
    one source, with and without a tag are two people until something else says so."""
    others = [one for one in mine if one.source.name != account.source.name]
    return any(one.addresses(based=True) & account.addresses() for one in others) or any(
        one.addresses() & account.addresses(based=True) for one in others
    )


def _satellites(
    estate: Estate, stores: OpenStores, catalog: Catalog, mine: Sequence[Account]
) -> list[Identifier]:
    """Identifiers in rows that extend an account one to one: a profile, contact details."""
    found: list[Identifier] = []
    for relation in catalog.relations():
        keys = [a.key for a in mine if _extends(relation, a.source)]
        if keys and _one_to_one(catalog, relation.child):
            found += _satellite(stores[relation.child.store], catalog, relation, keys, estate.regions)
    return found


def _one_to_one(catalog: Catalog, place: Place) -> bool:
    """Whether no key was seen twice in a field."""
    seen = [o.hash for o in catalog.occurrences_of(place) if o.entity == "KEY" and o.count == 1]
    return (
        0
        < len(seen)
        == len(set(seen))
        == sum(o.count for o in catalog.occurrences_of(place) if o.entity == "KEY")
    )


def _extends(relation: Relation, source: IdentitySource) -> bool:
    parent = relation.parent
    return (
        relation.status == "active"
        and relation.role == "owner"
        and relation.when is None
        and (parent.store, parent.collection, parent.field) == (source.store, source.collection, source.key)
        and (relation.child.store, relation.child.collection) != (source.store, source.collection)
    )


def _satellite(
    store: Connector, catalog: Catalog, relation: Relation, keys: list[str], regions: tuple[str, ...]
) -> list[Identifier]:
    place = relation.child
    entities = {
        f.place.field: f.entity
        for f in catalog.findings()
        if (f.place.store, f.place.collection) == (place.store, place.collection)
        and f.verdict == "personal"
        and f.structured
        and f.place.field != place.field
        and changed_field(f.place.field) is None  # a former address may be somebody else's by now
    }
    found: list[Identifier] = []
    for batch in store.find(place.collection, [place.field], [(key,) for key in keys]):
        if not isinstance(batch, Gap):
            for row in _by_row(batch, set(entities)):
                read = [
                    identify(
                        entities[c.field], c.text, f"{place.store}.{place.collection}.{c.field}", regions
                    )
                    for c in row
                ]
                found += _with_full_name([i for i in read if i is not None])
    return found


def _unregistered(estate: Estate, catalog: Catalog, asked: _Asked) -> Subject:
    """Somebody without an account (a guest, a newsletter reader): known by one strong identifier alone."""
    strong = [s for s in asked.signs if s[0] in MERGING]
    hashes = [estate.hasher.hash(*s) for s in strong]
    if not hashes or not catalog.occurrences(hashes):
        raise NotFound
    identifiers = tuple(
        Identifier("USER_ID" if entity == "UUID" else entity, normal, normal, True)
        for entity, normal in strong
    )
    return Subject(estate.hasher.hash("SUBJECT", repr(sorted(strong))), (), identifiers)
