"""Periods of a policy (``10y``, ``30d``) and the days on which they end."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Rounding = Literal["month_end", "year_end"]

PERIOD = re.compile(r"(\d{1,4})\s*(d|w|m|y)")
_EPOCH_MILLISECONDS = 10_000_000_000
"""Epoch numbers above this are milliseconds: in seconds they would lie after the year 2286."""


def period(text: str) -> str:
    """Check a period: a number and d, w, m or y. ValueError otherwise."""
    if not PERIOD.fullmatch(text.strip()):
        raise ValueError("should be a number of days, weeks, months or years: 30d, 6w, 18m, 10y")
    return text.strip()


def end(start: date, text: str, rounding: Rounding | None = None) -> date:
    """The last day of a period that begins at ``start``; rounded up to the end of its month or year."""
    found = PERIOD.fullmatch(text)
    assert found, text
    number, unit = int(found[1]), found[2]
    day = _months(start, number * (12 if unit == "y" else 1)) if unit in "my" else _days(start, number, unit)
    if rounding == "year_end":
        return date(day.year, 12, 31)
    if rounding == "month_end":
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day


def _days(start: date, number: int, unit: str) -> date:
    try:
        return start + timedelta(days=number * (7 if unit == "w" else 1))
    except OverflowError:
        return date.max


def _months(start: date, number: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def day(value: object) -> date | None:
    """The day that a record's value names: a date, a timestamp, ISO text or an epoch number. None if none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(float(value))
    if isinstance(value, str):
        return _text(value.strip())
    return None


def _text(value: str) -> date | None:
    if value.isdecimal() and len(value) > len("20260131"):
        return _epoch(float(value))
    try:
        return date.fromisoformat(value if value.isdecimal() else value[:10])
    except ValueError:
        return None


def _epoch(value: float) -> date | None:
    try:
        return datetime.fromtimestamp(value / 1000 if value > _EPOCH_MILLISECONDS else value, UTC).date()
    except (OverflowError, OSError, ValueError):
        return None
