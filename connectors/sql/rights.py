"""What a role of MariaDB or MySQL may: the server shows only what it has a right to, and hides the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

_NAME = r"\*|`(?:[^`]|``)*`"
_GRANT = re.compile(rf"GRANT (.+?) ON (?:TABLE )?({_NAME})\.({_NAME}) TO ", re.DOTALL)
_COLUMNS = re.compile(r"[A-Z ]+ \((?:`(?:[^`]|``)*`(?:, )?)+\)")


@dataclass(frozen=True, slots=True)
class Rights:
    """(privileges, pattern of a database, table or ``*``), as ``SHOW GRANTS`` lists them."""

    grants: tuple[tuple[frozenset[str], str, str], ...]

    def may(self, privilege: str, database: str, table: str = "*") -> bool:
        """Whether it holds for the whole table, or without ``table`` for all of the database."""
        return any(
            not held.isdisjoint((privilege, "ALL PRIVILEGES"))
            and on in ("*", table)
            and re.fullmatch(pattern, database, re.IGNORECASE)
            for held, pattern, on in self.grants
        )


def rights_of(connection: sa.Connection) -> Rights:
    """The rights of this session's role. Rights to some columns of a table are none to the table."""
    lines = connection.exec_driver_sql("SHOW GRANTS").scalars().all()
    found = [_GRANT.match(line) for line in lines]
    return Rights(tuple((_held(one[1]), _pattern(one[2], one[3]), _name(one[3])) for one in found if one))


def _held(text: str) -> frozenset[str]:
    return frozenset(one.strip() for one in _COLUMNS.sub("", text).split(","))


def _name(quoted: str) -> str:
    return quoted if quoted == "*" else quoted[1:-1].replace("``", "`")


def _pattern(database: str, table: str) -> str:
    r"""A database's name in a grant: ``%`` and ``_`` are wildcards where all tables are meant."""
    if database == "*":
        return ".*"
    if table != "*":
        return re.escape(_name(database))
    parts = re.findall(r"\\[%_]|.", _name(database), re.DOTALL)
    return "".join({"%": ".*", "_": "."}.get(part, re.escape(part.removeprefix("\\"))) for part in parts)
