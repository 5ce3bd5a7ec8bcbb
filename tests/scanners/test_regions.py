"""Where no region is configured, national phone numbers are read as those of the estate's own countries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scanners.stores import HASHER, sqlite
from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.scanners.scan import scan

MAILS = [f"u{n}@example.com" for n in range(40)]
ABROAD = [f"+49 30 23125{n:03}" for n in range(40)]
HOME = [f"030/23125{n:03}" for n in range(40)]


def _scanned(folder: Path, phones: list[str], mails: list[str], regions: tuple[str, ...] = ()) -> Catalog:
    rows = [(n, mail, phone) for n, (mail, phone) in enumerate(zip(mails, phones, strict=True), 1)]
    store = sqlite(folder / "shop.db", {"users": ("id INTEGER PRIMARY KEY, email TEXT, phone TEXT", rows)})
    scan(Estate((store,), HASHER, regions), folder / "catalog.duckdb", workers=1)
    return Catalog.open(folder / "catalog.duckdb", HASHER.key_id)


def _regions(catalog: Catalog) -> tuple[str, ...]:
    found = catalog.scan()
    assert found is not None
    return found.regions


def test_the_country_of_the_numbers_that_name_theirs(tmp_path: Path) -> None:
    with _scanned(tmp_path, [*ABROAD[:10], *HOME[10:]], MAILS) as catalog:
        assert _regions(catalog) == ("DE",)
        national = HASHER.hash("PHONE_NUMBER", "+493023125020")
        assert [one.place.field for one in catalog.occurrences([national])] == ["phone"]


def test_one_number_from_abroad_makes_no_region(tmp_path: Path) -> None:
    with _scanned(tmp_path, [*ABROAD[:20], "+33 1 99 00 00 01", *HOME[21:]], MAILS) as catalog:
        assert _regions(catalog) == ("DE",)


@pytest.mark.parametrize(("domain", "regions"), [("example.de", ("DE",)), ("example.com", ())])
def test_domains_name_a_country_if_the_numbers_are_possible_there(
    tmp_path: Path, domain: str, regions: tuple[str, ...]
) -> None:
    with _scanned(tmp_path, HOME, [mail.replace("example.com", domain) for mail in MAILS]) as catalog:
        assert _regions(catalog) == regions


def test_what_is_configured_stands(tmp_path: Path) -> None:
    with _scanned(tmp_path, ABROAD, MAILS, ("NO",)) as catalog:
        assert _regions(catalog) == ("NO",)


def test_a_phone_that_appears_makes_all_be_read_again(tmp_path: Path) -> None:
    _scanned(tmp_path, HOME, MAILS).close()
    (tmp_path / "shop.db").unlink()
    with _scanned(tmp_path, [*ABROAD[:3], *HOME[3:]], MAILS) as catalog:
        assert len(catalog.occurrences([HASHER.hash("PHONE_NUMBER", "+493023125030")])) == 1
