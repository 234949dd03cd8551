"""A wrong setting stops the start with one line that names the variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "www.example.org",
    "DATABASE_URL": "sqlite:///:memory:",
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


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
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
        ("TIME_ZONE", "Mars/Base"),
        ("LOG_LEVEL", "LOUD"),
        ("CSRF_TRUSTED_ORIGINS", "www.example.org"),
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
    ],
)
def test_start_refuses_nonsense_and_names_the_variable(name, value):
    result = start(**PRODUCTION | {name: value})
    assert result.returncode == 1
    assert result.stderr.startswith(f"iomsite cannot start: {name} ")
    assert result.stderr.count("\n") == 1
    assert "secret@" not in result.stderr
