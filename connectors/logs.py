"""``logs://`` — a directory of logs: every text is lines; the rotated members of a log are one collection.

A plain log may be written to at any time. It is overwritten in place and at equal length: never renamed
over, its size and inode stay, and lines that are appended meanwhile are not lost. A gzip member is written
anew aside. Lines are patched, never removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from vestige.connectors.directory import Directory, Shelf, root
from vestige.connectors.errors import Moved, Refused
from vestige.connectors.families import log_families, of_log
from vestige.connectors.formats.editing import merged, spliced
from vestige.connectors.formats.lines import Overlong, chunks, lines
from vestige.connectors.formats.model import BOM, Edits, Key, Source, Unfit
from vestige.connectors.formats.salvage import readable, stored, valid
from vestige.connectors.formats.stream import Blocks
from vestige.connectors.formats.text import Text
from vestige.connectors.objects import Item
from vestige.connectors.protocol import LINE, Connector, Edit, Effects, Patch, Prepared, StoreSettings
from vestige.connectors.rewriting import EditedObjects, Target, effects, placed_in

IN_PLACE = "in place"
"""Instead of a name aside: a plain log."""


def open(settings: StoreSettings, *, writable: bool = False) -> Connector:  # noqa: A001 - the registry's name
    """Open a directory of logs. Refused if it does not exist; it is never created."""
    shelf = LogShelf(settings.name, root(settings)) if writable else None
    return Logs(settings, shelf or Directory(settings.name, root(settings)), shelf)


@dataclass(frozen=True, slots=True)
class Overwrite:
    """A line's bytes and what replaces them, of equal length, ``at`` a byte of the log."""

    at: int
    old: bytes
    new: bytes


class LogShelf(Shelf):
    """Also overwrites in place. Keeps the time of a log that is written anew: rotation goes by it."""

    keep_time = True

    def check(self, name: str) -> None:
        """Refused if the log may not be written."""
        with self._writable(name):
            pass

    def overwrite(self, name: str, places: Sequence[Overwrite]) -> None:
        """Put new bytes over old ones. Moved, with nothing written, if one place does not hold the old."""
        with self._writable(name) as log:
            if any(os.pread(log, len(one.old), one.at) != one.old for one in places):
                raise Moved(self.store, "", "a line is not what it was")
            for one in places:
                os.pwrite(log, one.new, one.at)
            os.fsync(log)

    @contextmanager
    def _writable(self, name: str) -> Iterator[int]:
        with self.errors():
            log = os.open(self.path(name), os.O_RDWR | os.O_NOFOLLOW)
            try:
                yield log
            finally:
                os.close(log)


