"""The catalog: where each kind of personal data, each person and each relation was found.

Read with :class:`Catalog`; written by a scan through :class:`CatalogWriter`; decided on by people through
:func:`decide_field` and :func:`decide_relation`, which win over what was inferred and outlive rescans.
"""

from vestige.catalog.errors import CatalogError, NoCatalog, OtherKey, OtherSchema
from vestige.catalog.reader import Catalog, Inclusion, Location
from vestige.catalog.review import Decision, Review
from vestige.catalog.rows import OCCURRENCES
from vestige.catalog.writer import CatalogWriter, decide_field, decide_relation

__all__ = [
    "OCCURRENCES",
    "Catalog",
    "CatalogError",
    "CatalogWriter",
    "Decision",
    "Inclusion",
    "Location",
    "NoCatalog",
    "OtherKey",
    "OtherSchema",
    "Review",
    "decide_field",
    "decide_relation",
]
