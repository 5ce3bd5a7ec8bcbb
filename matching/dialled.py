"""Phone numbers by their digits: whatever separates them, with or without country code and trunk prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import phonenumbers

from vestige.matching.literal import Literals

_GAP = rb"(?:[\s().\-/]|\xc2\xa0|\xe2\x80[\x80-\x91\xaf]|\xe2\x88\x92){0,4}"
_NUMBER = re.compile(rb"\d(?:" + _GAP + rb"\d)*")
_LETTER_BEFORE = re.compile(rb"[0-9A-Za-z_+]\Z|[0-9A-Za-z_]-\Z|\d[./]\Z")
_DIGIT_BEFORE = re.compile(rb"[0-9A-Za-z]\Z")
_GOES_ON = re.compile(rb"[0-9A-WYZa-wyz_]|[-./]\d")
_FRACTION = re.compile(rb"(?:^|[^\d.])\d{1,3}\.\d{6,}\Z")
_SHORTEST = 6


class Dialled(NamedTuple):
    """A number: its country code and the digits behind it, as they are dialled inside the country."""

    country: bytes
    digits: bytes
    trunks: tuple[bytes, ...]


def dialled(normal: str) -> Dialled | None:
    """The parts of an E.164 number; None for what is too short to be told from other digits."""
    try:
        number = phonenumbers.parse(normal, None)
    except phonenumbers.NumberParseException:
        return None
    digits = phonenumbers.national_significant_number(number).encode()
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    trunk = (metadata and metadata.national_prefix) or "0"
    trunks = tuple(sorted({b"0", trunk.encode()} - {str(number.country_code).encode()}))
    return Dialled(str(number.country_code).encode(), digits, trunks) if len(digits) >= _SHORTEST else None


class Dial:
    """Finds phone numbers in bytes. ``find`` yields (start, end, index) of each."""

    def __init__(self, numbers: Sequence[Dialled]) -> None:
        self._numbers = tuple(numbers)
        self._befores = tuple(map(_befores, numbers))
        self._literals = Literals([n.digits for n in numbers])

    def find(self, data: bytes) -> Iterator[tuple[int, int, int]]:
        """Candidates by digits alone; :meth:`fits` decides once the cell is known."""
        raw = np.frombuffer(data, dtype=np.uint8)
        places: npt.NDArray[np.int64] = np.flatnonzero((raw - 48) < 10)
        for at, index in self._literals.find(raw[places].tobytes()):
            length = len(self._numbers[index].digits)
            start, end = int(places[at]), int(places[at + length - 1]) + 1
            if end - start <= 5 * length:
                yield start, end, index

    def fits(self, index: int, cell: bytes, start: int, end: int) -> bool:
        """Whether the digits are one number, wholly this one, with a prefix that it may have."""
        if not _NUMBER.fullmatch(cell, start, end) or _GOES_ON.match(cell, end):
            return False
        if _FRACTION.search(cell[max(0, start - 5) : end]):
            return False
        before = cell[max(0, start - 24) : start]
        with_country, with_trunk = self._befores[index]
        international, trunk = with_country.search(before), with_trunk.search(before)
        if international and not _DIGIT_BEFORE.search(before[: international.start()]):
            return True
        if trunk and not _LETTER_BEFORE.search(before[: trunk.start()]):
            return True
        return not _LETTER_BEFORE.search(before)

    def integers(self) -> dict[int, int]:
        """Each number as an integer column may hold it → its index."""
        whole = {int(n.country + n.digits): i for i, n in enumerate(self._numbers)}
        return whole | {int(n.digits): i for i, n in enumerate(self._numbers)}


def _befores(number: Dialled) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    country = rb"(?:\+|%2B|\b00|\b011)?" + _GAP + number.country
    trunks = b"|".join(map(re.escape, number.trunks)) or b"0"
    optional = rb"(?:\(?(?:" + trunks + rb")\)?" + _GAP + rb")?"
    return (
        re.compile(country + _GAP + optional + rb"\Z", re.IGNORECASE),
        re.compile(rb"(?:" + trunks + rb")" + _GAP + rb"\Z"),
    )
