"""``limits:`` of a store that sessions keep to."""

from __future__ import annotations

import re

from vestige.connectors.errors import Refused
from vestige.connectors.protocol import StoreSettings

_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0}


def seconds(settings: StoreSettings, name: str, default: float) -> float:
    """A duration such as ``30s``, ``500ms`` or a number of seconds. Refused if it is none."""
    given = (settings.options.get("limits") or {}).get(name)
    if given is None:
        return default
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)\s*", str(given))
    if match is None or match[2] not in _UNITS:
        raise Refused(settings.name, "", f"limits.{name} is no duration")
    return float(match[1]) * _UNITS[match[2]]
