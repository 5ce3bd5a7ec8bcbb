"""Identifiers inside a text, by shape and checksum: a pattern proposes, a validator judges.

Every sieve takes a text in which NUL begins and ends cells. Boundaries count: no hit is part of a longer
token. Patterns begin with a class of characters and look behind it: that lets ``re`` skip quickly.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from vestige.matching import decodings, forms
from vestige.matching.hits import Hit, before

_UUID = re.compile(
    r"[0-9a-fA-F](?<![0-9A-Za-z].)[0-9a-fA-F]{7}"
    r"(?:-(?:[0-9a-fA-F]{4}-){3}|[0-9a-fA-F]{4}[1-8][0-9a-fA-F]{3}[89abAB][0-9a-fA-F]{3})"
    r"[0-9a-fA-F]{12}(?![0-9A-Za-z])",
    re.DOTALL,
)
_HEX_DIGEST = re.compile(
    r"[0-9a-fA-F](?<![0-9A-Za-z].)[0-9a-fA-F]{31}(?:[0-9a-fA-F]{8}(?:[0-9a-fA-F]{24})?)?(?![0-9A-Za-z])",
    re.DOTALL,
)
_B64 = r"A-Za-z0-9+/_\-"
_B64_DIGEST = re.compile(rf"[{_B64}]{{22,}}+={{1,2}}(?!=)")
_B64_CELL = re.compile(rf"\0([{_B64}]{{22}}|[{_B64}]{{27}}|[{_B64}]{{43}})(?=\0)")
_IPV4 = re.compile(r"\d(?<![\w.-]\d)\d{0,2}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w-]|\.\w)")
_IPV6 = re.compile(
    r"[0-9A-Fa-f:](?<![\w:.].)[0-9A-Fa-f]{0,3}:(?=[0-9A-Fa-f]{0,4}:|:)"
    r"[0-9A-Fa-f:]*+(?:\.\d{1,3}){0,3}(?![\w:]|\.\w)",
    re.DOTALL,
)
_MAC = re.compile(
    r"[0-9A-Fa-f](?<![\w:.-].)[0-9A-Fa-f](?:([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{2}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:-]|\.\w)",
    re.DOTALL,
)
_CARD = re.compile(r"\d(?<![\w.+-]\d)(?:[ -]?\d){11,18}+(?![\w]|[.-]\d)")
_IBAN = re.compile(r"[A-Za-z](?<![0-9A-Za-z].)[A-Za-z]\d\d(?:[ -]?[A-Za-z0-9]){11,30}(?![0-9A-Za-z])")
_URL = re.compile(r"[hHfF](?<![A-Za-z].)(?:[tT]{2}[pP][sS]?|[tT][pP])://[^\s\0\"'<>\\^`{|}]+", re.DOTALL)

_CARD_CONTEXT = re.compile(
    r"card|visa|master|amex|kredit|karte|carte|tarjeta|carta\b|cart[aã]o|\bcc\b|\bpan\b", re.I
)
_CARD_SHAPES = ([4, 6, 5], [4, 6, 4])
_BRANDS = (
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"30[0-5]|3[689]"), {14, 16}),
    (re.compile(r"6011|64[4-9]|65|62|35(?:2[89]|[3-8])"), {16, 17, 18, 19}),
    (re.compile(r"50(?:18|20|38)|5893|6304|6759|676[1-3]"), set(range(12, 20))),
)
_IBAN_TABLE = """
    AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BI:27 BR:29 BY:28 CH:21 CR:22
    CY:28 CZ:24 DE:22 DJ:27 DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FK:18 FO:18 FR:27 GB:22
    GE:22 GI:23 GL:18 GR:27 GT:28 HN:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30
    KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MN:20
    MR:27 MT:31 MU:30 NI:28 NL:18 NO:15 OM:23 PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22
    RU:33 SA:24 SC:31 SD:18 SE:24 SI:19 SK:24 SM:27 SO:23 ST:25 SV:28 TL:23 TN:24 TR:26
    UA:29 VA:22 VG:24 XK:20 YE:30
