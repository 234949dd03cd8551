"""PgBouncer between the site and PostgreSQL: few connections for all, shared by the transaction."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from .processes import HOST, Process, Site
from .staff import Staff

# Pages of many statements, lists that are read with a cursor, and what looks for words.
PAGES = ("/", "/news/", "/news/?year=2016", "/where-we-work/", "/search/?q=malaria", "/news.atom")
SETTINGS = """
[databases]
* = host={host} port={of_database} user=postgres
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
ignore_startup_parameters = extra_float_digits,options
"""


class Pooler(Process):
    name = "pooler"

    def __init__(self, folder, of_database):
        super().__init__(folder)
        self.file = self.folder / "pgbouncer.ini"
        given = {"host": HOST, "of_database": of_database, "port": self.port}
        self.file.write_text(SETTINGS.format(**given))

    def command(self):
        """It refuses to be root, and becomes another when it has read its settings."""
        as_whom = ["-u", "nobody"] if os.getuid() == 0 else []
        return ["pgbouncer", *as_whom, str(self.file)]

    def url(self, name):
        return f"postgres://postgres@{HOST}:{self.port}/{name}?pooled=true"


@pytest.fixture
def pooled(cluster, production, tmp_path):
    name = production.given["DATABASE_URL"].rpartition("/")[2]
    staff = Staff.of(production)
    with Pooler(tmp_path, cluster[0].port) as pooler:
        production.given |= {"DATABASE_URL": pooler.url(name), "PAGE_CACHE_MB": "0"}
        with Site(production, workers=2) as site:
            yield site, staff


def test_all_share_three_connections(pooled):
    site, staff = pooled

    def ask(number):
        of_staff = number % 4 == 0
        path = "/admin/news/newsrelease/" if of_staff else PAGES[number % len(PAGES)]
        return path, site.get(path, **(staff.headers() if of_staff else {})).status

    with ThreadPoolExecutor(8) as visitors:
        answers = set(visitors.map(ask, range(160)))

    assert {status for _path, status in answers} == {200}, answers
    assert len(answers) == len(PAGES) + 1
