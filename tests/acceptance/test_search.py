"""The whole road over a search engine beside a database: found, erased in every index, proved."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.acceptance.road import vestige
from tests.connectors.test_elasticsearch import Store
from tests.service import estate as shops

GROUP = '{"title":"choir", "members": [%s],  "rate": 1.10}'


@pytest.fixture
def company(elasticsearch_server: servers.Elastic, tmp_path: Path) -> Iterator[tuple[Path, Store]]:
    """The shop, and its indices: customers by the users' ids, their orders, groups of several, and notes."""
    shops.build(tmp_path)
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        people = connection.execute("SELECT id, email, full_name FROM users").fetchall()
    connection.close()
    search = Store(elasticsearch_server)
    indices = {name: search.create(name) for name in ("customers", "orders", "groups", "notes")}
    lines: list[dict[str, object]] = []
    for key, email, name in people:
        lines += [
            {"index": {"_index": indices["customers"], "_id": str(key)}},
            {"email": email, "name": name},
        ]
        lines += [
            {"index": {"_index": indices["orders"], "routing": f"r{key}"}},
            {"user_id": key, "total": 9.5},
        ]
    search.client.bulk(operations=lines)
    for number in range(20):
        two = (people[number], people[number + 10])
        members = ", ".join(json.dumps({"user_id": key, "email": email}) for key, email, _ in two)
        search.put(indices["groups"], str(900 + number), GROUP % members)
    search.put(indices["notes"], "1", json.dumps({"text": f"call {shops.MARY} back\nand buy paper"}))
    store = {"url": search.settings.url, "password": "env:SEARCH_PASSWORD"}
    config = {"version": 1, "policy": "policy.yaml", "stores": {"shop": "sqlite:///shop.db", "search": store}}
    (tmp_path / "vestige.yaml").write_text(json.dumps(config))
    yield tmp_path, search
    search.client.indices.delete(index=f"{search.prefix}-*")
    search.client.close()


def test_nothing_is_left_in_any_index(company: tuple[Path, Store]) -> None:
    folder, search = company
    env = {"SEARCH_PASSWORD": servers.ELASTIC_PASSWORD}
    before = {one["_id"]: one["_source"] for one in _everything(search)}

    def done(*arguments: str) -> None:
        ended = vestige(folder, *arguments, env=env)
        assert ended.code == 0, ended.said
        assert servers.ELASTIC_PASSWORD not in ended.said

    done("doctor")
    done("scan", "--workers", "1")
    located = vestige(folder, "locate", shops.MARY, "--records", "--json", env=env)
    assert located.code == 0
    found = [one["collection"].partition("-")[2] for one in located.document if one["store"] == "search"]
    assert sorted(found) == ["customers", "groups", "groups", "notes", "orders"]
    done("plan", "purge", shops.MARY)
    done("purge", "--yes")
    done("verify")
    after = {one["_id"]: one["_source"] for one in _everything(search)}
    assert shops.MARY not in json.dumps(after)
    assert len(before) - len(after) == 2  # the customer, and the order
    changed = {key for key, document in after.items() if document != before[key]}
    assert len(changed) == 3
    group = search.client.perform_request(
        "GET", f"/{search.prefix}-groups/_source/906", headers={"accept": "application/json"}
    )
    assert [one["user_id"] for one in group.body["members"]] == [7, None]
    assert after["1"]["text"].endswith(" back\nand buy paper")


def _everything(search: Store) -> list[dict[str, object]]:
    search.client.indices.refresh(index=f"{search.prefix}-*")
    found = search.client.search(index=f"{search.prefix}-*", size=1000)
    return list(found["hits"]["hits"])
