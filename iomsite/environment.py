"""Settings from the environment: each value is read once, and nonsense stops the start.

A wrong value ends the process with one line that names the variable, because whoever reads it
is an operator who can change the variable and nothing else.
"""

import ipaddress
import os
import re
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import dj_database_url

TRUE_WORDS = {"true", "yes", "on", "1"}
FALSE_WORDS = {"false", "no", "off", "0"}
# One name in full: with a scheme, a port or a space it would be that of no request.
HOST = re.compile(r"[a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\]", re.IGNORECASE)


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


def number(name: str, default: int, *, at_most: int) -> int:
    """Return a whole number from 0 on."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal() and int(value) <= at_most):
        refuse(name, f"must be a whole number from 0 to {at_most}, not {value!r}")
    return int(value)


def folder(name: str, default: Path) -> Path:
    """Return a folder, which need not exist yet; the same wherever a process is started."""
    path = Path(text(name, str(default)))
    try:
        is_folder = path.is_absolute() and (path.is_dir() or not path.exists())
    except OSError as error:
        refuse(name, f"cannot be looked into: {error.strerror}")
    if not is_folder:
        refuse(name, f"must be the path of a folder from / on, not {str(path)!r}")
    return path


def ip_address(name: str, default: str) -> str:
    value = text(name, default)
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        refuse(name, f"must be an address such as 127.0.0.1, not {value!r}")


def choice(name: str, default: str, among: set[str]) -> str:
    value = text(name, default)
    if value not in among:
        refuse(name, f"must be one of {', '.join(sorted(among))}, not {value!r}")
    return value


def database(name: str, default: str) -> dict[str, Any]:
    """Return Django's settings of one database; the password is never repeated in an error."""
    value = text(name, default)
    try:
        _parts(name, value)
        settings = dj_database_url.parse(value, conn_max_age=60, conn_health_checks=True)
    except (ValueError, KeyError, dj_database_url.ParseError):
        refuse(name, "is not a database address such as postgres://user:password@host:5432/name")
    if settings["ENGINE"] not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        refuse(name, "must name SQLite (sqlite:///path) or PostgreSQL (postgres://…)")
    options = settings.get("OPTIONS", {})
    if not (settings["NAME"] or "service" in options):
        refuse(name, "must name a database after the host, as in postgres://host:5432/name")
    is_pooled = options.pop("pooled", False)
    if not isinstance(is_pooled, bool):
        refuse(name, "may say pooled=true or pooled=false, and nothing else of that")
    if not isinstance(options.get("options", ""), str):
        refuse(name, "must give options= as the server takes them, such as options=-c%20name%3D5")
    return {**settings, "DISABLE_SERVER_SIDE_CURSORS": is_pooled}


def limit(database: dict[str, Any]) -> None:
    """Give PostgreSQL limits, so that nobody waits for ever.

    A lock is given up before the statement that waits for it. What needs longer, such as a new
    index on a very large table, says so at the end of its address:
    ?options=-c%20statement_timeout%3D0
    A server that went without a word is noticed within twenty seconds; so is, by the server, that
    nobody waits for a statement any more. Requests give up sooner: see `iomsite.patience`.

    What a connection asks for the fourth time the server keeps, and need not plan it any more: half
    of what it spends on a list or a form. Not so behind a pooler that shares connections by the
    transaction (?pooled=true): there the next statement may come to another server process.
    """
    is_pooled = database["DISABLE_SERVER_SIDE_CURSORS"]
    database["ENGINE"] = "iomsite.postgresql"
    database["OPTIONS"] = {
        "server_side_binding": not is_pooled,
        "prepare_threshold": None if is_pooled else 3,
        "connect_timeout": 3,
        "keepalives_idle": 10,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        "options": "-c lock_timeout=20s -c statement_timeout=30s"
        " -c client_connection_check_interval=2s",
        **database.get("OPTIONS", {}),
    }


def replica(name: str, primary: dict[str, Any]) -> dict[str, Any]:
    """Return Django's settings of a database that follows the primary and is only read."""
    settings = database(name, "")
    if not settings["ENGINE"].endswith("postgresql") or not primary["ENGINE"].endswith(
        "postgresql"
    ):
        refuse(name, "must name PostgreSQL, as DATABASE_URL must then")
    limit(settings)
    return {**settings, "TEST": {"MIRROR": "default"}}


def address(name: str, default: str | None) -> SplitResult:
    """Return an address in its parts. It may hold a password, so no error repeats it."""
    return _parts(name, text(name, default))


