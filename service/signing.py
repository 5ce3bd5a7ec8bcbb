"""The key that signs the audit log and its bundles: where it is, and how it is made and replaced."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from vestige.ledger.notes import Signer
from vestige.planning.yamlfile import Misconfigured
from vestige.service.references import Unresolved, resolve
from vestige.service.settings import Settings

_BYTES = 32


def signer(settings: Settings) -> Signer:
    """The signer of ``audit_key``; its file is made if it is missing. Misconfigured if there is no key."""
    path = key_file(settings.path, settings.audit_key)
    try:
        if path and not path.exists():
            make(path)
        secret = resolve(settings.audit_key, settings.path.parent)
    except Unresolved as error:
        raise Misconfigured(settings.path, f"audit_key: {error}") from None
    if len(secret) < _BYTES:
        raise Misconfigured(settings.path, f"audit_key: {settings.audit_key} holds fewer than {_BYTES} bytes")
    return Signer(secret)


def rotate(settings: Settings, announce: Callable[[Signer, Signer], object]) -> None:
    """Replace the file of the key, once ``announce`` had the new and the old one sign. Misconfigured if it is
    no file: then put the new key where the reference leads."""
    path, old = key_file(settings.path, settings.audit_key), signer(settings)
    if path is None:
        raise Misconfigured(settings.path, f"audit_key: {settings.audit_key} is no file; replace it there")
    aside, secret = path.with_name(f".{path.name}.new"), os.urandom(_BYTES)
    aside.unlink(missing_ok=True)
    make(aside, secret)
    announce(Signer(secret), old)
    os.replace(aside, path)


def key_file(config: Path, reference: str) -> Path | None:
    """The file that a reference names; None if it names none."""
    kind, _, rest = reference.partition(":")
    return config.parent / Path(rest).expanduser() if kind == "file" else None


def make(path: Path, secret: bytes | None = None) -> None:
    """Write a key, random unless given, for its owner alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:
        file.write(secret or os.urandom(_BYTES))
