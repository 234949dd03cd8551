"""A wrong setting stops the start with one line that names the variable."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FROM_OUTSIDE

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "www.example.org",
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_URL": "smtp+starttls://user:secret@mail.example.org",
    "EMAIL_FROM": "Staff pages <staff@example.org>",
}


def start(**variables):
    clean = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import iomsite.settings"],
        cwd=ROOT,
        env=clean | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_development_needs_no_variable():
    assert start(DEBUG="true").returncode == 0


def test_production_starts_on_a_full_environment():
    assert start(**PRODUCTION).stderr == ""


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "EMAIL_FROM"])
def test_production_refuses_to_start_without(name):
    result = start(**{key: value for key, value in PRODUCTION.items() if key != name})
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert name in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "development-only-key-that-protects-nothing-and-is-public"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://user:secret@localhost/name"),
        ("DATABASE_URL", "postgres://user:secret@localhost:port/name"),
        ("DATABASE_URL", "postgres://user:secret@localhost/name?pooled=perhaps"),
        ("DATABASE_REPLICA_URL", "nonsense"),
        ("DATABASE_REPLICA_URL", "sqlite:///replica.sqlite3"),
        (
            "DATABASE_REPLICA_URL",
            "postgres://user:secret@localhost/name",
        ),  # of SQLite there is none
        ("TIME_ZONE", "Mars/Base"),
        ("LOG_LEVEL", "LOUD"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "www.example.org,.example.org"),
        ("ALLOWED_HOSTS", "https://www.example.org"),
        ("ALLOWED_HOSTS", "www.example.org:443"),
        ("ALLOWED_HOSTS", "www.example.org example.org"),
        ("ALLOWED_HOSTS", ","),
        ("CSRF_TRUSTED_ORIGINS", "www.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "https://"),
        ("CSRF_TRUSTED_ORIGINS", "https://www.example.org/"),
        ("BEHIND_TLS_PROXY", "perhaps"),
        ("MEDIA_STORAGE_URL", "/var/media"),
        ("MEDIA_STORAGE_URL", "https://user:secret@s3.example.org/bucket"),
        ("MEDIA_STORAGE_URL", "s3://user:secret@s3.example.org"),
        ("MEDIA_STORAGE_URL", "s3://user:secret@s3.example.org/Not_A_Bucket"),
        ("MEDIA_STORAGE_URL", "s3://user:secret@s3.example.org:port/bucket"),
        ("MEDIA_STORAGE_URL", "s3://user@s3.example.org/bucket"),
        ("MEDIA_STORAGE_URL", "s3://user:secret@s3.example.org/bucket?colour=red"),
        ("MEDIA_STORAGE_URL", "s3://user:secret@s3.example.org/bucket?public=media"),
        ("MEDIA_STORAGE_URL", "s3://user:secret@s3.example.org/bucket?nonsense"),
        ("BACKUP_TO", "backups"),
        ("BACKUP_TO", "https://user:secret@s3.example.org/bucket"),
        ("BACKUP_TO", "s3://user:secret@s3.example.org"),
        ("MIRROR_ROOT", "mirror"),
        ("TASKS_ROOT", "tasks"),
        ("TRUSTED_PROXY_COUNT", "all"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("TRUSTED_PROXY_COUNT", "6"),
        ("CACHE_URL", "nonsense"),
        ("CACHE_URL", "memcached://user:secret@localhost"),
        ("CACHE_URL", "redis://user:secret@localhost:port"),
        ("CACHE_URL", "redis://user:secret@localhost/pages"),
        ("SEARCH_URL", "nonsense"),
        ("SEARCH_URL", "opensearch://user:secret@localhost/iomsite"),
        ("SEARCH_URL", "https://user:secret@localhost"),
        ("SEARCH_URL", "https://user:secret@localhost:port/iomsite"),
        ("SEARCH_URL", "https://user:secret@localhost/iomsite-*"),
        ("EMAIL_URL", "nonsense"),
        ("EMAIL_URL", "imap://user:secret@localhost"),
        ("EMAIL_URL", "smtp://user:secret@localhost:port"),
        ("EMAIL_URL", "smtp://user:secret@localhost/folder"),
        ("EMAIL_URL", "smtps://"),
        ("EMAIL_FROM", "staff"),
        ("EMAIL_FROM", "staff@"),
        ("EMAIL_FROM", "staff@example.org\nBcc: everybody@example.org"),
        ("SECRET_KEY_FALLBACKS", "short"),
        ("SECRET_KEY_FALLBACKS", f"{'k' * 50},short"),
        ("SECURITY_CONTACT", "security@example.org"),
        ("DATABASE_URL", "postgres://user:12#34secret@localhost/name"),
        ("DATABASE_URL", "postgres://user:secret@localhost"),
        ("DATABASE_URL", "postgres://user:secret@localhost/name?options=5"),
        ("CACHE_URL", "redis://user:12#34secret@localhost:6379/0"),
        ("CACHE_URL", "redis://user:secret@localhost:6379/0?x=1"),
        ("EMAIL_URL", "smtp://user:12#34secret@mail.example.org"),
        ("EMAIL_URL", "smtp://user:12?34secret@mail.example.org"),
        ("MEDIA_ROOT", f"/{'m' * 300}"),
        ("MEDIA_ROOT", "media"),
        ("MEDIA_ROOT", __file__),
        ("STATIC_ROOT", "static"),
        ("LOG_FORMAT", "xml"),
        ("ACCESS_LOG", "some"),
        ("PAGE_CACHE_MB", "much"),
        ("PAGE_CACHE_MB", "8193"),
        ("SLOW_QUERY_MS", "slow"),
        ("METRICS_PORT", "65536"),
        ("METRICS_HOST", "metrics.example.org"),
        ("MIRROR_MAX_HOURS", "a day"),
        ("READ_ONLY", "maybe"),
    ],
)
def test_start_refuses_nonsense_and_names_the_variable(name, value):
    result = start(**PRODUCTION | {name: value})
    assert result.returncode == 1
    assert result.stderr.startswith(f"iomsite cannot start: {name} ")
    assert result.stderr.count("\n") == 1
    assert "secret@" not in result.stderr


def listed():
    """The names in the file that operators copy, those that are commented out too."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {name for line in lines for name in re.findall(r"^(?:# )?([A-Z_]+)=", line)}


def test_each_setting_is_listed_kept_from_tests_and_wrong_once():
    """Whoever adds one says above what is wrong with a wrong value."""
    read = r"environment\.[a-z_]+\(\s*\"([A-Z_]+)\""
    (wrong,) = test_start_refuses_nonsense_and_names_the_variable.pytestmark
    assert set(re.findall(read, (ROOT / "iomsite" / "settings.py").read_text())) == listed()
    assert listed() - {"DEBUG", "DATABASE_URL"} == set(FROM_OUTSIDE)
    assert listed() == {name for name, _value in wrong.args[1]}


def show(*names, **variables):
    """What these settings become in a process of its own."""
    code = f"from iomsite import settings as s; print(*[getattr(s, n) for n in {names!r}], sep='|')"
    clean = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean | PRODUCTION | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip().split("|")


MAIL = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "smtp+starttls://me%40here:p%2Fw@mail.example.org",
            ["mail.example.org", "587", "me@here", "p/w", "True", "False"],
        ),
        ("smtps://mail.example.org", ["mail.example.org", "465", "", "", "False", "True"]),
        ("smtp://127.0.0.1:2525", ["127.0.0.1", "2525", "", "", "False", "False"]),
    ],
)
def test_one_address_says_how_mail_leaves(address, expected):
    assert show(*MAIL, "EMAIL_USE_TLS", "EMAIL_USE_SSL", EMAIL_URL=address) == expected


def test_cache_is_redis_where_an_address_is_given_and_the_database_elsewhere():
    (shared,) = show("CACHES", CACHE_URL="redis://:secret@cache:6379/1")
    assert "RedisCache" in shared
    assert "redis://:secret@cache:6379/1" in shared

    (table,) = show("CACHES")
    assert "DatabaseCache" in table


def test_example_is_read_by_a_shell_as_it_stands():
    """Each variable, those that are commented out too."""
    example = (ROOT / ".env.example").read_text()
    lines = re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", example, re.MULTILINE)
    code = "\n".join(f"{name}={value}" for name, value in lines)
    names = dict.fromkeys(name for name, _value in lines)
    code += "".join(f'\nprintf "%s\\0" "${name}"' for name in names)
    told = subprocess.run(["bash", "-euc", code], capture_output=True, text=True, check=True)
    wanted = {name: value.strip('"') for name, value in lines}
    assert told.stdout.split("\0")[:-1] == [wanted[name] for name in names]