class Logs(EditedObjects):
    """The logs of a directory."""

    kind = "log"
    lines_only = True
    capabilities = frozenset({"patch", "equal_length"})

    def families(self, items: Sequence[Item]) -> list[str]:
        return log_families([item.entry.name for item in items])

    def belongs(self, collection: str, name: str) -> bool:
        return of_log(collection, name)

    def changed(self, name: str, version: str) -> bool:
        """A log may grow while it is read; it may not shrink."""
        size = int(version.partition("-")[0])
        return int(self.bucket.version(name, version).partition("-")[0]) < size

    def prepare(self, edits: Sequence[Edit]) -> list[Prepared]:
        """Gzip members are written aside. Plain logs are only checked: nothing is aside."""
        if not all(isinstance(edit, Patch) for edit in edits):
            raise Refused(self.settings.name, "", "lines of logs are patched, not deleted or set")
        return super().prepare(edits)

    def rewritten(self, target: Target, edits: Sequence[Edit]) -> list[Prepared]:
        """A repeat is told by lines that already read as the edits make them."""
        placed = placed_in(target.format, target.source, edits)
        done = _done(target.source, placed.missing)
        if len(done) < len(placed.missing):
            raise Moved(self.settings.name, target.collection, "a line is not what it was")
        repeats = [target.prepared(done, None, target.version)] if done else []
        if not placed.edits:
            return repeats
        new = [edit for several in placed.edits.values() for edit in several]
        if target.source.packing.gz:
            form, source = target.format, target.source
            aside = self.vault.aside(target.name, lambda sink: form.rewrite(source, sink, placed.edits))
            return [*repeats, target.prepared(new, aside)]
        for _ in overwrites(target.source, placed.edits):
            pass
        self.shelf.check(target.name)
        return [*repeats, target.prepared(new, IN_PLACE)]

    @property
    def shelf(self) -> LogShelf:
        assert isinstance(self.vault, LogShelf)
        return self.vault

    def discard(self, prepared: Sequence[Prepared]) -> None:
        super().discard([one for one in prepared if one.aside != IN_PLACE])

    def commit(self, prepared: Sequence[Prepared]) -> Effects:
        """Swap gzip members in, then overwrite plain logs. Lines are looked up anew: a log moves on."""
        plain = [one for one in prepared if one.aside == IN_PLACE]
        found = [(one, self._again(one)) for one in plain]
        made = super().commit([one for one in prepared if one.aside != IN_PLACE])
        for one, places in found:
            self.shelf.overwrite(str(one.object), places)
        written = effects(plain)
        return Effects(made.deleted, made.changed + written.changed, made.gone)

    def _again(self, one: Prepared) -> list[Overwrite]:
        source = self.recognise(str(one.object)).source
        placed = placed_in(Text(), source, one.edits)
        if placed.missing:
            raise Moved(self.settings.name, one.collection, "a line is not what it was")
        try:
            return list(overwrites(source, placed.edits))
        except Unfit as error:
            raise Refused(self.settings.name, one.collection, str(error)) from error


def overwrites(source: Source, edits: Edits) -> Iterator[Overwrite]:
    """Where the lines of edits are, and what they become. Raises Unfit if a length would change."""
    if source.packing.encoding != "utf-8":
        raise Unfit("a UTF-16 log cannot be overwritten in place")
    for number, at, line in _numbered(source):
        if number in edits:
            new = _fitted(line, edits[number])
            if len(new) != len(line):
                raise Unfit("a log is overwritten in place: a patch must keep the length")
            yield Overwrite(at, line, new)


def _numbered(source: Source) -> Iterator[tuple[int, int, bytes]]:
    """Number, first byte and content of each line that is not too long."""
    number, at = 0, len(BOM) if source.packing.bom else 0
    for chunk in chunks(Blocks(source), source.limits.record):
        if isinstance(chunk, Overlong):
            number, at = number + chunk.ends, at + len(chunk.data)
            continue
        for line, end in lines(chunk):
            number += 1
            yield number, at, line
            at += len(line) + len(end)


def _fitted(line: bytes, edits: Sequence[Edit]) -> bytes:
    """The patched line. Filling is cut to the stored length of what it replaces (see salvage)."""
    pieces = merged(piece for edit in edits if isinstance(edit, Patch) for piece in edit.pieces)
    if any(not isinstance(edit, Patch) or edit.field != LINE for edit in edits):
        raise Unfit(f"only the field {LINE} can be patched")
    if valid(line):
        return spliced(line, pieces)
    kept = stored(line, pieces)
    sizes = {piece: end - start for piece, (start, end, _) in zip(pieces, kept, strict=True)}
    return spliced(
        line,
        [
            (start, end, text[: sizes[start, end, text]] if text.isascii() else text)
            for start, end, text in pieces
        ],
    )


def _done(source: Source, edits: Sequence[Edit]) -> list[Edit]:
    """Those edits whose line already reads as they make it."""
    waiting: dict[Key, list[Edit]] = {}
    for edit in edits:
        waiting.setdefault(edit.locator["line"], []).append(edit)
    if not waiting:
        return []
    found = ((number, readable(line)) for number, _, line in _numbered(source) if number in waiting)
    return [edit for number, line in found for edit in waiting[number] if _reads(line, edit)]


def _reads(line: bytes, edit: Edit) -> bool:
    shift = 0
    for start, end, text in edit.pieces if isinstance(edit, Patch) else ():
        if line[start + shift : start + shift + len(text)] != text:
            return False
        shift += len(text) - (end - start)
    return isinstance(edit, Patch)
