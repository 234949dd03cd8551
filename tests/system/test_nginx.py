"""deploy/nginx.conf does what it says, in a real nginx before the real application."""

import contextlib
import gzip
import itertools
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie

import pytest

from .front import ANYBODY, NAME, Front
from .processes import HOST, Site, get, wait_for
from .upstream import Upstream

SECRET = "c2VjcmV0LW9mLWEtbGluaw"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPTS = (
    *("", "*/*", BROWSER, "application/json", "application/atom+xml", "image/png"),
    "application/json, text/html;q=0.5",
)
ENCODINGS = ("", "gzip", "gzip, deflate, br, zstd", "gzip;q=0, br")
# More than the system keeps of an answer for somebody who does not read.
LARGE = 16 * 1024 * 1024
# What each answer has of its own, or nginx says by itself.
OWN = {"date", "server", "connection", "last-modified", "etag", "content-length", "x-request-id"}


@pytest.fixture(scope="module")
def site(shared_production):
    with Site(shared_production) as site:
        yield site


@pytest.fixture
def front(site, tmp_path):
    with Front(tmp_path, [f"{HOST}:{site.port}"]) as front:
        static = site.environment()["STATIC_ROOT"]
        (front.folder / "srv/static").rmdir()
        (front.folder / "srv/static").symlink_to(static)
        yield front


@pytest.fixture
def alone(tmp_path):
    """With nobody behind it."""
    with Front(tmp_path, ["unix:/nonexistent"]) as front:
        yield front


def hashed(site, name):
    """The address of a static file of this release."""
    html = site.get("/").body.decode()
    found = re.search(rf"/static/{name}\.[0-9a-f]{{12}}\.css", html)
    assert found
    return found[0]


# Names and TLS


def test_plain_http_leads_to_tls_except_for_the_proof_of_a_certificate(alone):
    proof = alone.folder / "certbot/.well-known/acme-challenge/proof"
    proof.parent.mkdir(parents=True)
    proof.write_text("proved")

    moved = get(alone.plain_port, "/news/?page=2")
    assert (moved.status, moved.headers["location"]) == (301, f"https://{NAME}/news/?page=2")
    assert get(alone.plain_port, "/.well-known/acme-challenge/proof").body == b"proved"


def test_names_of_strangers_reach_nobody(front):
    assert front.get("/", host="evil.example").status == 421
    assert get(front.plain_port, "/", Host="evil.example").status == 421
    assert get(front.plain_port, "/", Host=f"{HOST}").status == 421
    assert [line["upstream"] for line in front.visits(3)] == ["", "", ""]


# What is kept


def test_page_is_fetched_once_whoever_asks_at_the_same_time(tmp_path):
    upstream = Upstream("public, max-age=0, s-maxage=9", seconds=0.5)
    with upstream, Front(tmp_path, [upstream.address]) as front, ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _number: front.get("/x/"), range(40)))
    assert {(answer.status, answer.body) for answer in answers} == {(200, b"answer 1")}
    assert len(upstream.requests) == 1


def test_forms_and_encodings_are_those_that_the_application_gives(front, site):
    for accept, encoding in itertools.product(ACCEPTS, ENCODINGS):
        asked = {"accept": accept, "accept_encoding": encoding}
        its = site.get("/news/", **asked)
        # The second may come from what is kept.
        for ours in (front.get("/news/", **asked), front.get("/news/", **asked)):
            assert _told(ours) == _told(its), asked
    assert {line["cache"] for line in front.visits()} & {"HIT", "STALE"}


def _told(answer):
    names = ("content-type", "content-encoding", "etag", "vary")
    headers = [answer.headers.get(name) for name in names]
    return answer.status, headers, _unpacked(answer)


def _unpacked(answer):
    """Django packs with some random bytes, so that no one learns from the length."""
    packed = answer.headers.get("content-encoding") == "gzip"
    return gzip.decompress(answer.body) if packed else answer.body


def test_what_is_for_one_person_is_never_kept_nor_given_what_is(front):
    front.get("/news/")
    asked = [
        ("/news/", {"cookie": "__Host-sessionid=1"}),
        ("/news/", {"authorization": "Basic eDp5"}),
        ("/news/?preview=1", {}),
        ("/news/?%70review=1", {}),
        ("/news/?page=1&edition=3", {}),
        ("/news/", {"method": "POST"}),
        ("/news/", {"method": "POST", "cookie": "safe"}),
        ("/admin/", {}),
        ("/account/sign-in/", {}),
    ]
    for path, how in asked * 2:
        front.get(path, **how)

    lines = front.visits(1 + 2 * len(asked))[1:]
    assert {line["cache"] for line in lines} == {""}
    assert all(line["upstream"] for line in lines)


