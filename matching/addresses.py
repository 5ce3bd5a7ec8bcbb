"""E-mail addresses inside a text, by syntax alone, so that reserved domains count too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vestige.matching import forms
from vestige.matching.hits import Hit

# Combining marks are no \w, but belong to the letter before them (decomposed accents, Indic vowels, Thai).
_MARKS = r"\u0300-\u036f\u0900-\u0dff\u0e00-\u0e7f"
_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u3001\u3002"
_LOCAL = rf"\w.+'\-{_MARKS}"
_AT = re.compile("[@＠]")
_LOCAL_RUN = re.compile(rf"[{_LOCAL}]+")
_DOMAIN_RUN = re.compile(rf"[^\W_][\w.\-{_MARKS}]*")
_ODD_LOCAL = re.compile(rf"[{_LOCAL}]*[!#$%&*/=?^`{{|}}~][{_LOCAL}!#$%&*/=?^`{{|}}~]*")
_MAX_LOCAL, _MAX_DOMAIN = 64, 255
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[nrtbf]")
_UNSPACED_THEN_ASCII = re.compile(rf".*[{_UNSPACED}](?=[A-Za-z0-9])", re.DOTALL)
_ASCII_THEN_UNSPACED = re.compile(rf"([A-Za-z]+)[{_UNSPACED}]")
_TOP = re.compile(r"xn--[A-Za-z0-9-]+|[^\W\d_]{2,63}")
_ENDING_WORDS = "bak bmp csv doc docx gif gz htm html ini jpeg jpg json jsonl log md ndjson parquet pdf png \
ppt pptx sql svg tar tgz tmp tsv txt webp xls xlsx xml yaml yml zip"
_FILE_ENDINGS = frozenset(_ENDING_WORDS.split())


def emails(text: str) -> Iterator[Hit]:
    """Every address in a text; NUL separates cells. Where a text can be read in two ways, both readings.

    ``请联系anna@example.com`` has a local part with and without the words before it, and
    ``anna@example.com.csv`` may be a file's name; the less likely reading has the lower score.
    """
    for match in _AT.finditer(text):
        at = match.start()
        local = _LOCAL_RUN.match(text[max(0, at - _MAX_LOCAL - 8) : at][::-1])
        domain = _DOMAIN_RUN.match(text, at + 1, at + 1 + _MAX_DOMAIN)
        if domain and local:
            for start, sure in _starts(text, at - local.end(), at):
                for length, likely in _domains(domain.group()):
                    yield from _hit(text, start, at + 1 + length, 1.0 if sure and likely else 0.6)
        if domain:
            yield from _odd(text, at, domain.end())


def _odd(text: str, at: int, end: int) -> Iterator[Hit]:
    """An address that is a whole cell may have any character of RFC 5322; in a text these are separators."""
    start = text.rfind("\0", max(0, at - _MAX_LOCAL - 1), at) + 1
    if (
        (start or at <= _MAX_LOCAL)
        and text[end : end + 1] in ("", "\0")
        and _ODD_LOCAL.fullmatch(text, start, at)
    ):
        yield from _hit(text, start, end, 0.8)


def _hit(text: str, start: int, end: int, score: float) -> Iterator[Hit]:
    normal = forms.email(text[start:end].replace("＠", "@"))
    if normal is not None:
        yield Hit(start, end, "EMAIL_ADDRESS", score, "clear", normal)


def _starts(text: str, start: int, at: int) -> Iterator[tuple[int, bool]]:
    """Where a local part may begin: after punctuation, after the rest of an escape (``%3A``, ``\\n``)."""
    start += _escape_rest(text, start, at)
    while start < at and text[start] in ".+'-":
        start += 1
    words = _UNSPACED_THEN_ASCII.match(text, start, at)
    if start < at:
        yield start, words is None
    if words:
        yield words.end(), True


def _escape_rest(text: str, start: int, at: int) -> int:
    """How many of the characters at ``start`` belong to an escape that began just before."""
    escape = _ESCAPE.match(text, start - 1, at) if start else None
    return len(escape.group()) - 1 if escape else 0


def _domains(run: str) -> Iterator[tuple[int, bool]]:
    """Lengths of the domains with which a run of characters may begin, and whether each is the likely one."""
    run = run.partition("_")[0].rstrip(".-")
    labels = run.split(".")
    while len(labels) > 1:
        last = labels[-1]
        if _TOP.fullmatch(last) and not _ASCII_THEN_UNSPACED.match(last):
            yield len(".".join(labels)), not _may_be_no_domain(labels)
            while _may_be_no_domain(labels):
                labels.pop()
                yield len(".".join(labels)), False
            return
        cut = _ASCII_THEN_UNSPACED.match(last) or re.match(r"([^\W\d_]{2,63})-", last)
        if cut:
            yield len(".".join([*labels[:-1], cut.group(1)])), True
            return
        if len(last) > 1 and not last.isdigit():
            return
        labels.pop()


def _may_be_no_domain(labels: list[str]) -> bool:
    """``example.com.csv`` (a file) and ``example.com.Thanks`` (the next sentence)."""
    last, before = labels[-1], labels[-2]
    is_next = last.lower() in _FILE_ENDINGS or (last[:1].isupper() and before.islower())
    return len(labels) > 2 and is_next and _TOP.fullmatch(before) is not None
