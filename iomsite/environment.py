"""Settings from the environment: each value is read once, and nonsense stops the start.

A wrong value ends the process with one line that names the variable, because whoever reads it
is an operator who can change the variable and nothing else.
"""

import os
import re
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

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


def storage(name: str) -> dict[str, Any]:
    """Return Django's settings of one store of files: a folder here, or a bucket elsewhere.

    The secret is never repeated in an error.
    """
    value = text(name, "")
    if not value:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    example = "such as s3://key:password@s3.example.org/bucket"
    try:
        address = urlsplit(value)
        address.port  # noqa: B018  nonsense shows only here
        asked = parse_qs(address.query, strict_parsing=True) if address.query else {}
    except ValueError:
        refuse(name, f"is not the address of a bucket {example}")
    bucket, _slash, folder = address.path.strip("/").partition("/")
    if address.scheme not in {"s3", "s3+http"} or not address.hostname:
        refuse(name, f"must be the address of a bucket {example}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket):
        refuse(name, f"must name a bucket after the host, {example}")
    if bool(address.username) != bool(address.password):
        refuse(name, "must hold a key and its secret, or neither where the machine has the right")
    if unknown := set(asked) - {"region", "public"}:
        refuse(name, f"knows region= and public= after the question mark, not {min(unknown)}=")
    public = urlsplit(asked.get("public", [""])[0])
    if "public" in asked and (public.scheme not in {"http", "https"} or not public.netloc):
        refuse(name, "must give public= as an address such as https://media.example.org")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": _bucket(address, bucket, folder, public, asked.get("region", [None])[0]),
    }


def _bucket(
    address: SplitResult, bucket: str, folder: str, public: SplitResult, region: str | None
) -> dict[str, Any]:
    web = "http" if address.scheme == "s3+http" else "https"
    host = address.netloc.rpartition("@")[2]
    return {
        "access_key": unquote(address.username) if address.username else None,
        "secret_key": unquote(address.password) if address.password else None,
        "endpoint_url": f"{web}://{host}",
        "region_name": region,
        "bucket_name": bucket,
        "location": folder,
        "addressing_style": "path",
        "signature_version": "s3v4",
        # Addresses that anybody may read are put together here, without asking the store.
        "custom_domain": f"{public.netloc}{public.path}".rstrip("/") or f"{host}/{bucket}",
        "url_protocol": f"{public.scheme or web}:",
        # The name of a file follows from its content, so what was read once stays true.
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
    }
