"""Vestige finds every trace of a person's data, exports it, erases it, and proves that none survives."""

__version__ = "0.1.0"
