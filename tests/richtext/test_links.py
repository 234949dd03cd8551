"""Links to other sites: what is asked, what never is, and when a link is called broken."""

import datetime
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import call_command
from django.urls import reverse

from iomsite.richtext import asking, links
from iomsite.richtext.asking import Asker, Turns, is_public
from iomsite.richtext.models import ExternalLink, LinkUse
from iomsite.richtext.sanitise import reference
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.programmes import ObjectiveFactory, ProgrammeFactory

DAY = datetime.timedelta(days=1)


class Site(ThreadingHTTPServer):
    """Answers at every name and every path as it was told to."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked, self.heads = {}, [], []
        self.at_once, self.most_at_once, self.lock = {}, {}, threading.Lock()

    def handle_error(self, request, client_address):
        """Who hangs up early is meant to."""

    def address(self, path="/", host="site.example"):
        return f"http://{host}:{self.server_port}{path}"

    def paths(self):
        return [f"{method} {path}" for method, _host, path in self.asked]


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_HEAD(self):
        self.answer("HEAD")

    def do_GET(self):
        self.answer("GET")

    def answer(self, method):
        host, site = self.headers["Host"], self.server
        with site.lock:
            site.asked.append((method, host, self.path))
            site.heads.append(dict(self.headers))
            site.at_once[host] = site.at_once.get(host, 0) + 1
            site.most_at_once[host] = max(site.most_at_once.get(host, 0), site.at_once[host])
        answer = site.answers.get((method, self.path), site.answers.get(self.path, 200))
        try:
            if callable(answer):
                answer = answer(self)
        finally:
            with site.lock:  # before the answer: who has it asks the next question at once
                site.at_once[host] -= 1
        if answer:
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()


@contextmanager
def running(site):
    thread = threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join()


@pytest.fixture
def site():
    with running(Site()) as found:
        yield found


def asker(**fields):
    """One that finds every name on this machine, and may go there."""
    own = {
        "resolve": lambda host, port: ["127.0.0.1"],
        "allows": lambda ip: True,
        "ports": None,
        "turns": Turns(pause=0),
    }
    return Asker("tests", **{**own, **fields})


# What is asked


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({}, ("well", "", 0)),
        ({"/": 404}, ("failing", "404", 0)),
        ({("HEAD", "/"): 405}, ("well", "", 0)),
        ({("HEAD", "/"): 404}, ("well", "", 0)),
        ({"/": 403}, ("unsure", "403", 0)),
        ({"/": 500}, ("failing", "500", 0)),
        ({"/": (429, {"Retry-After": "90"})}, ("unsure", "429", 90)),
        ({"/": (503, {"Retry-After": "99999999"})}, ("unsure", "503", 7 * 24 * 3600)),
        ({"/": (503, {"Retry-After": "soon"})}, ("unsure", "503", 0)),
        ({"/": (302, {"Location": "/b?a=1"}), "/b?a=1": 410}, ("failing", "410", 0)),
        ({"/": (301, {"Location": "/caf\xe9"}), "/caf%E9": 204}, ("well", "", 0)),
        ({"/": (302, {"Location": "/"})}, ("failing", "redirects", 0)),
        ({"/": (302, {"Location": "ftp://site.example/"})}, ("failing", "unreadable", 0)),
        ({"/": lambda handler: handler.wfile.write(b"rubbish\r\n\r\n") and None}, ("failing", "garbled", 0)),
    ],
)  # fmt: skip
def test_answers_and_what_they_mean(answers, verdict, site):
    site.answers = answers
    assert asker().ask(site.address()) == verdict


def test_question_is_short_honest_and_asked_of_no_proxy(site, monkeypatch, settings):
    """The body is left alone after some bytes, however long it is."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    sent = []

    def pour(handler):
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            for _each in range(2000):
                handler.wfile.write(b"x" * 65_536)
                sent.append(1)

    site.answers = {("HEAD", "/long"): 405, ("GET", "/long"): pour}
    settings.ALLOWED_HOSTS = [".iom.example"]
    assert asker(turns=Turns(0)).ask(site.address("/long")).health == "well"
    assert len(sent) < 1000
    assert links.agent() == "iomsite link check (+https://iom.example/)"
    assert Asker(links.agent()).agent == links.agent()
    assert site.heads[0]["User-Agent"] == "tests"
    assert site.heads[0]["Host"] == f"site.example:{site.server_port}"
    assert not {"Cookie", "Authorization", "Referer"} & set(site.heads[0])


