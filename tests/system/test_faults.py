"""What visitors and staff are told while something that the site stands on is away.

One site with two processes for all of it: after each fault it has to be whole again by itself.
"""

import io
import itertools
import os
import re
import resource
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from http.client import HTTPException
from pathlib import Path

import psycopg
import pytest
from PIL import Image

from .objectstore import ObjectStore
from .processes import HOST, Production, Redis, Site, answers_at, descendants, wait_for
from .slowline import SlowLine
from .staff import Staff

# As deploy/systemd/iomsite-web@.service starts it.
SERVER = ("--http", "1", "--backpressure", "128", "--respawn-failed-workers")
PROCESSES, PLACES = 2, 6
# Seconds: for a kept page, for a refusal, until everything is as before.
AT_ONCE, SOON, WHOLE_AGAIN, LONGEST_UPLOAD = 1, 5, 10, 12
KEPT = "/"
FORM = "/admin/programmes/topic/add/"
TYPED = {"kind": "theme", "_save": "Save"}
ICE = {**TYPED, "name": "Ice", "slug": "ice"}
_numbers = itertools.count()


def new_page():
    """An address that nobody has asked for, whose answer the database has to give."""
    return f"/search/?q=word{next(_numbers)}"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(scope="module")
def running(cluster, store, tmp_path_factory):
    server, seeded = cluster
    with psycopg.connect(server.url("template1"), autocommit=True) as link:
        link.execute("CREATE DATABASE faults TEMPLATE postgres")
    given = {
        "DATABASE_URL": server.url("faults"),
        "STATIC_ROOT": seeded.variables()["STATIC_ROOT"],
        "CACHE_URL": store.url,
    }
    production = Production(tmp_path_factory.mktemp("faults"), given)
    with Site(production, *SERVER, workers=PROCESSES) as site:
        yield site


@pytest.fixture(scope="module")
def staff(running):
    return Staff.of(running.production)


@pytest.fixture
def site(running):
    """Each process keeps the page that the tests ask for."""
    expect_recovery(running)
    hits = itertools.count()

    def is_kept():
        if "hit" not in running.get(KEPT).headers.get("cache-status", ""):
            next(hits)
            return False
        return all(
            "hit" in running.get(KEPT).headers.get("cache-status", "") for _time in range(12)
        )

    wait_for(is_kept)
    return running


@pytest.fixture
def database(cluster):
    return cluster[0]


def expect_kept(site, times=3):
    for _time in range(times):
        answer = site.get(KEPT)
        assert (answer.status, "hit" in answer.headers["cache-status"]) == (200, True)
        assert answer.seconds < AT_ONCE


def expect_refusal(answer):
    assert (answer.status, "retry-after" in answer.headers) == (503, True)
    assert b"busy" in answer.body
    assert answer.seconds < SOON


def expect_recovery(site):
    """Every process answers what nobody has asked for before."""
    began = time.monotonic()
    wait_for(lambda: all(site.get(new_page()).status == 200 for _time in range(6)), WHOLE_AGAIN)
    assert time.monotonic() - began < WHOLE_AGAIN


@contextmanager
def many(function, *arguments):
    """Asked at once; what comes of it is there when the block has ended."""
    with ThreadPoolExecutor(len(arguments)) as pool:
        answers = [pool.submit(function, argument) for argument in arguments]
        yield answers