def test_page_that_is_gone_takes_the_place_of_the_kept_one(tmp_path):
    kept = "public, max-age=0, s-maxage=1, stale-while-revalidate=30"
    with Upstream(kept) as upstream, Front(tmp_path, [upstream.address]) as front:
        front.get("/x/")
        upstream.status = 410
        # The first after its time is still given the old one, while nginx asks anew.
        wait_for(lambda: len(upstream.requests) > 1 or not front.get("/x/"), 5)
        assert wait_for(lambda: front.get("/x/").status == 410, 1)


# Files


@pytest.mark.parametrize("brotli", [True, False])
def test_static_files_are_packed_before_and_kept_for_good(site, tmp_path, brotli):
    address = hashed(site, "css/base")
    with Front(tmp_path, ["unix:/nonexistent"], brotli=brotli) as front:
        (front.folder / "srv/static").rmdir()
        (front.folder / "srv/static").symlink_to(site.environment()["STATIC_ROOT"])
        plain = front.get(address)
        packed = front.get(address, accept_encoding="gzip")
        best = front.get(address, accept_encoding="gzip, br")

    assert packed.headers["content-encoding"] == "gzip"
    assert best.headers["content-encoding"] == ("br" if brotli else "gzip")
    assert len(best.body) < len(plain.body)
    assert plain.headers["cache-control"] == "public, max-age=315360000, immutable"
    assert best.headers["vary"] == "Accept-Encoding"


def test_static_files_have_the_headers_of_the_application(front, site):
    address = hashed(site, "css/base")
    ours, its = (one.get(address, accept_encoding="gzip").headers for one in (front, site))
    assert [line["upstream"] for line in front.visits(1)] == [""]

    def told(headers):
        policy = headers.pop("content-security-policy").split("; ")
        caching = headers.pop("cache-control").split(", ")
        left = {name: value.replace('"', "") for name, value in headers.items() if name not in OWN}
        return left, sorted(policy), sorted(caching)

    (here, *lists), (there, *others) = told(ours), told(its)
    assert lists == others
    assert {name: here.get(name) for name in there} == there


def test_static_file_that_is_not_here_yet_comes_from_the_application(front, site):
    address = hashed(site, "css/base")
    (front.folder / "srv/static").unlink()
    assert front.get(address).body == site.get(address).body
    assert front.get("/static/css/base.css").status == 200


def test_uploads_are_never_pages(front):
    media = front.folder / "lib/media/photos"
    media.mkdir()
    for name in ("a.avif", "a.jpg", "a.html", "a.svg", "a.pdf", ".secret", "a.jpg.f00.part"):
        (media / name).write_text("<script>alert(1)</script>")

    types = {name: front.get(f"/media/photos/{name}") for name in ("a.avif", "a.jpg", "a.pdf")}
    assert {name: answer.headers["content-type"] for name, answer in types.items()} == {
        "a.avif": "image/avif",
        "a.jpg": "image/jpeg",
        "a.pdf": "application/pdf",
    }
    assert "immutable" in types["a.jpg"].headers["cache-control"]
    for name in ("a.html", "a.svg"):
        headers = front.get(f"/media/photos/{name}").headers
        assert headers["content-type"] == "application/octet-stream"
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]
    for path in ("photos/.secret", "photos/a.jpg.f00.part", "photos/b.jpg"):
        assert front.get(f"/media/{path}").status == 404, path
    for path in ("", "photos/"):
        assert front.get(f"/media/{path}").status == 403, path
    assert front.get("/media/../pages/503.html").status == 404
    assert not any(line["upstream"] for line in front.visits() if "/media/" in line["path"])


# Slow and greedy clients


def test_bodies_end_at_the_size_of_an_upload(front):
    whole = b"x" * (20 * 1024 * 1024)
    # Without a CSRF token. The application may say so before it has read everything, and nginx then
    # has nobody to send the rest to.
    assert front.get("/admin/", method="POST", body=whole).status in {403, 503}
    assert front.get("/admin/", method="POST", body=whole * 2).status == 413
    too_large = front.get("/alerts/new/", method="POST", body=b"x" * 70_000)
    assert (too_large.status, b"larger" in too_large.body) == (413, True)
    assert len([line for line in front.visits() if line["upstream"]]) == 1, "of three"


