"""The files of a package: JSON and CSV per collection, written as a stream, and their checksums."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a package, by its path from the package's folder."""

    path: str
    bytes: int
    sha256: str
    records: int | None = None


def create(path: Path) -> IO[str]:
    """A new text file that only its owner may read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


def slug(name: str) -> str:
    """A file name for a collection, in its own script; with a digest where something was left out."""
    short = _UNSAFE.sub("_", name).strip("._")[:_LONGEST]
    if short == name:
        return name
    return f"{short or 'collection'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


class Records:
    """A JSON file being written: one array, one record a line."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self._file = create(path)
        self._file.write("[")

    def add(self, record: Mapping[str, Any]) -> None:
        self._file.write(",\n" if self.count else "\n")
        self._file.write(json.dumps(record, ensure_ascii=False, default=plain))
        self.count += 1

    def close(self) -> None:
        self._file.write("\n]\n")
        self._file.close()


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file that :class:`Records` wrote, one at a time."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("{"):
                yield json.loads(line.rstrip().removesuffix(","))


def write_csv(source: Path, target: Path) -> None:
    """The records of a JSON file as CSV: a column per path, no cell a formula."""
    columns = dict.fromkeys(name for record in read(source) for name in flat(record["data"]))
    with create(target) as file:
        file.write("\ufeff")  # else spreadsheets take UTF-8 for something else
        writer = csv.writer(file)
        writer.writerow(map(defused, columns))
        for record in read(source):
            cells = flat(record["data"])
            writer.writerow([defused(cells.get(name, "")) for name in columns])


def flat(data: Any, path: str = "") -> dict[str, str]:
    """The values of a document by their paths. Arrays of values are one text, of objects one text each."""
    if isinstance(data, dict):
        inner = (flat(value, f"{path}.{name}" if path else name) for name, value in data.items())
        return {name: text for part in inner for name, text in part.items()}
    if data is None:
        return {path: ""}
    return {path: data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)}


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula. Numbers stay numbers."""
    if not text.startswith(_FORMULA) or re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return text
    return f"'{text}"


def plain(value: object) -> str:
    """What JSON has no type for, as text; bytes in base64."""
    return b64encode(value).decode() if isinstance(value, bytes) else str(value)


def entry(folder: Path, path: Path, records: int | None = None) -> FileEntry:
    """A finished file, with its checksum."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            whole.update(block)
    return FileEntry(path.relative_to(folder).as_posix(), path.stat().st_size, whole.hexdigest(), records)
