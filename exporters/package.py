"""The package of one person's data: JSON and CSV, a page to read, and a manifest with checksums."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from vestige.catalog.estate import Estate
from vestige.catalog.store import Catalog
from vestige.connectors.protocol import DOCUMENT
from vestige.exporters.errors import Occupied
from vestige.exporters.fetch import Fetched, Missing, fetch
from vestige.exporters.files import FileEntry, Records, create, entry, flat, read, slug, write_csv
from vestige.exporters.landscape import charts
from vestige.exporters.masking import Masker
from vestige.exporters.others import Others
from vestige.planning.model import Case, Plan

Progress = Callable[[str], None]

MANIFEST, PAGE, FORMAT = "manifest.json", "index.html", "vestige/export/1"
SHOWN = 200
"""Records of a collection that the page shows; the files hold all."""

STANDINGS = {
    "owner": "yours",
    "shared": "yours and somebody else's; what is theirs is masked",
    "actor": "somebody else's; you acted on it",
    "reference": "somebody else's; it refers to you",
    "mention": "somebody else's; it mentions you",
}


@dataclass(slots=True)
class _Part:
    """The records of one collection, in the making."""

    store: str
    collection: str
    records: Records
    standings: Counter[str] = field(default_factory=Counter)


def export(
    estate: Estate,
    catalog: Catalog,
    plan: Plan,
    case: Case,
    folder: Path,
    progress: Progress = lambda _: None,
) -> Path:
    """Make the package in ``folder``, which it replaces if it is an older package. Returns the folder.

    The manifest names what could not be had. Raises Occupied if the folder holds something else.
    """
    folder = folder.absolute()
    _check_free(folder)
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700, parents=True)
    try:
        _Package(estate, catalog, plan, case, aside, progress).write()
        _swap(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _check_free(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        with (folder / MANIFEST).open(encoding="utf-8") as file:
            ours = FORMAT in file.read(200)
    except (OSError, UnicodeDecodeError):
        ours = False
    if not ours:
        raise Occupied(folder)


def _swap(aside: Path, folder: Path) -> None:
    """The new package in the old one's place; whoever reads meanwhile sees one of them."""
    old = aside.with_suffix(".old")
    if folder.exists():
        os.rename(folder, old)
    os.rename(aside, folder)
    shutil.rmtree(old, ignore_errors=True)


