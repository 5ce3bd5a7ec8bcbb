import os
import pickle
import sqlite3
from pathlib import Path

import pytest

from vestige.ledger.store import Ledger
from vestige.planning.yamlfile import Misconfigured
from vestige.service.settings import Settings
from vestige.service.urls import anchored

KEY = bytes(range(200, 232))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "vestige.key").write_bytes(KEY)
    return tmp_path


def load(folder: Path, text: str) -> Settings:
    (folder / "vestige.yaml").write_text(text, encoding="utf-8")
    return Settings.load(folder / "vestige.yaml")


def test_everything_starts_at_the_folder_of_the_file(folder, monkeypatch):
    monkeypatch.chdir("/")
    (folder / "policy.yaml").write_text("rules: [{store: shop, action: redact}]")
    settings = load(
        folder,
        """
version: 1
catalog: sub/catalog.duckdb
policy: policy.yaml
regions: [no, DE]
subjects: [{collection: shop.users, key: id}]
stores:
  shop: {url: "sqlite:///shop.db"}
  short: duckdb:///x.duckdb
  files: {url: "file://exports"}
  logs: {url: "logs:///var/log/shop"}
""",
    )
    assert [store.url for store in settings.estate.stores] == [
        f"sqlite:///{folder}/shop.db",
        f"duckdb:///{folder}/x.duckdb",
        f"file://{folder}/exports",
        "logs:///var/log/shop",
    ]
    assert settings.catalog == folder / "sub/catalog.duckdb"
    assert settings.estate.regions == ("NO", "DE")
    assert settings.estate.subjects == (("shop.users", "id"),)
    assert settings.policy.decide("shop", "x").action == "redact"
    assert settings.secret == KEY
    with Ledger.open(settings.ledger):
        assert (folder / "ledger.db").exists()


def test_a_relative_path_to_the_file_will_do(folder, monkeypatch):
    load(folder, "stores: {shop: 'sqlite:///shop.db'}")
    monkeypatch.chdir(folder)
    assert Settings.load(Path("vestige.yaml")).estate.stores[0].url == f"sqlite:///{folder}/shop.db"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///shop.db", "sqlite:////est/shop.db"),
        ("sqlite:///./shop.db", "sqlite:////est/shop.db"),
        ("sqlite:////abs/shop.db?mode=ro", "sqlite:////abs/shop.db?mode=ro"),
        ("sqlite://shop.db", "sqlite:////est/shop.db"),
        ("duckdb:///../x.duckdb", "duckdb:////est/../x.duckdb"),
        ("file:///srv/x", "file:///srv/x"),
        ("file://x/y", "file:///est/x/y"),
        ("file:x", "file:///est/x"),
        ("file:.", "file:///est"),
        ("logs://./logs", "logs:///est/logs"),
        ("postgres://u@h/d", "postgresql://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql://u@h/d"),
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
    ],
)
def test_paths_of_urls(url, expected):
    assert anchored(url, Path("/est")) == expected


def test_a_folder_with_odd_signs_is_quoted():
    assert anchored("file://x", Path("/a b/100%")) == "file:///a%20b/100%25/x"


