"""Bare digits as ``phonenumbers`` reads them: its ``parse`` and its leniency ``VALID``, shortened.

Most candidates are digits and punctuation. For them nothing but the digits and the region counts, and the
steps of the parser that are about letters, signs and extensions can be left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    SUPPORTED_REGIONS,
    PhoneMetadata,
    PhoneNumberMatcher,
    ValidationResult,
    enable_pattern_cache,
    phonenumbermatcher,
    phonenumberutil,
)

from vestige.matching.columnar import digits
from vestige.matching.columnar.numbering import FIRST, TYPES, dialled, main_tables, tables, wants_trunk

enable_pattern_cache()
_UTIL: Any = phonenumberutil
_MATCHER: Any = phonenumbermatcher
_BARE = re.compile(rf"b?[0-9{''.join(map(re.escape, digits.bare_punctuation()))}]*(?:b|:00)?")
"""A text of one zone, between neighbours as :mod:`vestige.matching.columnar.phones` writes them."""
_SHORT = 500
_NO_DIGIT = re.compile(r"\D+")
_SHORTEST, _LONGEST = _UTIL._MIN_LENGTH_FOR_NSN, _UTIL._MAX_LENGTH_FOR_NSN
_NOT_SHORTENED = (
    ValidationResult.TOO_SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
    ValidationResult.INVALID_LENGTH,
)


def numbers(text: str, regions: Sequence[str]) -> set[tuple[int, int]]:
    """Where the matcher finds a number for any of the regions, at its default leniency."""
    if not _BARE.fullmatch(text) or len(text) > _SHORT:
        return {(match.start, match.end) for region in regions for match in PhoneNumberMatcher(text, region)}
    candidates: dict[int, Candidate | None] = {}
    return {span for region in regions for span in _numbers(text, reader(region), candidates)}


def _numbers(text: str, read: Reader, candidates: dict[int, Candidate | None]) -> Iterator[tuple[int, int]]:
    at = 0
    while True:
        if at not in candidates:
            match = _MATCHER._PATTERN.search(text, at)
            candidates[at] = Candidate(text, *match.span()) if match else None
        candidate = candidates[at]
        if candidate is None:
            return
        found = candidate.number(read)
        at = found[1] if found else candidate.end
        if found:
            yield found


class Candidate:
    """A part of a text that the matcher takes for a number, or for several in a row."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.end = end
        self._text = text
        self._start = start
        self._written = text[start:end]
        self._bare = _NO_DIGIT.sub("", self._written)

    def number(self, read: Reader) -> tuple[int, int] | None:
        """The first number in it, if it has one; what comes after that is another candidate."""
        if self._is_date:
            return None
        if read.is_number(self._bare) and not _is_spoiled(self._text, self._start, self._written):
            return self._start, self.end
        return next((span for span, bare in self._inner if read.is_number(bare)), None)

    @cached_property
    def _is_date(self) -> bool:
        if _MATCHER._SLASH_SEPARATED_DATES.search(self._written):
            return True
        is_time = _MATCHER._TIME_STAMPS.search(self._written) is not None
        return is_time and _MATCHER._TIME_STAMPS_SUFFIX.match(self._text, self.end) is not None

    @cached_property
    def _inner(self) -> list[tuple[tuple[int, int], str]]:
        """Where parts lie that may be numbers by themselves, in the matcher's order, and their digits."""
        parts = ((start, part, _NO_DIGIT.sub("", part)) for start, part in self._parts())
        return [
            ((start, start + len(part)), bare)
            for start, part, bare in parts
            if len(bare) > _SHORTEST and not _is_spoiled(self._text, start, part)
        ]

    def _parts(self) -> Iterator[tuple[int, str]]:
        for pattern in _MATCHER._INNER_MATCHES:
            inner = pattern.search(self._written)
            if inner:
                yield self._start, _trimmed(self._written[: inner.start()])
            while inner:
                yield self._start + inner.start(1), _trimmed(inner.group(1))
                inner = pattern.search(self._written, inner.start() + 1)


def _trimmed(part: str) -> str:
    return str(_MATCHER._UNWANTED_END_CHAR_PATTERN.sub("", part, count=1))


def _is_spoiled(text: str, start: int, part: str) -> bool:
    """Whether the form of a part or its neighbours forbid to take it for a number."""
    end = start + len(part)
    return (
        (start > 0 and not _MATCHER._LEAD_PATTERN.match(part) and digits.spoils(text[start - 1]))
        or digits.spoils(text[end : end + 1])
        or not _MATCHER._MATCHING_BRACKETS.fullmatch(part)
        or _MATCHER._PUB_PAGES.search(part) is not None
    )


