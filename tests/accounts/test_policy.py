"""What every answer tells the browser about what a page may do."""

import io
import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from iomsite import violations
from tests.accounts.addresses import account_addresses
from tests.accounts.signing_in import person
from tests.factories.news import NewsReleaseFactory
from tests.test_environment import PRODUCTION, ROOT

pytestmark = pytest.mark.django_db

REPORTS = "/policy-violations/"
EXPECTED = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    f"report-uri {REPORTS}",
}


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/news/",
        "/no-such-page/",
        "/admin/",
        "/admin/news/newsrelease/add/",
        "/admin/no/such/",
        "/account/",
        "/account/sign-in/",
        "/static/css/account.css",
    ],
)
def test_every_answer_carries_the_policy(client, settings, address):
    settings.WHITENOISE_USE_FINDERS = True
    client.force_login(person())
    answer = client.get(address)

    policy = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert policy == EXPECTED
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer.get("X-Frame-Options") == ("DENY" if "static" not in address else None)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    for feature in ("camera", "geolocation", "microphone", "payment"):
        assert f"{feature}=()" in answer["Permissions-Policy"]
    answer.close()


def public_addresses():
    """Every address outside the administration and the account that needs no name."""
    for pattern in get_resolver().url_patterns:
        nested = getattr(pattern, "url_patterns", [pattern])
        prefix = "" if nested == [pattern] else str(pattern.pattern)
        if not prefix.startswith(("admin", "account")):
            yield from (
                f"/{prefix}{one.pattern}" for one in nested if "(?P" not in str(one.pattern)
            )


def test_visitors_are_given_no_cookie_and_cost_no_statement_about_staff(client):
    """Nor are those who guess at drafts, previews and addresses."""
    NewsReleaseFactory(published=True, slug="public")
    draft = NewsReleaseFactory(slug="draft")
    page, hidden = "/news/2016/public/", draft.get_absolute_url()
    assert hidden == "/news/2016/draft/"
    asked = {one for one in public_addresses() if "<" not in one} - {REPORTS}
    assert len(asked) > 10
    asked |= {page, hidden, "/no/such/", f"{hidden}?edition={draft.pk}"}
    asked |= {f"{page}?preview=x", f"{page}?as-of=2020-01-01"}

    with CaptureQueriesContext(connection) as statements:
        answers = {address: client.get(address) for address in sorted(asked)}

    refused = {address for address, answer in answers.items() if answer.status_code == 400}
    assert refused == {"/oembed"}, "asked for no page"
    others = asked - refused
    assert {answers[one].status_code for one in others} <= {200, 301, 302, 404}
    assert answers[page].status_code == 200
    assert not client.cookies
    varied = {address for address, answer in answers.items() if "Cookie" in answer.get("Vary", "")}
    assert all("?" in address for address in varied), "caches keep one page for everybody"
    about_staff = re.compile(r"accounts_(user|assign)|session|mfa_|iomsite_cache")
    found = [one["sql"] for one in statements if about_staff.search(one["sql"])]
    assert all('FROM "publishing_previewlink"' in one for one in found), "whose maker has left"
    assert len(found) == 1


