"""Verify an evidence bundle of Vestige, or an exported audit log, without Vestige.

    python verify.py bundle.zip --key KEY [--witness CHECKPOINT [--growth PROOF]] [--code CODE < identifier]
    python verify.py log.jsonl --checkpoint CHECKPOINT --key KEY

Python 3.9+ and the package `cryptography`; no network. KEY is the public key (NAME+ID+KEY), or a file with
it, had from the company by another way than the bundle. Exit 0: nothing was altered; 3: something was.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import io
import json
import struct
import sys
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PAYLOAD = "application/vnd.in-toto+json"
KINDS = "https://in-toto.io/Statement/v1", "urn:vestige:verification:1"
COPIED = ("version", "made", "verdict", "summary", "undecided", "asked", "checks", "outcomes", "coverage",
          "neighbours", "uncovered", "recall", "commitments", "trusted", "limits")  # fmt: skip
FIXED = {"audit/checkpoint", "audit/keys", "report.html", "report.json", "statement.json"}


REFUSED = (zipfile.BadZipFile, LookupError, TypeError, ValueError, AttributeError, RuntimeError, OSError)


def fail(what: str) -> NoReturn:
    raise ValueError(what)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def decoded(text: str) -> bytes:
    """Base64, in the one way in which it may be written."""
    data = base64.b64decode(text, validate=True)
    return data if base64.b64encode(data).decode() == text else fail("base64 is not as it should be")


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return members if pack(members) == data else fail("the archive is not as it was made")


def pack(members: dict[str, bytes]) -> bytes:
    """The archive made again, of the zip format's own records: members sorted, stored, dated 1980-01-01."""
    body, directory = b"", b""
    for name, data in sorted(members.items()):
        sizes = zlib.crc32(data), len(data), len(data), len(name), 0
        shared = struct.pack("<HHHHIIIHH", 0, 0, 0, 0x21, *sizes)
        place = struct.pack("<HHHII", 0, 0, 0, 0o644 << 16, len(body))
        directory += b"PK\1\2\x14\3\x14\0" + shared + place + name.encode("ascii")
        body += b"PK\3\4\x14\0" + shared + name.encode("ascii") + data
    count = len(members)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + end


def key_of(text: str) -> tuple[str, bytes, bytes]:
    """(name, id, public key) of NAME+ID+KEY."""
    name, _, rest = text.strip().partition("+")
    identity, _, encoded = rest.partition("+")
    raw = decoded(encoded)
    expected = sha256(name.encode() + b"\n" + raw)[:4]
    if len(raw) != 33 or raw[0] != 1 or identity != expected.hex():
        fail("this is not an Ed25519 key: NAME+ID+KEY")
    return name, expected, raw[1:]


def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def checkpoint(note: str) -> tuple[str, int, bytes]:
    """(origin, size, root) of a checkpoint (c2sp.org/tlog-checkpoint), whoever signed it."""
    lines = note.split("\n")
    if len(lines) < 6 or lines[3] or lines[-1] or not lines[1].isdecimal() or str(int(lines[1])) != lines[1]:
        fail("this is not a checkpoint")
    return lines[0], int(lines[1]), decoded(lines[2])


def signed_note(note: str, key: tuple[str, bytes, bytes]) -> bool:
    """Whether a note (c2sp.org/signed-note) is signed by a key."""
    text, _, signatures = note.partition("\n\n")
    found = []
    for line in signatures.removesuffix("\n").split("\n"):
        dash, name, encoded = line.split(" ")
        raw = decoded(encoded)
        if dash != "\u2014":
            fail("this is not a signed note")
        if (name, raw[:4]) == key[:2]:
            found.append(signed(key[2], raw[4:], (text + "\n").encode()))
    return bool(found) and all(found)


def joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right)


