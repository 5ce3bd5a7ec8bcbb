"""The audit log: a Merkle tree over its entries, signed checkpoints of it, proofs from it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, insert, select

from vestige.ledger import merkle
from vestige.ledger.canonical import canonical
from vestige.ledger.database import Database
from vestige.ledger.entries import append, lock, nodes, size, wellformed
from vestige.ledger.errors import Forked, LedgerError, Tampered
from vestige.ledger.merkle import Node
from vestige.ledger.notes import Checkpoint, PublicKey, Signer, signers
from vestige.ledger.tables import AUDIT_CHECKPOINTS, AUDIT_ENTRIES, AUDIT_KEYS


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry where it stands: its number from 0, and its bytes, which are canonical JSON."""

    number: int
    body: bytes


class Audit:
    """The log in the ledger; it is appended to by :func:`vestige.ledger.entries.append`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def size(self) -> int:
        """The number of entries."""
        with self._database.read() as connection:
            return size(connection)

    def leaves(self, plan: str | None = None, last: int | None = None) -> Iterator[Leaf]:
        """The entries in their order: all, or a plan's; of these the last so many. Unchecked."""
        query = select(AUDIT_ENTRIES.c.number, AUDIT_ENTRIES.c.entry).order_by(AUDIT_ENTRIES.c.number)
        if plan is not None:
            query = query.where(AUDIT_ENTRIES.c.plan == plan)
        if last is not None:
            query = query.where(AUDIT_ENTRIES.c.number >= self.size() - last)
        with self._database.read() as connection:
            for number, entry in connection.execution_options(yield_per=1000).execute(query):
                yield Leaf(number, entry.encode())

    def public_keys(self) -> list[PublicKey]:
        """The keys that ever signed for this log, the newest last."""
        with self._database.read() as connection:
            return _keys(connection)

    def checkpoint(self, signer: Signer, *others: Signer, seen: str | None = None) -> str:
        """A signed note of how the log is now. A key that is new here is entered in the log first.

        ``others`` sign too. Forked if the log does not continue its last checkpoint, or the one in ``seen``.
        """
        with self._database.write() as connection:
            lock(connection)
            own, last = self._enrol(connection, signer), _last(connection)
            earlier = [Checkpoint.read(note) for note in (seen, last) if note is not None]
            for one in earlier:
                _continued(connection, own.name, one)
            now = _state(connection, own.name, size(connection))
            if last is not None and earlier[-1] == now:
                return last
            note = now.signed((signer, *others))
            connection.execute(insert(AUDIT_CHECKPOINTS).values(size=now.size, note=note))
        return note

    def covering(self, number: int) -> str | None:
        """The first checkpoint that was signed over an entry."""
        query = select(AUDIT_CHECKPOINTS.c.note).where(AUDIT_CHECKPOINTS.c.size > number)
        with self._database.read() as connection:
            found: str | None = connection.scalar(query.order_by(AUDIT_CHECKPOINTS.c.size).limit(1))
        return found

    def inclusion(self, number: int, tree: int) -> list[bytes]:
        """The proof that an entry is among the first ``tree`` ones. LedgerError if it is not."""
        with self._database.read() as connection:
            if not 0 <= number < tree <= size(connection):
                raise LedgerError(f"there is no entry {number} among the first {tree}")
            return merkle.inclusion(number, tree, partial(nodes, connection))

    def consistency(self, old: int, tree: int) -> list[bytes]:
        """The proof that the first ``tree`` entries begin with the first ``old``. LedgerError if not."""
        with self._database.read() as connection:
            if not 0 < old <= tree <= size(connection):
                raise LedgerError(f"there is no proof from {old} entries to {tree}")
            return merkle.consistency(old, tree, partial(nodes, connection))

    def faults(self, seen: str | None = None) -> Iterator[str]:
        """What is not as it was written and signed: everything is computed anew, in one pass.

        ``seen``: a checkpoint that a witness kept.
        """
        with self._database.read() as connection:
            yield from _walked(connection)
            if seen is not None:
                try:
                    keys = _keys(connection)
                    _continued(connection, keys[0].name if keys else "", Checkpoint.read(seen))
                except Tampered as error:
                    yield str(error)

    def _enrol(self, connection: Connection, signer: Signer) -> PublicKey:
        """The signer's key under the name of this log, which the first key gave it."""
        known = _keys(connection)
        first = hashlib.sha256(signer.key("").public).hexdigest()[:16]
        key = signer.key(known[0].name if known else f"vestige/{first}")
        if not known or key != known[-1]:
            number = append(connection, "key", key=str(key))
            connection.execute(insert(AUDIT_KEYS).values(number=number, key=str(key)))
        return key