def send_again(site, staff, answer):
    """With the button of the page that says that it was not saved."""
    found = re.findall(rb'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.body)
    return staff.post(site, FORM, **{name.decode(): value.decode() for name, value in found})


def is_done(answers):
    return all(answer.done() for answer in answers)


@contextmanager
def locked(database):
    """Nobody can search: the database answers, and takes its time."""
    with psycopg.connect(database.url("faults")) as link:
        link.execute("LOCK TABLE search_entry, search_word IN ACCESS EXCLUSIVE MODE")
        yield link


def asked(database, statement, name="template1"):
    with psycopg.connect(database.url(name), autocommit=True) as link:
        return link.execute(statement).fetchone()[0]


def connections(database):
    return asked(database, "SELECT count(*) FROM pg_stat_activity WHERE datname = 'faults'")


def test_database_stopped(site, staff, database):
    database.stop()
    try:
        expect_kept(site)
        for _time in range(3):
            expect_refusal(site.get(new_page()))
        wait_for(lambda: site.get(new_page()).seconds < 0.5)
        answer = staff.post(site, FORM, **TYPED, name="Water", slug="water")
        expect_refusal(answer)
        assert b"Nothing was saved" in answer.body
        expect_kept(site)
    finally:
        database.start()
    expect_recovery(site)
    assert send_again(site, staff, answer).status == 302
    assert asked(database, "SELECT count(*) FROM programmes_topic WHERE slug = 'water'", "faults")


def test_database_frozen(site, staff, database):
    database.freeze()
    try:
        pages = [new_page() for _number in range(60)]
        with (
            many(site.get, *pages) as answers,
            many(
                lambda name: staff.post(site, FORM, **TYPED, name=name, slug="ice"), "Ice"
            ) as forms,
        ):
            while not is_done([*answers, *forms]):
                expect_kept(site, 1)
        for answer in answers:
            expect_refusal(answer.result())
        expect_refusal(forms[0].result())
        assert b"What you typed is kept on this page" in forms[0].result().body
        # By now each process knows, and makes nobody wait.
        assert max(site.get(new_page()).seconds for _time in range(4)) < AT_ONCE
        expect_kept(site)
    finally:
        database.thaw()
    expect_recovery(site)
    assert send_again(site, staff, forms[0].result()).status == 302


SLOW_TO_COMMIT = """
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_sleep(2); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON programmes_topic DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait();
"""


def test_database_frozen_in_the_moment_of_saving(site, staff, database):
    """Nobody can know whether it was saved, and nobody says so."""
    with psycopg.connect(database.url("faults"), autocommit=True) as link:
        link.execute(SLOW_TO_COMMIT)
        try:
            fields = {"name": "Snow", "slug": "snow", "kind": "theme", "_save": "Save"}
            with many(lambda words: staff.post(site, FORM, **words), fields) as (form,):
                wait_for(lambda: count(link, "pg_stat_activity WHERE wait_event = 'PgSleep'"))
                database.freeze()
            answer = form.result()
            database.thaw()
            assert (answer.status, answer.seconds < SOON + 1) == (503, True)
            assert b"may have been saved or not" in answer.body
        finally:
            database.thaw()
            link.execute("DROP TRIGGER waits ON programmes_topic; DROP FUNCTION wait()")
    expect_recovery(site)


def count(link, rows):
    return link.execute(f"SELECT count(*) FROM {rows}").fetchone()[0]


def test_database_slow(site, database):
    """As many requests wait in it as there are places, and what has given up is ended there too."""
    with locked(database):
        pages = [new_page() for _number in range(60)]
        most = 0
        with many(site.get, *pages) as answers:
            while not is_done(answers):
                expect_kept(site, 1)
                most = max(most, connections(database))
        for answer in answers:
            expect_refusal(answer.result())
        # One each for the ledger, and one that holds the lock.
        assert most <= PROCESSES * (PLACES + 1) + 1
        wait_for(lambda: connections(database) <= PROCESSES + 1, SOON)
    expect_recovery(site)


@pytest.fixture
def on_a_line(cluster, running, tmp_path):
    """Its database answers, and each packet takes so long on its way, there and back."""
    server, _seeded = cluster
    with SlowLine(server.port) as line:
        url = server.url("faults").replace(str(server.port), str(line.port))
        production = Production(tmp_path, {**running.production.given, "DATABASE_URL": url})
        with Site(production, *SERVER) as site:
            wait_for(lambda: "hit" in site.get(KEPT).headers["cache-status"])
            yield site, line


def test_line_to_the_database_slow(on_a_line):
    site, line = on_a_line
    for line.seconds in (0.2, 2):
        with many(site.get, *[new_page() for _number in range(2 * PLACES)]) as answers:
            while not is_done(answers):
                expect_kept(site, 1)
        for answer in (one.result() for one in answers):
            if answer.status != 200:
                expect_refusal(answer)
            assert answer.seconds < SOON
    assert {one.result().status for one in answers} == {503}
    line.seconds = 0
    expect_recovery(site)


NOTHING_SAVED = b"Nothing was saved. What you typed is kept on this page"
IN_DOUBT = b"this may have been saved or not"


def test_form_sent_while_the_line_to_the_database_is_slow(staff, database, on_a_line):
    """All of it is saved or nothing, in whatever moment it begins, and nobody denies what is."""
    site, line = on_a_line
    line.seconds = 0.02
    answer = send_topic(site, staff, "Mist")
    assert (answer.status, answer.seconds < SOON, saved(database, "Mist")) == (302, True, [1, 1])
    for name, line.words, said, rows in (
        ("Haze", b'INSERT INTO "django_admin_log"', NOTHING_SAVED, 0),
        ("Smog", b'UPDATE "django_session"', IN_DOUBT, 1),
    ):
        line.seconds = 2
        answer = send_topic(site, staff, name)
        expect_refusal(answer)
        assert said in answer.body
        line.seconds = 0
        expect_recovery(site)
        assert saved(database, name) == [rows, rows]
        assert send_again(site, staff, answer).status == (200 if rows else 302)
        assert saved(database, name) == [1, 1]


def send_topic(site, staff, name):
    return staff.post(site, FORM, **TYPED, name=name, slug=name.lower())


def saved(database, name):
    """How many rows, and how many lines that tell who saved them."""
    rows = f"SELECT count(*) FROM programmes_topic WHERE name = '{name}'"
    lines = f"SELECT count(*) FROM django_admin_log WHERE object_repr = '{name}'"
    return asked(database, f"SELECT ARRAY[({rows}), ({lines})]", "faults")


def test_database_without_a_connection_left(site, staff, database):
    taken = []
    with suppress(psycopg.OperationalError):
        while True:
            taken.append(psycopg.connect(database.url("postgres"), autocommit=True))
    taken[0].execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname='faults'"
    )
    with suppress(psycopg.OperationalError):
        while True:
            taken.append(psycopg.connect(database.url("postgres")))
    try:
        expect_kept(site)
        for _time in range(3):
            expect_refusal(site.get(new_page()))
        answer = staff.post(site, FORM, **TYPED, name="Steam", slug="steam")
        expect_refusal(answer)
        expect_kept(site)
    finally:
        for link in taken:
            link.close()
    expect_recovery(site)
    assert send_again(site, staff, answer).status == 302


