"""Two servers, made so by their environment alone.

PostgreSQL, a replica of it that visitors read, Redis and a bucket for both.
"""

import io
import re
import sys
import time
from types import SimpleNamespace

import boto3
import psycopg
import pytest
from PIL import Image

from tests.submission import fields_of

from .front import Front, over_tls
from .processes import HOST, Process, Production, Redis, Replica, Site, wait_for
from .staff import Staff

DRAFT = """
from tests.factories.news import NewsReleaseFactory
release = NewsReleaseFactory(
    title="Read on both servers", slug="read-on-both-servers", in_review=True
)
print(release.pk)
"""
ADD = "/admin/images/photo/add/"


class Bucket(Process):
    """An emulator that speaks S3."""

    name = "bucket"

    def command(self):
        return [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(self.port)]

    def start(self):
        super().start()
        self.client().create_bucket(Bucket="photographs")
        return self

    def client(self):
        known = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
        there = f"http://{HOST}:{self.port}"
        return boto3.client("s3", region_name="us-east-1", endpoint_url=there, **known)

    @property
    def url(self):
        return f"s3+http://key:secret@{HOST}:{self.port}/photographs?region=us-east-1"


@pytest.fixture(scope="module")
def several(cluster, shared_production, tmp_path_factory):
    """Each server has nginx before it; a third nginx leads to either."""
    folder = tmp_path_factory.mktemp("several")
    database = shared_production.given["DATABASE_URL"].rpartition("/")[2]
    servers = Redis(folder), Bucket(folder), Replica(folder, cluster[0])
    with servers[0] as redis, servers[1] as bucket, servers[2] as replica:
        given = {"CACHE_URL": redis.url, "MEDIA_STORAGE_URL": bucket.url}
        given["DATABASE_REPLICA_URL"] = replica.url(database)
        production = Production(folder, shared_production.given | given)
        sites = [Site(production) for _each in range(2)]
        addresses = [f"{HOST}:{site.port}" for site in sites]
        fronts = [Front(folder, [one]) for one in addresses]
        with sites[0], sites[1], fronts[0], fronts[1], Front(folder, addresses) as both:
            a, b = fronts
            yield SimpleNamespace(
                production=production,
                bucket=bucket,
                replica=replica.url(database),
                sites=sites,
                a=a,
                b=b,
                both=both,
            )


@pytest.fixture(scope="module")
def staff(several):
    return Staff.of(several.production)


def fields(answer):
    """What its form sends, without what the person sends anyway."""
    found = fields_of(SimpleNamespace(content=answer.body))
    return {name: value for name, value in found.items() if isinstance(value, str)}


def test_session_of_one_server_holds_on_the_other(several, staff):
    for front in (several.a, several.b):
        assert staff.get(front, "/admin/").status == 200
        assert front.get("/admin/").status == 302


def test_visitors_of_both_servers_have_their_pages_from_the_replica(several):
    with psycopg.connect(several.replica, autocommit=True) as link:

        def searched():
            """When it was last asked what search has found."""
            return link.execute(
                "SELECT coalesce(max(query_start), 'epoch') FROM pg_stat_activity WHERE datname ="
                " current_database() AND pid <> pg_backend_pid() AND query LIKE '%search%'"
            ).fetchone()[0]

        def asks(site):
            before = searched()
            site.get(f"/search/?q=nets{time.monotonic_ns()}")
            return searched() > before

        for site in several.sites:
            wait_for(lambda site=site: asks(site))


def test_page_published_on_one_server_is_on_the_other_within_a_second(several, staff):
    draft = several.production.manage("shell", "-v0", "-c", DRAFT).stdout.split()[-1]
    # The other server keeps the list, and knows nothing of the page.
    site = several.sites[1]
    assert b"Read on both servers" not in site.get("/news/").body
    assert site.get("/news/").headers["cache-status"].startswith("iomsite; hit")

    address = f"/admin/news/newsrelease/{draft}/publish/"
    version = re.search(rb'name="version" value="(\d+)"', staff.get(several.a, address).body)
    assert version
    assert staff.post(several.a, address, version=version[1].decode()).status == 302
    wait_for(lambda: b"Read on both servers" in site.get("/news/").body, 1)
    there = re.search(rb'href="([^"]+read-on-both-servers/)"', site.get("/news/").body)
    assert there
    assert site.get(there[1].decode()).status == 200


def test_attempts_to_sign_in_count_on_both_servers(several):
    fronts = [several.a, several.b] * 3
    answers = [_tried(front, "nobody@example.org") for front in fronts]
    assert [b"too many attempts" in one.body for one in answers] == [False] * 5 + [True]
    assert b"too many attempts" not in _tried(several.b, "somebody@example.org").body


def _tried(front, login):
    anybody = Staff("", "0" * 32)
    return anybody.post(front, "/account/sign-in/", login=login, password="wrong")


def test_photograph_uploaded_on_one_server_is_read_from_the_bucket(several, staff):
    picture = io.BytesIO()
    Image.effect_noise((640, 480), 40).convert("RGB").save(picture, "JPEG")
    form = staff.get(several.a, ADD)
    said = {"title": "Nets", "slug": "nets", "licence": "own", "consent": "not-needed"}
    sent = fields(form) | said | {"_save": "Save"}
    sent.pop("csrfmiddlewaretoken", None)
    answer = staff.upload(several.a, ADD, picture.getvalue(), **sent)
    assert answer.status == 302, answer.body

    page = staff.get(several.b, answer.headers["location"])
    html = staff.get(several.b, "/admin/images/photo/").body.decode() + page.body.decode()
    there = re.search(r'src="(http://[^"/]+)/photographs/(renditions/[^"]+)"', html)
    assert there
    read = several.bucket.client().get_object(Bucket="photographs", Key=there[2])
    assert Image.open(read["Body"]).format in ("AVIF", "JPEG", "WEBP")
    # The page may load it.
    assert there[1] in page.headers["content-security-policy"]
    assert not list(several.production.folder.glob("media/**/*.jpg"))


def test_server_that_dies_is_noticed_by_nobody(several):
    one = several.sites[0]
    try:
        statuses = set()
        for number in range(60):
            if number == 15:
                one.kill()
            form = {"method": "POST", "body": b"{}"} if number % 3 == 0 else {"cookie": "a=1"}
            path = "/policy-violations/" if number % 3 == 0 else f"/news/?page=1&n={number}"
            statuses.add(over_tls(several.both.port, path, **form).status)
        assert statuses == {200, 204}
    finally:
        one.start()
    before = len(several.both.visits())
    address = f"{HOST}:{one.port}"

    def is_asked_again():
        several.both.get("/news/", cookie="a=1")
        return any(line["upstream"] == address for line in several.both.visits()[before:])

    wait_for(is_asked_again, 10, every=0.3)
