"""Fixtures that all tests share. A missing server skips a test, and fails it under CI=true."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import count
from typing import TypeVar
from urllib.parse import urlsplit

import pytest

from tests import servers

# A parallel test run sets a width; commands in a pipe are judged at the one that they choose themselves.
os.environ.pop("COLUMNS", None)


Server = TypeVar("Server")


def _serve(server: AbstractContextManager[Server]) -> Iterator[Server]:
    try:
        with server as url:
            yield url
    except servers.MissingServer as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of the maintenance database of a server of this test run."""
    yield from _serve(servers.postgresql())


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str) -> Callable[[], str]:
    """Makes an empty database at each call and returns its URL."""
    import psycopg

    numbers = count(1)

    def create() -> str:
        name = f"estate{next(numbers)}"
        with psycopg.connect(postgresql_server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return f"{postgresql_server.rpartition('/')[0]}/{name}"

    return create


@pytest.fixture(scope="module")
def postgresql_url(postgresql_database: Callable[[], str]) -> str:
    """An empty database for this test module."""
    return postgresql_database()


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """The URL of a server of this test run, without a database."""
    yield from _serve(servers.mariadb())


@pytest.fixture(scope="session")
def mariadb_database(mariadb_server: str) -> Callable[[], str]:
    """Makes an empty database at each call and returns its URL."""
    import pymysql

    numbers = count(1)
    port = urlsplit(mariadb_server).port or 0

    def create() -> str:
        name = f"estate{next(numbers)}"
        with pymysql.connect(host="127.0.0.1", port=port, user="root") as connection:
            connection.cursor().execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return mariadb_server + name

    return create


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of database 0 of a server of this test run."""
    yield from _serve(servers.redis())


@pytest.fixture(scope="module")
def redis_url(redis_server: str) -> str:
    """Database 0 of a Redis server, emptied (as all others) before this test module."""
    import redis

    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture(scope="session")
def minio_server() -> Iterator[str]:
    """The endpoint of an S3 server of this test run."""
    yield from _serve(servers.minio())


@pytest.fixture(scope="session")
def elasticsearch_server() -> Iterator[servers.Elastic]:
    """A search engine of this test run."""
    yield from _serve(servers.elasticsearch())