def test_answer_that_drips_is_cut_off(site, monkeypatch):
    monkeypatch.setattr(asking, "SECONDS_IN_ALL", 0.3)
    over = threading.Event()

    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with suppress(OSError):
            while not over.wait(0.02):
                handler.wfile.write(b"X-A: b\r\nX-B: "[:6])

    site.answers = {"/": drip}
    try:
        # Some hundred headers would be garbled; the time is over before.
        monkeypatch.setattr(asking.http.client, "_MAXHEADERS", 10_000)
        assert asker().ask(site.address()) == ("failing", "slow", 0)
    finally:
        over.set()


def test_name_that_nobody_knows_and_door_that_nobody_opens(site):
    def nobody(host, port):
        raise socket.gaierror

    assert asker(resolve=nobody).ask(site.address()) == ("failing", "unknown-host", 0)
    with socket.socket() as idle:
        idle.bind(("127.0.0.1", 0))
        closed = f"http://site.example:{idle.getsockname()[1]}/"
        assert asker().ask(closed) == ("failing", "unreachable", 0)


def certificate(tmp_path, name):
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    names = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(names)
        .issuer_name(names)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "site.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_certificate_is_that_of_the_name_and_not_of_the_number(site, tmp_path):
    file, named = certificate(tmp_path, "tls.example"), []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    server.sni_callback = lambda connection, name, context: named.append(name)
    site.socket = server.wrap_socket(site.socket, server_side=True)
    trusting = ssl.create_default_context(cafile=str(file))
    address = site.address(host="tls.example").replace("http:", "https:")
    assert asker(context=trusting).ask(address).health == "well"
    assert asker(context=trusting).ask(address.replace("tls.", "other.")).reason == "certificate"
    assert asker().ask(address).reason == "certificate"
    assert named == ["tls.example", "other.example", "tls.example"]


# What is never asked


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0"),
        *("localhost", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fc00::1]"),
        *("[::ffff:127.0.0.1]", "[::ffff:a00:1]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]"),
        *("[ff02::1]", "[fec0::1]", "[2001:db8::1]", "[2001::1]"),
    ],
)
def test_nothing_is_asked_inside(host, monkeypatch):
    """With the guard and the look-up as they are."""
    monkeypatch.setattr(asking.socket, "create_connection", refuse)
    for scheme in ("http", "https"):
        assert Asker("tests").ask(f"{scheme}://{host}/") == ("failing", "private", 0)


def refuse(*args, **kwargs):
    raise AssertionError("connected")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://iom.int@127.0.0.1/", "credentials"),
        ("http://me:secret@iom.int/", "credentials"),
        ("http://@iom.int/", "credentials"),
        ("http://iom.int:8000/", "port"),
        ("https://iom.int:80/", "port"),
        ("http://iom.int:99999/", "unreadable"),
        ("ftp://iom.int/", "unreadable"),
        ("http:///a", "unreadable"),
        ("http://[::1/", "unreadable"),
        (f"http://{'a' * 70}.int/", "unreadable"),
    ],
)
def test_addresses_that_are_not_followed_at_all(address, reason, monkeypatch):
    monkeypatch.setattr(asking, "resolve", refuse)
    assert Asker("tests", resolve=refuse).ask(address) == ("refused", reason, 0)


def test_public_addresses_are_asked():
    for ip in ("8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"):
        assert is_public(ip)


