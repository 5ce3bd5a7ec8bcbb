"""Phone numbers inside a text. Far more digits in logs and prose are not phones than are."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from vestige.matching import numbers
from vestige.matching.hits import Hit, before

_GAP = r"[ \t\u00a0().\-/\u2010-\u2015]"
RUN = re.compile(
    rf"[\d+＋(](?<![\w/#$€£+-].)(?<!\d[.,:].)(?:(?<=[+＋(])\+?\d|(?<=\d))(?:{_GAP}{{0,3}}\d){{6,}}+"
    r"(?!\d|[^\W\dxXe]|[.,:]\d|\s?[%€$£])",
    re.DOTALL,
)
_PIECE = re.compile(r"[^ \t\u00a0]+")
_GROUP = re.compile(r"\d+")
_ABROAD = re.compile(r"0\D*0|[^\x00-\x7f]")
_DATE = re.compile(
    r"(?:19|20)\d\d([-/. ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)?\d\d(?!\2?\d)"
)
_WORDS = re.compile(
    r"(?P<phone>t[eé]l(?!l)|\btf\b|\btlf|phone|fon\b|mob[iy]l|m[oó]vil|celular|cell|handy|\bgsm|\bcall|anruf|fax"
    r"|sms|whats|signal|viber|rückruf|appel|llam|chiam|kom[oó]rk|puhelin|матил|тел|моб|звон|τηλ|κιν|هاتف|جوال"
    r"|טלפון|电话|手机|電話|携帯|전화|โทร|\bring\b|\bdial|contact|kontakt)"
    r"|(?P<other>order|bestell|rechnung|invoice|fa[ck]tur|pedido|comm?ande|ordin[ei]|sku|\bart|item|produ[ck]"
    r"|\bpart|\bref|ticket|\bcase\b|tracking|sendung|account|konto|\biban|\bid\b|serial|isbn|\bean\b|\bupc\b"
    r"|amount|betrag|total|price|preis|version|build|заказ|счет|订单|注文)"
)
_MAX_PIECES = 8
# No word has a digit: with one digit for all, contexts are often the same (``[12:30:01] call from``).
_SAME_DIGITS = str.maketrans("123456789", "000000000")


def phones(text: str, regions: Sequence[str], taken: Sequence[tuple[int, int]] = ()) -> Iterator[Hit]:
    """Every phone number in a text; NUL separates cells. ``taken``: ranges, ascending, of something else.

    Wanted is a country code (``+``, ``00``), or a word near that speaks of phones, or a number in use in one
    of the ``regions`` and written with gaps as one does there.
    """
    starts = [start for start, _ in taken]
    ends = list(accumulate((end for _, end in taken), max))
    for match in RUN.finditer(text):
        before_end = bisect_left(starts, match.end())
        if before_end == 0 or ends[before_end - 1] <= match.start():
            yield from _in_run(text, match, tuple(regions))


def _in_run(text: str, match: re.Match[str], regions: tuple[str, ...]) -> Iterator[Hit]:
    """The phones among the pieces of one run of digits and gaps, longest first."""
    run = match.group()
    is_signed = "+" in run or "＋" in run
    is_telling = is_signed or _ABROAD.search(run)
    if not (is_telling or regions):
        return
    told = _told(before(text, match.start()).translate(_SAME_DIGITS))
    if (told is False and not is_signed) or not (told or is_telling or _has_shape(run, numbers.digits(run))):
        return
    rest = list(_PIECE.finditer(text, match.start(), match.end()))
    while rest:
        hit = _longest(text, rest[:_MAX_PIECES], told, regions)
        if hit:
            yield hit
        rest = [piece for piece in rest[1:] if hit is None or piece.start() >= hit.end]


@lru_cache(maxsize=1 << 14)
def _told(context: str) -> bool | None:
    """What the nearest telling word before says: a phone, something else, or nothing."""
    words = [match.lastgroup for match in _WORDS.finditer(context.lower())]
    return words[-1] == "phone" if words else None


def _longest(
    text: str, pieces: list[re.Match[str]], told: bool | None, regions: tuple[str, ...]
) -> Hit | None:
    for last in reversed(pieces):
        written = text[pieces[0].start() : last.end()]
        if written.count("(") > written.count(")"):
            written = written.removeprefix("(")
        score, normal = _judged(written, told, regions)
        if normal:
            return Hit(last.end() - len(written), last.end(), "PHONE_NUMBER", score, "clear", normal)
    return None


def _judged(written: str, told: bool | None, regions: tuple[str, ...]) -> tuple[float, str | None]:
    digits = numbers.digits(written)
    if not numbers.MIN_NATIONAL_DIGITS <= len(digits) <= 17 or _DATE.match(written):
        return 0, None
    if written.lstrip("(")[0] in "+＋":
        return _international(written, told)
    if told is False or not (told or _has_shape(written, digits)):
        return 0, None
    normal = numbers.e164(written, regions)
    if normal is None or (not told and not _is_usual(written, digits, normal)):
        return 0, None
    return 0.85 if told else 0.6, normal


def _has_shape(written: str, digits: str) -> bool:
    """Whether a number without context is worth a look: an access log is full of ``200 1534``."""
    groups = len(_GROUP.findall(written))
    return digits.startswith("00") or (groups > 1 and len(digits) > 8) or (groups > 2 and len(digits) > 7)


def _international(written: str, told: bool | None) -> tuple[float, str | None]:
    normal = numbers.e164(written, ())
    if normal and numbers.valid(normal):
        return 0.95, normal
    has_gaps = len(_GROUP.findall(written)) > 1
    return (0.7, normal) if normal and told is not False and (told or has_gaps) else (0, None)


def _is_usual(written: str, digits: str, normal: str) -> bool:
    """Whether a number without context is in use, and grouped as its country does."""
    if not numbers.valid(normal):
        return False
    if digits.startswith("00"):
        return True
    usual = _GROUP.findall(numbers.national_format(normal))
    groups = _GROUP.findall(written)
    if "".join(usual) != digits:
        return False
    if digits.startswith("0"):
        return len(groups[0]) > 1 and len(groups) <= 6
    return groups == usual or (len(groups) > 2 and all(2 <= len(group) <= 4 for group in groups))
