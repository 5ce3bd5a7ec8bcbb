"""The evidence of a purge: checked by two programs, elsewhere, against whoever holds it and alters it."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import json
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import road
from tests.acceptance.estate import ANNA, build, people
from vestige.ledger.canonical import canonical
from vestige.ledger.notes import Checkpoint, PublicKey, Signer
from vestige.reports import evidence, standalone_verifier

MUTATIONS = 1000
ROOT = Path(__file__).parents[2]
VERIFIER = Path(standalone_verifier.__file__)
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company after one purge; ``before`` holds its ledger as it was before the purge."""
    folder = tmp_path_factory.mktemp("company")
    build(folder)
    did(folder, "scan", "--workers", "1")
    did(folder, "plan", "purge", ANNA.email)
    did(folder, "audit", "checkpoint")
    shutil.copy(folder / "ledger.db", folder / "before")
    did(folder, "purge", "--yes")
    did(folder, "verify")
    (folder / "vestige.pub").write_text(did(folder, "audit", "key").out)
    return folder


@pytest.fixture(scope="module")
def bundle(company: Path) -> bytes:
    return (company / "report" / "bundle.zip").read_bytes()


@pytest.fixture(scope="module")
def key(company: Path) -> PublicKey:
    return PublicKey.parse((company / "vestige.pub").read_text())


@pytest.fixture
def copied(company: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(company, tmp_path / "company"))


def did(folder: Path, *arguments: str, code: int = 0) -> road.Done:
    done = road.vestige(folder, *arguments)
    assert done.code == code, done
    return done


