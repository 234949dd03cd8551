"""Django's own PostgreSQL, that gives up when its thread has no more patience."""
