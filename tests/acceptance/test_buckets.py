"""The whole road over a versioned bucket beside a database: found, erased in every version, proved."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests import servers
from tests.acceptance.road import vestige
from tests.connectors.test_s3 import S3Bench, lines
from tests.service import estate as shops


@pytest.fixture
def company(minio_server: str, tmp_path: Path) -> tuple[Path, S3Bench]:
    """The shop, and its bucket: newsletters and orders, twice each, and a note that was deleted."""
    shops.build(tmp_path)
    bench = S3Bench(minio_server, versioned=True)
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        people = connection.execute("SELECT id, email, full_name FROM users").fetchall()
    connection.close()
    for edition in (1, 2):
        sent = [{"user_id": key, "email": email, "edition": edition} for key, email, _ in people]
        bench.put("news/sent.jsonl", lines(sent))
    bench.put("notes/call.txt", f"please call {shops.MARY} back\nand buy paper\n".encode())
    bench.client.delete_object(Bucket=bench.bucket, Key="notes/call.txt")
    url = f"s3://{servers.S3_USER}@{bench.bucket}"
    bucket = {"url": url, "password": "env:S3_SECRET", "endpoint": minio_server}
    stores = {"shop": "sqlite:///shop.db", "media": bucket}
    config = {"version": 1, "policy": "policy.yaml", "stores": stores}
    (tmp_path / "vestige.yaml").write_text(json.dumps(config))
    return tmp_path, bench


def test_nothing_is_left_in_any_version(company: tuple[Path, S3Bench]) -> None:
    folder, bench = company
    env = {"S3_SECRET": servers.S3_SECRET}

    def done(*arguments: str) -> None:
        ended = vestige(folder, *arguments, env=env)
        assert ended.code == 0, ended.said
        assert servers.S3_SECRET not in ended.said

    done("doctor")
    done("scan", "--workers", "1")
    located = vestige(folder, "locate", shops.MARY, "--records", "--json", env=env)
    assert located.code == 0
    assert len([one for one in located.document if one["store"] == "media"]) == 3
    done("plan", "purge", shops.MARY)
    done("purge", "--yes")
    done("verify")
    dumped = bench.versions()
    assert not [key for key, body in dumped if shops.MARY.encode() in body or b'"user_id": 17,' in body]
    sent = [json.loads(line) for line in dict(dumped)["news/sent.jsonl"].splitlines()]
    assert len(sent) == shops.PEOPLE - 1
    assert {one["edition"] for one in sent} == {2}
    assert dict(dumped)["notes/call.txt"] == b""
