"""The servers of the tests are real, on the loopback, not root, and gone afterwards."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from tests import servers

INSTALL = Path(__file__).with_name("install_servers.sh")


def test_each_database_is_empty_and_its_own(postgresql_database: Callable[[], str]) -> None:
    first, second = postgresql_database(), postgresql_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE here (id int)")
    with psycopg.connect(second) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'here'").fetchone()
    assert found == (0,)


def test_postgresql_listens_on_the_loopback_only(postgresql_server: str) -> None:
    with psycopg.connect(postgresql_server) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)


def _fail_while_redis_runs(seen: dict[str, object]) -> None:
    with servers.redis() as url, redis.Redis.from_url(url) as client:
        process = Path(f"/proc/{client.info('server')['process_id']}")
        seen.update(url=url, process=process, owner=process.stat().st_uid)
        raise KeyError("a test that fails")


def test_redis_is_not_root_and_stopped_at_the_end() -> None:
    seen: dict[str, Any] = {}
    with pytest.raises(KeyError, match="a test that fails"):
        _fail_while_redis_runs(seen)
    assert seen["owner"] != 0
    assert not seen["process"].exists()
    with redis.Redis.from_url(seen["url"]) as client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_a_missing_program_is_named() -> None:
    with pytest.raises(servers.MissingServer, match=r"no-such-server .*install_servers\.sh"):
        servers.program("no-such-server")


def test_installing_does_nothing_when_all_is_there(tmp_path: Path) -> None:
    apt = tmp_path / "apt-get"
    for name in ("apt-get", "postgres", "mariadbd", "redis-server", "java", "chromium", "minio"):
        (tmp_path / name).write_text('#!/bin/sh\ntouch "$0.called"\n')
        (tmp_path / name).chmod(0o755)
    (tmp_path / ".cache" / "vestige-test-servers" / "elasticsearch-9.4.3").mkdir(parents=True)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run([INSTALL], env=environment, check=True, capture_output=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    assert not apt.with_suffix(".called").exists()