def test_errors_carry_the_policy_too(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("iomsite.views.HomeView.get", fail)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_pages_of_sign_in_are_found_by_no_search_engine(client):
    for name in ("account_login", "account_reset_password", "account_invitation"):
        assert "NOARCHIVE" in client.get(reverse(name)).content.decode()


def test_what_staff_are_shown_is_kept_by_nobody(client):
    """Every address of the account and a few of the administration, errors among them."""
    asked = ["/account/no/such/", "/admin/", "/admin/no/such/", "/admin/jsi18n/"]
    asked += ["/admin/news/newsrelease/", "/admin/news/newsrelease/1/change/", *account_addresses()]
    client.force_login(person())
    answers = [browser.get(address) for address in asked for browser in (client, Client())]
    answers.append(Client(enforce_csrf_checks=True).post(reverse("account_login")))

    assert {200, 302, 403, 404, 410} <= {answer.status_code for answer in answers}
    assert [one.request for one in answers if "no-store" not in one["Cache-Control"]] == []


IN_PRODUCTION = """
import django, json
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
names = [name for name in dir(settings) if name.startswith(("SECURE_", "SESSION_COOKIE", "CSRF_"))]
print(json.dumps({name: getattr(settings, name) for name in [*names, "SILENCED_SYSTEM_CHECKS"]}))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """Settings of a process that starts as a server does, and whose deployment checks pass."""
    here = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "iomsite.settings",
        "STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
        "SECRET_KEY": "s0me-Secret_of*many(different)characters+and#more-of-them",
    }
    run = subprocess.run(
        [sys.executable, "-c", IN_PRODUCTION],
        cwd=ROOT,
        env=PRODUCTION | here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_production_speaks_over_tls_alone_and_its_cookies_are_bound_to_the_host(
    client, settings, production
):
    assert production.pop("SILENCED_SYSTEM_CHECKS") == []
    for name, value in production.items():
        setattr(settings, name, value)

    plain = client.get("/account/sign-in/")
    page = client.get("/account/sign-in/", secure=True)
    client.force_login(person())

    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/account/sign-in/")
    assert page["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert set(client.cookies) == {"__Host-csrftoken", "__Host-sessionid"}
    for cookie in client.cookies.values():
        assert cookie["secure"] is True
        assert (cookie["path"], cookie["domain"] or "") == ("/", "")
    assert page.cookies["__Host-csrftoken"]["samesite"] == "Lax"
    assert production["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert production["SESSION_COOKIE_HTTPONLY"] is True
    assert client.get("/admin/", secure=True).status_code == 200


@pytest.fixture(autouse=True)
def full_allowance():
    violations.allowance = violations.Allowance(violations.MOST_A_MINUTE)


def send(body, content_type="application/csp-report"):
    words = body if isinstance(body, (str, bytes)) else json.dumps(body)
    browser = Client(enforce_csrf_checks=True)
    return browser.post(REPORTS, words, content_type=content_type)


def old_report(**told):
    return {
        "csp-report": {"document-uri": "https://www.example.org/news/?preview=s3cret#x", **told}
    }


def test_violation_is_logged_without_secrets(caplog):
    answer = send(old_report(**{"effective-directive": "script-src", "blocked-uri": "inline"}))
    body = {
        "documentURL": "https://www.example.org/x?token=s3cret",
        "effectiveDirective": "img-src",
    }
    send([{"type": "csp-violation", "body": body}], "application/reports+json")

    assert answer.status_code == 204
    assert len(caplog.records) == 2
    assert "script-src" in caplog.text
    assert "https://www.example.org/news/" in caplog.text
    assert "img-src" in caplog.text
    assert "s3cret" not in caplog.text


@pytest.fixture
def console(monkeypatch):
    """What operators read."""
    (handler,) = [one for one in logging.root.handlers if type(one) is logging.StreamHandler]
    monkeypatch.setattr(handler, "stream", lines := io.StringIO())
    return lines


def test_no_line_of_the_log_holds_the_secret_of_a_link(client, console):
    """Not even of one that is over: it names the account, and tells how links are made."""
    for name, words in (
        ("account_invitation_link", {"token": "s3cret:of:three-days"}),
        ("account_reset_password_from_key", {"uidb36": "s3cret", "key": "s3cret-of/an-hour"}),
    ):
        address = reverse(name, args=words.values())
        client.get(address)
        logging.getLogger("django.request").error("%s: %s", "Internal Server Error", address)
        send(old_report(**{"document-uri": f"https://www.example.org{address}"}))
        send(old_report(**{"blocked-uri": f"https://www.example.org{address}x"}))

    said = console.getvalue()
    assert "Gone: /account/invitation/" in said
    assert said.count("/account/password/new/(secret)") == 3
    assert "s3cret" not in said


def test_violation_cannot_forge_or_fill_the_log(caplog):
    send(old_report(**{"blocked-uri": "x\nERROR root: forged " + "y" * 5000}))
    (record,) = caplog.records
    assert "\n" not in record.getMessage()
    assert len(record.getMessage()) < 1000

    caplog.clear()
    violations.allowance = violations.Allowance(3)
    assert {send(old_report()).status_code for _ in range(9)} == {204}
    assert len(caplog.records) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"[1]", b"1", b'"x"', b"{}", b'{"csp-report": 1}', b"\xff\x00",
        b"[" * 5000, b'{"csp-report": {"document-uri": {"a": ["b"]}}}',
        b'{"csp-report": {"blocked-uri": "http://[::1"}}',
        b'{"csp-report": "' + b"x" * 9000 + b'"}',
    ],
)  # fmt: skip
def test_nonsense_is_answered_alike(body, caplog):
    with caplog.at_level(logging.WARNING):
        assert send(body).status_code == 204
    assert len(caplog.records) <= 1


def test_violations_are_sent_and_not_read():
    assert Client().get(REPORTS).status_code == 405


def test_no_part_of_the_site_asks_for_more():
    """A view may loosen the policy with a decorator of the package; none does."""
    found = subprocess.run(
        ["grep", "-rnE", "csp_(exempt|update|replace)|csp_nonce|unsafe-(inline|eval)", "iomsite",
         "programmes", "news", "--include=*.py", "--include=*.html"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == ""


@pytest.mark.parametrize(("is_debug", "has_policy"), [(True, False), (False, True)])
def test_only_what_django_explains_to_developers_has_no_policy(settings, is_debug, has_policy):
    settings.DEBUG = is_debug
    answer = Client(raise_request_exception=False).get("/no/such/page/")

    assert answer.status_code == 404
    assert ("Content-Security-Policy" in answer) is has_policy
