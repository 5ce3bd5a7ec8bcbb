"""A public database whose personal fields are known: the music shop Chinook (MIT licence), by its path."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bench.quality import estates
from bench.quality.estates import Truth

_ADDRESS: dict[str, str | None] = {"City": "ADDRESS", "PostalCode": "ADDRESS", "State": None, "Country": None}
_PERSON: dict[str, str | None] = {
    "FirstName": "PERSON",
    "LastName": "PERSON",
    "Address": "ADDRESS",
    "Phone": "PHONE_NUMBER",
}
_PERSON |= {"Fax": "PHONE_NUMBER", "Email": "EMAIL_ADDRESS"}
_PERSONAL: dict[str, dict[str, str | None]] = {
    "Customer": _ADDRESS | _PERSON | {"CustomerId": "USER_ID", "SupportRepId": "USER_ID", "Company": None},
    "Employee": _ADDRESS
    | _PERSON
    | {"EmployeeId": "USER_ID", "ReportsTo": "USER_ID", "BirthDate": "DATE_OF_BIRTH", "Title": None},
    "Invoice": {f"Billing{name}": entity for name, entity in _ADDRESS.items()}
    | {"CustomerId": "USER_ID", "BillingAddress": "ADDRESS"},
}


def chinook(folder: Path, path: Path) -> Truth:
    """The truth of the database at ``path``; a scan of it is set up in ``folder``."""
    estates.settings(folder, {"chinook": f"sqlite:///{path.resolve()}"})
    truth = Truth(labels={"chinook": "chinook"}, sources={("chinook", "Customer"), ("chinook", "Employee")})
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in connection.execute(f'PRAGMA table_info("{table}")'):
                truth.fields["chinook", table, row[1]] = _PERSONAL.get(table, {}).get(row[1], "")
            for row in connection.execute(f'PRAGMA foreign_key_list("{table}")'):
                truth.relations.add(("chinook", table, row[3], row[2]))
    return truth
