"""The evidence bundle: what somebody needs who trusts nobody, in one file whose every byte is signed for.

A zip archive: a DSSE envelope with an in-toto statement whose subjects are all other members; the report; the
entries of the request in the audit log, each with its proof; the checkpoint; the log's public keys. Equal
content makes equal bytes, so the archive itself can be checked by making it again.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vestige.ledger.audit import Audit, proof_text
from vestige.ledger.canonical import canonical
from vestige.ledger.entries import wellformed
from vestige.ledger.errors import LedgerError, Tampered
from vestige.ledger.merkle import leaf_hash, rooted
from vestige.ledger.notes import Checkpoint, PublicKey, Signer, signers
from vestige.reports import checks
from vestige.reports.shapes import PAGE, TWIN

STATEMENT, KEYS, NOTE = "statement.json", "audit/keys", "audit/checkpoint"
_PAYLOAD = "application/vnd.in-toto+json"
_TYPE, _PREDICATE = "https://in-toto.io/Statement/v1", "urn:vestige:verification:1"
_TOLD = (
    "version", "made", "verdict", "summary", "undecided", "asked", "checks", "outcomes", "coverage",
    "neighbours", "uncovered", "recall", "commitments", "trusted", "limits",
)  # fmt: skip
_PROVES = [
    "That the holder of the signing key made this statement, and that no member was altered since.",
    "That the entries stand in the log which the checkpoint describes: planned, carried out, verified.",
    "That the sweep described found what it says, in the places listed as read, with the recall stated: that"
    " of its matcher. How far it reaches into the stores was not measured by planted records.",
]
_MADE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a bundle found. Without faults, nothing in it was altered."""

    faults: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    verdict: str = ""
    signer: str = ""
    plan: str = ""
    commitments: tuple[str, ...] = ()


def build(audit: Audit, signer: Signer, page: bytes, twin: bytes) -> bytes:
    """The bundle of a report, given as its page and its JSON. LedgerError if the log has no entry of it."""
    report = json.loads(twin)
    leaves = list(audit.leaves(report["asked"]["plan"]))
    if not leaves:
        raise LedgerError("the audit log has no entry of this report's plan")
    note = _covering(audit, signer, leaves[-1].number)
    state = Checkpoint.read(note)
    members = {PAGE: page, TWIN: twin, NOTE: note.encode()}
    members[KEYS] = "".join(f"{key}\n" for key in audit.public_keys()).encode()
    for leaf in leaves:
        proof = audit.inclusion(leaf.number, state.size)
        members[f"audit/{leaf.number}.json"] = leaf.body
        members[f"audit/{leaf.number}.tlog-proof"] = proof_text(leaf.number, proof, note).encode()
    payload = canonical(_statement(members, report, state))
    members[STATEMENT] = _envelope(payload, signer.key(state.origin), signer.sign(_pae(payload)))
    return _packed(members)


def check(data: bytes, pinned: PublicKey | None = None, seen: str | None = None) -> Checked:
    """Check a bundle. ``pinned``: the key that must have signed; ``seen``: the checkpoint of a witness."""
    try:
        return _checked(_unpacked(data), pinned, seen)
    except (Tampered, zipfile.BadZipFile) as error:
        return Checked((str(error),))
    except (LookupError, TypeError, ValueError, AttributeError, NotImplementedError, RuntimeError, OSError):
        return Checked(("this is not a bundle, or not one any more",))  # what a parser meets in altered bytes


def _covering(audit: Audit, signer: Signer, number: int) -> str:
    """The first checkpoint over an entry, so that a bundle made again is the same; a new one if there is none
    by this key."""
    note, keys = audit.covering(number), audit.public_keys()
    mine = [signer.key(key.name) for key in keys[:1]]
    return note if note is not None and signers(note, mine) else audit.checkpoint(signer)


def _statement(members: Mapping[str, bytes], report: Mapping[str, Any], state: Checkpoint) -> dict[str, Any]:
    others = sorted(set(members) - {STATEMENT})
    return {
        "_type": _TYPE,
        "subject": [
            {"name": name, "digest": {"sha256": hashlib.sha256(members[name]).hexdigest()}} for name in others
        ],
        "predicateType": _PREDICATE,
        "predicate": {
            **{name: report[name] for name in _TOLD},
            "residues": [one for one in report["outcomes"] if one["outcome"] == "residue"],
            "exemptions": [one for one in report["outcomes"] if one["outcome"] == "retained"],
            "proves": _PROVES,
            "log": {"origin": state.origin, "size": state.size, "root": state.root.hex()},
        },
    }


def _envelope(payload: bytes, key: PublicKey, signature: bytes) -> bytes:
    signed = {"keyid": key.id.hex(), "sig": base64.b64encode(signature).decode()}
    body = base64.b64encode(payload).decode()
    return canonical({"payload": body, "payloadType": _PAYLOAD, "signatures": [signed]})


def _pae(payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(_PAYLOAD), _PAYLOAD.encode(), len(payload), payload)