class Reader:
    """Tells whether digits, dialled in a region, are a number that is in use."""

    def __init__(self, region: str) -> None:
        self._metadata: Any = (
            PhoneMetadata.metadata_for_region(region) if region in SUPPORTED_REGIONS else None
        )
        if self._metadata is not None:
            self._code = str(self._metadata.country_code)
            self._country = _country(self._metadata.country_code)
            self._possible = dialled(region)
            self._dialled_out = re.compile(self._metadata.international_prefix or "(?!)")

    def is_number(self, bare: str) -> bool:
        if self._metadata is None or not self._is_possible(bare):
            return False
        went_out, rest = _UTIL._parse_prefix_as_idd(self._dialled_out, bare)
        if went_out:
            return _is_international(rest)
        rest = self._without_code(bare)
        if rest is not None:
            return self._country.is_number(rest)
        national = _national(bare, self._metadata)
        return national is not None and self._country.is_in_use(national) and self._has_trunk(bare, national)

    def _is_possible(self, bare: str) -> bool:
        begun = self._possible.get(len(bare))
        return begun is not None and bool(begun[int(bare[:FIRST])])

    def _without_code(self, bare: str) -> str | None:
        """The rest of digits that begin with the region's own country code, where they are better so."""
        if not bare.startswith(self._code):
            return None
        general = self._metadata.general_desc
        rest = _stripped(bare[len(self._code) :], self._metadata)
        is_better = not _matches(bare, general) and _matches(rest, general)
        too_long = _UTIL._test_number_length(bare, self._metadata) == ValidationResult.TOO_LONG
        return rest if is_better or too_long else None

    def _has_trunk(self, bare: str, national: str) -> bool:
        """Whether a number is written with its trunk prefix, or may be written without."""
        if not self._country.wants_trunk:
            return True
        main = self._country.metadata
        rule = _UTIL._choose_formatting_pattern_for_number(main.number_format, national)
        if rule is None or not wants_trunk(rule):
            return True
        return bool(_UTIL._maybe_strip_national_prefix_carrier_code(bare, main)[2])


class Country:
    """The numbers under one country calling code, whatever region they belong to."""

    def __init__(self, code: int) -> None:
        self.metadata = main_tables(code)
        self.wants_trunk = any(map(wants_trunk, self.metadata.number_format))
        regions = COUNTRY_CODE_TO_REGION_CODE[code]
        self._regions = [_in_use(tables(code, region), alone=len(regions) == 1) for region in regions]

    def is_number(self, bare: str) -> bool:
        """Whether digits that stood after the country code are a number."""
        national = _national(bare, self.metadata)
        return national is not None and self.is_in_use(national)

    def is_in_use(self, national: str) -> bool:
        for leading, pattern in self._regions:
            if leading is not None:
                if leading.match(national):
                    return pattern.fullmatch(national) is not None
            elif pattern.fullmatch(national):
                return True
        return False


reader = lru_cache(maxsize=512)(Reader)
_country = lru_cache(maxsize=512)(Country)


def _is_international(bare: str) -> bool:
    """Whether digits that stood after an international prefix begin with a country code and are a number."""
    if len(bare) <= _SHORTEST:
        return False
    code, rest = _UTIL._extract_country_code(bare)
    return code != 0 and _country(code).is_number(rest)


def _national(bare: str, metadata: Any) -> str | None:
    """The national number in digits; None if there are too few or too many."""
    if len(bare) < _SHORTEST:
        return None
    rest = _stripped(bare, metadata)
    national = bare if _UTIL._test_number_length(rest, metadata) in _NOT_SHORTENED else rest
    return national if _SHORTEST <= len(national) <= _LONGEST else None


def _stripped(bare: str, metadata: Any) -> str:
    return str(_UTIL._maybe_strip_national_prefix_carrier_code(bare, metadata)[1])


def _matches(bare: str, description: Any) -> bool:
    return bool(_UTIL._match_national_number(bare, description, False))


def _in_use(metadata: Any, *, alone: bool) -> tuple[re.Pattern[str] | None, re.Pattern[str]]:
    """How numbers of a region begin, if others have its country code, and what all of them look like."""
    same = metadata.same_mobile_and_fixed_line_pattern
    kinds = [getattr(metadata, kind) for kind in TYPES if not (same and kind == "mobile")]
    described = "|".join(map(_described, filter(None, kinds))) or "(?!)"
    pattern = re.compile(f"(?={_described(metadata.general_desc)})(?:{described})")
    leading = None if alone else metadata.leading_digits
    return (re.compile(leading) if leading else None), pattern


def _described(description: Any) -> str:
    if not description.national_number_pattern:
        return "(?!)"
    lengths = "|".join(f".{{{max(0, length)}}}" for length in description.possible_length) or ".*"
    return rf"(?=(?:{lengths})\Z)(?:{description.national_number_pattern})\Z"
