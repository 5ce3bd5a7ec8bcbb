"""The exact rights that each verb needs in a store, to be given by its owner."""

from __future__ import annotations

import json
from urllib.parse import unquote, urlsplit

from vestige.catalog.estate import Estate
from vestige.connectors.protocol import Collection, StoreSettings

Rights = dict[str, list[str]]
"""What for → statements, or plain words where the store has no statements."""

_READ, _PURGE = "scan, locate, plan, export, verify", "purge, in addition"


def grants_for(estate: Estate, store: str) -> Rights:
    """The rights in one store. A database is asked for its tables. Raises StoreError."""
    settings = estate.settings(store)
    if settings.scheme == "postgresql":
        with estate.open(store) as connector:
            return _postgresql(settings, connector.describe().collections)
    if settings.scheme == "mariadb":
        return _mariadb(settings)
    if settings.scheme == "redis":
        return _redis(settings)
    if settings.scheme == "s3":
        return _s3(settings)
    if settings.scheme == "elasticsearch":
        return _elasticsearch(settings)
    return _files(settings)


def _postgresql(settings: StoreSettings, collections: tuple[Collection, ...]) -> Rights:
    url = urlsplit(settings.url)
    role, database = _quoted(unquote(url.username or "vestige")), _quoted(unquote(url.path[1:]))
    tables = {c.name: _qualified(c.name) for c in collections if c.kind == "table"}
    views = [_qualified(c.name) for c in collections if c.kind == "view"]
    schemas = sorted({name.partition(".")[0] for name in [*tables.values(), *views]})
    read = [f"GRANT CONNECT ON DATABASE {database} TO {role};"]
    read += [f"GRANT USAGE ON SCHEMA {schema} TO {role};" for schema in schemas]
    read += [f"GRANT SELECT ON {name} TO {role};" for name in [*tables.values(), *views]]
    purge = [f"GRANT UPDATE, DELETE ON {name} TO {role};" for name in tables.values()]
    purge += [f"-- to VACUUM what was erased: MAINTAIN on {name}, or its owner" for name in tables.values()]
    purge += [f"-- to REFRESH it if it is materialised: MAINTAIN on {name}, or its owner" for name in views]
    return {_READ: read, _PURGE: purge}


def _qualified(name: str) -> str:
    """``users`` is ``"public"."users"``."""
    schema, _, table = name.partition(".") if "." in name else ("public", ".", name)
    return f"{_quoted(schema)}.{_quoted(table)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _mariadb(settings: StoreSettings) -> Rights:
    """All of the database: the server hides what a role has no right to, and so whether there is more."""
    url = urlsplit(settings.url)
    role, database = _backquoted(unquote(url.username or "vestige")), unquote(url.path[1:])
    pattern = _backquoted(database.replace("_", r"\_").replace("%", r"\%"))
    account = f"{role}@'%'"
    return {
        _READ: [
            f"GRANT SELECT, SHOW VIEW, TRIGGER ON {pattern}.* TO {account};",
            f"-- {account}: the host that it comes from, in place of %",
        ],
        _PURGE: [
            f"GRANT UPDATE, DELETE ON {pattern}.* TO {account};",
            f"-- to gather statistics anew: INSERT on {pattern}.* and SELECT on mysql.column_stats",
        ],
    }


def _backquoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _redis(settings: StoreSettings) -> Rights:
    user = urlsplit(settings.url).username or "vestige"
    return {
        _READ: [f"ACL SETUSER {user} on ~* +@read +@connection +info +config|get +lastsave"],
        _PURGE: [f"ACL SETUSER {user} +@write +@transaction +bgsave +bgrewriteaof"],
    }


def _s3(settings: StoreSettings) -> Rights:
    url = urlsplit(settings.url)
    bucket = f"arn:aws:s3:::{url.hostname}"
    objects = f"{bucket}/{unquote(url.path).lstrip('/')}*"
    return {
        _READ: [
            f"s3:ListBucketVersions, s3:ListBucketMultipartUploads on {bucket}",
            f"s3:GetObject, s3:GetObjectVersion on {objects}",
        ],
        _PURGE: [
            f"s3:PutObject, s3:DeleteObject, s3:DeleteObjectVersion on {objects}",
            f"s3:AbortMultipartUpload, s3:ListMultipartUploadParts on {objects}",
            f"s3:GetObjectTagging, s3:PutObjectTagging on {objects}",
        ],
    }


def _elasticsearch(settings: StoreSettings) -> Rights:
    names = unquote(urlsplit(settings.url).path.strip("/")) or "*"

    def role(name: str, *privileges: str) -> str:
        body = {
            "cluster": ["monitor", "monitor_snapshot"],
            "indices": [{"names": names.split(","), "privileges": list(privileges)}],
        }
        return f"PUT /_security/role/{name} {json.dumps(body)}"

    read = ("read", "view_index_metadata", "maintenance")  # refreshing, without which late writes are unseen
    return {
        _READ: [role("vestige_read", *read)],
        _PURGE: [role("vestige_purge", *read, "monitor", "index", "delete")],
    }


def _files(settings: StoreSettings) -> Rights:
    path = "/" + unquote(urlsplit(settings.url).path).lstrip("/")
    if settings.scheme in ("sqlite", "duckdb"):
        return {
            _READ: [f"read {path}"],
            _PURGE: [f"write {path}, and create files beside it (the database's own log)"],
        }
    return {
        _READ: [f"read and search {path} and everything below it"],
        _PURGE: [f"write {path} and everything below it: a rewritten file is put in the old one's place"],
    }
