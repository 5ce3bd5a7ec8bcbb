"""The key that signs the audit log and its bundles: where it is, and how it is made and replaced."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from vestige.ledger.notes import Signer
from vestige.planning.yamlfile import Misconfigured
from vestige.service.references import located
from vestige.service.settings import KEY_BYTES, Settings, secret_key


def signer(settings: Settings) -> Signer:
    """The signer of ``audit_key``; its file is made if it is missing. Misconfigured if there is no key."""
    path = _file(settings)
    if path and not path.exists():
        make(path)
    return Signer(secret_key(settings.path, "audit_key", settings.audit_key))


def rotate(settings: Settings, announce: Callable[[Signer, Signer], object]) -> None:
    """Replace the file of the key, once ``announce`` had the new and the old one sign. Misconfigured if it is
    no file: then put the new key where the reference leads."""
    path, old = _file(settings), signer(settings)
    if path is None:
        raise Misconfigured(settings.path, f"audit_key: {settings.audit_key} is no file; replace it there")
    aside, secret = path.with_name(f".{path.name}.new"), os.urandom(KEY_BYTES)
    aside.unlink(missing_ok=True)
    make(aside, secret)
    announce(Signer(secret), old)
    os.replace(aside, path)


def make(path: Path, secret: bytes | None = None) -> None:
    """Write a key, random unless given, for its owner alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:
        file.write(secret or os.urandom(KEY_BYTES))


def _file(settings: Settings) -> Path | None:
    return located(settings.audit_key, settings.path.parent)