def root_by(index: int, size: int, node: bytes, proof: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to, taken apart from its end: there stands the root's child."""
    if size == 1:
        return node if not proof and index == 0 else fail("a proof is too long")
    if not proof or not 0 <= index < size:
        fail("a proof is too short")
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return joined(root_by(index, half, node, proof[:-1]), proof[-1])
    return joined(proof[-1], root_by(index - half, size - half, node, proof[:-1]))


def roots_by(old: int, size: int, given: bytes | None, proof: list[bytes]) -> tuple[bytes, bytes]:
    """(old root, new root) by a consistency proof; ``given``: the old root, while the old tree is whole."""
    if old == size:
        if given is None and len(proof) != 1 or given is not None and proof:
            fail("a proof has the wrong length")
        node = proof[0] if given is None else given
        return node, node
    if not proof:
        fail("a proof is too short")
    half = 1 << (size - 1).bit_length() - 1
    if old <= half:
        before, after = roots_by(old, half, given, proof[:-1])
        return before, joined(after, proof[-1])
    before, after = roots_by(old - half, size - half, None, proof[:-1])
    return joined(proof[-1], before), joined(proof[-1], after)


def tree(entries: list[bytes]) -> bytes:
    """The root of a whole tree (RFC 9162, 2.1.1)."""
    level = [sha256(b"\0" + entry) for entry in entries]
    while len(level) > 1:
        pairs = [joined(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0] if level else sha256(b"")


def bundle(data: bytes, pinned: str | None, witness: str | None, growth: str | None) -> dict[str, Any]:
    """The statement's predicate, if nothing was altered."""
    members = unpack(data)
    key, statement = opened(members, pinned)
    note = members["audit/checkpoint"].decode()
    origin, size, root = checkpoint(note)
    if origin != key[0] or not signed_note(note, key):
        fail("the checkpoint is not signed by the key of the statement")
    digests = {name: {"sha256": sha256(body).hex()} for name, body in members.items()}
    named = [{"name": name, "digest": digests[name]} for name in sorted(digests) if name != "statement.json"]
    if statement["subject"] != named:
        fail("a member is not the one that was signed for")
    predicate: dict[str, Any] = statement["predicate"]
    report = json.loads(members["report.json"])
    consistent(predicate, report, members)
    if predicate["log"] != {"origin": origin, "size": size, "root": root.hex()}:
        fail("the statement is about another state of the log")
    entries(members, report, note)
    if witness is not None:
        seen(checkpoint(witness), (origin, size, root), growth)
    return predicate


def opened(members: dict[str, bytes], pinned: str | None) -> tuple[tuple[str, bytes, bytes], dict[str, Any]]:
    """The key that signed the DSSE envelope, and the in-toto statement in it."""
    envelope = json.loads(members["statement.json"])
    (given,) = envelope["signatures"]
    envelope = {"payload": envelope["payload"], "payloadType": PAYLOAD, "signatures": [given]}
    if json.dumps(envelope, separators=(",", ":"), sort_keys=True).encode() != members["statement.json"]:
        fail("the envelope is not as it was made")
    payload, signature = decoded(envelope["payload"]), decoded(given["sig"])
    message = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD), PAYLOAD.encode(), len(payload), payload)
    keys = [key_of(line) for line in members["audit/keys"].decode().splitlines()]
    keys = [key for key in keys if given["keyid"] == key[1].hex() and signed(key[2], signature, message)]
    if not keys or set(given) != {"keyid", "sig"}:
        fail("the statement is not signed by a key of the log")
    if pinned is not None and key_of(pinned) != keys[-1]:
        fail("signed by another key than the one that is pinned")
    statement = json.loads(payload)
    if (statement["_type"], statement["predicateType"]) != KINDS:
        fail("this is another kind of statement")
    return keys[-1], statement


def consistent(predicate: dict[str, Any], report: dict[str, Any], members: dict[str, bytes]) -> None:
    """Statement, report and page say one thing, and the verdict follows from it."""
    if {name: predicate[name] for name in COPIED} != {name: report[name] for name in COPIED}:
        fail("the statement is not about this report")
    for name, kind in (("residues", "residue"), ("exemptions", "retained")):
        if predicate[name] != [one for one in report["outcomes"] if one["outcome"] == kind]:
            fail(f"the {name} are not those of the report")
    results = {one["result"] for one in report["checks"]}
    verdict = "fail" if "fail" in results else "pass" if results == {"pass"} else "incomplete"
    unknown = any(one["outcome"] == "unknown" for one in report["outcomes"])
    if report["verdict"] != verdict or (verdict == "pass" and unknown):
        fail("the verdict is not what the checks and outcomes come to")
    if sha256(members["report.json"]).hex().encode() not in members["report.html"]:
        fail("the page is not that of the report")