def test_secrets_are_resolved_and_stay_hidden(folder, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", "pass-word-1")
    (folder / "cache.txt").write_bytes(b"pass-word-2\n")
    settings = load(
        folder,
        """
ledger: {url: "postgresql://vestige@127.0.0.1/ledger", password: env:SHOP_PASSWORD}
stores:
  shop: {url: "postgresql://vestige@127.0.0.1/shop", password: env:SHOP_PASSWORD,
         verify: {url: "postgresql://reader@127.0.0.1/shop", password: env:SHOP_PASSWORD},
         limits: {connections: 2, statement_timeout: 30s, window: "01:00-05:00"}}
  cache: {url: "redis://127.0.0.1:6379/0", password: "file:cache.txt"}
""",
    )
    shop, cache = settings.estate.stores
    assert (shop.password.value, cache.password.value) == ("pass-word-1", "pass-word-2")
    assert shop.options["verify"].url == "postgresql://reader@127.0.0.1/shop"
    assert shop.options["limits"] == {"connections": 2, "statement_timeout": "30s", "window": "01:00-05:00"}
    assert shop.options["verify"].options["limits"] == shop.options["limits"]  # the replica is spared too
    assert "pass-word-1" in settings.ledger
    assert "pass-word" not in repr(settings)
    assert str(KEY) not in repr(settings)
    assert pickle.loads(pickle.dumps(settings.estate)).stores == settings.estate.stores


def test_reading_takes_the_other_url_and_writing_the_first(folder):
    for name, table in (("main", "first"), ("replica", "second")):
        with sqlite3.connect(folder / f"{name}.db") as connection:
            connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
        connection.close()
    text = "stores: {shop: {url: 'sqlite:///main.db', verify: 'sqlite:///replica.db'}}"
    estate = load(folder, text).estate
    for writable, expected in ((False, "second"), (True, "first")):
        with estate.open("shop", writable=writable) as connector:
            assert [one.name for one in connector.describe().collections] == [expected]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("stores:\n shop:\n  url: sqlite:///x\n  pasword: env:X", r":4: .*pasword; did you mean 'passw"),
        ("stores: {}\nkatalog: x", "yaml:2: unknown key katalog; did you mean 'catalog'"),
        ("version: 1", "stores is missing"),
        ("stores: {a.b: 'sqlite:///x'}", "should match pattern"),
        ("stores: {shop: {url: 'sqlite:///x', password: hunter22}}", "a reference to a secret, not"),
        ("stores: {shop: 'postgresql://u:hunter22@h/d'}", "should hold no password"),
        ("stores: {shop: 'postgresql://u@h/d?password=hunter22'}", "should hold no password"),
        ("stores: {shop: 'redis://:hunter22@h/0'}", "should hold no password"),
        ("stores: {shop: {url: 'file:///x', verify: 'redis://:hunter22@h/0'}}", "should hold no password"),
        ("ledger: 'postgresql://u:hunter22@h/d'\nstores: {}", "yaml:1: ledger.url should hold no password"),
        ("stores: {shop: shop.db}", "should be a URL"),
        ("stores: {shop: {url: 'sqlite:///x', password: env:NOT_SET_HERE}}", "NOT_SET_HERE is not set"),
        ("stores: {shop: {url: 'sqlite:///x', password: file:none}}", "none does not exist"),
        ("stores: {}\nkey: hunter22hunter22hunter22hunter22", "key should be a reference"),
        ("stores: {}\nkey: file:none.key", "none.key does not exist: run `vestige init`"),
        ("stores: {}\nkey: file:short.key", "holds fewer than 32 bytes"),
        ("stores: {}\nsubjects: [{collection: shop.users, key: id}]", "names the store 'shop'"),
        ("stores: {}\nregions: [Germany]", r"regions\[1\] should match pattern"),
        ("stores: {}\nversion: 2", "version should be 1"),
        ("stores: {}\npolicy: none.yaml", "none.yaml: cannot be read"),
        ("stores: {shop: {url: 'file:///x', limits: {lock_timeout: soon}}}", "should be a duration"),
        ("stores: {shop: 'file:///x', shop: 'file:///y'}", "stores.shop is given twice"),
        ("stores: {}\nledger: 'postgresql://h:port/d'", "ledger"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_without_a_value(folder, text, says):
    (folder / "short.key").write_bytes(b"x" * 31)
    with pytest.raises(Misconfigured, match=says) as caught:
        load(folder, text)
    assert "hunter22" not in str(caught.value)


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(Misconfigured, match="run `vestige init`"):
        Settings.load(tmp_path / "vestige.yaml")


def test_the_key_is_any_bytes_from_anywhere(folder, monkeypatch):
    monkeypatch.setitem(os.environb, b"VESTIGE_KEY", b"\xff" * 40)
    assert load(folder, "key: env:VESTIGE_KEY\nstores: {}").secret == b"\xff" * 40
