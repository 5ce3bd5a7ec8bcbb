"""Which digits may be a phone number, by their first few and by how many they are.

Derived from the tables of ``phonenumbers``: each regular expression becomes the set of (length, first digits)
of what it matches, and what its parser strips (dialling prefixes, country codes) is put before. Wherever the
parser asks for more than can be said in these terms, the set is larger, never smaller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

FIRST = 4
"""How many first digits are looked at."""

Flags = npt.NDArray[np.bool_]
Language = dict[int, Flags]
"""Length → whether a number of this length may begin so: ``10 ** min(length, FIRST)`` flags."""

_parser: Any = import_module("re._parser")
_EMPTY: Language = {0: np.ones(1, np.bool_)}
MOST = 34
"""More digits than any number has with all that may stand before it."""

_ANYTHING: Language = {n: np.ones(10 ** min(n, FIRST), np.bool_) for n in range(MOST + 1)}
_FIRST_ONLY = re.compile(r"\(?\\1\)?")
_BY_LENGTH = re.compile(r"(?:\(?\\d(?:\{[\d,]+\})?\)?)+")
TYPES = [
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
]


def masks(regions: Sequence[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """For numbers without and with a plus sign: ``[length, first digits]`` → the regions, a bit each.

    First digits are read as a number of ``FIRST`` digits; a shorter number may be followed by anything.
    Bit ``i % 64`` is that of region ``i``: beyond 64 regions they share bits.
    """
    bits = [1 << i % 64 for i in range(len(regions))]
    every = (1 << min(64, len(regions))) - 1
    return _table(zip(map(dialled, regions), bits, strict=True)), _table([(_international(), every)])


def _table(languages: Iterable[tuple[Language, int]]) -> npt.NDArray[np.uint64]:
    table = np.zeros((MOST + 1, 10**FIRST), np.uint64)
    for spoken, bits in languages:
        for length, flags in spoken.items():
            if length <= MOST:
                table[length] |= np.where(_begun(flags), np.uint64(bits), np.uint64(0))
    return table


def _begun(flags: Flags) -> Flags:
    """Flags for all first digits, of a language whose words may be shorter."""
    return np.repeat(flags, 10**FIRST // len(flags))


def dialled(region: str) -> Language:
    """What may be dialled in a region without a plus sign."""
    metadata: Any = PhoneMetadata.metadata_for_region(region)
    if region not in phonenumbers.SUPPORTED_REGIONS or metadata is None:
        return {}
    code = int(metadata.country_code)
    main, numbers, country = main_tables(code), _numbers(code), language(str(code))
    return either(
        joined(language(metadata.international_prefix or ""), _international()),
        joined(country, _prefixed(metadata, _prefixed(main, numbers))),
        _national(metadata, main, numbers),
    )


def main_tables(country: int) -> Any:
    """The tables by which a number with this country code is read: those of its main region."""
    region = phonenumbers.region_code_for_country_code(country)
    return PhoneMetadata.metadata_for_region_or_calling_code(country, region)


@lru_cache(maxsize=1)
def _international() -> Language:
    """What may follow a plus sign: of a country's own numbers, only the lengths are looked at."""
    return either(*map(_with_country, COUNTRY_CODE_TO_REGION_CODE))


def _with_country(country: int) -> Language:
    lengths = {
        length
        for region in COUNTRY_CODE_TO_REGION_CODE[country]
        for length in tables(country, region).general_desc.possible_length
    }
    anything = {length: np.ones(10 ** min(length, FIRST), np.bool_) for length in lengths}
    return joined(language(str(country)), _prefixed(main_tables(country), anything))


def tables(country: int, region: str) -> Any:
    return PhoneMetadata.metadata_for_region_or_calling_code(country, region)


def _numbers(country: int) -> Language:
    """The national numbers in use under a country code, in any of its regions."""
    return either(
        *(
            _described(getattr(tables(country, region), kind))
            for region in COUNTRY_CODE_TO_REGION_CODE[country]
            for kind in TYPES
        )
    )


def _described(description: Any) -> Language:
    if description is None or not description.national_number_pattern:
        return {}
    lengths = description.possible_length
    spoken = language(description.national_number_pattern)
    return {length: flags for length, flags in spoken.items() if not lengths or length in lengths}


def _prefixed(metadata: Any, numbers: Language) -> Language:
    """National numbers and what becomes one when the parser strips or rewrites its prefix."""
    if not metadata.national_prefix_for_parsing:
        return numbers
    prefix = language(metadata.national_prefix_for_parsing)
    return either(numbers, joined(prefix, numbers), _rewritten(metadata, prefix, numbers))


def _rewritten(metadata: Any, prefix: Language, numbers: Language) -> Language:
    """What a rule may turn into a number: anything that begins with the prefix and could get its length."""
    rule = metadata.national_prefix_transform_rule
    if not rule or not numbers:
        return {}
    added = len(re.findall(r"(?<!\\)\d", rule))
    lengths = range(max(1, min(numbers) - added), max(numbers) + max(prefix) + 1)
    begun = _starts(prefix)
    return {length: _cut(begun, length) for length in lengths}