def test_process_killed_in_mid_request(site, database):
    workers = descendants(site.process.pid)[1:]

    def ask(page):
        with suppress(OSError, HTTPException):
            return site.get(page).status
        return None

    with locked(database), many(ask, *[new_page() for _number in range(16)]) as answers:
        wait_for(lambda: connections(database) > PROCESSES + PLACES + 1)
        os.kill(workers[0], signal.SIGKILL)
        wait_for(lambda: any(answer.done() for answer in answers), SOON)
        wait_for(lambda: ask(KEPT) == 200, SOON)
    assert {answer.result() for answer in answers} == {None, 503}
    expect_recovery(site)
    wait_for(lambda: len(descendants(site.process.pid)[1:]) == PROCESSES, WHOLE_AGAIN)


WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = 'faults' AND wait_event_type = 'Lock'"
)


def test_whoever_is_inside_is_answered_before_it_ends(running, database, tmp_path):
    """SIGTERM, as at each update: no new connection, and a whole answer for who waits."""
    site = Site(Production(tmp_path, running.production.given), *SERVER)
    with site, locked(database) as link, many(site.get, new_page()) as (answer,):
        wait_for(lambda: asked(database, WAITING), SOON)
        site.process.terminate()
        time.sleep(1)
        assert not answer.done()
        link.rollback()
        assert answer.result(SOON).status == 200
    assert not answers_at(site.port)


def test_slow_connections(site):
    """Twenty that never end their headers, and twenty that never end their form."""
    head = "{} HTTP/1.1\r\nHost: www.example.org\r\nX-Forwarded-Proto: https\r\n"
    form = f"{head.format('POST /news/')}Content-Length: 1000\r\n\r\nname="
    links = [socket.create_connection((HOST, site.port)) for _number in range(40)]
    try:
        for number, link in enumerate(links):
            link.sendall((head.format("GET /") if number % 2 else form).encode())
        for _round in range(5):
            for link in links:
                link.sendall(b"a")
            expect_kept(site)
            answer = site.get(new_page())
            assert (answer.status, answer.seconds < SOON) == (200, True)
    finally:
        for link in links:
            link.close()
    expect_recovery(site)


@pytest.mark.parametrize("is_shared", [True, False])
def test_stampede_on_a_page_that_has_expired(site, database, store, is_shared):
    if not is_shared:
        store.kill()
    try:
        with psycopg.connect(database.url("faults"), autocommit=True) as link:
            link.execute("UPDATE publishing_ledger SET generation = generation + 1")
        wait_for(lambda: "stored" in site.get("/news/").headers["cache-status"])
        time.sleep(1)  # both processes have looked at the ledger since
        with many(site.get, *[KEPT] * 200) as answers:
            pass
        told = [answer.result() for answer in answers]
        assert {answer.status for answer in told} == {200}
        made = sum("stored" in answer.headers["cache-status"] for answer in told)
        assert 1 <= made <= (1 if is_shared else PROCESSES)
        assert len({answer.body for answer in told}) == 1
    finally:
        if not is_shared:
            store.start()