def proof_text(number: int, proof: list[bytes], note: str) -> str:
    """An inclusion proof with its checkpoint, as c2sp.org/tlog-proof writes it."""
    hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in proof)
    return f"c2sp.org/tlog-proof@v1\nindex {number}\n{hashes}\n{note}"


def _keys(connection: Connection) -> list[PublicKey]:
    query = select(AUDIT_KEYS.c.key).order_by(AUDIT_KEYS.c.number)
    return [PublicKey.parse(key) for key in connection.scalars(query)]


def _last(connection: Connection) -> str | None:
    query = select(AUDIT_CHECKPOINTS.c.note).order_by(AUDIT_CHECKPOINTS.c.size.desc()).limit(1)
    found: str | None = connection.scalar(query)
    return found


def _state(connection: Connection, origin: str, tree: int) -> Checkpoint:
    return Checkpoint(origin, tree, merkle.root(tree, partial(nodes, connection)))


def _continued(connection: Connection, origin: str, earlier: Checkpoint) -> None:
    if earlier.origin != origin:
        raise Forked(f"this log is {origin or 'without a key'}, the checkpoint is of {earlier.origin}")
    if earlier.size > (here := size(connection)):
        raise Forked(f"the log was rolled back: it has {here} entries, and had {earlier.size}")
    if _state(connection, origin, earlier.size) != earlier:
        raise Forked(f"the log was forked: its first {earlier.size} entries are not what they were")


def _walked(connection: Connection) -> Iterator[str]:
    """Faults of entries, hashes, keys and checkpoints."""
    streamed = connection.execution_options(yield_per=1000)
    entries = select(AUDIT_ENTRIES).order_by(AUDIT_ENTRIES.c.number)
    notes = {row.size: row.note for row in connection.execute(select(AUDIT_CHECKPOINTS))}
    listed = {row.number: row.key for row in connection.execute(select(AUDIT_KEYS))}
    peaks, entered, count = dict[int, bytes](), dict[int, str](), 0
    for row in streamed.execute(entries):
        if row.number != count:
            yield f"entry {count} is missing"
            return
        entry = _read(row.entry)
        if entry is None or entry.get("plan") != row.plan:
            yield f"entry {count} is not one that was written here"
        elif entry["action"] == "key":
            entered[count] = str(entry["key"])
        if b"".join(_grow(peaks, count, row.entry.encode()).values()) != row.hashes:
            yield f"entry {count} is not what the tree says"
            return
        count += 1
        if count in notes:
            yield from _signed(notes.pop(count), count, peaks, entered)
    if notes:
        yield f"the log was rolled back: more was signed than its {count} entries"
    if listed != entered:
        yield "the list of keys is not what the entries say"


def _read(text: str) -> Mapping[str, object] | None:
    """An entry, if it is canonical JSON of the closed schema."""
    try:
        entry = json.loads(text)
        same = canonical(entry) == text.encode()
    except ValueError:
        return None
    return entry if same and isinstance(entry, dict) and wellformed(entry) else None


def _grow(peaks: dict[int, bytes], number: int, body: bytes) -> Mapping[Node, bytes]:
    """The nodes that an entry completes. ``peaks``: by level, the complete subtrees to the left of it."""
    leaf = merkle.leaf_hash(body)
    made = merkle.grown(number, leaf, lambda wanted: {node: peaks.pop(node[0]) for node in wanted})
    top = max(made)
    peaks[top[0]] = made[top]
    return made


def _signed(note: str, count: int, peaks: Mapping[int, bytes], entered: Mapping[int, str]) -> Iterator[str]:
    try:
        found = Checkpoint.read(note)
        keys = signers(note, map(PublicKey.parse, entered.values()))
    except Tampered as error:
        yield f"checkpoint {count}: {error}"
        return
    root = merkle.root(count, lambda wanted: {node: peaks[node[0]] for node in wanted})
    if not keys or found != Checkpoint(keys[-1].name, count, root):
        yield f"checkpoint {count} is not of this log, or was not signed by a key of it"
