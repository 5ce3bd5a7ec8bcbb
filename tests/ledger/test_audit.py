"""The audit log: what is in it, what proves it, and that nothing done to it goes unseen."""

from __future__ import annotations

import base64
import json
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from tests.ledger.test_merkle import Tree
from vestige.ledger import merkle
from vestige.ledger.audit import proof_text
from vestige.ledger.entries import append, schema, wellformed
from vestige.ledger.errors import CaseEnded, Forked, LedgerError, Tampered, Unloggable
from vestige.ledger.migrations import MIGRATIONS
from vestige.ledger.notes import Checkpoint, PublicKey, Signer, signers
from vestige.ledger.plans import PlanEntry
from vestige.ledger.store import Ledger

PLAN = "a" * 32
SIGNED = 31
KEY, NEXT = Signer(b"1" * 32), Signer(b"2" * 32)


def actions(ledger: Ledger, plan: str | None = None) -> list[str]:
    return [json.loads(leaf.body)["action"] for leaf in ledger.audit.leaves(plan)]


def placed(ledger: Ledger, count: int) -> None:
    for _ in range(count):
        ledger.holds.place("s", "audit")


def test_each_change_is_in_the_log(ledger):
    case = ledger.seal_case(b"who")
    ledger.plans.add(PlanEntry(PLAN, "purge", "label", case, "0" * 64, "s", "2026-01-01T00:00:00+00:00"))
    request = ledger.requests.add("purge", "label", PLAN)
    hold = ledger.holds.place("label", "lawsuit", request=request.id)
    ledger.holds.release(hold.id)
    journal = ledger.journal(PLAN)
    journal.begin()
    journal.begin()
    journal.finish([])
    journal.begin()
    ledger.plans.judge(PLAN, "pass", "f" * 64)
    for _ in range(2):
        ledger.requests.close(PLAN, "done")
        ledger.destroy_case(case)
    done = ["plan", "request", "hold", "release", "purge", "purge", "erased", "verify", "close", "end"]
    assert actions(ledger) == done
    assert actions(ledger, PLAN) == [one for one in done if one not in ("hold", "release")]
    for leaf in ledger.audit.leaves():
        entry = json.loads(leaf.body)
        jsonschema.validate(entry, schema())
        assert b"label" not in leaf.body
        assert not wellformed(entry | {"note": "x"})
    assert list(ledger.audit.faults()) == []


def test_a_change_that_fails_is_not_in_the_log(ledger):
    with pytest.raises(CaseEnded):
        ledger.plans.add(PlanEntry(PLAN, "purge", "s", "c" * 32, "0" * 64, "s", "2026-01-01T00:00:00+00:00"))
    with pytest.raises(LedgerError):
        ledger.plans.judge(PLAN, "pass")
    assert ledger.plans.get(PLAN) is None
    assert actions(ledger) == []


@pytest.mark.parametrize(
    "said", [{"hold": "mary.sue@example.com"}, {"hold": "Mary Sue"}, {}, {"hold": "0" * 12, "by": "x"}]
)
def test_the_schema_is_closed(ledger, said):
    with pytest.raises(Unloggable) as caught, ledger._database.write() as connection:
        append(connection, "release", **said)
    assert "ary" not in str(caught.value)
    assert ledger.audit.size() == 0


def test_the_subject_is_told_by_the_cases_key_alone(ledger):
    references = []
    for number in range(2):
        case = ledger.seal_case(b"who")
        ledger.plans.add(PlanEntry(f"{number:032x}", "purge", "label", case, "0" * 64, "s", "2026"))
        with ledger._database.read() as connection:
            references.append(ledger._cases.reference(connection, case, "label"))
        assert json.loads(list(ledger.audit.leaves())[-1].body)["subject"] == references[-1]
        ledger.destroy_case(case)
    assert references[0] != references[1]


