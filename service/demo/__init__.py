"""The demo: a small company's stores, and the whole road for one of its customers."""