def _starts(spoken: Language) -> Flags:
    """With which first digits a text may begin that begins with a word of the language."""
    return np.asarray(np.logical_or.reduce([_begun(flags) for flags in spoken.values()]))


def _cut(flags: Flags, length: int) -> Flags:
    return flags if length >= FIRST else np.asarray(flags.reshape(10**length, -1).any(axis=1))


def _national(metadata: Any, main: Any, numbers: Language) -> Language:
    """Numbers as dialled inside the country; those that want a trunk prefix only with it."""
    prefix = metadata.national_prefix_for_parsing
    wanted = main.national_prefix_for_parsing
    if not prefix or not wanted:
        return _prefixed(metadata, numbers)
    begun = _starts(language(prefix)) | _starts(language(wanted))
    bare = {n: flags & _cut(begun | ~_refused(main, n), n) for n, flags in numbers.items()}
    stripped = joined(language(prefix), numbers)
    return either(bare, stripped, _rewritten(metadata, language(prefix), numbers))


def _refused(metadata: Any, length: int) -> Flags:
    """First digits of numbers of a length that are surely written by a rule that wants the trunk prefix."""
    refused = np.zeros(10**FIRST, np.bool_)
    undecided = np.ones(10**FIRST, np.bool_)
    for rule in metadata.number_format:
        if length not in language(rule.pattern):
            continue
        may, must = _led(rule)
        if wants_trunk(rule):
            refused |= undecided & must
            undecided &= ~must
        else:
            undecided &= ~may
    return refused


def _led(rule: Any) -> tuple[Flags, Flags]:
    """First digits with which a number may fall under a rule, and with which it must."""
    patterns = rule.leading_digits_pattern
    leading = language(patterns[-1]) if patterns else _EMPTY
    short = {length: flags for length, flags in leading.items() if length <= FIRST}
    must = _starts(short) if short else np.zeros(10**FIRST, np.bool_)
    by_length = _BY_LENGTH.fullmatch(rule.pattern) is not None
    return _starts(leading), must & by_length


def wants_trunk(rule: Any) -> bool:
    formatting = rule.national_prefix_formatting_rule
    return (
        bool(formatting)
        and not rule.national_prefix_optional_when_formatting
        and not _FIRST_ONLY.fullmatch(formatting)
    )


def either(*languages: Language) -> Language:
    union: Language = {}
    for language in languages:
        for length, flags in language.items():
            union[length] = union[length] | flags if length in union else flags
    return union


def joined(*languages: Language) -> Language:
    return reduce(_joined, languages, _EMPTY)


def _joined(left: Language, right: Language) -> Language:
    pairs = product(left.items(), right.items())
    return either(*({a + b: _begins(a, first, second)} for (a, first), (b, second) in pairs))


def _begins(length: int, first: Flags, second: Flags) -> Flags:
    """The first digits of two parts, of which the first has ``length``."""
    room = max(0, FIRST - length)
    if len(second) > 10**room:
        second = np.asarray(second.reshape(10**room, -1).any(axis=1))
    return np.outer(first, second).ravel()


@lru_cache(maxsize=1 << 12)
def language(pattern: str) -> Language:
    """What a regular expression over digits matches; anchors are left out."""
    return _sequence(_parser.parse(pattern))


def _sequence(tree: Any) -> Language:
    return joined(*(_node(str(kind), given) for kind, given in tree))


def _node(kind: str, given: Any) -> Language:
    match kind:
        case "LITERAL":
            return _one([given])
        case "IN":
            return _one([c for what, item in given for c in _class(str(what), item)])
        case "BRANCH":
            return either(*map(_sequence, given[1]))
        case "SUBPATTERN":
            return _sequence(given[3])
        case "MAX_REPEAT":
            low, high, body = given
            once = _sequence(body)
            return either(*(joined(*[once] * times) for times in range(low, int(high) + 1)))
        case "AT":
            return _EMPTY
    return _ANYTHING


def _class(kind: str, item: Any) -> Iterable[int]:
    match kind:
        case "LITERAL":
            return [item]
        case "RANGE":
            return range(item[0], item[1] + 1)
        case "CATEGORY" if str(item) == "CATEGORY_DIGIT":
            return range(ord("0"), ord("9") + 1)
    return range(ord("0"), ord("9") + 1)


def characters(pattern: str) -> set[str]:
    """The characters that a regular expression names."""
    return set(_named(_parser.parse(pattern)))


def _named(part: Any) -> Iterator[str]:
    match part:
        case (kind, int(code)) if str(kind) == "LITERAL":
            yield chr(code)
        case (kind, (int(low), int(high))) if str(kind) == "RANGE":
            yield from map(chr, range(low, high + 1))
        case list() | tuple() | _parser.SubPattern():
            for inner in part:
                yield from _named(inner)


def _one(characters: Iterable[int]) -> Language:
    flags = np.zeros(10, np.bool_)
    flags[[c - ord("0") for c in characters]] = True
    return {1: flags}
