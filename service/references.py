"""Secrets as references: ``env:NAME``, ``file:PATH`` or ``keyring:SERVICE/NAME``; never literals."""

from __future__ import annotations

import os
import re
from pathlib import Path

REFERENCE = re.compile(r"(env|file|keyring):(.+)", re.DOTALL)
FORMS = "env:NAME, file:PATH or keyring:SERVICE/NAME"


class Unresolved(Exception):
    """A reference leads nowhere. The message names the reference, never the secret."""


def reference(text: str) -> str:
    """Check that ``text`` is a reference. ValueError otherwise."""
    if not REFERENCE.fullmatch(text):
        raise ValueError(f"should be a reference to a secret, not the secret itself: {FORMS}")
    return text


def resolve(text: str, folder: Path) -> bytes:
    """The bytes behind a reference; a relative file starts at ``folder``. Raises Unresolved."""
    if path := located(text, folder):
        return _file(path)
    kind, _, rest = text.partition(":")
    return _environment(rest) if kind == "env" else _keyring(rest)


def located(text: str, folder: Path) -> Path | None:
    """The file that a reference names; None if it names none."""
    kind, _, rest = text.partition(":")
    return folder / Path(rest).expanduser() if kind == "file" else None


def _environment(name: str) -> bytes:
    value = os.environb.get(os.fsencode(name))
    if not value:
        raise Unresolved(f"the environment variable {name} is not set")
    return value


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Unresolved(f"the file {path} does not exist") from None
    except OSError as error:
        raise Unresolved(f"the file {path} cannot be read: {error.strerror}") from None


def _keyring(name: str) -> bytes:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ModuleNotFoundError:
        raise Unresolved("no keyring is installed: pip install 'vestige[keyring]'") from None
    service, _, user = name.partition("/")
    try:
        value = keyring.get_password(service, user)
    except KeyringError as error:
        raise Unresolved(f"the keyring does not answer for {name}: {type(error).__name__}") from None
    if value is None:
        raise Unresolved(f"the keyring has no entry {name}")
    return value.encode()