def entries(members: dict[str, bytes], report: dict[str, Any], note: str) -> None:
    """Each entry is in the log; the last verification among them is that of the report."""
    numbers = sorted(int(name[6:-5]) for name in members if name[:6] == "audit/" and name[-5:] == ".json")
    if FIXED | {f"audit/{n}.{kind}" for n in numbers for kind in ("json", "tlog-proof")} != set(members):
        fail("the archive has other members than a bundle")
    _, size, root = checkpoint(note)
    last = None
    for number in numbers:
        body = members[f"audit/{number}.json"]
        head, _, noted = members[f"audit/{number}.tlog-proof"].decode().partition("\n\n")
        first, index, *proof = head.split("\n")
        if (first, index, noted) != ("c2sp.org/tlog-proof@v1", f"index {number}", note):
            fail(f"the proof of entry {number} is none of this checkpoint")
        if root_by(number, size, sha256(b"\0" + body), [decoded(one) for one in proof]) != root:
            fail(f"entry {number} is not in the log")
        entry = json.loads(body)
        if entry["plan"] != report["asked"]["plan"]:
            fail(f"entry {number} is not one of this request")
        last = entry if entry["action"] == "verify" else last
    told = (report["verdict"], sha256(members["report.json"]).hex())
    if last is None or (last["verdict"], last["report"]) != told:
        fail("the log tells of another verification")


def seen(before: tuple[str, int, bytes], now: tuple[str, int, bytes], growth: str | None) -> None:
    """The log is the one that the witness saw, or one of the two has grown out of the other."""
    if before[0] != now[0] or before[1] == now[1] and before != now:
        fail("the log was forked: the witness saw another one")
    if before != now and growth is None:
        print(f"the witness saw {before[1]} entries, this is of {now[1]}: ask for a proof (--growth)")
    elif growth is not None:
        (_, old, root), (_, size, after) = sorted((before, now), key=lambda one: one[1])
        if roots_by(old, size, root, [decoded(one) for one in json.loads(growth)["proof"]]) != (root, after):
            fail("the log was forked: the later one does not continue the earlier")


def recognised(predicate: dict[str, Any], code: str, identifier: str) -> bool:
    """Whether the bundle is about the person with this e-mail address or +phone number."""
    plain = unicodedata.normalize("NFC", identifier.strip())
    spellings = (plain, plain.casefold(), "".join(plain.split()))
    texts = (b"vestige recognition\n" + text.encode() for text in spellings)
    made = [hmac.new(code.strip().encode(), text, hashlib.sha256).hexdigest() for text in texts]
    return bool(set(made) & set(predicate["commitments"]))


def log(data: bytes, note: str, key: str | None) -> int:
    """The number of entries of an exported log, if they are those of the checkpoint."""
    lines, (_, size, root) = data.split(b"\n"), checkpoint(note)
    if key is None or not signed_note(note, key_of(key)):
        fail("the checkpoint is not signed by the key given with --key")
    if lines.pop() or len(lines) != size or tree(lines) != root:
        fail(f"the log is not the one that was signed, of {size} entries")
    return size


def text(given: str | None) -> str | None:
    return Path(given).read_text("utf-8") if given and Path(given).is_file() else given


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path)
    for name in ("key", "witness", "growth", "checkpoint", "code"):
        parser.add_argument(f"--{name}")
    given = parser.parse_args()
    try:
        data, key = given.file.read_bytes(), text(given.key)
        if given.checkpoint:
            print(f"{log(data, text(given.checkpoint) or '', key)} entries, as they were signed")
            return 0
        found = bundle(data, key, text(given.witness), text(given.growth))
        if given.code and not recognised(found, given.code, sys.stdin.readline()):
            fail("this bundle is not about that identifier")
    except REFUSED as error:
        print(f"ALTERED, or no bundle: {error}", file=sys.stderr)
        return 3
    said = f"verdict: {found['verdict']}; {found['undecided']} undecided"
    print(f"nothing was altered; {said}. {found['summary']}")
    if key is None:
        print("signed by the key inside the bundle; pin it with --key to be sure")
    return 0


if __name__ == "__main__":
    sys.exit(main())
