"""The towns of the world, by name."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def towns() -> frozenset[str]:
    """Folded names of towns with more than 15,000 people, in Latin letters and in their own.

    Source: GeoNames (https://www.geonames.org, CC BY 4.0), without those that are common words, too.
    """
    text = resources.files("vestige.matching").joinpath("towns.txt").read_text("utf-8")
    return frozenset(text.splitlines())
