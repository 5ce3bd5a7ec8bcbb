"""Whether lines are a table of delimited cells, and whether its first row names the columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from vestige.connectors.formats.cells import Dialect, Row
from vestige.connectors.formats.csv import Csv, names
from vestige.connectors.formats.salvage import readable

_DELIMITERS = (b",", b";", b"\t", b"|")
_TABLE = (".csv", ".tsv", ".tab", ".psv")
_SAMPLE = 200
_RECORD = 1 << 18
_DATA = re.compile(
    r"[-+]?[\d.,: ]*\d[\d.,: ]*%?"  # a number
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|.*@.*\..*|https?://.*|\+?[\d ()/.-]{6,}"
    r"|[0-9a-fA-F-]{16,}|true|false|null|none|nan",
    re.DOTALL,
)
_NAME = re.compile(r"(?:[^\W\d]|[#%№°(*$€&¿\"'])[^\n\t@<>={}|\\]{0,63}|")
_LOWER = re.compile(r"[a-z][a-z0-9_]*")


class _Table(NamedTuple):
    delimiter: bytes
    rows: list[list[str]]
    width: int
    share: float


def table(lines: Sequence[bytes], ending: str) -> Csv | None:
    """The table that the lines are, if any. Named ``.csv`` and the like, less regular ones count too."""
    named = ending.endswith(_TABLE)
    shapes = [shape for sign in _DELIMITERS if (shape := _shape(lines, sign)) is not None]
    fits = [shape for shape in shapes if _fits(shape, named)]
    if not fits:
        return None
    best = max(fits, key=lambda shape: (shape.width > 1, shape.share, shape.width))
    header = _has_header(best, named)
    if not header and not named and not _dense(best):
        return None
    cells = best.rows[0] if header else [""] * best.width
    return Csv(Dialect(best.delimiter, header), names([cell.encode() for cell in cells]))


def _shape(lines: Sequence[bytes], sign: bytes) -> _Table | None:
    """The lines as rows, cut at one sign; None if their quotes do not fit."""
    text = b"".join(line + b"\n" for line in lines)
    dialect, rows = Dialect(sign), list[list[str]]()
    for row in dialect.rows([text], _RECORD):
        if not isinstance(row, Row) or (not row.sound and len(rows) < 2):
            return None
        if row.sound:
            rows.append([readable(cell).decode() for cell in dialect.values(row.body)])
        if len(rows) == _SAMPLE:
            break
    if not rows:
        return None
    width, count = Counter(map(len, rows)).most_common(1)[0]
    return _Table(sign, rows, width, count / len(rows))


def _fits(shape: _Table, named: bool) -> bool:
    """Whether most rows have as many cells as the first. Two rows at least, or a name that says so."""
    if len(shape.rows[0]) != shape.width:
        return named and shape.width > 1 and len(shape.rows[0]) > 1 and len(shape.rows) < 10
    if named:
        return shape.share >= 0.5
    return shape.width > 1 and shape.share >= 0.8 and len(shape.rows) > 1


def _has_header(shape: _Table, named: bool) -> bool:
    first, *rows = shape.rows
    if (
        not any(first)
        or not all(_NAME.fullmatch(cell.strip()) for cell in first)
        or any(map(_is_data, first))
    ):
        return False
    columns = [[row[at] for row in rows if at < len(row) and row[at].strip()] for at in range(len(first))]
    if any(column and sum(map(_is_data, column)) * 2 > len(column) for column in columns):
        return True
    repeated = any(cell in column for cell, column in zip(first, columns, strict=True) if cell)
    return not repeated and (named or all(_LOWER.fullmatch(cell) for cell in first))


def _is_data(cell: str) -> bool:
    """Whether a cell is a value rather than a name."""
    return _DATA.fullmatch(cell.strip().lower()) is not None


def _dense(shape: _Table) -> bool:
    """Whether rows without a header are a table all the same, and no prose or log with regular commas."""
    cells = [cell for row in shape.rows for cell in row]
    spaced = any(cell.startswith(" ") for cell in cells)
    return shape.width > 2 and shape.share == 1 and len(shape.rows) > 4 and not spaced and _short(cells)


def _short(cells: Sequence[str]) -> bool:
    return sum(map(len, cells)) <= 40 * len(cells)
