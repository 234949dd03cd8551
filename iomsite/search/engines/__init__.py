"""Where the words of entries are kept and matched: in the site's own database.

Where SEARCH_URL names a search server, that answers for it: see `beside.py`.
"""

from django.conf import settings
from django.db import connection

from .base import Engine, Fields
from .beside import Beside
from .postgresql import PostgreSQL
from .sqlite import SQLite

__all__ = ["Engine", "Fields", "engine", "engine_of"]


def engine_of(vendor: str) -> Engine:
    return {"sqlite": SQLite, "postgresql": PostgreSQL}[vendor]()


def engine() -> Engine:
    own = engine_of(connection.vendor)
    return Beside(own) if settings.SEARCH_SERVER else own
