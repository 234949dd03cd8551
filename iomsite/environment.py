"""Settings from the environment: each value is read once, and nonsense stops the start.

A wrong value ends the process with one line that names the variable, because whoever reads it
is an operator who can change the variable and nothing else.
"""

import os
from typing import Any, NoReturn

import dj_database_url

TRUE_WORDS = {"true", "yes", "on", "1"}
FALSE_WORDS = {"false", "no", "off", "0"}


def refuse(name: str, reason: str) -> NoReturn:
    """Stop the start with one line on standard error and exit status 1."""
    raise SystemExit(f"iomsite cannot start: {name} {reason}")


def text(name: str, default: str | None = None) -> str:
    """Return the variable without surrounding spaces; without a default it is required."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        refuse(name, "is required and is not set (see .env.example)")
    return default


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value not in TRUE_WORDS | FALSE_WORDS:
        refuse(name, f"must be true or false, not {value!r}")
    return value in TRUE_WORDS


def words(name: str, default: str | None = "") -> list[str]:
    """Return a comma-separated variable as a list; spaces around the commas do not count."""
    value = text(name, default)
    return [word.strip() for word in value.split(",") if word.strip()]


def choice(name: str, default: str, among: set[str]) -> str:
    value = text(name, default)
    if value not in among:
        refuse(name, f"must be one of {', '.join(sorted(among))}, not {value!r}")
    return value


def database(name: str, default: str) -> dict[str, Any]:
    """Return Django's settings of one database; the password is never repeated in an error."""
    try:
        settings = dj_database_url.parse(
            text(name, default), conn_max_age=60, conn_health_checks=True
        )
    except (ValueError, KeyError, dj_database_url.ParseError):
        refuse(name, "is not a database address such as postgres://user:password@host:5432/name")
    if settings["ENGINE"] not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        refuse(name, "must name SQLite (sqlite:///path) or PostgreSQL (postgres://…)")
    return dict(settings)
