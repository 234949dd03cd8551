"""The copy of the site, given out by a real nginx with everything else down."""

import json
import re
import resource
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest

from .processes import ROOT, Answer, Nginx, Production, get, wait_for

SITE = "https://www.example.org"
FRAME = """
user root;
worker_processes 1;
pid {folder}/pid;
events {}
http {
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
"""
RELEASES = """
from django.utils import timezone
from iomsite.publishing.changes import settle
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.states import State
from news.models import NewsRelease
NewsRelease.objects.bulk_create(
    NewsRelease(slug=f"written-{n}", title=f"Written {n}", released_on="2016-04-25", lead="It is.",
                state=State.PUBLISHED, published_at=timezone.now())
    for n in range(55)
)
NewsRelease.objects.create(slug="draft", title="Nobody reads this")
with locked_ledger():
    settle(None)
"""


class Mirrored:
    """A mirror, and how to ask for what is in it."""

    def __init__(self, production: Production, nginx: Nginx) -> None:
        self.production, self.nginx = production, nginx

    def get(self, address: str, **how: Any) -> Answer:
        return get(self.nginx.port, address, **how)


@pytest.fixture(scope="module")
def mirror(cluster, tmp_path_factory) -> Iterator[Mirrored]:
    """Of the seed and 55 releases; then nothing runs but nginx."""
    server, seeded = cluster
    folder = tmp_path_factory.mktemp("mirror")
    root = folder / "mirror"
    given = {**seeded.given, "MIRROR_ROOT": str(root)}
    given["STATIC_ROOT"] = seeded.variables()["STATIC_ROOT"]
    given["MEDIA_ROOT"] = seeded.variables()["MEDIA_ROOT"]
    database = f"mirrored{id(folder)}"
    subprocess.run(
        ["createdb", "-T", "postgres", "--maintenance-db", server.url("template1"), database],
        check=True,
    )
    given["DATABASE_URL"] = server.url(database)
    production = Production(folder, given)
    production.manage("shell", "--no-imports", "-c", RELEASES)
    production.manage("mirror")
    configuration = (ROOT / "deploy" / "mirror.conf").read_text()
    for name, here in (
        ("127.0.0.1:8091", "127.0.0.1:{port}"),
        ("/var/lib/iomsite/mirror", str(root)),
        ("/var/lib/iomsite/media", given["MEDIA_ROOT"]),
    ):
        assert name in configuration
        configuration = configuration.replace(name, here)
    with Nginx(folder, f"{FRAME}{configuration}}}") as nginx:
        yield Mirrored(production, nginx)


ATTRIBUTE = re.compile(r' (?:href|src|content)="([^"]+)"')


def links(address: str, body: str) -> Iterator[str]:
    for found in ATTRIBUTE.findall(body):
        if re.match(r"[/?#]|https?:", found):
            whole = urlsplit(urljoin(SITE + address, unescape(found)))
            if f"{whole.scheme}://{whole.netloc}" == SITE:
                yield f"{whole.path}?{whole.query}" if whole.query else whole.path


NEED_THE_SITE = ("/search/", "/alerts/", "/oembed")


def test_every_link_of_every_page_leads_somewhere(mirror):
    waiting, known, pages, kinds = deque(["/"]), {"/"}, 0, set()
    while waiting:
        address = waiting.popleft()
        answer = mirror.get(address)
        kinds.add(answer.headers["content-type"])
        if address.startswith(NEED_THE_SITE):
            assert (answer.status, answer.headers["retry-after"]) == (503, "120"), address
            assert b"does not work now" in answer.body, address
            continue
        assert answer.status == 200, address
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        pages += 1
        said = answer.body.decode()
        assert "This is a copy of www.example.org, made at" in said, address
        assert "Nobody reads this" not in said
        assert "/admin/" not in said, address
        assert "cannot answer what you asked for" not in said, address
        for found in links(address, said):
            if found not in known:
                known.add(found)
                waiting.append(found)
    told = json.loads((Path(mirror.production.given["MIRROR_ROOT"]) / "mirror.json").read_text())
    assert pages >= told["pages"]
    assert len(known) > 1000
    assert {
        *("text/html; charset=utf-8", "text/css; charset=utf-8", "image/png", "image/svg+xml"),
        *("application/json; charset=utf-8", "application/atom+xml", "text/csv; charset=utf-8"),
        *("text/markdown; charset=utf-8", "text/javascript; charset=utf-8"),
    } <= {kind.replace("xml; charset=utf-8", "xml") for kind in kinds}


