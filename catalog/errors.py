"""What can be wrong with a catalog file. All are usage errors (exit code 2): nothing is retried.

CatalogError
├── NoCatalog      there is no file: nothing was scanned yet
├── OtherKey       its hashes were made with another key
└── OtherSchema    it is not a catalog, or one of another version: scan again
"""

from __future__ import annotations

from pathlib import Path


class CatalogError(Exception):
    """The catalog cannot be used. The message names the file and what to do."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.path, self.reason)


class NoCatalog(CatalogError):
    """Nothing was scanned yet."""


class OtherKey(CatalogError):
    """Made with another key: no identifier can be looked up in it."""


class OtherSchema(CatalogError):
    """Not a catalog of this version."""