@pytest.mark.parametrize("fault", ["dead", "frozen", "full"])
def test_store_of_attempts_in_trouble(site, staff, store, fault):
    """Visitors notice nothing, staff who are inside neither; nobody new comes in uncounted."""
    begin, end = {
        "dead": (store.kill, store.start),
        "frozen": (store.freeze, store.thaw),
        "full": (lambda: configure(store, 1), lambda: configure(store, 0)),
    }[fault]
    begin()
    try:
        expect_kept(site)
        for _time in range(4):
            answer = site.get(new_page())
            assert (answer.status, answer.seconds < 2) == (200, True)
        assert staff.get(site, "/admin/").status == 200
        answer = sign_in(site)
        assert (answer.status, answer.headers["retry-after"]) == (503, "30")
        assert b"attempts to sign in cannot be counted" in answer.body
        assert answer.seconds < SOON
    finally:
        end()
    wait_for(lambda: sign_in(site).status == 200, WHOLE_AGAIN)


def configure(store, most):
    word = ["redis-cli", "-p", str(store.port), "config", "set", "maxmemory", str(most)]
    subprocess.run(word, check=True, capture_output=True)


def sign_in(site):
    """With a password that is wrong."""
    return Staff("", "a" * 32).post(site, "/account/sign-in/", login="nobody", password="wrong")


@pytest.fixture
def site_for_files(cluster, tmp_path):
    """One process, where photographs go into a folder or into a bucket at an address."""
    server, seeded = cluster

    @contextmanager
    def started(**given):
        given = {"STATIC_ROOT": seeded.variables()["STATIC_ROOT"], **given}
        production = Production(tmp_path, {"DATABASE_URL": server.url("files"), **given})
        with Site(production, *SERVER) as site:
            yield site, Staff.of(production)

    with psycopg.connect(server.url("template1"), autocommit=True) as link:
        link.execute("CREATE DATABASE files TEMPLATE postgres")
        yield started
        link.execute("DROP DATABASE files WITH (FORCE)")


def photograph():
    buffer = io.BytesIO()
    Image.effect_noise((1200, 800), 90).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def bring(site, staff):
    form = {"title": "Nets", "slug": "nets", "seen_version": 1, "focus_x": 0.5, "focus_y": 0.5}
    return staff.upload(site, "/admin/images/photo/add/", photograph(), _save="Save", **form)


def expect_words_of_store(site, answer):
    assert answer.status == 503
    assert b"Files cannot be stored at the moment, so nothing was saved" in answer.body
    assert site.get(KEPT).status == 200


@contextmanager
def full_disk(site, folder, room):
    """With so many bytes left. Where nobody lets us mount one the kernel refuses what is beyond the
    limit of a file, as what a disk has no room for."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", folder]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
        return
    (worker,) = descendants(site.process.pid)[1:]
    limits = resource.prlimit(worker, resource.RLIMIT_FSIZE)
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (room, limits[1]))
    yield
    resource.prlimit(worker, resource.RLIMIT_FSIZE, limits)


def test_disk_full_on_upload(site_for_files):
    with site_for_files() as (site, staff):
        media = Path(site.production.variables()["MEDIA_ROOT"])
        media.mkdir()
        for room in (4_096, 65_536):
            with full_disk(site, media, room):
                expect_words_of_store(site, bring(site, staff))
                assert [path for path in media.rglob("*") if path.is_file()] == []
        assert bring(site, staff).status == 302


@pytest.mark.parametrize("is_silent", [False, True])
def test_store_of_files_down(site_for_files, is_silent, tmp_path):
    store = ObjectStore(tmp_path, bucket="photographs")
    bucket = f"s3+http://key:secret@{HOST}:{store.port}/photographs?region=us-east-1"
    with site_for_files(MEDIA_STORAGE_URL=bucket) as (site, staff):
        with socket.create_server((HOST, store.port)) if is_silent else nullcontext():
            answer = bring(site, staff)
        expect_words_of_store(site, answer)
        assert answer.seconds < LONGEST_UPLOAD
        with store:
            assert wait_for(lambda: bring(site, staff).status == 302, WHOLE_AGAIN)
            assert store.names() != []
