"""A directory as a bucket: objects are its files, at any depth. Links are listed and not followed."""

from __future__ import annotations

import hashlib
import math
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from vestige.connectors.errors import Moved, Refused, Unavailable
from vestige.connectors.objects import Entry
from vestige.connectors.protocol import StoreSettings

_ASIDE = re.compile(r"\.vestige-[0-9a-f]{16}\.aside")
LEFT = "made by a purge that was cut short: resume that purge, or remove the file"
"""Why what was written aside is not read. It may outlive what its object held: nobody passes over it."""


def root(settings: StoreSettings) -> Path:
    """The directory of a URL, ``file:///srv/exports``."""
    path = settings.url.partition("://")[2].removeprefix("localhost")
    if not path.startswith("/"):
        raise Refused(settings.name, "", f"write {settings.scheme}:///absolute/path")
    return Path(unquote(path))


class Directory:
    """The files below ``root``. Raises Refused if it is not there; creates nothing."""

    def __init__(self, store: str, root: Path) -> None:
        self.store, self.root = store, root
        if not root.is_dir():
            raise Refused(store, "", "the directory does not exist")

    def entries(self) -> Iterator[Entry]:
        """All files in the order of their names, and what is no file or cannot be listed."""
        return iter(sorted(self._below(""), key=lambda entry: entry.name))

    def _below(self, folder: str) -> Iterator[Entry]:
        try:
            found = list(os.scandir(self.root / folder))
        except PermissionError:
            yield Entry(folder or ".", skip="unreadable: permission denied")
            return
        except FileNotFoundError:  # removed while it was listed
            return
        for one in found:
            name = f"{folder}/{one.name}" if folder else one.name
            if one.is_dir(follow_symlinks=False):
                yield from self._below(name)
            else:
                yield self._entry(name, one)

    def _entry(self, name: str, found: os.DirEntry[str]) -> Entry:
        if not _writable_as_text(name):
            shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            return Entry(shown, skip="opaque: its name is not UTF-8")
        if _ASIDE.fullmatch(found.name):
            return Entry(name, skip=LEFT)
        if found.is_symlink():
            return Entry(name, skip="link: not followed")
        if not found.is_file(follow_symlinks=False):
            return Entry(name, skip="skipped: not a regular file")
        try:
            return Entry(name, found.stat(follow_symlinks=False).st_size)
        except FileNotFoundError:
            return Entry(name, skip="gone while it was listed")

    def path(self, name: str) -> Path:
        """Where an object is. Refused if the name leads out of the directory, over a link or nowhere."""
        path = self.root / name
        parts = name.split("/")
        if path.is_absolute() and name.startswith("/") or any(part in ("", ".", "..") for part in parts):
            raise Refused(self.store, "", "a name that is no object's")
        folders = [self.root.joinpath(*parts[:depth]) for depth in range(1, len(parts))]
        if any(folder.is_symlink() for folder in folders) or path.is_symlink():
            raise Refused(self.store, "", "a link is not followed")
        return path

    def open(self, name: str) -> BinaryIO:
        """The stored bytes. Refused if the object is not there or may not be read."""
        with self.errors():
            return os.fdopen(os.open(self.path(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")

    @contextmanager
    def errors(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise Refused(self.store, "", "unreadable: permission denied") from error
        except FileNotFoundError as error:
            raise Refused(self.store, "", "the object is gone") from error
        except OSError as error:
            raise Unavailable(self.store, "", os.strerror(error.errno or 0)) from error

    def version(self, name: str, known: str | None = None, before: float = math.inf) -> str:
        """Size, modification time and SHA-256 of an object. The time of change tells what was touched: unlike
        that of modification, nobody sets it."""
        with self.open(name) as raw, self.errors():
            seen = os.fstat(raw.fileno())
            prefix = f"{seen.st_size}-{seen.st_mtime_ns}-"
            if known is not None and known.startswith(prefix) and seen.st_ctime < before:
                return known
            return prefix + hashlib.file_digest(raw, "sha256").hexdigest()  # type: ignore[arg-type]


class Shelf(Directory):
    """A directory whose files can be replaced. What is written aside is listed, and not read.

    Mode, owner and extended attributes are kept, the modification time if ``keep_time``. Between the last
    look at the version and the swap lies an instant in which another writer's bytes could still be lost:
    files that are being written are what ``logs://`` is for.
    """

    keep_time = False

    def aside(self, name: str, write: Callable[[BinaryIO], None]) -> str:
        """Write what shall replace an object, into its folder. What earlier attempts left is removed."""
        path = self.path(name)
        with self.errors():
            self._sweep(path)
            aside = path.with_name(f"{_prefix(name)}{secrets.token_hex(4)}.aside")
            with ExitStack() as undo:
                undo.callback(aside.unlink, missing_ok=True)
                with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
                    write(sink)
                    sink.flush()
                    self._like(path, sink.fileno())
                    os.fsync(sink.fileno())
                undo.pop_all()
        return aside.relative_to(self.root).as_posix()

    def _like(self, path: Path, descriptor: int) -> None:
        """Give the new file the old one's owner, mode and attributes."""
        old = path.stat()
        new = os.fstat(descriptor)
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            os.fchown(descriptor, old.st_uid, old.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
        for attribute in os.listxattr(path):
            os.setxattr(descriptor, attribute, os.getxattr(path, attribute))
        if self.keep_time:
            os.utime(descriptor, ns=(old.st_atime_ns, old.st_mtime_ns))

    def _sweep(self, path: Path) -> None:
        name = path.relative_to(self.root).as_posix()
        for left in path.parent.glob(f"{_prefix(name)}*.aside"):
            left.unlink(missing_ok=True)

    def discard(self, aside: str) -> None:
        """Remove what is aside, if it still is."""
        with self.errors():
            (self.root / aside).unlink(missing_ok=True)

    def swap(self, name: str, aside: str, version: str) -> None:
        """Put what is aside in the object's place."""
        path = self.path(name)
        self._unmoved(name, version)
        with self.errors():
            if not (self.root / aside).exists():
                raise Moved(self.store, "", "the object was prepared again meanwhile")
            os.replace(self.root / aside, path)
            _sync(path.parent)
            self._sweep(path)

    def remove(self, name: str, version: str) -> None:
        """Remove an object."""
        path = self.path(name)
        self._unmoved(name, version)
        with self.errors():
            path.unlink()
            _sync(path.parent)
            self._sweep(path)

    def _unmoved(self, name: str, version: str) -> None:
        if self.version(name) != version:
            raise Moved(self.store, "", "the object changed after it was prepared")


def _prefix(name: str) -> str:
    return f".vestige-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _sync(folder: Path) -> None:
    """Make a changed folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _writable_as_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