def test_a_checkpoint_is_a_note_as_c2sp_writes_it(ledger):
    placed(ledger, 4)
    note = ledger.audit.checkpoint(KEY)
    body, line = note.split("\n\n")
    origin, size, root = body.split("\n")
    raw = base64.b64decode(line.split(" ")[2])
    (key,) = ledger.audit.public_keys()
    assert (size, line.split(" ")[:2], raw[:4]) == ("5", ["\u2014", origin], key.id)
    Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], (body + "\n").encode())
    leaves = [merkle.leaf_hash(leaf.body) for leaf in ledger.audit.leaves()]
    for number in range(5):
        proof = ledger.audit.inclusion(number, 5)
        assert merkle.rooted(leaves[number], number, 5, proof) == base64.b64decode(root)
        head, end = proof_text(number, proof, note).split("\n\n", 1)
        assert head.split("\n")[:2] == ["c2sp.org/tlog-proof@v1", f"index {number}"]
        assert end == note


def test_notes_of_others_are_read():
    """Made by Go's golang.org/x/mod/sumdb/note: the key and the note of its documentation."""
    key = PublicKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZ"
        "InNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert signers(note, [key]) == [key]
    assert signers(note, []) == []
    with pytest.raises(Tampered):
        signers(note.replace("you don't", "you do"), [key])
    with pytest.raises(Tampered, match="public key"):
        PublicKey.parse(str(key).replace("c74f", "c74e"))


def test_a_log_that_does_not_grow_keeps_its_checkpoint(ledger):
    placed(ledger, 2)
    first = ledger.audit.checkpoint(KEY)
    assert ledger.audit.checkpoint(KEY) == first
    placed(ledger, 1)
    second = ledger.audit.checkpoint(KEY, seen=first)
    assert (Checkpoint.read(first).size, Checkpoint.read(second).size) == (3, 4)
    assert (ledger.audit.covering(2), ledger.audit.covering(3), ledger.audit.covering(4)) == (
        first,
        second,
        None,
    )
    old, new = Checkpoint.read(first), Checkpoint.read(second)
    proof = ledger.audit.consistency(3, 4)
    assert merkle.consistent(old.size, old.root, new.size, new.root, proof)
    for wrong in ((0, 4), (4, 3), (3, 5)):
        with pytest.raises(LedgerError):
            ledger.audit.consistency(*wrong)
    with pytest.raises(LedgerError):
        ledger.audit.inclusion(4, 4)


def test_a_key_that_changes_is_entered_and_the_old_one_speaks_for_it(ledger):
    placed(ledger, 1)
    first = ledger.audit.checkpoint(KEY)
    second = ledger.audit.checkpoint(NEXT, KEY)
    old, new = ledger.audit.public_keys()
    assert (old.name, signers(first, [old, new]), signers(second, [old, new])) == (
        new.name,
        [old],
        [new, old],
    )
    assert actions(ledger) == ["hold", "key", "key"]
    placed(ledger, 1)
    assert signers(ledger.audit.checkpoint(NEXT), [old]) == []
    assert list(ledger.audit.faults()) == []


def test_a_foreign_checkpoint_is_refused(ledger, tmp_path):
    placed(ledger, 1)
    ledger.audit.checkpoint(KEY)
    with Ledger.open(f"sqlite:///{tmp_path / 'other.db'}") as other:
        foreign = other.audit.checkpoint(NEXT)
    with pytest.raises(Forked, match="checkpoint is of"):
        ledger.audit.checkpoint(KEY, seen=foreign)


def test_two_processes_write_one_log(url):
    script = f"""
from vestige.ledger.store import Ledger
with Ledger.open({url!r}) as ledger:
    for number in range(20):
        ledger.holds.place("s", "audit")
"""
    Ledger.open(url).close()
    workers = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    with Ledger.open(url) as ledger:
        assert ledger.audit.size() == 40
        assert list(ledger.audit.faults()) == []


def test_the_chain_of_older_versions_is_committed_to(tmp_path):
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE ledger_version (version INTEGER NOT NULL)")
        raw.execute("INSERT INTO ledger_version VALUES (1)")
        for statement in MIGRATIONS[0]:
            raw.execute(statement)
        raw.execute("INSERT INTO audit VALUES (7, 'then', 'purge', '{}', '', ?)", ("e" * 64,))
    raw.close()
    with Ledger.open(f"sqlite:///{path}") as ledger:
        placed(ledger, 1)
        former = json.loads(next(ledger.audit.leaves()).body)
        assert (former["action"], former["entries"], former["hash"]) == ("former", 7, "e" * 64)
        assert list(ledger.audit.faults()) == []


