"""The rights that `doctor --grants` prints are enough for each verb, and no more than each needs."""

import json
from contextlib import closing
from urllib.parse import urlsplit

import psycopg
import pymysql
import pytest
import redis

from tests import servers
from tests.connectors.test_elasticsearch import client_of
from vestige.catalog.estate import Estate
from vestige.connectors.errors import StoreError
from vestige.connectors.protocol import Delete, Secret, StoreSettings
from vestige.matching.forms import Hasher
from vestige.service.grants import grants_for

TABLES = """
CREATE TABLE users (id int PRIMARY KEY, email text);
CREATE SCHEMA "odd ""name";
CREATE TABLE "odd ""name"."Tab""le" (id int PRIMARY KEY, email text);
CREATE VIEW mails AS SELECT email FROM users;
INSERT INTO users VALUES (1, 'ann@example.com');
CREATE ROLE "limited ""one" LOGIN;
"""


def estate(*stores: StoreSettings) -> Estate:
    return Estate(stores, Hasher(b"k" * 32))


def purge(settings: StoreSettings, collection: str, key: dict[str, object]) -> None:
    with estate(settings).open(settings.name, writable=True) as connector:
        connector.commit(connector.prepare([Delete(collection, key)]))


@pytest.fixture
def limited(postgresql_database):
    """A database, with its owner's connection, and settings of a role that may nothing yet."""
    owner = postgresql_database()
    role = owner.replace("vestige@", "limited%20%22one@")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(TABLES)
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        yield connection, StoreSettings("shop", role)
        connection.execute('DROP OWNED BY "limited ""one"; DROP ROLE "limited ""one"')


def test_postgresql_rights_are_exact(limited):
    connection, role = limited
    read, write = grants_for(estate(role), "shop").values()
    for statement in read:
        connection.execute(statement)
    with estate(role).open("shop") as connector:
        parts = [part for part in connector.partitions() if part.skip is None]
        assert {part.collection for part in parts} == {"users", "mails", 'odd "name.Tab"le'}
        assert all(not hasattr(item, "reason") for part in parts for item in connector.read(part))
    with pytest.raises(StoreError):
        purge(role, "users", {"id": 1})
    for statement in write:
        connection.execute(statement)
    purge(role, "users", {"id": 1})
    assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)


def test_mariadb_rights_are_exact(mariadb_server):
    """An underscore in a database's name is no wildcard."""
    url = mariadb_server.replace("root@", "limited%20%60one@") + "odd_name"
    role, port = StoreSettings("shop", url), urlsplit(url).port
    with closing(pymysql.connect(host="127.0.0.1", port=port, user="root")) as connection:
        run = connection.cursor().execute
        for statement in (
            "CREATE DATABASE oddxname",
            "CREATE DATABASE odd_name",
            "USE odd_name",
            "CREATE TABLE users (id int PRIMARY KEY, email text)",
            "CREATE VIEW mails AS SELECT email FROM users",
            "CREATE TRIGGER watches BEFORE DELETE ON users FOR EACH ROW SET @a = 1",
            "INSERT INTO users VALUES (1, 'ann@example.com')",
            "CREATE USER `limited ``one`@'%'",
        ):
            run(statement)
        connection.commit()
        read, write = grants_for(estate(role), "shop").values()
        for statement in read:
            run(statement)
        with estate(role).open("shop") as connector:
            described = connector.describe()
            assert [one.triggers for one in described.collections] == [(), ("watches",)]
            assert "database oddxname" not in described.neighbours
            parts = list(connector.partitions())
            assert {part.collection: part.skip for part in parts} == {"users": None, "mails": None}
            assert all(not hasattr(item, "reason") for part in parts for item in connector.read(part))
        with pytest.raises(StoreError):
            purge(role, "users", {"id": 1})
        for statement in write:
            run(statement)
        purge(role, "users", {"id": 1})
        connection.rollback()
        assert run("SELECT id FROM users") == 0
        for what in ("USER `limited ``one`@'%'", "DATABASE odd_name", "DATABASE oddxname"):
            run(f"DROP {what}")


def test_redis_rights_are_exact(redis_url):
    settings = StoreSettings("cache", redis_url.replace("redis://", "redis://limited@"), Secret("pass"))
    read, write = grants_for(estate(settings), "cache").values()
    with redis.Redis.from_url(redis_url) as owner:
        owner.set("cart:1", '{"email": "ann@example.com"}')
        owner.execute_command(*read[0].split(), ">pass")
        with estate(settings).open("cache") as connector:
            (part,) = connector.partitions()
            assert sum(batch.num_rows for batch in connector.read(part)) == 1
        with pytest.raises(StoreError):
            purge(settings, part.collection, {"key": "cart:1"})
        owner.execute_command(*write[0].split())
        purge(settings, part.collection, {"key": "cart:1"})
        assert owner.exists("cart:1") == 0
        owner.execute_command("ACL", "DELUSER", "limited")


def test_elasticsearch_rights_are_exact(elasticsearch_server):
    client = client_of(elasticsearch_server)
    client.indices.create(index="rights-people", settings={"number_of_replicas": 0})
    client.index(index="rights-people", id="1", document={"email": "ann@example.com"})
    url = elasticsearch_server.url.replace(servers.ELASTIC_USER, "limited") + "/rights-*"
    settings = StoreSettings("search", url, Secret("limited password"))

    def give(statement):
        method, path, body = statement.split(" ", 2)
        media = {"accept": "application/json", "content-type": "application/json"}
        client.perform_request(method, path, headers=media, body=json.loads(body))
        role = path.rpartition("/")[2]
        client.security.put_user(username="limited", password="limited password", roles=[role])

    (read,), (write,) = grants_for(estate(settings), "search").values()
    give(read)
    with estate(settings).open("search") as connector:
        assert [one.name for one in connector.describe().collections] == ["rights-people"]
        (part,) = connector.partitions()
        assert [item.num_rows for item in connector.read(part)] == [1]
    with pytest.raises(StoreError):
        purge(settings, "rights-people", {"_id": "1"})
    give(write)
    purge(settings, "rights-people", {"_id": "1"})
    assert client.count(index="rights-people")["count"] == 0
    with estate(settings).open("search", writable=True) as connector:
        assert [one.settles for one in connector.residue()] in ([], [True])
    client.indices.delete(index="rights-people")
    client.close()


def test_files_are_told_in_words(tmp_path):
    found = grants_for(estate(StoreSettings("files", f"file://{tmp_path}/a%20b")), "files")
    assert all(f"{tmp_path}/a b" in line for lines in found.values() for line in lines)