"""
_IBAN_LENGTHS = {pair[:2]: int(pair[3:]) for pair in _IBAN_TABLE.split()}


def uuids(text: str) -> Iterator[Hit]:
    """UUIDs with hyphens; 32 bare hex digits only where version and variant fit."""
    for match in _UUID.finditer(text):
        normal = forms.uuid(match.group())
        if normal:
            yield Hit(*match.span(), "USER_ID", 1.0 if "-" in match.group() else 0.5, "uuid", normal)


def digests(text: str) -> Iterator[Hit]:
    """What has the shape of an MD5, SHA-1 or SHA-256 digest; whose it is, only a join can tell."""
    for pattern, score in ((_HEX_DIGEST, 0.5), (_B64_DIGEST, 0.4), (_B64_CELL, 0.3)):
        for match in pattern.finditer(text):
            token = match.group().strip("\0")
            normal = forms.digest(token)
            if normal and (pattern is _HEX_DIGEST or _is_random(token)):
                yield Hit(match.end() - len(token), match.end(), "EMAIL_HASH", score, "digest", normal)


def _is_random(token: str) -> bool:
    """Whether a base64 token is no word or path, and hides no text."""
    is_mixed = any(c.isupper() for c in token) and any(c.islower() for c in token)
    return is_mixed and decodings.base64_text(token) is None


def ipv4(text: str) -> Iterator[Hit]:
    """IP addresses of four numbers."""
    for match in _IPV4.finditer(text):
        yield from _ip(match)


def ipv6(text: str) -> Iterator[Hit]:
    """IP addresses with colons."""
    for match in _IPV6.finditer(text):
        written = match.group()
        if ("::" in written or written.count(":") == 7) and any(c.isdigit() for c in written):
            yield from _ip(match)


def macs(text: str) -> Iterator[Hit]:
    """Addresses of network devices."""
    for match in _MAC.finditer(text):
        normal = forms.normal("MAC_ADDRESS", match.group())
        if normal:
            yield Hit(*match.span(), "MAC_ADDRESS", 0.9, "clear", normal)


def _ip(match: re.Match[str]) -> Iterator[Hit]:
    try:
        yield Hit(*match.span(), "IP_ADDRESS", 0.95, "clear", str(ipaddress.ip_address(match.group())))
    except ValueError:
        return


def cards(text: str) -> Iterator[Hit]:
    """Card numbers: Luhn, a brand's prefix and length, and groups as printed on cards."""
    for match in _CARD.finditer(text):
        digits = re.sub("[ -]", "", match.group())
        if _has_brand(digits) and _is_luhn(digits) and _is_printed(match.group()):
            is_told = len(digits) < len(match.group()) or _CARD_CONTEXT.search(before(text, match.start()))
            yield Hit(*match.span(), "CREDIT_CARD", 0.9 if is_told else 0.5, "clear", digits)


def _has_brand(digits: str) -> bool:
    return any(prefix.match(digits) and len(digits) in lengths for prefix, lengths in _BRANDS)


def _is_luhn(digits: str) -> bool:
    values = [int(c) for c in reversed(digits)]
    return (sum(values[::2]) + sum(sum(divmod(2 * value, 10)) for value in values[1::2])) % 10 == 0


def _is_printed(text: str) -> bool:
    groups = [len(group) for group in re.split("[ -]", text)]
    return len(groups) == 1 or set(groups[:-1]) == {4} or groups in _CARD_SHAPES


def ibans(text: str) -> Iterator[Hit]:
    """International bank account numbers: the country's length and ISO 7064 mod 97."""
    for match in _IBAN.finditer(text):
        compact = re.sub("[ -]", "", match.group()).upper()
        length = _IBAN_LENGTHS.get(compact[:2], 0)
        if length and len(compact) >= length and _is_mod97(compact[:length]):
            end = _nth(match.group(), length)
            yield Hit(match.start(), match.start() + end, "IBAN_CODE", 1.0, "clear", compact[:length])


def _is_mod97(iban: str) -> bool:
    return int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1


def _nth(text: str, count: int) -> int:
    """Where the ``count``-th letter or digit of a text ends."""
    ends = [i + 1 for i, c in enumerate(text) if c.isalnum()]
    return ends[count - 1]


def urls(text: str) -> Iterator[Hit]:
    """Web addresses, without the punctuation of the sentence around them."""
    for match in _URL.finditer(text):
        url = match.group().rstrip(".,;:!?)]}*_~")
        yield Hit(match.start(), match.start() + len(url), "URL", 0.6, "clear", url)


class Finder(NamedTuple):
    """``find``: every hit of one kind in a text; each matches one of ``patterns``."""

    find: Callable[[str], Iterator[Hit]]
    patterns: tuple[re.Pattern[str], ...]


FINDERS = (
    Finder(uuids, (_UUID,)),
    Finder(digests, (_HEX_DIGEST, _B64_DIGEST, re.compile(rf"[{_B64}]{{22}}"))),
    Finder(ipv4, (_IPV4,)),
    Finder(ipv6, (_IPV6,)),
    Finder(macs, (_MAC,)),
    Finder(cards, (_CARD,)),
    Finder(ibans, (_IBAN,)),
    Finder(urls, (_URL,)),
)
"""Everything but e-mails and phones; hits of different kinds may overlap (a host in a URL)."""
