"""What work behind the scenes costs: `python -m bench.desk` on a database that `bench.fill` made.

Two press officers who are no superusers write and publish typical releases, through the whole
application and over WSGI: a lead, eight paragraphs, two topics, two countries, a photograph and a
contact. Then the list of releases, forms with fifty parts, and the memory of a long run.
"""

import argparse
import gc
import resource
import secrets
import time
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from importlib import import_module
from io import BytesIO
from itertools import cycle
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlencode

from .worker import HOST, Backend, environ_of, prepare

# A statement is planned no more from its tenth time on: a worker is seldom as young as that.
ROUNDS = 40
MIXED = 3_000
PARTS = 50
# Each of the parts that a release has, alone and together.
LONG = {
    f"{PARTS} photographs": {"photos": PARTS},
    f"{PARTS} contacts": {"contacts": PARTS},
    f"{PARTS} of each": {"photos": PARTS, "contacts": PARTS},
}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    content: bytes


class Person:
    """A member of staff at a browser: keeps cookies and sends forms as they were drawn."""

    def __init__(self, name: str) -> None:
        from django.core.wsgi import get_wsgi_application

        self.application = get_wsgi_application()
        self.user = press_officer(name)
        self.cookies = {"__Host-sessionid": session_of(self.user), "__Host-csrftoken": "c" * 32}

    def get(self, address: str) -> Answer:
        return self._ask(environ_of(address))

    def post(self, address: str, fields: dict[str, Any]) -> Answer:
        sent = urlencode({"csrfmiddlewaretoken": "c" * 32, **fields}, doseq=True).encode()
        environ = environ_of(address) | {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(sent)),
            "HTTP_REFERER": f"https://{HOST}{address}",
            "wsgi.input": BytesIO(sent),
        }
        return self._ask(environ)

    def _ask(self, environ: dict[str, Any]) -> Answer:
        environ["HTTP_COOKIE"] = "; ".join(
            f"{name}={value}" for name, value in self.cookies.items()
        )
        said: list[Any] = []
        found = self.application(environ, lambda *told: said.append(told))
        body = b"".join(found)
        found.close()
        status, headers = said[0][:2]
        for name, value in headers:
            if name == "Set-Cookie":
                self.cookies |= {key: one.value for key, one in SimpleCookie(value).items()}
        return Answer(int(status[:3]), dict(headers), body)


def press_officer(name: str) -> Any:
    from iomsite.accounts.models import Assignment, Office, User

    user, _ = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    values = {"name": "Headquarters", "code": "headquarters"}
    office, _ = Office.objects.get_or_create(kind=Office.Kind.HEADQUARTERS, defaults=values)
    Assignment.objects.get_or_create(
        person=user, role="publisher", office=office, starts_on="2020-01-01"
    )
    return user


def session_of(user: Any) -> str:
    """Signed in by a password and a code, as the pages of sign-in leave it."""
    from allauth.account.internal.flows import login
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "at": time.time(), "type": "totp"},
    ]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.create()
    return str(session.session_key)


# What is measured


class Cost(NamedTuple):
    """Of one thing done: milliseconds of CPU, statements and bytes."""

    own: float
    database: float
    statements: int
    size: int


class Bill:
    """What each kind of step has cost, over and over."""

    def __init__(self, shown: str = "") -> None:
        self.backend = Backend()
        self.costs: dict[str, list[Cost]] = {}
        self.shown = shown

    def of(self, name: str, ask: Callable[..., Answer], *args: Any, status: int = 200) -> Answer:
        """One request; statements are counted at every fifth, which is not timed."""
        counts = len(self.costs.setdefault(name, [])) % 5 == 0
        if counts:
            statements, answer = counted(ask, *args)
            self.costs[name].append(Cost(0, 0, len(statements), len(answer.content)))
            if self.shown and self.shown in name:
                print(f"== {name}", *statements, sep="\n", flush=True)  # noqa: T201
        else:
            before, began = self.backend.spent(), time.process_time_ns()
            answer = ask(*args)
            own = (time.process_time_ns() - began) / 1e6
            database = (self.backend.spent() - before) / 1e6
            self.costs[name].append(Cost(own, database, 0, len(answer.content)))
        if answer.status != status:
            raise SystemExit(f"{name}: {args[0]} answers {answer.status}.")
        return answer

    def lines(self) -> Iterator[str]:
        for name, costs in self.costs.items():
            timed = [cost for cost in costs if not cost.statements] or costs
            own, database = (median(cost[place] for cost in timed) for place in (0, 1))
            most = max(cost.own + cost.database for cost in timed)
            statements = [cost.statements for cost in costs if cost.statements]
            yield (
                f"| {name} | {own:.1f} | {database:.1f} | {most:.0f} "
                f"| {statements[-1]} | {costs[-1].size / 1000:.0f} |"
            )


