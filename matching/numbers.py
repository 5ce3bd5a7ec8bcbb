"""Phone numbers: from any spelling to E.164, by the tables of ``phonenumbers`` (Google's libphonenumber)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

MIN_NATIONAL_DIGITS = 7

_SCHEME = re.compile(r"(?:(?:tel|callto|sms|whatsapp|sip)\s*[:.]\s*)", re.IGNORECASE)
_EXTENSION = re.compile(
    r"(?:[\s,;]*(?:ext(?:ension)?|x|dw|durchwahl|poste|int)[\s.:=]*|\s*#\s*)\d{1,7}$", re.IGNORECASE
)
_WHOLE = re.compile(r"\(?\+?[\d\s().\-/\u2010-\u2015\u2212]+")
_NO_DIGIT = re.compile(r"\D+", re.ASCII)
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?!\d)|\d{1,2}([./])\d{1,2}\1(?:19|20)\d\d(?!\d)")


@lru_cache(maxsize=1 << 14)
def e164(text: str, regions: tuple[str, ...]) -> str | None:
    """E.164 of a text that is one phone number, its extension dropped; None if it cannot be one.

    With ``+`` or ``00`` the country is in the number. Else, in this order: a number in use in one of the
    regions, as one writes it there; one with its country code but without ``+``; any that is in use; any of
    a possible length (fictitious numbers are often in no range that is in use).
    """
    bare = _bare(text)
    if bare is None:
        return None
    if bare.startswith("+"):
        return _e164(_possible(_parsed(bare, None)))
    if bare.startswith("00"):
        number = _possible(_parsed("+" + bare[2:], None))
        if number:
            return _e164(number)
    return _e164(_without_country(bare, regions))


def valid(normal: str) -> bool:
    """Whether an E.164 number lies in a range that is in use."""
    number = _parsed(normal, None)
    return number is not None and phonenumbers.is_valid_number(number)


def digits(text: str) -> str:
    """The decimal digits of a text, as ASCII."""
    if text.isascii():
        return _NO_DIGIT.sub("", text)
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def national_format(normal: str) -> str:
    """An E.164 number as its country groups it."""
    number = _parsed(normal, None)
    return "" if number is None else phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def national(normal: str) -> Iterator[str]:
    """The digits of an E.164 number as dialled inside its country, with and without the trunk prefix."""
    number = _parsed(normal, None)
    if number is not None:
        yield digits(national_format(normal))
        yield phonenumbers.national_significant_number(number)


def _bare(text: str) -> str | None:
    """The number alone, ASCII digits and separators, or None where the text is plainly something else."""
    folded = unicodedata.normalize("NFKC", text).strip()
    scheme = _SCHEME.match(folded)
    folded = _EXTENSION.sub("", folded[scheme.end() :] if scheme else folded)
    if not _WHOLE.fullmatch(folded) or _DATE.match(folded) or _IPV4.fullmatch(folded):
        return None
    count = len(digits(folded))
    if not MIN_NATIONAL_DIGITS <= count <= 17:
        return None
    return ("+" if "+" in folded else "") + digits(folded)


def _parsed(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _possible(number: PhoneNumber | None) -> PhoneNumber | None:
    if number is None or not phonenumbers.is_possible_number(number):
        return None
    enough = len(phonenumbers.national_significant_number(number)) >= MIN_NATIONAL_DIGITS
    return number if enough else None


def _without_country(bare: str, regions: tuple[str, ...]) -> PhoneNumber | None:
    parsed = [number for region in regions if (number := _possible(_parsed(bare, region)))]
    parsed.sort(key=lambda number: not _is_written_so(number, bare))
    in_use = next((number for number in parsed if phonenumbers.is_valid_number(number)), None)
    if in_use and _is_written_so(in_use, bare):
        return in_use
    foreign = _parsed("+" + bare, None) if regions and len(bare) >= 11 else None
    if foreign is not None and phonenumbers.is_valid_number(foreign):
        return foreign
    return in_use or next(iter(parsed), None)


def _is_written_so(number: PhoneNumber, bare: str) -> bool:
    """Whether its country writes the number with just these digits (German ones start with a 0)."""
    return digits(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)) == bare


def _e164(number: PhoneNumber | None) -> str | None:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else None
