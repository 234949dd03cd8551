"""A worker is small, and stays so whatever it is asked."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .processes import Site, descendants
from .staff import Staff

AT_FIRST, LATER = 480, 400
# Megabytes.
MOST, MOST_GROWTH = 150, 6
PAGES = ("/", "/news/", "/news/?year=2016", "/where-we-work/", "/news.atom", "/search/?q=a{number}")
OF_STAFF = ("/admin/news/newsrelease/?q=a{number}", "/admin/news/newsrelease/add/")


def test_a_worker_does_not_grow_with_what_it_is_asked(production):
    production.given["PAGE_CACHE_MB"] = "1"
    staff = Staff.of(production)
    with Site(production) as site:

        def ask(number):
            address = (*PAGES, *OF_STAFF)[number % 8].format(number=number)
            # Each asks in a way of its own: what is remembered of each must be bounded.
            header = {"accept": f"text/html, x/{number}", "user_agent": f"{number}"}
            of_staff = staff.headers() if address.startswith("/admin/") else {}
            assert site.get(address, **header, **of_staff).status == 200

        # The server begins all its threads at the first crowd; each holds a tenth of a megabyte.
        with ThreadPoolExecutor(80) as crowd:
            list(crowd.map(site.get, [f"/search/?q=b{number}" for number in range(160)]))
        with ThreadPoolExecutor(8) as visitors:
            list(visitors.map(ask, range(AT_FIRST)))
            before = megabytes(site)
            list(visitors.map(ask, range(AT_FIRST, AT_FIRST + LATER)))
        after = megabytes(site)

        assert after - before < MOST_GROWTH
        assert after < MOST


def megabytes(site):
    """Of the worker, which is the largest of its processes."""
    return max(
        int(Path(f"/proc/{process}/smaps_rollup").read_text().split("Rss:")[1].split()[0]) / 1000
        for process in descendants(site.process.pid)
    )