def test_name_is_looked_up_once_and_every_address_behind_it_counts(monkeypatch):
    """A name that answers otherwise a moment later gains nothing."""
    looked_up, connected = [], []
    later = iter([["93.184.216.34"], ["127.0.0.1"]])

    def rebinding(host, port):
        looked_up.append(host)
        return next(later)

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(asking.socket, "create_connection", connect)
    one = Asker("tests", resolve=rebinding, turns=Turns(0))
    assert one.ask("http://rebind.example/") == ("failing", "unreachable", 0)
    assert (looked_up, connected) == (["rebind.example"], [("93.184.216.34", 80)])
    assert one.ask("http://rebind.example/") == ("failing", "private", 0)
    mixed = Asker("tests", resolve=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    assert mixed.ask("http://mixed.example/").reason == "private"
    assert len(connected) == 1


@pytest.mark.parametrize("place", ["http://127.0.0.1:{port}/secret", "//2130706433:{port}/secret"])
def test_redirect_does_not_lead_inside(place, site):
    """The first step may go to this machine; from there on the guard is the real one."""
    site.answers = {"/": (302, {"Location": place.format(port=site.server_port)})}
    first = iter([True])
    found = asker(resolve=asking.resolve, allows=lambda ip: next(first, False) or is_public(ip))
    assert found.ask(f"http://127.0.0.1:{site.server_port}/") == ("failing", "private", 0)
    assert site.paths() == ["HEAD /"]
    # Nor to another port, with the ports that are asked.
    ports = {"http": site.server_port, "https": 1}
    site.answers = {"/": (302, {"Location": "http://site.example:22/"})}
    assert asker(ports=ports).ask(site.address()) == ("failing", "port", 0)


# Whom it is asked of, and when


def test_a_host_is_asked_one_question_at_a_time_and_others_meanwhile(site, db):
    """The redirect of one host to another waits for its turn there."""
    together, led_over = threading.Barrier(2, timeout=10), threading.Event()

    def wait(handler):
        together.wait()
        assert led_over.wait(10)
        time.sleep(0.2)  # for whoever would not wait for a turn
        return 200

    def lead_over(handler):
        led_over.set()
        return 302, {"Location": site.address("/b1", "b.example")}

    site.answers = {"/a-wait": wait, "/over": lead_over}
    wanted = [site.address("/a-wait", host) for host in ("a.example", "b.example")]
    wanted += [site.address("/over", "c.example")]
    wanted += [site.address(f"/b{number}", "b.example") for number in range(3)]
    ExternalLink.objects.bulk_create(ExternalLink(address=address) for address in wanted)
    found = {link.address: verdict.health for link, verdict in links.check(asker())}
    assert found == dict.fromkeys(wanted, "well")
    assert set(site.most_at_once.values()) == {1}


def test_pause_lies_between_two_questions_to_a_host(site, monkeypatch):
    slept = []
    monkeypatch.setattr(asking.time, "sleep", slept.append)
    site.answers = {("HEAD", "/"): 405}
    asker(turns=Turns(pause=60)).ask(site.address())
    [pause] = slept
    assert 0 < pause <= 60


def test_site_that_asks_to_wait_is_left_alone(site, db):
    site.answers = {"/1": (429, {"Retry-After": "172800"})}
    for number in range(3):
        ExternalLink.objects.create(address=site.address(f"/{number}"))
    with time_machine.travel("2026-03-01 12:00", tick=False) as now:
        list(links.check(asker()))
        assert site.paths() == ["HEAD /0", "HEAD /1"]
        now.shift(DAY)
        assert list(links.check(asker(), everything=True))[0][0].address == site.address("/0")
        assert site.paths() == ["HEAD /0", "HEAD /1", "HEAD /0"]
        now.shift(2 * DAY)
        site.answers = {}
        assert len(list(links.check(asker()))) == 2


def test_two_runs_at_once_do_not_ask_twice(site, db):
    for number in range(3):
        ExternalLink.objects.create(address=site.address(f"/{number}", f"h{number}.example"))
    first = links.check(asker())
    next(first)
    assert list(links.check(asker(), everything=True)) == []
    list(first)
    assert len(site.asked) == 3
    assert not ExternalLink.objects.exclude(run=None)
    # What a run that died had taken comes free again.
    with time_machine.travel("2026-03-01 12:00", tick=False) as now:
        held = links.take(links.uuid.uuid4(), everything=True)
        assert links.take(links.uuid.uuid4(), everything=True) == []
        now.shift(links.HELD_FOR + DAY)
        assert links.take(links.uuid.uuid4(), everything=True) == held


def test_link_is_broken_when_it_failed_on_three_days(site, db):
    link = ExternalLink.objects.create(address=site.address())
    assert (link.in_words, link.is_broken) == ("not checked yet", False)
    with time_machine.travel("2026-03-01 12:00", tick=False) as now:

        def run():
            list(links.check(asker(), everything=True))
            link.refresh_from_db()
            assert link.is_broken == ExternalLink.objects.broken().exists()
            return link.in_words

        assert (run(), link.well_at.day) == ("works", 1)
        site.answers = {"/": 404}
        now.shift(DAY)
        assert run() == "fails for now, on 1 of 3 days: there is no such page"
        now.shift(DAY / 8)  # the same evening
        assert run() == "fails for now, on 1 of 3 days: there is no such page"
        assert len(site.asked) == 5
        now.shift(DAY)
        run()
        site.answers = {"/": 403}
        now.shift(DAY)
        assert run() == "cannot be told: the site does not answer programs"
        site.answers = {"/": 500}
        now.shift(DAY)
        assert run() == "broken: the answer is 500"
        assert (link.failing_since.day, link.well_at.day) == (2, 1)
        site.answers = {}
        now.shift(DAY)
        assert (run(), link.failing_since, link.failed_days) == ("works", None, 0)


def test_what_works_is_asked_once_a_week_and_the_rest_every_day(site, db):
    site.answers = {"/1": 404}
    for number in range(2):
        ExternalLink.objects.create(address=site.address(f"/{number}"))
    due = []
    with time_machine.travel("2026-03-01 12:00", tick=False) as now:
        for _day in range(8):
            due.append(sorted(link.address[-1] for link, _verdict in links.check(asker())))
            assert list(links.check(asker())) == []
            now.shift(DAY)
    assert due == [["0", "1"], *[["1"]] * 6, ["0", "1"]]


# Which there are, and who reads the report


def test_links_of_public_pages_are_listed_and_no_others(db, monkeypatch, capsys):
    release = NewsReleaseFactory(
        published=True,
        body='<p><a href="HTTPS://Who.int#top">W</a> <a href="https://who.int/">W</a>'
        f'<a href="mailto:a@who.int">m</a><a href="{reference("news.campaign", "0" * 36)}">r</a>'
        '<a href="https://bücher.example/ü">b</a></p>',
    )
    campaign = CampaignFactory(published=True, url="https://who.int/malaria")
    programme = ProgrammeFactory(published=True)
    ObjectiveFactory(programme=programme, text='<a href="https://who.int/">W</a>')
    NewsReleaseFactory(body='<a href="https://draft.example/">W</a>')
    monkeypatch.setattr(links.Asker, "ask", lambda self, address: asking.Verdict("well"))
    call_command("check_links")
    assert (
        "3 links on public pages; 3 asked for, 3 work, 0 fail today. 0 are"
        in capsys.readouterr().out
    )
    found = [(use.link.address, use.page_id) for use in LinkUse.objects.select_related("link")]
    assert sorted(found) == sorted(
        [
            ("https://who.int/", programme.pk),
            ("https://who.int/", release.pk),
            ("https://who.int/malaria", campaign.pk),
            ("https://xn--bcher-kva.example/%C3%BC", release.pk),
        ]
    )
    type(release).objects.filter(pk=release.pk).update(body="")
    call_command("check_links", "--all", verbosity=2)
    assert "2 links on public pages" in capsys.readouterr().out
    assert LinkUse.objects.count() == 2


REPORT = "admin:richtext_externallink_changelist"


def linked(page, address, **fields):
    link = ExternalLink.objects.get_or_create(address=address, defaults=fields)[0]
    model, key = LinkUse.key_of(page)
    LinkUse.objects.create(link=link, model=model, page_id=key)


def test_report_shows_the_links_of_pages_that_one_looks_after(client, db):
    here, there = OfficeFactory.create_batch(2)
    own = NewsReleaseFactory(title="Own", published=True, responsible_office=here)
    other = NewsReleaseFactory(title="Of others", published=True, responsible_office=there)
    hidden = NewsReleaseFactory(title="Hidden", responsible_office=here)
    broken = {"health": "failing", "failed_days": 3, "reason": "404"}
    for page in (own, other, hidden):
        linked(page, "https://shared.example/")
    linked(other, "https://others.example/")
    linked(hidden, "https://hidden.example/")
    linked(own, "https://zz.example/<b>", **broken)
    linked(own, "https://a:b@own.example/", health="refused", reason="credentials")
    client.force_login(UserFactory(role="contributor", role__office=here))
    page = client.get(reverse(REPORT)).content.decode()
    assert ("others.example" in page, "hidden.example" in page) == (False, False)
    assert ("Of others" in page, "Hidden" in page, page.count(">Own</a>")) == (False, False, 3)
    order = ["https://a:b@own.example/", "https://zz.example/&lt;b&gt;", "https://shared.example/"]
    assert sorted(order, key=page.index) == order
    assert 'href="https://a:b' not in page
    assert "Broken: there is no such page" in page
    assert "manage.py check_links" in page
    narrowed = client.get(reverse(REPORT), {"how": "broken"}).content.decode()
    assert ("zz.example" in narrowed, "shared.example" in narrowed) == (True, False)
    client.force_login(UserFactory(role="publisher"))
    page = client.get(reverse(REPORT)).content.decode()
    assert ("Of others" in page, "others.example" in page, "hidden.example" in page) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("number", [1, 40])
def test_report_costs_the_same_for_any_number(number, client, django_assert_num_queries, db):
    """What is due, session, person, rights, two counts, the links, their uses, two kinds of page."""
    for place in range(number):
        linked(NewsReleaseFactory(published=True), f"https://a.example/{place}")
        linked(ProgrammeFactory(published=True), f"https://b.example/{place}")
    client.force_login(UserFactory(role="editor"))
    with django_assert_num_queries(9):
        client.get(reverse(REPORT))


@pytest.mark.parametrize(
    "address",
    ["https://[name]@example.org/", "https://user:pa[ss@example.org/", "https://a]@example.org/"],
)
def test_address_that_only_browsers_read_holds_up_no_other(address, site, db):
    body = f'<p><a href="{address}">One</a> <a href="{site.address("/2")}">two</a></p>'
    NewsReleaseFactory(published=True, body=body)
    links.take_stock()
    told = {link.address: verdict for link, verdict in links.check(asker())}
    assert len(told) == 2
    assert told.pop(site.address("/2")).health == links.Health.WELL
    assert told.popitem()[1].health != links.Health.WELL
    assert not ExternalLink.objects.exclude(run=None).exists()
