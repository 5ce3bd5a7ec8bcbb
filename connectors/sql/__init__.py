"""The family of SQL stores: one connector over SQLAlchemy Core, one small dialect per kind of database."""

from vestige.connectors.sql.connector import SqlConnector
from vestige.connectors.sql.dialect import Dialect
from vestige.connectors.sql.shape import Table

__all__ = ["Dialect", "SqlConnector", "Table"]