def test_greedy_visitor_is_told_to_wait_and_others_are_not(front):
    with ThreadPoolExecutor(20) as pool:
        path = itertools.cycle(("/search/", "/search.json"))
        asked = [f"{next(path)}?q=word{number}" for number in range(40)]
        answers = list(pool.map(front.get, asked))

    statuses = [answer.status for answer in answers]
    assert statuses.count(200) >= 20
    assert statuses.count(429) >= 10
    assert next(a.headers["retry-after"] for a in answers if a.status == 429) == "10"
    assert front.get("/news/").status == 200


def test_whole_tables_are_read_by_few_at_once(site, tmp_path):
    with Front(tmp_path, [f"{HOST}:{site.port}"]) as front, ThreadPoolExecutor(4) as pool:
        site.freeze()
        try:
            answers = list(pool.map(lambda _: front.get("/news.csv"), range(4)))
        finally:
            site.thaw()
        assert sorted(answer.status for answer in answers) == [429, 429, 503, 503]


# An application that answers everything at once.
QUICK = 'server { listen %s:%d; location / { return 200 "answered\\n"; } }'
# One visitor under two addresses, and somebody else.
IPV4 = ("192.0.2.7", "192.0.2.7"), "192.0.2.8"
IPV6 = ("2001:db8::7:a:0:0:1", "2001:db8:0:7::b"), "2001:db8:0:8::1"
TOO_MANY = b"Too many pages were asked for at once. Wait a moment, and load this one again."


@pytest.fixture
def quick(tmp_path):
    front = _believing(tmp_path, [])
    front.place([f"{HOST}:{front.mirror_port}"])
    (front.snippets / "mirror.conf").write_text(QUICK % (HOST, front.mirror_port))
    with front:
        yield front


def _believing(folder, applications):
    """Visitors have the address that they say, as there is but one here."""
    front = Front(folder, applications)
    with (front.snippets / "names.conf").open("a") as names:
        names.write(f"set_real_ip_from {HOST};\nreal_ip_header X-From;\n")
    return front


@pytest.mark.parametrize(
    ("path", "burst", "addresses"),
    [
        ("/news/", 200, IPV4),
        ("/news/", 200, IPV6),
        ("/news/?preview=1", 200, IPV4),
        ("/admin/", 200, IPV4),
        ("/static/css/gone.0123456789ab.css", 200, IPV4),
        ("/news.csv", 20, IPV4),
        ("/search/?q=word", 20, IPV4),
        ("/readyz", 20, IPV4),
        ("/account/sign-in/", 60, IPV4),
        ("/alerts/new/", 60, IPV6),
    ],
)
def test_each_visitor_asks_so_often_at_once_and_again_after_a_moment(quick, path, burst, addresses):
    one, other = addresses
    words = _in_one_breath(quick, path, 2 * burst, one)
    statuses = re.findall(rb"^HTTP/1.1 (\d+)", words, re.MULTILINE)
    assert set(statuses[: burst + 1]) == {b"200"}
    refused = statuses.count(b"429")
    assert refused
    assert words.count(TOO_MANY) == words.count(b"Retry-After: 10") == refused
    assert quick.get(path, x_from=other).status == 200
    wait_for(lambda: quick.get(path, x_from=one[0]).status == 200, 1)