def alone(folder: Path, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """The stand-alone verifier in a Python that finds nothing of Vestige."""
    command = [sys.executable, "-I", str(VERIFIER), *arguments]
    return subprocess.run(command, cwd=folder, input=said, capture_output=True, text=True, check=False)


def caught(data: bytes, key: PublicKey) -> tuple[bool, bool]:
    """Whether each of the two verifiers refuses a bundle."""
    try:
        standalone_verifier.bundle(data, str(key), None, None)
    except standalone_verifier.REFUSED:
        return bool(evidence.check(data, key).faults), True
    return bool(evidence.check(data, key).faults), False


def members(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_bundle_is_checked_elsewhere_by_two_programs(
    company: Path, bundle: bytes, tmp_path: Path
) -> None:
    (tmp_path / "bundle.zip").write_bytes(bundle)
    pinned = (company / "vestige.pub").read_text().strip()
    found = did(tmp_path, "audit", "verify", "bundle.zip", "--key", pinned, "--json").document
    assert (found["verdict"], found["faults"], found["warnings"]) == ("pass", [], [])
    ended = alone(tmp_path, "bundle.zip", "--key", pinned)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("nothing was altered; verdict: pass; 0 undecided.")
    assert "pin it" in alone(tmp_path, "bundle.zip").stdout
    assert "pin it" in did(tmp_path, "audit", "verify", "bundle.zip").err


def test_the_statement_says_what_was_done_and_no_more(bundle: bytes) -> None:
    envelope = json.loads(members(bundle)["statement.json"])
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert {one["name"] for one in statement["subject"]} == set(members(bundle)) - {"statement.json"}
    told = statement["predicate"]
    assert told["verdict"] == "pass"
    assert told["outcomes"]
    assert all(one["outcome"] == "residue" for one in told["residues"])
    assert set(told) >= {
        "coverage",
        "uncovered",
        "neighbours",
        "undecided",
        "recall",
        "exemptions",
        "trusted",
    }
    assert told["limits"]
    assert told["proves"]


def test_nobody_is_named_in_the_bundle(bundle: bytes) -> None:
    envelope = json.loads(members(bundle)["statement.json"])
    everything = b"".join([*members(bundle).values(), base64.b64decode(envelope["payload"])])
    values = {value for person in people() for value in (person.email, person.name, person.phone)}
    assert not {value for value in values if value.encode() in everything}


def test_the_person_recognises_the_report_and_nobody_else_does(company: Path, bundle: bytes) -> None:
    code = (company / "report" / "code.txt").read_text().strip()
    assert (company / "report" / "code.txt").stat().st_mode & 0o077 == 0
    asked = ("report/bundle.zip", "--key", "vestige.pub", "--code", code)
    assert alone(company, *asked, said=f"{ANNA.email.upper()}\n").returncode == 0
    assert alone(company, *asked, said="somebody@example.com\n").returncode == 3
    assert alone(company, *asked[:-1], "0" * 32, said=f"{ANNA.email}\n").returncode == 3
    assert code.encode() not in bundle


def test_a_bundle_made_again_is_the_same_file(copied: Path, bundle: bytes) -> None:
    (copied / "report" / "bundle.zip").unlink()
    did(copied, "verify")
    assert (copied / "report" / "bundle.zip").read_bytes() == bundle


def test_no_mutation_of_a_bundle_goes_unnoticed(bundle: bytes, key: PublicKey) -> None:
    assert caught(bundle, key) == (False, False)
    missed = [n for n in range(MUTATIONS) if caught(mutated(bundle, random.Random(n)), key) != (True, True)]
    assert not missed


def test_no_mutation_of_an_exported_log_goes_unnoticed(company: Path, key: PublicKey, tmp_path: Path) -> None:
    did(company, "audit", "checkpoint", "--out", str(tmp_path / "note"))
    did(company, "audit", "log", "--out", str(tmp_path / "log.jsonl"))
    data, note = (tmp_path / "log.jsonl").read_bytes(), (tmp_path / "note").read_text()
    assert standalone_verifier.log(data, note, str(key)) == data.count(b"\n")
    for number in range(MUTATIONS):
        with pytest.raises(standalone_verifier.REFUSED):
            standalone_verifier.log(scratched(data, random.Random(number)), note, str(key))


def test_no_mutation_of_the_ledgers_log_goes_unnoticed(copied: Path) -> None:
    for number in range(24):
        shutil.copy(copied / "ledger.db", copied / "whole")
        meddle(copied / "ledger.db", random.Random(number))
        ended = did(copied, "audit", "verify", code=3)
        assert "entr" in ended.err or "checkpoint" in ended.err or "key" in ended.err
        shutil.copy(copied / "whole", copied / "ledger.db")
    did(copied, "audit", "verify")


def test_a_forged_pass_is_noticed_whoever_signs_it(bundle: bytes, key: PublicKey) -> None:
    """By changing the report alone; by signing all of it with a key of one's own."""
    made = members(bundle)
    report = json.loads(made["report.json"]) | {"undecided": 0, "summary": "Nothing is left anywhere."}
    made["report.json"] = json.dumps(report).encode()
    assert caught(standalone_verifier.pack(made), key) == (True, True)
    stranger = Signer(b"s" * 32)
    forged = standalone_verifier.pack(resigned(members(bundle), stranger))
    own = stranger.key(key.name)
    assert caught(forged, own) == (False, False), "the forgery itself is sound"
    assert caught(forged, key) == (True, True)


def test_a_log_that_is_rolled_back_or_forked_is_not_what_the_witness_saw(
    copied: Path, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    did(copied, "audit", "checkpoint", "--witness", str(seen))
    did(copied, "audit", "verify", "--witness", str(seen))
    shutil.copy(copied / "before", copied / "ledger.db")
    was = seen.read_bytes()
    rolled_back = did(copied, "audit", "checkpoint", "--witness", str(seen), code=3)
    assert "rolled back" in rolled_back.err
    assert "rolled back" in did(copied, "audit", "verify", "--witness", str(seen), code=3).err
    for _ in range(12):  # another history, and a longer one
        did(copied, "audit", "key", "--rotate", "--yes")
    assert "forked" in did(copied, "audit", "checkpoint", "--witness", str(seen), code=3).err
    assert seen.read_bytes() == was


def test_growth_is_proved_to_whoever_saw_the_log_before(copied: Path) -> None:
    """The bundle is older than what the witness saw: the log in between only grew."""
    size = json.loads(base64.b64decode(json.loads(_statement(copied))["payload"]))["predicate"]["log"]["size"]
    did(copied, "audit", "key", "--rotate", "--yes")
    did(copied, "audit", "checkpoint", "--witness", str(copied / "seen"))
    (copied / "growth").write_text(did(copied, "audit", "prove", "--since", str(size), "--json").out)
    asked = ("report/bundle.zip", "--key", "vestige.pub", "--witness", "seen")
    assert "ask for a proof" in alone(copied, *asked).stdout
    assert alone(copied, *asked, "--growth", "growth").returncode == 0
    growth = json.loads((copied / "growth").read_text())
    growth["proof"] = growth["proof"][::-1] if len(growth["proof"]) > 1 else [growth["checkpoint"]]
    (copied / "growth").write_text(json.dumps(growth))
    assert alone(copied, *asked, "--growth", "growth").returncode == 3


def test_a_key_that_is_replaced_still_speaks_for_what_it_signed(copied: Path) -> None:
    old = (copied / "vestige.pub").read_text().strip()
    rotated = did(copied, "audit", "key", "--rotate", "--yes", "--json").document
    assert rotated["earlier"] == [old]
    assert rotated["key"] != old
    did(copied, "audit", "verify")
    assert alone(copied, "report/bundle.zip", "--key", old).returncode == 0
    assert alone(copied, "report/bundle.zip", "--key", rotated["key"]).returncode == 3


def test_the_verifier_shares_no_code_and_can_be_read(company: Path) -> None:
    source = did(company, "audit", "verifier").out
    assert source == VERIFIER.read_text()
    assert len(source.splitlines()) <= 300
    roots = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [one.name for one in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom)
            else []
        )
    }  # fmt: skip
    assert roots <= sys.stdlib_module_names | {"cryptography"}


def test_the_commands_of_the_documentation_work(copied: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs" / "evidence.md").read_text(), re.M | re.S)
    assert blocks
    path = {"PATH": f"{Path(sys.executable).parent}:{road.environment()['PATH']}"}
    for block in blocks:
        ended = subprocess.run(
            ["bash", "-ec", block],
            cwd=copied, env=road.environment(path), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, (block, ended)


def mutated(bundle: bytes, choice: random.Random) -> bytes:
    """One alteration: of the archive's bytes, or of a member in an archive that is made anew."""
    if choice.random() < 0.4:
        return scratched(bundle, choice)
    made, how = members(bundle), choice.randrange(4)
    name = choice.choice(sorted(made))
    if how == 0:
        del made[name]
    elif how == 1:
        made[name] = scratched(made[name], choice)
    elif how == 2:
        other = choice.choice(sorted(set(made) - {name}))
        made[name], made[other] = made[other], made[name]
    else:
        made[f"audit/{choice.randrange(90, 99)}.json"] = made[name]
    return standalone_verifier.pack(made)


def scratched(data: bytes, choice: random.Random) -> bytes:
    """A bit flipped, a piece cut out, doubled or exchanged with the next, or the end cut off."""
    at, how = choice.randrange(len(data)), choice.randrange(5)
    to = min(len(data), at + choice.randrange(1, 64))
    piece, after = data[at:to], data[to : to + choice.randrange(1, 64)]
    changed = (
        data[:at] + bytes([data[at] ^ 1 << choice.randrange(8)]) + data[at + 1 :],
        data[:at] + data[to:],
        data[:to] + piece + data[to:],
        data[:at] + after + piece + data[to + len(after) :],
        data[:at],
    )[how]
    return changed if changed != data else data[1:]


def meddle(ledger: Path, choice: random.Random) -> None:
    """One alteration of the log by somebody who may write to the ledger's database."""
    statements = (
        'UPDATE audit_entries SET entry = replace(entry, \'"at":"2\', \'"at":"1\') WHERE number = {0}',
        "UPDATE audit_entries SET entry = entry || ' ' WHERE number = {0}",
        "UPDATE audit_entries SET hashes = zeroblob(length(hashes)) WHERE number = {0}",
        "DELETE FROM audit_entries WHERE number = {0}",
        "DELETE FROM audit_entries WHERE number >= {0}",
        "UPDATE audit_entries SET entry = (SELECT entry FROM audit_entries WHERE number = ({0} + 1) % {1})"
        " WHERE number = {0}",
        "UPDATE audit_checkpoints SET note = replace(note, 'A', 'B')",
        "DELETE FROM audit_keys",
    )
    with sqlite3.connect(ledger) as connection:
        (count,) = connection.execute("SELECT count(*) FROM audit_entries").fetchone()
        connection.execute(choice.choice(statements).format(choice.randrange(count), count))
    connection.close()


def resigned(made: Members, stranger: Signer) -> Members:
    """The whole bundle, signed by somebody else under the name of the log."""
    state = Checkpoint.read(made["audit/checkpoint"].decode())
    note, key = state.signed([stranger]), stranger.key(state.origin)
    for name in [name for name in made if name.endswith(".tlog-proof")]:
        head, _, _ = made[name].decode().partition("\n\n")
        made[name] = f"{head}\n\n{note}".encode()
    made |= {"audit/checkpoint": note.encode(), "audit/keys": f"{key}\n".encode()}
    statement: dict[str, Any] = json.loads(base64.b64decode(json.loads(made["statement.json"])["payload"]))
    for one in statement["subject"]:
        one["digest"]["sha256"] = hashlib.sha256(made[one["name"]]).hexdigest()
    payload, kind = canonical(statement), standalone_verifier.PAYLOAD
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    signature = {"keyid": key.id.hex(), "sig": base64.b64encode(stranger.sign(message)).decode()}
    envelope = {"payload": base64.b64encode(payload).decode(), "payloadType": kind, "signatures": [signature]}
    return made | {"statement.json": canonical(envelope)}


def _statement(folder: Path) -> bytes:
    return members((folder / "report" / "bundle.zip").read_bytes())["statement.json"]
