"""What the scan refuses."""

from __future__ import annotations


class Unfit(ValueError):
    """A user's recognisers cannot be used. The message says why, and holds no pattern."""
