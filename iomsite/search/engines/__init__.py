"""Where the words of entries are kept and matched: in the site's own database.

Another engine, such as OpenSearch, is a class with the methods of `base.Engine`.
"""

from django.db import connection

from .base import Engine, Fields
from .postgresql import PostgreSQL
from .sqlite import SQLite

__all__ = ["Engine", "Fields", "engine", "engine_of"]


def engine_of(vendor: str) -> Engine:
    return {"sqlite": SQLite, "postgresql": PostgreSQL}[vendor]()


def engine() -> Engine:
    return engine_of(connection.vendor)
