"""Store URLs as people write them: relative paths made absolute, other spellings of a scheme, no secrets."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

_DATABASES = ("sqlite", "duckdb")
_FOLDERS = ("file", "logs")
_SPELLINGS = {
    "postgres": "postgresql",
    "postgresql+psycopg": "postgresql",
    "sqlite3": "sqlite",
} | dict.fromkeys(("mysql", "mysql+pymysql", "mariadb+pymysql"), "mariadb")
_SECRET_KEYS = ("password", "passwd", "pwd", "secret", "token", "sslpassword", "secret_key", "access_key")


def without_secret(url: str) -> str:
    """Check that ``url`` is one and holds no password. ValueError otherwise."""
    try:
        parts = urlsplit(url)
        literal = parts.password is not None or any(
            key.casefold() in _SECRET_KEYS for key, _ in parse_qsl(parts.query, keep_blank_values=True)
        )
    except ValueError:
        raise ValueError("should be a URL") from None
    if not parts.scheme or ":" not in url:
        raise ValueError(
            "should be a URL such as sqlite:///shop.db, postgresql://host/shop or file:///srv/data"
        )
    if literal:
        raise ValueError("should hold no password: give `password: env:NAME` (or file:, keyring:) beside it")
    return url


def anchored(url: str, folder: Path) -> str:
    """The URL with its path absolute. Databases: three slashes are relative, four absolute, as in SQLAlchemy.

    Folders: ``file:///srv/x`` is absolute, ``file://x`` and ``file:x`` are relative.
    """
    scheme, _, rest = url.partition(":")
    scheme = _SPELLINGS.get(scheme, scheme)
    if scheme in _DATABASES:
        path = rest.removeprefix("///") if rest.startswith("///") else rest.removeprefix("//")
        return f"{scheme}:///{_absolute(path, folder)}"
    if scheme in _FOLDERS:
        return f"{scheme}://{_absolute(rest.removeprefix('//'), folder)}"
    return f"{scheme}:{rest}"


def _absolute(path: str, folder: Path) -> str:
    if path.startswith("/"):
        return path
    path = path.removeprefix("./")
    return f"{quote(folder.as_posix())}/{path}".removesuffix("/.")
