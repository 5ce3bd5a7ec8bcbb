"""References within one SQL database, checked by Great Expectations where the data is.

A suite is made of the catalog's relations. Its batches are counts of one row, so that no result, no trace of
an error and no artefact can hold a key or an identifier. Nothing is written, not even a temporary table, and
the library's usage reports are switched off. Its import takes seconds: it happens when there is something to
check.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from vestige.catalog.model import Relation
from vestige.connectors.protocol import Collection, StoreSettings
from vestige.reports.integrity import End, Home, ends

_READ_ONLY = "-c default_transaction_read_only=on"


@dataclass(frozen=True, slots=True)
class Expectation:
    """That no record of a relation leads nowhere, as a query for the number of those that do."""

    name: str
    query: str


def checkable(relation: Relation, described: Mapping[Home, Collection], settings: StoreSettings) -> bool:
    """Whether one database holds both ends as plain columns, and the library is there to count them."""
    both = ends(relation)
    if not find_spec("great_expectations"):
        return False
    if settings.scheme not in _SOURCES or {end.home[0] for end in both} != {settings.name} or relation.when:
        return False
    return all(end.home in described and _plain(end, described[end.home]) for end in both)


def _plain(end: End, home: Collection) -> bool:
    """Whether an end is columns, not parts of documents."""
    return {*end.fields} <= {one.name for one in home.fields if one.type != "json"}


def expectation(name: str, relation: Relation, scheme: str) -> Expectation:
    """The query compares keys as text: 12 and "12" are one key, and case does not tell addresses apart."""
    ours, theirs = ends(relation)
    pairs = list(zip(ours.fields, theirs.fields, strict=True))
    key = _SOURCES[scheme].key
    alike = " AND ".join(f"{key('c', child)} = {key('p', parent)}" for child, parent in pairs)
    there = " AND ".join(f"c.{_quoted(child)} IS NOT NULL AND {key('c', child)} <> ''" for child, _ in pairs)
    return Expectation(
        name,
        f"SELECT count(*) AS found FROM {_table(relation.child.collection)} c WHERE {there} AND NOT EXISTS"  # noqa: S608
        f" (SELECT 1 FROM {_table(relation.parent.collection)} p WHERE {alike})",
    )


def validate(
    settings: StoreSettings, expectations: Sequence[Expectation]
) -> Iterator[tuple[str, int | None]]:
    """Each expectation's name and how many records break it; None: the database did not answer."""
    with _context() as context:
        from great_expectations.expectations import ExpectColumnMaxToBeBetween

        source = _SOURCES[settings.scheme].open(context, settings)
        for number, one in enumerate(expectations):
            asset = source.add_query_asset(name=f"expectation {number}", query=one.query)
            batch = asset.add_batch_definition_whole_table("all").get_batch()
            none = ExpectColumnMaxToBeBetween(column="found", min_value=0, max_value=0)
            result = batch.validate(none, result_format="SUMMARY").result
            found = result.get("observed_value")
            yield one.name, None if found is None else int(found)


@contextmanager
def _context() -> Iterator[Any]:
    """An ephemeral context: no project, no files, no word to anybody."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyspark's, about a pandas that is not used
        import great_expectations

    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)  # its errors quote statements; what failed is unknown, and said so
    try:
        context = great_expectations.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        yield context
    finally:
        logger.setLevel(level)


def _sqlite(context: Any, settings: StoreSettings) -> Any:
    path = quote(unquote(urlsplit(settings.url).path.removeprefix("/")))
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    return context.data_sources.add_sqlite(settings.name, connection_string=url, create_temp_table=False)


def _postgresql(context: Any, settings: StoreSettings) -> Any:
    """The password travels beside the URL, in which the library would take a dollar for a variable."""
    arguments = {"options": _READ_ONLY}
    if settings.password:
        arguments["password"] = settings.password.value
    url = settings.url.replace("postgresql:", "postgresql+psycopg:", 1)
    return context.data_sources.add_postgres(
        settings.name,
        connection_string=url,
        create_temp_table=False,
        kwargs={"connect_args": arguments},
    )


def _mariadb(context: Any, settings: StoreSettings) -> Any:
    arguments = {"sql_mode": "ANSI_QUOTES", "init_command": "SET SESSION TRANSACTION READ ONLY"}
    if settings.password:
        arguments["password"] = settings.password.value
    return context.data_sources.add_sql(
        settings.name,
        connection_string=settings.url.replace("mariadb:", "mysql+pymysql:", 1),
        create_temp_table=False,
        kwargs={"connect_args": arguments},
    )


def _text(alias: str, column: str) -> str:
    return f"lower(trim(CAST({alias}.{_quoted(column)} AS TEXT)))"


def _bytes(alias: str, column: str) -> str:
    """Bytes, for its texts follow collations: to most of them, ä is a."""
    return f"CAST(lower(trim(convert({alias}.{_quoted(column)} USING utf8mb4))) AS BINARY)"


class _Source(NamedTuple):
    """How the library opens a kind of database, and how a column is spelled there as a key to compare."""

    open: Callable[[Any, StoreSettings], Any]
    key: Callable[[str, str], str]


_SOURCES = {
    "sqlite": _Source(_sqlite, _text),
    "postgresql": _Source(_postgresql, _text),
    "mariadb": _Source(_mariadb, _bytes),
}


def _table(collection: str) -> str:
    """``users``, ``billing.users``."""
    return ".".join(_quoted(part) for part in collection.split(".", 1))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
