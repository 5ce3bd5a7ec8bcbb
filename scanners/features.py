"""What a value looks like, as a few classes and a mask: the evidence that is kept in its place."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from vestige.matching import forms, places
from vestige.matching.names import folded
from vestige.scanners import lexicon

MAX_KEY = 64
"""Characters of the longest value that is taken for a key."""
_LONGEST = 400
_BARE_UUID = 32
_INTEGER = re.compile(r"[+-]?\d+")
_REAL = re.compile(r"[+-]?\d*[.,]\d+(?:[eE][+-]?\d+)?|[+-]?\d+[eE][+-]?\d+")
_DATE = re.compile(
    r"(?:(?P<y>\d{4})[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/. ](?:0?[1-9]|[12]\d|3[01])[-/. ](?P<z>\d{4}|\d{2}))"
    r"(?P<time>[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
)
_MIDNIGHT = re.compile(r"[T ]0?0:00(:00(\.0+)?)?")
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_DIGEST = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=")
_CRYPT = re.compile(r"\$(?:2[aby]?|argon2\w*|5|6|1|scrypt|pbkdf2[\w-]*|y)\$.+|pbkdf2_\w+\$.+|\{S?SHA\d*\}.+")
_CODE = re.compile(r"(?=[^a-z]*\d)(?=[^a-z]*[A-Z])[A-Z0-9]+(?:[-_/. ][A-Z0-9]+)*")
_POSTAL = re.compile(
    r"\d{4,6}|\d{5}-\d{3,4}|\d{3}-\d{4}"
    r"|\d{2}-\d{3}|\d{3} \d{2}|\d{4}-\d{3}|\d{4} ?[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d"
    r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]{1,2}-\d{4,5}"
)
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_ENDS = re.compile(r"[.!?…。]\s|[.!?…。]$|,\s")
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,9}://\S+", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_\-.=+/]{16,}")
_HANDLE = re.compile(r"@?[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
_HOUSE = re.compile(r"\b\d{1,5}\s?[a-zA-Z]?\b")
_STREET_END = re.compile(
    r"(?:strasse|str|weg|platz|gasse|allee|straat|laan|gracht|plein|gatan|vagen|vej|gade|katu|tie)\Z"
)
_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_GREETING = re.compile(
    r"(?:\b(?:dear|hi|hello|hallo|liebe[rs]?|bonjour|ch[eè]re?|hola|estimad[oa]|querid[oa]|ciao|gentile"
    r"|car[oa]|beste|geachte|drog[ia]|witaj|szanown\w+|hej|k[aä]ra|k[aæ]re|hei|ol[aá]|prezad[oa]|czesc|cześć"
    r"|(?:kind |best |warm )?regards|cheers|gr[uü](?:ß|ss)e|cordialement|saludos|saluti|groeten|pozdrawiam"
    r"|h[aä]lsningar|hilsen|abra[cç]os)|(?:^|\s)[-–—]{1,2})"
    rf"(?i:[\s,]+(?:mr|mrs|ms|dr|herrn?|frau|mme|m|sr|sra|sig|pan|pani)\.?)?[\s,]+(?-i:{_UPPER}\w+)",
    re.IGNORECASE,
)
_FULL_NAME = re.compile(
    rf"\b({_UPPER}[\w'’-]+) (?:{_UPPER}\. |(?:van|von|de|da|del|di|der|af|la|le|ten|bin|al) )*{_UPPER}\w+"
)
_BREAKS = str.maketrans(",;/\n", "    ")


_NO_KEY = re.compile("|".join(f"(?:{one.pattern})" for one in (_REAL, _DATE, _TIME, _URL)), re.IGNORECASE)


class Features(NamedTuple):
    """``classes`` of a value, its ``mask``, ``words``, and the number of ``digits`` if it is nothing else."""

    classes: frozenset[str]
    mask: str
    words: int
    digits: int | None


@lru_cache(maxsize=1 << 12)
def features(text: str) -> Features:
    """Look at one value."""
    bare = text[:_LONGEST].strip()
    count = len(text.split())
    digits = len(bare) if bare.isascii() and bare.isdigit() else None
    return Features(frozenset(_classes(bare, count)), _mask(bare), count, digits)


def key_of(text: str) -> str | None:
    """The canonical key that a value could be; None for prose, dates, times, URLs and fractions."""
    if len(text) > MAX_KEY:
        return None
    plain = text.isascii() and text.isalnum() and len(text) != _BARE_UUID
    key = text if plain else forms.key(text)
    if key is None or key.isdigit():
        return key
    if plain:
        return None if _REAL.fullmatch(key) else key
    return None if any(sign.isspace() for sign in key) or _NO_KEY.fullmatch(text.strip()) else key


_ASCII = {**dict.fromkeys(b"0123456789", "9"), **dict.fromkeys(b"\t\n\v\f\r\x1c\x1d\x1e\x1f ", " ")}
_ASCII |= {code: "A" if chr(code).isupper() else "a" for code in range(128) if chr(code).isalpha()}
_RUN = re.compile(r"(.)\1+", re.DOTALL)


def _mask(text: str) -> str:
    """Runs of capitals, small letters, caseless letters and digits, once each; other signs as they are."""
    if text.isascii():
        return _RUN.sub(r"\1", text[:80].translate(_ASCII))[:24]
    made: list[str] = []
    for sign in text[:80]:
        kind = "9" if sign.isdigit() else _letter(sign) if sign.isalpha() else " " if sign.isspace() else sign
        if not made or made[-1] != kind:
            made.append(kind)
    return "".join(made[:24])


def _letter(sign: str) -> str:
    return "A" if sign.isupper() else "a" if sign.islower() else "x"


def _classes(text: str, count: int) -> set[str]:
    found = {name for name, pattern in _WHOLE.items() if pattern.fullmatch(text)}
    if "integer" in found:
        return found | _number(text)
    found |= _date(text)
    if _CARD.search(text):
        found.add("card")
    if count == 1:
        found.add("single")
    if count >= 5 and _ENDS.search(text) or count >= 9:
        found.add("sentence")
    if count >= 3:
        found |= _speaking(text)
    return found | _worded(text, count)


def _speaking(text: str) -> set[str]:
    """Whether a text greets somebody by name, or holds a known given name with a surname."""
    found = {"greeting"} if _GREETING.search(text) else set()
    if any(folded(match[1]) in lexicon.words("given") for match in _FULL_NAME.finditer(text)):
        found.add("full_name")
    return found


_WHOLE: dict[str, re.Pattern[str]] = {
    "integer": _INTEGER,
    "real": _REAL,
    "time": _TIME,
    "digest": _DIGEST,
    "crypt": _CRYPT,
    "code": _CODE,
    "postal": _POSTAL,
    "url": _URL,
    "token": _TOKEN,
    "handle": _HANDLE,
    "plus": re.compile(r"(?:\+|00)\s?[1-9][\d\s()./-]{5,}"),
    "dialled": re.compile(r"\+?[\d\s()./-]{6,24}(?:\s?(?:x|ext\.?)\s?\d{1,5})?"),
}


def _number(text: str) -> set[str]:
    value = abs(int(text)) if len(text) < 20 else 0
    found = set()
    if 946_684_800 <= value < 2_208_988_800:
        found.add("epoch")
    if 946_684_800_000 <= value < 2_208_988_800_000:
        found.add("epoch")
    if 1900 <= value <= 2015:
        found.add("year")
    if 13 <= len(text) <= 19:
        found.add("card")
    return found


def _date(text: str) -> set[str]:
    match = _DATE.fullmatch(text)
    if not match:
        return set()
    year = int(match["y"] or match["z"])
    found = {"date"}
    if match["time"] and not _MIDNIGHT.match(match["time"]):
        found.add("clock")
    if 1900 <= year <= 2012 or (len(match["y"] or match["z"]) == 2 and year > 30):
        found.add("birth")
    return found


def _worded(text: str, count: int) -> set[str]:
    """Classes by the words of a short text."""
    if count > 8 or not any(c.isalpha() for c in text):
        return set()
    words = [word.strip(".'’()") for word in folded(text).translate(_BREAKS).split()]
    found = {
        kind
        for kind in ("gender", "religion", "ethnicity", "label", "blood")
        if folded(text) in lexicon.words(kind)
    }
    parts = {part for word in words for part in (word, *word.split("-"))}
    found |= {kind for kind in ("given", "company", "health", "place") if parts & lexicon.words(kind)}
    if _HOUSE.search(text) and (parts & lexicon.words("street") or any(map(_STREET_END.search, parts))):
        found.add("street")
    if " ".join(folded(text).split()) in places.towns():
        found.add("place")
    if _name_shaped(text, count):
        found.add("named")
    return found


def _name_shaped(text: str, count: int) -> bool:
    """One to five words of letters, each capitalised (or of a script without capitals), particles aside."""
    if count > 5 or not all(c.isalpha() or c in " .'’`-," for c in text):
        return False
    words = [word for word in re.split(r"[\s,-]+", text) if word]
    return any(not word[0].islower() for word in words) and all(
        not word[0].islower() or len(word) <= 3 for word in words
    )
