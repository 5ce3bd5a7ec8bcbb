"""Whole columns at once: the values of a column in one buffer, and what is found in it as Arrow."""