def _in_one_breath(front, path, number, addresses):
    """What is answered to so many requests that do not wait for each other."""
    head = f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nX-From: "
    asked = (f"{head}{address}\r\n" for address in itertools.cycle(addresses))
    requests = "\r\n".join(itertools.islice(asked, number))
    with _connected(front) as link:
        link.sendall(f"{requests}Connection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: link.recv(65_536), b""))


@pytest.mark.parametrize("addresses", [IPV4, IPV6])
def test_each_visitor_reads_so_much_at_once_and_others_read_on(quick, addresses):
    one, other = addresses
    path = _large_file(quick)
    readers = [_reader(quick, path, address) for address in one * 30]
    refused = quick.get("/news/", x_from=one[0])
    assert (refused.status, refused.headers["retry-after"]) == (429, "10")
    assert refused.body.strip() == TOO_MANY
    assert quick.get("/news/", x_from=other).status == 200
    readers.pop().close()
    wait_for(lambda: quick.get("/news/", x_from=one[0]).status == 200, 1)
    for reader in readers:
        reader.close()


def _large_file(front):
    path = "/static/large.0123456789ab.css"
    with (front.folder / f"srv{path}").open("wb") as file:
        file.truncate(LARGE)
    return path


def _reader(front, path, address=HOST):
    """Who has asked, and has read one byte of much."""
    reader = _connected(front)
    reader.send(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nX-From: {address}\r\n\r\n".encode())
    assert reader.recv(1)
    return reader


def test_whole_tables_are_read_by_eight_at_once_whoever_asks(tmp_path):
    with Upstream(size=LARGE) as upstream, _believing(tmp_path, [upstream.address]) as front:
        readers = [_reader(front, "/large.csv", f"192.0.2.{number // 2}") for number in range(8)]
        upstream.size = 0
        assert front.get("/news.csv", x_from="192.0.2.7").status == 429
        assert front.get("/news/", x_from="192.0.2.7").status == 200
        for reader in readers:
            reader.close()


def test_slow_readers_hold_up_nobody_and_are_sent_away(tmp_path):
    pages = ("/large/", "/large.csv", "/large/?preview=1", "/admin/large/")
    with Upstream(size=LARGE) as upstream, _impatient(tmp_path, upstream) as front:
        readers = [_reader(front, path) for path in (*pages, _large_file(front))]
        wait_for(lambda: len(upstream.done) == len(pages), 5)
        upstream.size = 0
        began = time.monotonic()
        while len(lines := _of_readers(front)) < len(readers):
            for reader in readers:
                with contextlib.suppress(OSError):
                    reader.recv(1)
            answer = front.get("/readyz")
            assert (answer.status, answer.seconds < 1) == (200, True)
            assert time.monotonic() - began < 8
            time.sleep(0.5)
        assert max(line["bytes"] for line in lines) < LARGE
        for reader in readers:
            reader.close()


def _impatient(folder, upstream):
    """With two seconds in place of ten, after which nginx gives up who takes nothing more."""
    front = Front(folder, [upstream.address])
    text = front.file.read_text()
    assert text.count("send_timeout 10s;") == 1
    front.file.write_text(text.replace("send_timeout 10s;", "send_timeout 2s;"))
    return front


def _of_readers(front):
    return [line for line in front.visits() if "large" in line["path"]]


def test_forty_slow_visitors_hold_up_nobody_and_are_sent_away(front):
    slow = [_slow_headers(front) for _ in range(20)] + [_slow_form(front) for _ in range(20)]
    began = time.monotonic()
    while time.monotonic() - began < 9:
        for number, one in enumerate(slow):
            with contextlib.suppress(OSError):
                one.send(b"X-%d: 1\r\n" % number if number < 20 else b"")
        answer = front.get(f"/news/?page=1&t={time.monotonic()}")
        assert (answer.status, answer.seconds < 1) == (200, True)
        time.sleep(0.5)
    wait_for(lambda: all(_is_closed(one) for one in slow), 5)
    for one in slow:
        one.close()


def _slow_headers(front):
    one = _connected(front)
    one.send(b"GET / HTTP/1.1\r\nHost: www.example.org\r\n")
    return one


def _slow_form(front):
    """It says that much comes, and sends nothing."""
    one = _connected(front)
    one.send(b"POST /news/ HTTP/1.1\r\nHost: www.example.org\r\nContent-Length: 1000\r\n\r\nx")
    return one


def _connected(front):
    return ANYBODY.wrap_socket(
        socket.create_connection((HOST, front.port), timeout=20), server_hostname=NAME
    )


def _is_closed(one):
    one.settimeout(0.01)
    try:
        while one.recv(1000):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


# What the application and the log are told


def test_application_is_told_what_nginx_knows_and_not_what_a_visitor_says(tmp_path):
    with Upstream() as upstream, Front(tmp_path, [upstream.address]) as front:
        answer = front.get(
            "/news/?page=2",
            x_forwarded_for="192.0.2.7",
            x_forwarded_proto="http",
            x_forwarded_host="evil.example",
            x_request_id="chosen",
            forwarded="for=192.0.2.8",
            proxy="evil.example",
            x_real_ip="192.0.2.9",
            connection="close, X-Forwarded-For",
            te="trailers",
        )
        asked, line = upstream.requests[0], front.visits(1)[0]

    told = {name.lower(): value for name, value in asked.headers.items()}
    assert (asked.path, asked.request_version) == ("/news/?page=2", "HTTP/1.1")
    assert told == {
        "host": NAME,
        "x-forwarded-for": "192.0.2.7, 127.0.0.1",
        "x-forwarded-proto": "https",
        "x-request-id": line["request_id"],
        "accept-encoding": "identity",
    }
    assert answer.headers["x-request-id"] == line["request_id"]
    assert line["request_id"] != "chosen"


@pytest.mark.parametrize("is_up", [True, False])
def test_log_holds_no_secret_and_no_whole_address(site, tmp_path, is_up):
    there = f"{HOST}:{site.port}" if is_up else "unix:/nonexistent"
    with Front(tmp_path, [there]) as front:
        for path in (
            f"/account/password/new/1-{SECRET}/",
            f"/account/invitation/{SECRET}/",
            f"/account/%70assword/new/1-{SECRET}/",
            f"/alerts/manage/{SECRET}/forget/",
            f"/alerts/stop-all/{SECRET}/",
            f"/news/?preview={SECRET}",
            f"/news/?page=2&previe%77={SECRET}",
            f"/search/?q={SECRET}",
        ):
            front.get(path)
            front.get("/news/", referer=f"https://{NAME}{path}")
        lines = front.visits(16)
        words = (front.folder / "visits.log").read_text()
        errors = "".join(
            path.read_text() for path in (front.log, front.folder / "error.log") if path.exists()
        )
    assert len(lines) == 16
    assert {line["network"] for line in lines} == {"127.0.0.0"}
    assert SECRET not in words
    assert not [line for line in lines if HOST in str(line | {"upstream": ""})]
    assert SECRET not in errors
    assert HOST not in errors.replace(f"{HOST}:{front.port}", "")
    assert lines[0]["path"] == "/account/password/new/(secret)"


# When the application is out of order


def test_kept_page_stands_in_for_as_long_as_the_application_allowed(tmp_path):
    kept = "public, max-age=0, s-maxage=1, stale-while-revalidate=0, stale-if-error=4"
    with Upstream(kept) as upstream, Front(tmp_path, [upstream.address]) as front:
        began = time.monotonic()
        assert front.get("/x/").body == b"answer 1"
        upstream.status = 503
        wait_for(lambda: time.monotonic() - began > 2.5, 5)
        stale = front.get("/x/")
        assert (stale.status, stale.body, stale.seconds < 1) == (200, b"answer 1", True)
        assert upstream.requests[1:]  # which had been asked, and had refused
        wait_for(lambda: front.get("/x/").status == 503, 5)
        assert time.monotonic() - began > 4.5

        upstream.status = 404
        assert front.get("/x/").status == 404  # which is an answer, and no fault


# In place of mirror.conf, whose own tests show what it gives out.
COPY = """
server {
    listen %s:%d;
    location = /news/ { return 200 "copied $is_args$args"; }
    location = /search/ { return 503 "no search now"; }
    location / { return 404; }
}
"""


def test_copy_of_the_site_answers_when_nobody_else_does(tmp_path):
    front = Front(tmp_path, ["unix:/nonexistent"])
    (front.snippets / "mirror.conf").write_text(COPY % (HOST, front.mirror_port))
    with front:
        assert front.get("/news/?country=iran").body == b"copied ?country=iran"
        search = front.get("/search/?q=cholera")
        assert (search.status, search.body) == (503, b"no search now")
        # What the copy lacks may yet be there, and what is for one person is not in it.
        missing, own = front.get("/where-we-work/"), front.get("/news/", cookie="sessionid=1")
        for answer in (missing, own, front.get("/admin/")):
            assert (answer.status, answer.headers["retry-after"]) == (503, "30")
            assert b"Load it again in a minute" in answer.body


def test_without_a_copy_there_is_a_plain_answer(alone):
    answer = alone.get("/news/")
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.seconds < 1


def test_whoever_watches_is_told_the_truth(tmp_path):
    with Upstream() as upstream, Front(tmp_path, [upstream.address]) as front:
        upstream.status = 503
        assert front.get("/readyz").body == b"answer 1"


def test_page_in_the_look_of_the_site_says_that_nobody_answers(alone):
    (alone.folder / "srv/pages/503.html").write_text("<h1>The site is busy</h1>")
    answer = alone.get("/news/")
    assert (answer.status, answer.body) == (503, b"<h1>The site is busy</h1>")
    assert (answer.headers["retry-after"], answer.headers["cache-control"]) == ("30", "no-store")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"

    form = alone.get("/admin/", method="POST", body=b"a=1")
    assert (form.status, form.headers["retry-after"]) == (503, "30")
    assert b"what was saved automatically" in form.body


def test_other_application_answers_when_one_is_away(site, tmp_path):
    with Front(tmp_path, ["unix:/nonexistent", f"{HOST}:{site.port}"]) as front:
        answers = [front.get(f"/news/?page=1&n={number}") for number in range(10)]
        form = front.get("/account/sign-in/", method="POST", body=b"")
    assert {answer.status for answer in answers} == {200}
    assert form.status == 403


def test_cookie_of_the_application_reaches_the_browser_whole(front):
    cookie = SimpleCookie(front.get("/account/sign-in/").headers["set-cookie"])["__Host-csrftoken"]
    assert (cookie["secure"], cookie["path"]) == (True, "/")
