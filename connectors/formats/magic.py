"""Kinds of objects that are told by their first bytes, and bytes that are no text."""

from __future__ import annotations

import re
from collections import Counter
from math import log2

PARQUET = "application/vnd.apache.parquet"

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"PK\x05\x06", "application/zip"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"\x1f\x8b", "application/gzip"),
    (b"PAR1", PARQUET),
    (b"Obj\x01", "application/avro"),
    (b"ORC", "application/x-orc"),
    (b"ARROW1\0\0", "application/vnd.apache.arrow.file"),
    (b"\x7fELF", "application/x-executable"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
)
_WITHIN = (
    (8, b"WAVE", "audio/wav"),
    (8, b"WEBP", "image/webp"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"DUCK", "application/vnd.duckdb"),
    (4, b"ftyp", "video/mp4"),
    (257, b"ustar", "application/x-tar"),
)
_ZIPPED = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "application/vnd.oasis.opendocument"),
    (b"mimetypeapplication/epub+zip", "application/epub+zip"),
)
_SEALED = (b"-----BEGIN PGP MESSAGE", b"age-encryption.org/", b"Salted__", b"$ANSIBLE_VAULT")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def media_type(head: bytes) -> str | None:
    """The type that the first bytes attest. Types without a binary mark in front may also be text: None."""
    if head.startswith(b"PK\x03\x04"):
        return next((kind for mark, kind in _ZIPPED if mark in head[:8192]), "application/zip")
    for mark, kind in _MAGIC:
        if head.startswith(mark) and (len(mark) > 4 or _control(head)):
            return kind
    return next(
        (kind for at, mark, kind in _WITHIN if head[at : at + len(mark)] == mark and _control(head)), None
    )


def opaque(head: bytes) -> str | None:
    """Why the bytes are no text that can be read; None if they are."""
    if head.startswith(_SEALED):
        return "encrypted"
    if _printable(head):
        return None
    return "high entropy" if len(head) >= 1024 and _entropy(head) > 7.5 else "binary"


def _control(head: bytes) -> bool:
    return _CONTROL.search(head[:512]) is not None


def _printable(head: bytes) -> bool:
    """Whether few bytes are controls. Zeros in front are the hole that a truncated log leaves."""
    text = head.lstrip(b"\0") or head
    return text.count(0) * 100 <= len(text) and len(_CONTROL.findall(text)) * 20 <= len(text)


def _entropy(data: bytes) -> float:
    """Bits per byte."""
    total = len(data)
    return -sum(count / total * log2(count / total) for count in Counter(data).values())
