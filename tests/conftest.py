"""How the suite runs: the same on every machine, whatever the shell exports.

Only DATABASE_URL is taken from outside, so that the suite can run on PostgreSQL.
"""

import gc
import os
import shutil
import tempfile
import time
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SCRATCH = Path(tempfile.mkdtemp(prefix="iomsite-tests-"))
FROM_OUTSIDE = (
    "ACCESS_LOG",
    "ALLOWED_HOSTS",
    "BACKUP_TO",
    "BEHIND_TLS_PROXY",
    "CACHE_URL",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_REPLICA_URL",
    "EMAIL_FROM",
    "SEARCH_URL",
    "SECURITY_CONTACT",
    "EMAIL_URL",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "MEDIA_ROOT",
    "MEDIA_STORAGE_URL",
    "METRICS_HOST",
    "METRICS_PORT",
    "MIRROR_MAX_HOURS",
    "MIRROR_ROOT",
    "PAGE_CACHE_MB",
    "READ_ONLY",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SLOW_QUERY_MS",
    "STATIC_ROOT",
    "TASKS_ROOT",
    "TIME_ZONE",
    "TRUSTED_PROXY_COUNT",
)

for name in FROM_OUTSIDE:
    os.environ.pop(name, None)
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "iomsite.settings",
    # Development values, plain HTTP among them. The runner then turns settings.DEBUG itself off.
    "DEBUG": "true",
}

# The same inputs at every run, judged by what they show and not by how busy the machine is.
settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("suite")


def pytest_addoption(parser):
    parser.addoption(
        "--database-tests",
        action="store_true",
        help="leave out what shows the same on every database: for a second run, on another one",
    )


def pytest_collection_modifyitems(config, items):
    if config.getoption("database_tests"):
        others = [one for one in items if not _needs_each_database(one)]
        config.hook.pytest_deselected(items=others)
        items[:] = [one for one in items if one not in others]


def _needs_each_database(item):
    fixtures = {"db", "transactional_db"} & {*item.fixturenames}
    asks = fixtures or item.get_closest_marker("django_db")
    return bool(asks and not item.get_closest_marker("any_database"))


def pytest_configure(config):
    from django.conf import settings

    # Folders of this process alone: pytest's workers share an environment.
    settings.MEDIA_ROOT = SCRATCH / "media"
    settings.STATIC_ROOT = SCRATCH / "static"
    settings.STATIC_ROOT.mkdir()  # WhiteNoise warns when it is missing, and warnings are errors
    # As in production. Else every new client looks for all static files again.
    settings.WHITENOISE_USE_FINDERS = False
    # A slow hash protects passwords; no test has one worth protecting.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if config.getoption("nomigrations"):
        settings.MIGRATION_MODULES = NoMigrations()
    _let_writers_wait(settings.DATABASES["default"])
    show_a_second_factor_when_signed_in()


class NoMigrations:
    """That no app has any, from the start.

    pytest-django says so when the first test asks for a database. If that one has settings of its
    own by then, they end with it, and `/readyz` misses all migrations in whatever comes later.
    """

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def show_a_second_factor_when_signed_in():
    """Let `force_login` stand for the whole of sign-in; `factor=False` for the password alone.

    The session is written as sign-in writes it, by the test client alone.
    """
    from django.test import Client

    force_login = Client.force_login

    def force_login_with_factor(self, user, backend=None, *, factor=True):
        from allauth.account.internal.flows import login  # needs the apps

        force_login(self, user, backend)
        password = {"method": "password", "at": time.time()}
        code = {"method": "mfa", "at": time.time(), "type": "totp"}
        session = self.session
        session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [password, *([code] if factor else [])]
        session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
        session.save()

    Client.force_login = force_login_with_factor


def _let_writers_wait(database):
    """SQLite in a file, so that a second writer waits for the first, as it does on a server.

    In memory it would be refused at once. Nothing here has to survive a power failure.
    """
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(SCRATCH / "test.sqlite3")
        database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"


def pytest_collection_finish(session):
    """Look for rubbish more rarely, and not among what stays: a fifth of the time goes there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure(config):
    shutil.rmtree(SCRATCH, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker):
    """With `--nomigrations` tables are made from the models: add what only a migration makes."""
    if not request.config.getoption("nomigrations"):
        return
    from django.apps import apps
    from django.db import connection

    append_only = import_module("iomsite.publishing.migrations.0004_audit_is_append_only")
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        append_only.keep(apps, editor)
        make_full_text(editor)


FULL_TEXT = (
    "iomsite.search.migrations.0001_entries_and_words",
    "news.migrations.0020_find_pages_by_letters",
)


def make_full_text(editor):
    from django.apps import apps

    for migration in FULL_TEXT:
        import_module(migration).create(apps, editor)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Each test is a world of its own, and the generations of all begin at the same number."""
    from iomsite import listing, remembered

    remembered.forget()
    listing._kept.clear()


@pytest.fixture(scope="module")
def swept(django_db_setup, django_db_blocker):
    """For tests that fill a table: what they take back lies in it until PostgreSQL sweeps, and the
    next test reads past it. (One ran into the limit of 30 s once; that this was why is a guess.)
    """
    from django.db import connection

    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM")
