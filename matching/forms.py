"""Normal forms of identifiers, and their keyed hashes. No I/O.

Two spellings of one identifier have one normal form; a normal form is its own normal form. Nothing here
decides whether a text *is* a phone or a name: callers say what it is taken for, None means that it cannot be.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

import idna

from vestige.matching import names, numbers

ALGORITHMS = ("md5", "sha1", "sha256")

_ADDRESS = re.compile(r"[^\s@<>()\[\]:;,\\\"]+@[^\s@<>()\[\]:;,\\\"_!#$%&'*+/=?^`{|}~]+")
_MAILTO = re.compile(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE | re.DOTALL)
_UUID = re.compile(
    r"(?:urn:uuid:)?(\{)?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32})(?(1)\})", re.IGNORECASE
)
_INTEGRAL = re.compile(r"(-?(?:0|[1-9]\d*))(?:\.0+)?", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F]+")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
DIGEST_BYTES = (16, 20, 32)


@lru_cache(maxsize=1 << 14)
def email(text: str) -> str | None:
    """The normal form of a text that is one address (``mailto:`` and ``<…>`` may wrap it), else None.

    NFC and case-folded, the domain as IDNA A-labels (UTS 46, non-transitional). Any domain with a dot
    will do: those under reserved names (``.example``, ``.test``) are addresses too.
    """
    bare = _unwrapped(text)
    if len(bare) > 320 or not _ADDRESS.fullmatch(bare):
        return None
    local, _, domain = bare.rpartition("@")
    host = _host(domain)
    if host is None or local.startswith(".") or local.endswith(".") or not local.isprintable():
        return None
    return f"{_folded(local)}@{host}"


def email_base(normal: str) -> str:
    """A normal address without its ``+tag``."""
    local, at, domain = normal.rpartition("@")
    base = local.partition("+")[0]
    return f"{base or local}{at}{domain}"


def _unwrapped(text: str) -> str:
    bare = text.strip().strip(_INVISIBLE)
    if bare.startswith("<") and bare.endswith(">"):
        bare = bare[1:-1].strip()
    mailto = _MAILTO.fullmatch(bare)
    return mailto.group(1).strip() if mailto else bare


def _folded(text: str) -> str:
    """NFC and case-folded, stable under repetition (folding may denormalise, composing may unfold)."""
    once = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return unicodedata.normalize("NFC", once.casefold())


def _host(domain: str) -> str | None:
    """A domain as lower-case A-labels; None unless it has a dot, and a last label that is no number."""
    domain = domain.removesuffix(".")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    labels = domain.lower().split(".")
    if len(labels) < 2 or len(domain) > 253 or not all(map(_is_label, labels)):
        return None
    last = labels[-1]
    return ".".join(labels) if (last.isalpha() and len(last) > 1) or last.startswith("xn--") else None


def _is_label(label: str) -> bool:
    return 0 < len(label) < 64 and label[0] != "-" and label[-1] != "-"


def phone(text: str, regions: Sequence[str]) -> str | None:
    """E.164 of a text taken for one phone number as a whole; see :func:`vestige.matching.numbers.e164`.

    ``regions``: ISO 3166 codes in whose national formats a number without country code may be written.
    """
    return numbers.e164(text, tuple(regions))


def uuid(text: str) -> str | None:
    """The canonical form of a UUID written with hyphens, as 32 hex digits, in braces or as an URN."""
    match = _UUID.fullmatch(text.strip())
    return str(UUID(match.group(2))) if match else None


def key(value: object) -> str | None:
    """The canonical text of a key: 17, "17", 17.0 and " 17 " are "17"; UUIDs are canonical.

    None, booleans, NaN and "" are no keys. "017" is not 17, and case counts.
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, (float, Decimal)):
        return _number_key(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        value = bytes(value).decode("utf-8", "replace")
    text = unicodedata.normalize("NFC", str(value).strip())
    integral = _INTEGRAL.fullmatch(text)
    if integral:
        return "0" if integral.group(1) == "-0" else integral.group(1)
    return uuid(text) or text or None


def is_telling(key: str) -> bool:
    """Whether a key hardly ever equals another thing by accident: letters and digits, or a long number."""
    digits = sum(one.isdigit() for one in key)
    return 5 <= len(key) <= 64 and (0 < digits < len(key) or (digits == len(key) >= 7)) and " " not in key


def _number_key(value: float | Decimal) -> str | None:
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return str(int(value)) if value == int(value) else str(value)


def name(text: str) -> tuple[str, ...]:
    """The folded tokens of a person's name in their order; see :mod:`vestige.matching.names`."""
    return names.tokens(text)


def same_name(a: str, b: str) -> bool:
    """Whether two texts spell one name: in any order, case and accents, with or without titles."""
    return bool(names.tokens(a)) and names.canonical(a) == names.canonical(b)


def digests(normal: str) -> dict[str, str]:
    """Hex digests of the UTF-8 bytes, by algorithm."""
    data = normal.encode()
    return {name: hashlib.new(name, data, usedforsecurity=False).hexdigest() for name in ALGORITHMS}


def hashed_forms(entity: str, value: str, regions: Sequence[str] = ()) -> dict[str, str]:
    """Every digest under which a value may be stored, each with its form (``sha256``, ``sha256/base64``, …).

    Over the spellings that are hashed in the wild: normal, as found, lower and upper case; phones with and
    without ``+``. Hex comes in both cases, base64 standard and URL-safe, padded and not.
    """
    found: dict[str, str] = {}
    for spelling in _hashed_spellings(entity, value, regions):
        for algorithm, digest in digests(spelling).items():
            for text, form in _digest_texts(algorithm, digest):
                found.setdefault(text, form)
    return found


def _hashed_spellings(entity: str, value: str, regions: Sequence[str]) -> Iterator[str]:
    form = normal(entity, value, regions)
    stripped = value.strip()
    if form is not None:
        yield form
        if entity == "PHONE_NUMBER":
            yield from (form.removeprefix("+"), "00" + form.removeprefix("+"))
            yield from (numbers.digits(stripped), *numbers.national(form))
    yield from (stripped.lower(), stripped, value, stripped.upper())


def _digest_texts(algorithm: str, digest: str) -> Iterator[tuple[str, str]]:
    yield digest, algorithm
    yield digest.upper(), algorithm
    raw = bytes.fromhex(digest)
    for encoded in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()):
        yield encoded, f"{algorithm}/base64"
        yield encoded.rstrip("="), f"{algorithm}/base64"


