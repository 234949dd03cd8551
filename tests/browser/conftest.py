"""A real Chromium before the whole site, seeded as `manage.py seed` leaves it.

The site runs in this process, on a database file of its own. It is seeded once, so a journey that
changes something puts it back.
"""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.crawl import Address, crawl
from tests.conftest import make_full_text

HERE = Path(__file__).parent
# They begin, so that no process is left alone with one of them at the end.
LONGEST = ("test_pages_sweep", "test_staff_pages")
# The shell is the same engine without the windows around it, and takes two thirds of the time.
CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
    or "/usr/bin/chromium"
)
TIMEOUT = 10_000  # milliseconds
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what lies here, and run it last: the seeded rows would be a surprise to other tests."""
    journeys = [item for item in items if HERE in item.path.parents]
    for item in journeys:
        item.add_marker(pytest.mark.browser)
    journeys.sort(key=lambda item: item.path.stem not in LONGEST)
    items[:] = [item for item in items if item not in journeys] + journeys


@pytest.fixture(scope="session")
def database(django_test_environment, django_db_blocker, tmp_path_factory):
    """A database that outlives a test, which pytest-django makes only for tests that ask for one.

    On SQLite it is a file and not memory: the server's threads each need a connection of their own.
    """
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    connection.settings_dict["TEST"]["MIGRATE"] = False  # half a minute sooner
    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "browser.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(file)
    with django_db_blocker.unblock():
        replaced = setup_databases(verbosity=0, interactive=False)
        with connection.schema_editor() as editor:
            make_full_text(editor)
        yield
        teardown_databases(replaced, verbosity=0)


@pytest.fixture(scope="session")
def site(database):
    """The address of the running site, without a slash at the end."""
    from django.core.management import call_command
    from pytest_django.live_server_helper import LiveServer

    call_command("seed", verbosity=0)
    server = LiveServer("127.0.0.1")
    server._live_server_modified_settings.enable()
    yield server.url
    server._live_server_modified_settings.disable()
    server.stop()


@pytest.fixture(scope="session")
def addresses(site) -> list[Address]:
    """Every address that a visitor can reach by links from the home page."""
    return crawl(site)


@pytest.fixture(scope="session")
def chromium(site) -> Browser:
    # Playwright's loop runs in this thread; Django would refuse database work, which is safe here.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chromium, site) -> Page:
    """A desktop window with an empty profile; addresses may be given without the host."""
    with chromium.new_context(
        base_url=site, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    ) as context:
        context.set_default_timeout(TIMEOUT)
        yield context.new_page()


@pytest.fixture
def page_without_javascript(chromium, site) -> Page:
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        context.set_default_timeout(TIMEOUT)
        yield context.new_page()