class _Package:
    """One package in the making."""

    def __init__(
        self, estate: Estate, catalog: Catalog, plan: Plan, case: Case, folder: Path, progress: Progress
    ) -> None:
        self._estate, self._plan, self._case = estate, plan, case
        self._folder, self._progress = folder, progress
        self._masker = Masker(Others(estate, catalog, case.subject), estate.regions)
        self._charts = charts(catalog)
        self._parts: dict[tuple[str, str], _Part] = {}
        self._missing: list[Missing] = []
        self._masked = 0

    def write(self) -> None:
        self._collect()
        parts = sorted(self._parts.values(), key=lambda part: (part.store, part.collection))
        files: list[FileEntry] = []
        for part in parts:
            table = part.records.path.with_suffix(".csv")
            write_csv(part.records.path, table)
            files.append(entry(self._folder, part.records.path, part.records.count))
            files.append(entry(self._folder, table, part.records.count))
        self._page(parts)
        files.append(entry(self._folder, self._folder / PAGE))
        self._manifest(parts, files)

    def _collect(self) -> None:
        wanted = [r for r in self._case.records if r.action not in ("review", "follow")]
        for part, group in groupby(fetch(self._estate, wanted), key=_home):
            self._progress(f"export {part[0]}.{self._masker.text(part[1])}")
            for item in group:
                if isinstance(item, Missing):
                    self._missing.append(item)
                else:
                    self._add(item)
            if part in self._parts:
                self._parts[part].records.close()

    def _add(self, fetched: Fetched) -> None:
        record = fetched.record
        home = (record.store, record.collection)
        if home not in self._parts:
            self._parts[home] = self._open(*home)
        part = self._parts[home]
        columns, masked = self._masker.masked(fetched, self._charts[home])
        self._masked += masked
        part.standings[record.standing] += 1
        where = {name: self._located(home, name, value) for name, value in fetched.locator.items()}
        part.records.add(
            {"locator": where, "via": record.via, "standing": record.standing, "data": _document(columns)}
        )

    def _open(self, store: str, collection: str) -> _Part:
        name = self._masker.text(collection)
        path = self._folder / "data" / slug(store) / f"{slug(name)}.json"
        if path.exists():
            path = path.with_stem(f"{path.stem}-{len(self._parts)}")
        return _Part(store, name, Records(path))

    def _located(self, home: tuple[str, str], name: str, value: Any) -> Any:
        """A part of a locator, unless it is somebody else's key or names them."""
        source = self._charts[home].source
        if source is not None and name == source.key:
            label = self._masker.key(source, name, str(value))
            return value if label == str(value) else label
        return self._masker.text(value) if isinstance(value, str) else value

    def _page(self, parts: list[_Part]) -> None:
        environment = Environment(
            loader=PackageLoader("vestige.exporters"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        template = environment.get_template("index.html.j2")
        shown = [{**_described(self._folder, part), "records": _shown(part)} for part in parts]
        with create(self._folder / PAGE) as file:
            file.writelines(
                template.generate(
                    parts=shown,
                    plan=self._plan,
                    made=_now(),
                    missing=self._missing,
                    masked=self._masked,
                    standings=STANDINGS,
                    most=SHOWN,
                    flat=flat,
                )
            )

    def _manifest(self, parts: list[_Part], files: list[FileEntry]) -> None:
        head = {
            "format": FORMAT,
            "version": version("vestige"),
            "made": _now(),
            "plan": self._plan.id,
            "subject": self._plan.subject,
            "key_id": self._estate.hasher.key_id,
            "masked": self._masked,
            "missing": [m._asdict() | {"collection": self._masker.text(m.collection)} for m in self._missing],
            "uncovered": [{"place": self._masker.text(p), "reason": r} for p, r in self._plan.uncovered],
            "files": [asdict(file) for file in files],
        }
        with create(self._folder / MANIFEST) as file:
            file.write(json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}"))
            file.write(',\n "records": [')
            for number, line in enumerate(self._provenance(parts)):
                file.write(("," if number else "") + "\n  " + json.dumps(line, ensure_ascii=False))
            file.write("\n ]\n}\n")

    def _provenance(self, parts: list[_Part]) -> Iterator[dict[str, Any]]:
        for part in parts:
            path = part.records.path.relative_to(self._folder).as_posix()
            for number, record in enumerate(read(part.records.path), 1):
                yield {
                    "file": path,
                    "number": number,
                    "store": part.store,
                    "collection": part.collection,
                    **{name: record[name] for name in ("locator", "via", "standing")},
                }


def _home(item: Fetched | Missing) -> tuple[str, str]:
    place = item.record if isinstance(item, Fetched) else item
    return place.store, place.collection


def _described(folder: Path, part: _Part) -> dict[str, Any]:
    path = part.records.path.relative_to(folder)
    return {
        "store": part.store,
        "collection": part.collection,
        "count": part.records.count,
        "json": path.as_posix(),
        "csv": path.with_suffix(".csv").as_posix(),
        "standings": part.standings.most_common(),
    }


def _shown(part: _Part) -> Iterator[dict[str, Any]]:
    """The first records, flat, read again from their file."""
    return islice(read(part.records.path), SHOWN)


def _document(columns: dict[str, Any]) -> Any:
    """A record's columns; the document itself where the record is one. JSON text becomes what it says."""
    decoded = {name: _decoded(value) for name, value in columns.items()}
    if DOCUMENT in decoded:
        whole = decoded.pop(DOCUMENT)
        inner = whole if isinstance(whole, dict) else {"value": whole}
        return {**decoded, **inner}
    return decoded


def _decoded(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