def test_lists_go_on_in_parts(mirror):
    assert b"Page 2 of" in mirror.get("/news/?page=2").body
    titles, address = [], "/news.json"
    while address:
        said = json.loads(mirror.get(address).body)
        titles += [one["title"] for one in said["items"]]
        address = (said["next"] or "").removeprefix(SITE)
    assert len({title for title in titles if title.startswith("Written ")}) == 55
    feed = ElementTree.fromstring(mirror.get("/news.atom").body)
    following = feed.find("{http://www.w3.org/2005/Atom}link[@rel='next']")
    assert mirror.get(following.get("href").removeprefix(SITE)).status == 200


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/search/?q=malaria", 503, "Search does not work now"),
        ("/search/suggest?q=mal", 503, ""),
        ("/admin/", 503, "It needs the site itself"),
        ("/account/login/", 503, "It needs the site itself"),
        ("/news/?country=nowhere&year=2016", 200, "This copy cannot answer what you asked for."),
        ("/news/?page=900", 200, "This copy cannot answer what you asked for."),
        ("/who-we-are/?utm_source=letter", 200, "Who we are"),
        ("/news.json?country=nowhere", 503, ""),
        ("/nothing/", 404, "This page is not here"),
        ("/nothing.json", 404, ""),
        ("/nothing", 404, ""),
        ("/_mirror/404.html", 404, ""),
        ("/news/?page=../../../../manifest", 200, "This copy cannot answer what you asked for."),
        ("/../manifest.json", 400, ""),
        ("/..%2f..%2fmanifest.json", 400, ""),
        ("/about-this-copy/", 200, "It was last compared with the site at"),
    ],
)
def test_what_the_copy_cannot_do_is_said(mirror, address, status, words):
    answer = mirror.get(address)
    assert answer.status == status
    assert words in answer.body.decode()
    if status != 400:
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cache-control"] == "no-cache"


def test_form_that_is_sent_is_told_so(mirror):
    answer = mirror.get("/news/", method="POST")
    assert (answer.status, answer.headers["retry-after"]) == (503, "120")
    assert b"Nothing that you sent was kept" in answer.body


def test_address_without_its_slash_leads_on(mirror):
    answer = mirror.get("/news?page=2")
    assert (answer.status, answer.headers["location"]) == (301, "/news/?page=2")


def test_interrupted_run_leaves_the_copy_of_before(mirror):
    """Killed, and with a disk that is full."""
    root = Path(mirror.production.given["MIRROR_ROOT"])
    shown = (root / "current").resolve()
    command = [sys.executable, "manage.py", "mirror", "--anew"]
    how = {"cwd": ROOT, "env": mirror.production.variables()}
    process = subprocess.Popen(command, **how, stderr=subprocess.DEVNULL)
    wait_for(lambda: len(list(root.glob("copies/*/site/*"))) > len(list(shown.glob("site/*"))) + 3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (root / "current").resolve() == shown
    assert mirror.get("/").status == 200

    full = subprocess.run(
        command,
        **how,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert full.returncode == 1
    assert "cannot be written: File too large. Visitors see the copy of before." in full.stderr
    assert (root / "current").resolve() == shown
    assert [path.resolve() for path in root.glob("copies/*")] == [shown]
    assert mirror.get("/news/").status == 200
