"""How a person, and nobody else, recognises a report as theirs.

The report holds each of their addresses and numbers hashed under a code that only they are given. Whoever has
the code can try identifiers; whoever has not learns nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from vestige.matching.forms import email
from vestige.planning.model import Subject

_PURPOSE = "vestige recognition\n"
_KNOWN = ("EMAIL_ADDRESS", "PHONE_NUMBER")


def new_code() -> str:
    """A code of 128 random bits."""
    return secrets.token_hex(16)


def commitments(subject: Subject, code: str) -> list[str]:
    """HMAC-SHA256 (hex) of the normal form of each e-mail address and phone number, sorted."""
    return sorted({_commit(code, one.normal) for one in subject.identifiers if one.entity in _KNOWN})


def recognised(committed: Sequence[str], code: str, identifier: str) -> bool:
    """Whether one of the commitments is to this address, or to this number written as +49…"""
    spellings = {identifier.strip(), email(identifier) or "", "".join(identifier.split())}
    return any(_commit(code.strip(), one) in committed for one in spellings)


def _commit(code: str, normal: str) -> str:
    return hmac.new(code.encode(), (_PURPOSE + normal).encode(), hashlib.sha256).hexdigest()