def digest(text: str) -> str | None:
    """Lower-case hex of a text that has the shape of an MD5, SHA-1 or SHA-256 digest, in hex or base64."""
    bare = text.strip()
    if _HEX.fullmatch(bare) and len(bare) // 2 in DIGEST_BYTES and len(bare) % 2 == 0:
        return bare.lower()
    body = bare.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw.hex() if len(raw) in DIGEST_BYTES else None


def normal(entity: str, text: str, regions: Sequence[str] = ()) -> str | None:
    """The normal form of a text taken for ``entity``, or None if it cannot be one."""
    if entity == "PHONE_NUMBER":
        return phone(text, regions)
    return _NORMAL.get(entity, _plain)(text)


def kind(entity: str, normal_form: str) -> str:
    """The space in which a normal form is hashed: the entity, but ``UUID`` or ``KEY`` for a ``USER_ID``."""
    if entity != "USER_ID":
        return entity
    return "UUID" if uuid(normal_form) else "KEY"


def _plain(text: str) -> str | None:
    return " ".join(_folded(text).split()) or None


def _username(text: str) -> str | None:
    return _folded(unicodedata.normalize("NFKC", text)).strip().removeprefix("@") or None


def _address(text: str) -> str | None:
    return " ".join(names.words(text)) or None


def _ip(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip().strip("[]")))
    except ValueError:
        return None


def _mac(text: str) -> str | None:
    digits = re.sub(r"[:.\-\s]", "", text).lower()
    return ":".join(re.findall("..", digits)) if re.fullmatch(r"[0-9a-f]{12}", digits) else None


def _card(text: str) -> str | None:
    return re.sub(r"[\s-]", "", text) or None


def _iban(text: str) -> str | None:
    return re.sub(r"[\s-]", "", text).upper() or None


_NORMAL: dict[str, Callable[[str], str | None]] = {
    "EMAIL_ADDRESS": email,
    "PERSON": lambda text: names.canonical(text) or None,
    "USER_ID": key,
    "USERNAME": _username,
    "ADDRESS": _address,
    "EMAIL_HASH": digest,
    "PHONE_HASH": digest,
    "IP_ADDRESS": _ip,
    "MAC_ADDRESS": _mac,
    "CREDIT_CARD": _card,
    "IBAN_CODE": _iban,
}


class Hasher:
    """Keyed hashes of normal forms: HMAC-SHA256, cut to 128 bits. Picklable; never shows its secret."""

    __slots__ = ("_inner", "_outer", "_secret", "key_id")

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.key_id = hashlib.sha256(secret).hexdigest()[:8]
        # RFC 2104 with both keyed states made once: a scan hashes every distinct value.
        padded = (hashlib.sha256(secret).digest() if len(secret) > 64 else secret).ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def hash(self, kind: str, normal: str) -> str:
        """32 hex digits; the kind is part of what is hashed, so that equal texts of two kinds stay apart."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(f"{kind}\0{normal}".encode())
        outer.update(inner.digest())
        return outer.hexdigest()[:32]

    def __reduce__(self) -> tuple[type[Hasher], tuple[bytes]]:
        return Hasher, (self._secret,)

    def __repr__(self) -> str:
        return f"Hasher(key_id={self.key_id!r})"
