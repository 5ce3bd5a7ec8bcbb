"""One identifier → every literal in which a store may spell it, each with the guard that a hit must pass.

A guard looks at what stands around a hit, so that ``ann@`` is not found inside ``joann@``, nor
``example.com`` inside ``example.com.au``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Literal, NamedTuple, Protocol

from vestige.matching import forms
from vestige.matching.dialled import dialled

Guard = Literal["email", "tagged", "hex", "base64", "word", "key"]
_LETTERS = re.compile(rb"[A-Za-z0-9+/_-]")


class Named(Protocol):
    """An identifier, as the rooms above know it (``planning.model.Identifier``)."""

    @property
    def entity(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def normal(self) -> str: ...
    @property
    def strong(self) -> bool: ...
    @property
    def space(self) -> str | None: ...
    @property
    def former(self) -> bool: ...


class Spelling(NamedTuple):
    """``needle``: the literal in lower case. ``exact``: as it must stand, where case matters.

    ``clear``, ``inner``, ``shift``: what base64 hides, its guard, and how many characters of its first group
    of four are left out. ``tail``: what follows a tag.
    """

    needle: bytes
    form: str
    guard: Guard
    exact: bytes = b""
    clear: bytes = b""
    inner: Guard = "word"
    shift: int = 0
    tail: bytes = b""


def email(value: str, normal: str) -> Iterator[Spelling]:
    """An address: in clear, escaped, in base64, hashed, and with a tag (``ann+news@…``)."""
    for address in _both_domains({normal, value.strip()}):
        for cased in _cases(address):
            yield from _clear(cased, "email")
        yield from _tagged(address)
    for text in {normal, value, value.strip(), normal.upper()}:
        yield from _base64(text.encode(), "email")
    yield from _hashed({normal, value, value.strip()})


def uuid(value: str, normal: str) -> Iterator[Spelling]:
    """A UUID with and without hyphens, in base64 and hashed."""
    for written in {normal, normal.replace("-", "")}:
        yield Spelling(written.encode(), "clear", "hex")
        yield from _base64(written.encode(), "hex")
        yield from _base64(written.upper().encode(), "hex")
    yield from _hashed({normal, value.strip()})


def digest(normal: str) -> Iterator[Spelling]:
    """A digest of an identifier whose clear text nobody gave: hex and base64."""
    if re.fullmatch(r"[0-9a-fA-F]{32,128}", normal) and len(normal) % 2 == 0:
        yield from _digest(bytes.fromhex(normal), "hash")


def key(normal: str) -> Iterator[Spelling]:
    """A key that coincides with other words by no accident, whatever field it stands in: ``K-10017``."""
    if forms.is_telling(normal):
        yield Spelling(normal.lower().encode(), "key", "key", exact=normal.encode())


def phone(value: str, normal: str) -> Iterator[Spelling]:
    """The digests and base64 of an E.164 number; :mod:`vestige.matching.dialled` searches its digits."""
    bare = normal.removeprefix("+")
    number = dialled(normal)
    inside = () if number is None else (number.digits, *(trunk + number.digits for trunk in number.trunks))
    yield from _hashed({normal, bare, "00" + bare, value, value.strip(), *(d.decode() for d in inside)})
    for text in {normal, bare, value.strip()}:
        yield from _base64(text.encode(), "word")


def _both_domains(addresses: Collection[str]) -> set[str]:
    """The addresses with their domain in Unicode and in punycode."""
    found = set(addresses)
    for address in addresses:
        local, at, domain = address.rpartition("@")
        with suppress(UnicodeError):
            found.add(local + at + domain.encode("idna").decode())
        with suppress(UnicodeError):
            found.add(local + at + domain.encode().decode("idna"))
    return found


def _cases(text: str) -> set[bytes]:
    """The text as bytes, ASCII in lower case, other scripts in each case and composition they may have."""
    cased = {text.casefold(), text.lower(), text.upper(), text.title(), text}
    composed = {unicodedata.normalize(form, one) for one in cased for form in ("NFC", "NFD")}
    return {one.encode().lower() for one in composed}


def _clear(text: bytes, guard: Guard) -> Iterator[Spelling]:
    yield Spelling(text, "clear", guard)
    whole = text.decode()
    for form, at, plus in (
        ("percent", b"%40", b"%2b"),
        ("percent", b"%2540", b"%252b"),
        ("json", b"\\u0040", b"\\u002b"),
        ("html", b"&#64;", b"&#43;"),
        ("html", b"&#x40;", b"&#x2b;"),
        ("html", b"&commat;", b"&plus;"),
    ):
        yield Spelling(text.replace(b"@", at), form, guard)
        if b"+" in text:
            yield Spelling(text.replace(b"@", at).replace(b"+", plus), form, guard)
    if not whole.isascii():
        escaped = json.dumps(whole)[1:-1].lower().encode()
        yield Spelling(escaped, "json", guard)
        yield Spelling(escaped.replace(b"@", b"\\u0040"), "json", guard)


def _tagged(address: str) -> Iterator[Spelling]:
    local, _, domain = address.casefold().rpartition("@")
    if "+" not in local and len(local) >= 2:
        for head in _cases(local):
            yield Spelling(head + b"+", "tag", "tagged", tail=b"@" + domain.encode())


def _hashed(texts: Collection[str]) -> Iterator[Spelling]:
    for text in set(texts):
        for name in ("md5", "sha1", "sha256"):
            raw = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
            yield from _digest(raw, name)


def _digest(raw: bytes, form: str) -> Iterator[Spelling]:
    yield Spelling(raw.hex().encode(), form, "hex")
    for text in {base64.b64encode(raw), base64.urlsafe_b64encode(raw)}:
        core = text.rstrip(b"=")
        yield Spelling(core.lower(), form, "word", exact=core)


def _base64(clear: bytes, guard: Guard) -> Iterator[Spelling]:
    """The characters of base64 that depend on ``clear`` alone, wherever in a longer text it starts."""
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + clear)
        skip = (0, 2, 3)[shift]
        core = coded[skip : (shift + len(clear)) * 8 // 6]
        for text in {core, core.translate(bytes.maketrans(b"+/", b"-_"))}:
            yield Spelling(text.lower(), "base64", "base64", text, clear, guard, skip)


def fits(spelling: Spelling, cell: bytes, start: int) -> bool:
    """Whether the hit at ``start`` is the identifier itself and not a part of something longer."""
    end = start + len(spelling.needle)
    if spelling.exact and cell[start:end] != spelling.exact:
        return False
    if spelling.guard == "base64":
        return _fits_decoded(spelling, cell, start, end)
    if spelling.guard == "tagged":
        return _fits_tagged(spelling, cell, start, end)
    if spelling.form == "percent":
        # Where @ is written %40, a plus sign is a space.
        cell = cell[:start].replace(b"+", b" ") + cell[start:]
    return _stands_alone(spelling.guard, cell, start, end)


def _stands_alone(guard: Guard, cell: bytes, start: int, end: int) -> bool:
    before, after = cell[max(0, start - 8) : start], cell[end : end + 64]
    if guard == "email":
        return not _EMAIL_GOES_ON_LEFT.search(_text(before)) and not _EMAIL_GOES_ON_RIGHT.match(_text(after))
    if guard == "key":
        return not re.search(rb"[0-9A-Za-z]-?\Z", before) and not re.match(rb"[-.]?[0-9A-Za-z]", after)
    if guard == "hex":
        return not re.search(rb"[0-9A-Fa-f]\Z", before) and not re.match(rb"[0-9A-Fa-f]", after)
    return not re.search(rb"[A-Za-z0-9+/]\Z", before) and not re.match(rb"[A-Za-z0-9+/]", after)


# A letter without case (CJK, Arabic, Hebrew …) ends a word of ASCII: such scripts set no space between them.
_CASED = "0-9A-Za-z\u00c0-\u024f\u0370-\u058f\u1e00-\u1fff"
ENDINGS = (
    "jsonl?|csv|tsv|txt|gz|xml|pdf|html?|log|parquet|avro|orc|png|jpe?g|gif|eml|vcf|ics|bak|old|tmp|ya?ml"
    "|docx?|xlsx?|pptx?|sql|md|bin|dat|db"
)
# Half a character (base64 was cut) counts as a letter.
_EMAIL_GOES_ON_LEFT = re.compile(rf"[{_CASED}\ufffd][._+'’-]*\Z")
_EMAIL_GOES_ON_RIGHT = re.compile(
    rf"[{_CASED}]|(?:-[{_CASED}-]*)?\.+(?!(?:{ENDINGS})(?![{_CASED}]))[{_CASED}]", re.IGNORECASE
)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _fits_tagged(spelling: Spelling, cell: bytes, start: int, end: int) -> bool:
    tag = tag_of(spelling, cell, start)
    return bool(tag) and _stands_alone("email", cell, start, end + len(tag))


def tag_of(spelling: Spelling, cell: bytes, start: int) -> bytes:
    """What follows the plus sign of a tagged address, in lower case; empty if it is none."""
    if spelling.guard != "tagged":
        return b""
    after = start + len(spelling.needle)
    pattern = rb"[^\s@<>\"',;:%]{1,64}" + re.escape(spelling.tail)
    tag = re.match(pattern, cell[after : after + 400].lower())
    return tag.group() if tag else b""


def _fits_decoded(spelling: Spelling, cell: bytes, start: int, end: int) -> bool:
    """Decode a little before and after the hit, then guard what it hides."""
    first = start - spelling.shift
    if first < 0:
        return False
    room = 0
    while room < 8 and first - room - 4 >= 0 and all(map(_LETTERS.match, _chars(cell, first - room - 4, 4))):
        room += 4
    stop = end
    while stop < len(cell) and stop < end + 12 and _LETTERS.match(cell[stop : stop + 1]):
        stop += 1
    decoded = _decode(cell[first - room : stop])
    at = decoded.find(spelling.clear)
    return at >= 0 and _stands_alone(spelling.inner, decoded, at, at + len(spelling.clear))


def _chars(cell: bytes, start: int, count: int) -> list[bytes]:
    return [cell[i : i + 1] for i in range(start, start + count)]


def _decode(text: bytes) -> bytes:
    standard = text.translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(standard[: len(standard) // 4 * 4] + _rest(standard))
    except binascii.Error:
        return b""


def _rest(text: bytes) -> bytes:
    """The last, incomplete group, filled up with padding."""
    over = text[len(text) // 4 * 4 :]
    return over + b"=" * (4 - len(over)) if len(over) > 1 else b""