def _packed(members: Mapping[str, bytes]) -> bytes:
    """The archive: members sorted, stored as they are, dated alike."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _MADE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, members[name])
    return sink.getvalue()


def _unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(one.compress_type != zipfile.ZIP_STORED for one in archive.infolist()):
            raise Tampered("the archive is not as it was made")
        members = {name: archive.read(name) for name in archive.namelist()}
    if _packed(members) != data:
        raise Tampered("the archive is not as it was made")
    return members


def _checked(members: dict[str, bytes], pinned: PublicKey | None, seen: str | None) -> Checked:
    key, statement = _opened(members, pinned)
    note, report = members[NOTE].decode(), json.loads(members[TWIN])
    state = Checkpoint.read(note)
    if key.name != state.origin or not signers(note, [key]):
        raise Tampered("the checkpoint is not signed by the key of the statement")
    if canonical(_statement(members, report, state)) != canonical(statement):
        raise Tampered("the statement does not say what the members say")
    _entries(members, report, note, state)
    _verdict(members, report)
    warnings = [] if pinned else ["signed by the key inside the bundle: pin it with --key to be sure"]
    if seen is not None:
        warnings += _witnessed(state, Checkpoint.read(seen))
    return Checked(
        (),
        tuple(warnings),
        report["verdict"],
        str(key),
        report["asked"]["plan"],
        tuple(report["commitments"]),
    )


def _opened(members: Mapping[str, bytes], pinned: PublicKey | None) -> tuple[PublicKey, Any]:
    """The key that signed, and the statement."""
    keys = [PublicKey.parse(line) for line in members[KEYS].decode().splitlines()]
    envelope = json.loads(members[STATEMENT])
    (signed,) = envelope["signatures"]
    payload, signature = base64.b64decode(envelope["payload"]), base64.b64decode(signed["sig"])
    signing = [
        one for one in keys if one.id.hex() == signed["keyid"] and one.verifies(signature, _pae(payload))
    ]
    if not signing or members[STATEMENT] != _envelope(payload, signing[-1], signature):
        raise Tampered("the statement is not signed by a key of the log")
    if pinned is not None and signing[-1] != pinned:
        raise Tampered(f"signed by {signing[-1].id.hex()}, not by the key that is pinned, {pinned.id.hex()}")
    return signing[-1], json.loads(payload)


def _entries(members: Mapping[str, bytes], report: Mapping[str, Any], note: str, state: Checkpoint) -> None:
    """Each entry is in the log; the last verification is that of the report."""
    verified = None
    for number in _numbers(members):
        body, proof = members[f"audit/{number}.json"], members[f"audit/{number}.tlog-proof"]
        entry = json.loads(body)
        if canonical(entry) != body or not wellformed(entry) or entry.get("plan") != report["asked"]["plan"]:
            raise Tampered(f"entry {number} is not one of this request")
        head, _, noted = proof.decode().partition("\n\n")
        hashes = [base64.b64decode(line) for line in head.split("\n")[2:]]
        if proof_text(number, hashes, note).encode() != proof or noted != note:
            raise Tampered(f"the proof of entry {number} is none of this checkpoint")
        if rooted(leaf_hash(body), number, state.size, hashes) != state.root:
            raise Tampered(f"entry {number} is not in the log")
        verified = entry if entry["action"] == "verify" else verified
    digest = hashlib.sha256(members[TWIN]).hexdigest()
    if verified is None or (verified["verdict"], verified.get("report")) != (report["verdict"], digest):
        raise Tampered("the log tells of another verification")


def _numbers(members: Mapping[str, bytes]) -> Sequence[int]:
    """The numbers of the entries; no member is anything else."""
    numbers = sorted(
        int(name[6:-5]) for name in members if name.endswith(".json") and name.startswith("audit/")
    )
    fixed = {STATEMENT, PAGE, TWIN, KEYS, NOTE}
    names = fixed | {f"audit/{number}.{kind}" for number in numbers for kind in ("json", "tlog-proof")}
    if names != set(members):
        raise Tampered("the archive has other members than a bundle")
    return numbers


def _verdict(members: Mapping[str, bytes], report: Mapping[str, Any]) -> None:
    """The verdict is what the checks come to, and the page is that of this report."""
    unknown = any(one["outcome"] == "unknown" for one in report["outcomes"])
    verdict = checks.verdict(one["result"] for one in report["checks"])
    if verdict != report["verdict"] or (unknown and report["verdict"] == "pass"):
        raise Tampered("the verdict is not what the checks come to")
    if hashlib.sha256(members[TWIN]).hexdigest().encode() not in members[PAGE]:
        raise Tampered("the page is not that of the report")


def _witnessed(state: Checkpoint, seen: Checkpoint) -> list[str]:
    if seen.origin != state.origin or (seen.size == state.size and seen != state):
        raise Tampered("the log was forked: the witness saw another one")
    if seen.size == state.size:
        return []
    return [
        f"the witness saw {seen.size} entries, this is of {state.size}: ask for a proof that it only grew"
    ]
