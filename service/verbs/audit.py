"""``audit``: the tamper-evident log, and the proofs that others check without us."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vestige.service.failures import OK, STOPPED, Refusal
from vestige.service.session import Session
from vestige.service.verb import verb

if TYPE_CHECKING:
    from vestige.ledger.notes import PublicKey

Witness = Annotated[
    Path | None,
    typer.Option(
        help="A file kept elsewhere, with the last checkpoint seen; a roll back or fork is refused."
    ),
]


def register(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    group = typer.Typer(help="The tamper-evident log of what was done, and proofs from it.")
    for function in (log, checkpoint, prove, verify, key, verifier):
        verb(group)(function)
    app.add_typer(group, name="audit")


def log(
    session: Session,
    plan: Annotated[str | None, typer.Option(metavar="ID", help="Only the entries of one plan.")] = None,
    last: Annotated[int | None, typer.Option(min=1, help="Only the last so many.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write each entry's bytes on a line, for verifiers.")
    ] = None,
) -> int:
    """Show the entries: what was done and when, naming nobody.

    Examples:

      vestige audit log --last 20

      vestige audit log --out log.jsonl
    """
    with session.ledger() as ledger:
        leaves = list(ledger.audit.leaves(plan, last))
    if out is not None:
        out.write_bytes(b"".join(leaf.body + b"\n" for leaf in leaves))
    entries = [{"number": leaf.number, **json.loads(leaf.body)} for leaf in leaves]
    session.emit(entries)
    rows = [(one.pop("number"), one.pop("at"), one.pop("action"), _short(one)) for one in entries]
    session.table("Audit log", ("entry", "at", "action", "what"), rows)
    return OK


def _short(said: dict[str, Any]) -> str:
    """What an entry says, for people: of digests the beginning."""
    return ", ".join(f"{name} {value if name == 'key' else str(value)[:12]}" for name, value in said.items())


def checkpoint(
    session: Session,
    witness: Witness = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it to a file too.")] = None,
) -> int:
    """Sign how long the log is and what its root is (C2SP tlog-checkpoint).

    With --witness, the log must continue what that file holds, which is then replaced. Exit 3: it was rolled
    back or forked.

    Example:

      vestige audit checkpoint --witness /mnt/elsewhere/vestige.checkpoint
    """
    from vestige.ledger.notes import Checkpoint

    with session.ledger() as ledger:
        note = ledger.audit.checkpoint(session.signer, seen=_seen(witness))
    for path in filter(None, (witness, out)):
        path.write_text(note, encoding="utf-8")
    state = Checkpoint.read(note)
    document = {"origin": state.origin, "size": state.size, "root": state.root.hex(), "note": note}
    session.emit(document)
    session.say(note.rstrip("\n"))
    return OK


def prove(
    session: Session,
    number: Annotated[int | None, typer.Argument(metavar="ENTRY", help="The entry's number.")] = None,
    since: Annotated[
        int | None, typer.Option("--since", metavar="SIZE", help="Prove that the log only grew since then.")
    ] = None,
) -> int:
    """Prove that an entry is in the log (C2SP tlog-proof), or that the log only grew (RFC 9162, 2.1.4).

    Examples:

      vestige audit prove 12

      vestige audit prove --since 40 --json
    """
    from vestige.ledger.audit import proof_text
    from vestige.ledger.notes import Checkpoint

    with session.ledger() as ledger:
        note = ledger.audit.checkpoint(session.signer)
        size = Checkpoint.read(note).size
        if number is not None and since is None:
            proof = ledger.audit.inclusion(number, size)
            document, said = {"entry": number}, proof_text(number, proof, note)
        elif number is None and since is not None:
            proof = ledger.audit.consistency(since, size)
            document, said = {"since": since}, "\n".join([*_written(proof), "", note])
        else:
            raise Refusal("name one entry, or a size with --since")
    session.emit(document | {"size": size, "proof": _written(proof), "checkpoint": note})
    session.say(said.rstrip("\n"))
    return OK


def _written(proof: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in proof]


def verify(
    session: Session,
    bundle: Annotated[
        Path | None, typer.Argument(metavar="BUNDLE", help="A bundle.zip; without one, this log.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="The public key that must have signed, or a file with it.")
    ] = None,
    witness: Witness = None,
    code: Annotated[
        str | None, typer.Option(help="A person's code: is the bundle about the identifier on stdin?")
    ] = None,
) -> int:
    """Check the log, or a bundle, which needs neither configuration nor network.

    Exit 0: nothing was altered; what the bundle's verdict is, it says. Exit 3: something was, and what.

    Examples:

      vestige audit verify

      vestige audit verify report/bundle.zip --key vestige.pub
    """
    pinned = _pinned(key)
    if bundle is None:
        return _verify_log(session, pinned, witness)
    return _verify_bundle(session, bundle, pinned, witness, code)


def _verify_bundle(
    session: Session, bundle: Path, pinned: PublicKey | None, witness: Path | None, code: str | None
) -> int:
    from vestige.reports.evidence import check

    try:
        data = bundle.read_bytes()
    except OSError as error:
        raise Refusal(f"{bundle}: {error.strerror}") from None
    found = check(data, pinned, _seen(witness))
    document = asdict(found)
    if code is not None:
        from vestige.reports.recognition import recognised
        from vestige.service.session import identifier

        document["recognised"] = recognised(found.commitments, code, identifier("-"))
    session.emit(document)
    session.warn(found.faults)
    session.warn(found.warnings)
    if not found.faults:
        session.say(f"nothing was altered; verdict: {found.verdict}; signed by {found.signer}")
    if "recognised" in document:
        session.say(f"about this identifier: {'yes' if document['recognised'] else 'no'}")
    return STOPPED if found.faults or document.get("recognised") is False else OK


def _verify_log(session: Session, pinned: PublicKey | None, witness: Path | None) -> int:
    with session.ledger() as ledger:
        faults = list(ledger.audit.faults(_seen(witness)))
        keys, size = ledger.audit.public_keys() if not faults else [], ledger.audit.size()
    if pinned is not None and not faults and pinned not in keys:
        faults = [f"the key {pinned} never signed for this log"]
    session.emit({"entries": size, "keys": [str(one) for one in keys], "faults": faults})
    session.warn(faults)
    if not faults:
        session.say(f"{size} entries, as they were written and signed")
    return STOPPED if faults else OK


def key(
    session: Session,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Make a new key; the old one signs for it.")
    ] = False,
) -> int:
    """Print the public key for auditors to pin.

    Old keys stay valid for what they signed. With --rotate, the file of the key is replaced, and a checkpoint
    over the entry that names the new key is signed by both.

    Examples:

      vestige audit key > vestige.pub

      vestige audit key --rotate
    """
    from vestige.service.signing import rotate as replace

    with session.ledger() as ledger:
        if rotate:
            session.confirm("Replace the signing key? Auditors will have to pin the new one.")
            replace(session.settings, ledger.audit.checkpoint)
        ledger.audit.checkpoint(session.signer)
        keys = [str(one) for one in ledger.audit.public_keys()]
    session.emit({"key": keys[-1], "earlier": keys[:-1]})
    session.say(keys[-1])
    return OK


def verifier(session: Session) -> int:
    """Print a verifier of bundles that shares no code with Vestige: one file, needing only `cryptography`.

    Example:

      vestige audit verifier > verify.py && python verify.py bundle.zip --key vestige.pub
    """
    from importlib.resources import files

    source = files("vestige.reports").joinpath("standalone_verifier.py").read_text(encoding="utf-8")
    session.emit({"source": source})
    session.say(source.rstrip("\n"))
    return OK


def _seen(witness: Path | None) -> str | None:
    """What a witness saw last; None if it begins now."""
    try:
        return witness.read_text(encoding="utf-8") if witness else None
    except FileNotFoundError:
        return None


def _pinned(given: str | None) -> PublicKey | None:
    from vestige.ledger.notes import PublicKey

    if given is None:
        return None
    text = Path(given).read_text(encoding="utf-8") if Path(given).is_file() else given
    return PublicKey.parse(text)