@pytest.fixture(scope="module")
def witnessed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A log of 40 entries, and what a witness saw of it at 30."""
    path = tmp_path_factory.mktemp("log") / "ledger.db"
    with Ledger.open(f"sqlite:///{path}") as ledger:
        seen = ""
        for number in range(1, 39):
            placed(ledger, 1)
            if number in (9, 29):
                seen = ledger.audit.checkpoint((KEY, NEXT)[number == 29])
    return path, seen


def damage(raw: sqlite3.Connection, draw: random.Random) -> str:
    """One change of the log by somebody who may write to its database, and knows how it is hashed."""
    one, two = draw.sample(range(40), 2)
    kind = draw.choice(
        ["flip", "hash", "drop", "swap", "truncate", "regrow", "note", "key", "plan", "rewrite"]
    )
    if kind == "rewrite":  # what nobody signed yet, somebody who writes the tree anew can write anew
        one = draw.randrange(SIGNED)
    entry = raw.execute("SELECT entry FROM audit_entries WHERE number = ?", (one,)).fetchone()[0]
    if kind in ("flip", "rewrite"):
        at = draw.randrange(len(entry))
        changed = entry[:at] + chr(ord(entry[at]) ^ 1 << draw.randrange(5)) + entry[at + 1 :]
        raw.execute("UPDATE audit_entries SET entry = ? WHERE number = ?", (changed, one))
    if kind == "hash":
        raw.execute("UPDATE audit_entries SET hashes = ? WHERE number = ?", (draw.randbytes(32), one))
    if kind == "drop":
        raw.execute("DELETE FROM audit_entries WHERE number = ?", (one,))
    if kind == "swap":
        other = raw.execute("SELECT entry FROM audit_entries WHERE number = ?", (two,)).fetchone()[0]
        raw.execute("UPDATE audit_entries SET entry = ? WHERE number = ?", (entry + " ", two))
        raw.execute("UPDATE audit_entries SET entry = ? WHERE number = ?", (other, one))
    if kind in ("truncate", "regrow"):
        one = draw.randrange(1, 30)
        raw.execute("DELETE FROM audit_entries WHERE number >= ?", (one,))
        raw.execute("DELETE FROM audit_checkpoints WHERE size > ?", (one,))
        raw.execute("DELETE FROM audit_keys WHERE number >= ?", (one,))
    if kind == "note":
        raw.execute("UPDATE audit_checkpoints SET note = replace(note, substr(note, 60, 1), '~')")
    if kind == "key":
        raw.execute("UPDATE audit_keys SET number = number + ?", (1 + draw.randrange(5),))
    if kind == "plan":
        raw.execute("UPDATE audit_entries SET plan = 'f' WHERE number = ?", (one,))
    return kind


@pytest.mark.parametrize("seed", range(8))
def test_nothing_done_to_the_log_goes_unseen(witnessed, tmp_path, seed):
    original, seen = witnessed
    draw = random.Random(seed)
    for _ in range(25):
        path = tmp_path / "ledger.db"
        shutil.copy(original, path)
        with sqlite3.connect(path) as raw:
            kind = damage(raw, draw)
        raw.close()
        with Ledger.open(f"sqlite:///{path}") as ledger:
            if kind in ("regrow", "rewrite"):
                _regrown(ledger, kind)
            assert list(ledger.audit.faults(seen)), kind


def _regrown(ledger: Ledger, kind: str) -> None:
    """The tree is computed anew after the change, by somebody without the key; a fork goes on as before."""
    with ledger._database.write() as connection:
        if kind == "regrow":
            for _ in range(40):
                append(connection, "release", hold="0" * 12)
            return
        bodies = [
            row[0] for row in connection.execute(text("SELECT entry FROM audit_entries ORDER BY number"))
        ]
        tree = Tree([body.encode() for body in bodies])
        rows = [{"number": number, "hashes": hashes} for number, hashes in enumerate(tree.rows)]
        connection.execute(text("UPDATE audit_entries SET hashes = :hashes WHERE number = :number"), rows)


def test_a_log_that_was_rolled_back_gets_no_new_checkpoint(witnessed, tmp_path):
    shutil.copy(witnessed[0], tmp_path / "ledger.db")
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("DELETE FROM audit_entries WHERE number >= 20")
    raw.close()
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    with ledger, pytest.raises(Forked, match="rolled back"):
        ledger.audit.checkpoint(NEXT)