def counted(ask: Callable[..., Answer], *args: Any) -> tuple[list[str], Answer]:
    """The statements of a request, those that begin and end transactions among them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = ask(*args)
        found = [one["sql"] for one in captured.captured_queries]
    return found, answer


# What is done


def _paragraphs(words: str) -> list[str]:
    said = (words * 3)[:600]
    return [f"{number}. {said}" for number in range(8)]


def photographs(number: int) -> list[Any]:
    """As the library notes them; nobody asks for their files here."""
    from iomsite.images.models import Photo
    from iomsite.publishing.states import State

    said = {"caption": "A street.", "description": "A street.", "credit_person": "Somebody"}
    said |= {"licence": "own", "consent": "not-needed", "file": "photos/measured.jpg"}
    said |= {"width": 2400, "height": 1600, "widths": "320 640 960 1280"}
    said |= {"state": State.PUBLISHED, "published_at": "2020-01-01T00:00Z"}
    return [
        Photo.objects.get_or_create(slug=f"measured-{place}", defaults={**said, "title": "Street"})[
            0
        ]
        for place in range(number)
    ]


def draft(*, photos: int = 1, contacts: int = 1) -> Any:
    """As typical, and never public; nobody keeps anything of it."""
    from news.models import NewsRelease, ReleaseContact, ReleasePhoto
    from programmes.models import Country, Topic

    model = NewsRelease.objects.published().exclude(body="").first()
    release = NewsRelease.objects.create(
        slug=f"measured-{secrets.token_hex(6)}",
        title="Measured on a day like any other",
        released_on=model.released_on,
        dateline="Geneva",
        lead=model.lead,
        body="".join(f"<p>{words}</p>" for words in _paragraphs(model.lead)),
    )
    release.topics.set(Topic.objects.order_by("slug")[:2])
    release.countries.set(Country.objects.published().order_by("slug")[:2])
    ReleasePhoto.objects.bulk_create(
        ReleasePhoto(release=release, photo=photo, order=place, alt_text="A street.")
        for place, photo in enumerate(photographs(photos), start=1)
    )
    ReleaseContact.objects.bulk_create(
        ReleaseContact(release=release, order=place, name=f"Person {place}", email="a@b.org")
        for place in range(1, contacts + 1)
    )
    return release


def work(bill: Bill, writer: Person, reviewer: Person) -> None:
    """A draft is saved, submitted, read and published; then the public page is edited likewise."""
    from tests.submission import change_of, fields_of, verb_of

    page = draft()
    form = fields_of(bill.of("open a draft", writer.get, change_of(page)))
    form |= {"lead": f"{page.lead} Newer."}
    bill.of("save a draft", writer.post, change_of(page), form, status=302)
    publish(bill, writer, reviewer, page, " for the first time")

    bill.of("open a public page", writer.get, change_of(page))
    bill.of("make a working copy", writer.post, verb_of("edit", page), {}, status=302)
    copy = page.editions.get()
    form = fields_of(bill.of("open a working copy", writer.get, change_of(copy)))
    form |= {"lead": f"{page.lead} Newer.", "title": f"Known as {secrets.token_hex(4)}"}
    bill.of("save a working copy", writer.post, change_of(copy), form, status=302)
    publish(bill, writer, reviewer, copy)
    page.refresh_from_db()
    if not page.title.startswith("Known as"):
        raise SystemExit("It was not published.")


def publish(
    bill: Bill, writer: Person, reviewer: Person, edition: Any, times: str = ", with another title"
) -> None:
    """Submit it, read it as somebody else, and publish it."""
    from tests.submission import change_of, fields_of, verb_of

    form = fields_of(writer.get(change_of(edition))) | {"_submit": "1"}
    bill.of("submit it", writer.post, change_of(edition), form, status=302)
    bill.of("read what to publish", reviewer.get, verb_of("publish", edition))
    edition.refresh_from_db()
    sent = {"version": edition.version, "importance": "minor"}
    bill.of(f"publish it{times}", reviewer.post, verb_of("publish", edition), sent, status=302)


LIST = "/admin/news/newsrelease/"


def look(bill: Bill, person: Person, long: dict[str, Any]) -> None:
    """Lists and long forms."""
    from django.contrib.admin.views.main import PAGE_VAR

    from news.models import NewsRelease
    from tests.submission import change_of

    pages = -(-NewsRelease.objects.pages().count() // 50)
    asked = {
        "list": "",
        "list, last page": f"?{PAGE_VAR}={pages}",
        "list, search": "?q=malaria",
        "list, search for what is rare": "?q=measured-",
        "list, search for two letters": "?q=qz",
        "list, filter: kind": "?kind__exact=statement",
        "list, filter: status": "?status=published",
        "list, filter: year": "?released_on__year=2016",
        "list, by title": "?o=1",
    }
    for name, query in asked.items():
        bill.of(name, person.get, f"{LIST}{query}")
    for name, release in long.items():
        bill.of(f"open a form with {name}", person.get, change_of(release))


# Of ten requests, so many are visitors'.
VISITED = ("/", "/news/", "/news/?year=2016", "/search/?q=malaria", "/news.atom", "/our-work/")


def remember(writer: Person, reviewer: Person, requests: int) -> Iterator[str]:
    """Mixed work, and what the process holds after each thousand requests, in megabytes.

    Staff open, save, submit and publish releases and turn their list; visitors read pages, each
    under the page cache, at addresses that are new again and again.
    """
    bill, done, step = Quiet(), 0, 1_000
    slugs = cycle(_slugs())
    began = resident()
    yield f"| 0 | {began:.0f} | |"
    while done < requests:
        for _ in range(step // 30):
            work(bill, writer, reviewer)
            writer.get(f"{LIST}?q=malaria")
            writer.get(f"{LIST}?p={1 + done % 40}")
            for address in (*VISITED, *(next(slugs) for _ in range(9))):
                visit(address)
        done += step
        gc.collect()
        now = resident()
        yield f"| {done} | {now:.0f} | {now - began:+.1f} |"
        began = now


class Quiet(Bill):
    """Does what is asked for, and notes nothing."""

    def of(self, name: str, ask: Callable[..., Answer], *args: Any, status: int = 200) -> Answer:
        answer = ask(*args)
        if answer.status != status:
            raise SystemExit(f"{name}: {args[0]} answers {answer.status}.")
        return answer


def visit(address: str) -> None:
    from iomsite.wsgi import application

    said: list[str] = []
    found = application(environ_of(address), lambda *told: said.append(told[0]))
    b"".join(found)
    if hasattr(found, "close"):
        found.close()
    if not said[0].startswith(("200", "404")):
        raise SystemExit(f"{address} answers {said[0]}.")


def _slugs() -> list[str]:
    from news.models import NewsRelease

    rows = NewsRelease.objects.published().order_by("pk")[:2_000]
    return [row.get_absolute_url() for row in rows]


def resident() -> float:
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--show", default="", help="print the statements of steps named so")
    parser.add_argument("--only", choices=["work", "look", "memory"])
    parser.add_argument("--mixed", type=int, default=MIXED, help="requests of the long run")
    asked = parser.parse_args()
    prepare()
    bill, writer, reviewer = Bill(asked.show), Person("writer"), Person("reviewer")
    if asked.only in (None, "work"):
        for _ in range(asked.rounds):
            work(bill, writer, reviewer)
    if asked.only in (None, "look"):
        long = {name: draft(**parts) for name, parts in LONG.items()}
        for _ in range(asked.rounds):
            look(bill, writer, long)
    if bill.costs:
        heads = ("step", "CPU, application", "database", "most", "statements", "kB")
        print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")  # noqa: T201
        print(*bill.lines(), sep="\n", flush=True)  # noqa: T201
    if asked.only in (None, "memory"):
        print("| requests | MB | more by |\n|---|---|---|")  # noqa: T201
        for line in remember(writer, reviewer, asked.mixed):
            print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
