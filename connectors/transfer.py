"""Objects of a remote store as files: read by ranges, written in parts."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

Errors = Callable[[], AbstractContextManager[None]]
"""Makes a store's own errors of those of its driver."""


class EndedEarly(Exception):
    """An answer had fewer bytes than were announced."""


class Ranges(io.RawIOBase):
    """An object's bytes; a new request only where reading does not go on from where it was."""

    def __init__(self, get: Callable[[int], Any], size: int, errors: Errors) -> None:
        """``get``: asks for the bytes from one on."""
        self._get, self._size, self._errors = get, size, errors
        self._at = 0
        self._body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset != self._at:
            self._at = max(0, base + offset)
            self._drop()
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        if self._body is None:
            self._body = self._get(self._at)
        with self._errors():
            data = self._body.read(len(buffer))
            if not data:
                raise EndedEarly
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._drop()
        super().close()

    def _drop(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            body.close()


class Parts(io.RawIOBase):
    """What is written goes up in parts."""

    def __init__(self, send: Callable[[int, bytes], None], size: int) -> None:
        """``send``: takes a part and its number from 0. ``size``: bytes of all parts but the last."""
        self._send_part, self._part = send, size
        self._waiting, self._digests, self._sent = bytearray(), list[bytes](), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) >= self._part:
            self._send(self._part)
        return len(data)

    def finish(self) -> None:
        """Send the rest; an empty object is one empty part."""
        if self._waiting or not self._digests:
            self._send(len(self._waiting))

    @property
    def version(self) -> str:
        """What size and ETag will be: the MD5 of the parts' MD5s, and their number."""
        whole = hashlib.md5(b"".join(self._digests), usedforsecurity=False).hexdigest()
        return f"{self._sent}-{whole}-{len(self._digests)}"

    def _send(self, size: int) -> None:
        data = bytes(self._waiting[:size])
        self._send_part(len(self._digests), data)
        self._digests.append(hashlib.md5(data, usedforsecurity=False).digest())
        self._sent += size
        del self._waiting[:size]