def _parts(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  read so that a wrong one is refused here
    except ValueError:
        refuse(name, "is not an address")
    if parts.fragment:
        refuse(name, "must write # in a password as %23, and ? as %3F")
    return parts


def storage(name: str) -> dict[str, Any]:
    """Return Django's settings of one store of files: a folder here, or a bucket elsewhere.

    The secret is never repeated in an error.
    """
    value = text(name, "")
    return bucket(name, value) if value else {"BACKEND": "iomsite.images.storage.WholeFileStorage"}


def place(name: str, default: Path) -> str:
    """Return where files are kept that the site does not show: a folder here, or a bucket."""
    value = text(name, str(default))
    if "://" in value:
        bucket(name, value)
        return value
    return str(folder(name, default))


def bucket(name: str, value: str) -> dict[str, Any]:
    """Return Django's settings of the bucket at this address; `name` is whose value it is."""
    example = "such as s3://key:password@s3.example.org/bucket"
    parts = _parts(name, value)
    try:
        asked = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError:
        refuse(name, f"is not the address of a bucket {example}")
    called, _slash, below = parts.path.strip("/").partition("/")
    if parts.scheme not in {"s3", "s3+http"} or not parts.hostname:
        refuse(name, f"must be the address of a bucket {example}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", called):
        refuse(name, f"must name a bucket after the host, {example}")
    if bool(parts.username) != bool(parts.password):
        refuse(name, "must hold a key and its secret, or neither where the machine has the right")
    if unknown := set(asked) - {"region", "public"}:
        refuse(name, f"knows region= and public= after the question mark, not {min(unknown)}=")
    public = urlsplit(asked.get("public", [""])[0])
    if "public" in asked and (public.scheme not in {"http", "https"} or not public.netloc):
        refuse(name, "must give public= as an address such as https://media.example.org")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": _bucket(parts, called, below, public, asked.get("region", [None])[0]),
    }


def _bucket(
    parts: SplitResult, bucket: str, folder: str, public: SplitResult, region: str | None
) -> dict[str, Any]:
    from botocore.config import Config  # large, and only for those who have a bucket

    web = "http" if parts.scheme == "s3+http" else "https"
    host = parts.netloc.rpartition("@")[2]
    return {
        "access_key": unquote(parts.username) if parts.username else None,
        "secret_key": unquote(parts.password) if parts.password else None,
        "endpoint_url": f"{web}://{host}",
        "region_name": region,
        "bucket_name": bucket,
        "location": folder,
        # Addresses that anybody may read are put together here, without asking the store.
        "custom_domain": f"{public.netloc}{public.path}".rstrip("/") or f"{host}/{bucket}",
        "url_protocol": f"{public.scheme or web}:",
        # The name of a file follows from its content, so what was read once stays true.
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        # Who uploads is told within some seconds that the store is away.
        "client_config": Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            connect_timeout=2,
            read_timeout=4,
            retries={"total_max_attempts": 2},
        ),
    }


def cache(name: str, *, table: str) -> dict[str, Any]:
    """Return Django's settings of one cache: Redis where an address is given, else the database.

    Above its number of entries the database throws away a third, counters of attempts among them.
    """
    if not os.environ.get(name, "").strip():
        return {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": table,
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    parts = address(name, None)
    is_database = re.fullmatch(r"/?[0-9]*", parts.path)
    is_whole = parts.hostname and is_database and not parts.query
    if parts.scheme not in {"redis", "rediss"} or not is_whole:
        refuse(name, "must be an address such as redis://user:password@host:6379/0")
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": parts.geturl(),
        "KEY_PREFIX": "iomsite",
        # Seconds: who signs in is told within two that attempts cannot be counted.
        "OPTIONS": {"socket_timeout": 1.0, "socket_connect_timeout": 1.0},
    }


@dataclass(frozen=True)
class SearchServer:
    """`address` holds the password; the names of the indexes begin with `index`."""

    address: str
    index: str


def search_server(name: str) -> SearchServer | None:
    """Return the server that searches beside the database, where an address is given."""
    if not text(name, ""):
        return None
    parts = address(name, None)
    index = parts.path.strip("/")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        refuse(name, "must be an address such as https://user:password@search.example.org/iomsite")
    if not re.fullmatch("[a-z][a-z0-9]{0,39}", index):
        refuse(name, "must end in what its indexes are called: small letters and digits")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    user = f"{parts.netloc.rpartition('@')[0]}@" if parts.username else ""
    return SearchServer(f"{parts.scheme}://{user}{host}:{port}", index)


@dataclass(frozen=True)
class Mail:
    """How mail leaves the site."""

    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


# Scheme, and the port where none is given.
MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def mail(name: str, default: str | None) -> Mail:
    parts = address(name, default)
    if parts.scheme == "console":
        return Mail("django.core.mail.backends.console.EmailBackend")
    is_host_alone = parts.path in ("", "/") and not parts.query
    if parts.scheme not in MAIL_PORTS or not parts.hostname or not is_host_alone:
        refuse(
            name,
            "must be an address such as smtp+starttls://user:password@host:587 (or smtps://…, "
            "smtp://… or console:)",
        )
    return Mail(
        "django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname,
        port=parts.port or MAIL_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+starttls",
        tls=parts.scheme == "smtps",
    )


def sender(name: str, default: str | None) -> str:
    """Return who mail is from: an address, or a name with one in angle brackets."""
    value = text(name, default)
    _name, mailbox = parseaddr(value)
    local, _at, domain = mailbox.rpartition("@")
    if not (local and domain) or not value.isprintable():
        refuse(name, f"must be an e-mail address, perhaps with a name before it, not {value!r}")
    return value
