"""What operators read holds what they need, and nothing about persons."""

import json
import logging
from types import SimpleNamespace

import pytest
from django.http import HttpResponse

from iomsite import measured
from iomsite.logs import JsonLines, Text, without_secrets
from iomsite.operation import statements
from iomsite.operation.assembly import assembled
from iomsite.operation.statements import fingerprint
from iomsite.pagecache.application import PageCache
from tests.pagecache.visiting import make_cache, visit

SECRETS = [
    ("/account/invitation/abc:1:xyz/", "/account/invitation/(secret)"),
    ("/account/password/new/1-abc-def/", "/account/password/new/(secret)"),
    ("/alerts/confirm/tok:en/ 200", "/alerts/confirm/(secret) 200"),
    ("/alerts/manage/tok:en/forget/", "/alerts/manage/(secret)"),
    ("/alerts/stop-all/tok:en/", "/alerts/stop-all/(secret)"),
    ("Not Found: /news/jane.doe@example.org/", "Not Found: /news/(address)/"),
    ("postgres://user:secret@10.0.0.7/db", "postgres://(address)/db"),
    ("from https://www.example.org/news/?q=jane&x=1 here", None),
    ("no\nDETAIL: Key (email)=(jane) exists.\nHINT: More.", "no\nDETAIL: (hidden)\nHINT: More."),
    ("no\nDETAIL:  Failing row contains (a\n\nsecret b, c).", "no\nDETAIL: (hidden)"),
    (
        "no\nDETAIL: (a\nb).\nCONTEXT: c\nd\n\nThe above exception was",
        "no\nDETAIL: (hidden)\nCONTEXT: (hidden)\n\nThe above exception was",
    ),
]


@pytest.mark.parametrize(("said", "shown"), SECRETS)
def test_secrets_and_persons_are_left_out(said, shown):
    shown = shown or "from https://www.example.org/news/?(query) here"
    assert without_secrets(said) == shown


def record_of(message, *args, exc_info=None, **extra):
    record = logging.LogRecord("iomsite.x", logging.ERROR, "", 0, message, args, exc_info)
    record.__dict__.update(extra)
    return record


def test_event_is_one_line_whatever_was_said():
    try:
        raise ValueError("jane.doe@example.org\nis in the way")
    except ValueError as error:
        record = record_of("a\nb \udc80 %s", "/x/?name=jane", exc_info=(ValueError, error, None))
    record.fields = {"view": "home", "ms": 3}
    line = JsonLines().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert told["message"] == "a\nb \udc80 /x/?(query)"
    assert (told["level"], told["logger"], told["view"], told["ms"]) == (
        "ERROR",
        "iomsite.x",
        "home",
        3,
    )
    assert told["traceback"] == "ValueError: (address)\nis in the way"
    assert told["time"].endswith("+00:00")


def test_text_is_for_people():
    line = Text().format(record_of("Slow: %s", "x@example.org", fields={"ms": 3}))
    assert line == "Slow: (address) ms=3"


@pytest.fixture
def lines(monkeypatch):
    """What the access log says, as programs read it."""
    said = []
    logger = logging.getLogger("iomsite.access")

    class Handler(logging.Handler):
        def emit(self, record):
            said.append(json.loads(JsonLines().format(record)))

    handler = Handler()
    logger.addHandler(handler)
    monkeypatch.setattr(logger, "level", logging.INFO)
    monkeypatch.setattr(logger, "propagate", False)
    yield said
    logger.removeHandler(handler)


@pytest.fixture
def cache(db):
    return make_cache()


def entry(application, settings, proxies=0, access="all"):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    settings.ACCESS_LOG, settings.METRICS_PORT = access, 0
    return assembled(application, application if isinstance(application, PageCache) else None)


def test_request_has_a_line_that_says_what_it_cost(cache, lines, settings):
    site = entry(cache, settings)
    answers = [visit(site, "/news/?q=jane&utm_source=x", cookie="a=1") for _time in range(2)]
    first, second = lines
    assert first["path"] == "/news/"
    assert (first["method"], first["status"], first["view"]) == ("GET", 200, "news:release-list")
    assert first["statements"] > 3
    assert first["ms"] > first["database_ms"] > 0
    assert first["cache"] == "none"
    assert "jane" not in json.dumps(lines)
    for line, answer in zip(lines, answers, strict=True):
        assert line["request_id"] == answer.headers["X-Request-ID"]
    assert first["request_id"] != second["request_id"]


def test_pages_that_are_kept_say_nothing_of_one_request(cache, lines, settings):
    site = entry(cache, settings)
    plain, made, held = visit(cache, "/news/"), visit(site, "/"), visit(site, "/")
    assert [line["cache"] for line in lines] == ["miss", "hit"]
    assert "X-Request-ID" not in made.headers
    assert "X-Request-ID" not in held.headers
    assert made.body == held.body
    again = visit(site, "/news/")
    assert again.body == plain.body
    assert again.headers.items() == visit(cache, "/news/").headers.items()


def test_hits_have_no_line_where_nobody_asked_for_them(cache, lines, settings):
    site = entry(cache, settings, access="made")
    for _time in range(3):
        visit(site, "/")
    assert [line["cache"] for line in lines] == ["miss"]


@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [
        (1, "0123-abcd.EF_9", True),
        (0, "0123-abcd.EF_9", False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, 'two words and a quote"', False),
        (1, "12345678\n", False),
    ],
)
def test_number_of_a_request_comes_from_a_proxy_of_ours_or_is_made(
    lines, settings, proxies, given, is_taken
):
    def application(environ, start):
        start("200 OK", [])
        return []

    site = entry(application, settings, proxies)
    answer = visit(site, "/x/", **{"x-request-id": given})
    assert (answer.headers["X-Request-ID"] == given) is is_taken
    assert lines[0]["request_id"] == answer.headers["X-Request-ID"]
    assert measured.WELL_FORMED.fullmatch(lines[0]["request_id"])


def test_what_is_said_meanwhile_bears_the_number_of_the_request(settings):
    said = []

    def application(environ, start):
        said.append(json.loads(JsonLines().format(record_of("Something"))))
        start("200 OK", [])
        return []

    answer = visit(entry(application, settings), "/x/")
    assert said[0]["request_id"] == answer.headers["X-Request-ID"]


def test_settings_choose_what_is_observed(settings):
    settings.METRICS_PORT = 0
    for chosen, of_made, of_hits in (("off", 0, 0), ("made", 1, 0), ("all", 1, 1)):
        settings.ACCESS_LOG = chosen
        site = assembled(HttpResponse)
        assert (len(site.observers), len(site.of_hits)) == (of_made, of_hits)


def test_statement_that_is_slow_is_named_by_its_shape(cache, settings, caplog, monkeypatch):
    """As if each reading of the clock took half a second."""
    settings.SLOW_QUERY_MS = 400
    told = []
    ticks = iter(range(10**6))
    clock = SimpleNamespace(perf_counter=lambda: next(ticks) / 2)
    monkeypatch.setattr(statements, "time", clock)
    monkeypatch.setattr(measured, "counters", [lambda *what: told.append(what)])
    with caplog.at_level("WARNING", "iomsite.operation.statements"):
        visit(entry(cache, settings), "/news/?q=jane", cookie="a=1")
    named = [one for one in caplog.records if one.name == "iomsite.operation.statements"]
    assert {one.fields["view"] for one in named} == {"none", "news:release-list"}
    assert all(one.fields["ms"] == 500 for one in named)
    assert ("slow_statements", "news:release-list") in told
    assert "jane" not in caplog.text


def test_shape_of_a_statement_holds_no_value():
    one = "SELECT a FROM t WHERE b = 'Jane''s' AND c IN (%s, %s, %s)  LIMIT 20"
    other = "SELECT a FROM t\nWHERE b = 'x' AND c IN (%s) LIMIT 5"
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one)[1] == "SELECT a FROM t WHERE b = ? AND c IN (…) LIMIT ?"
    columns = ", ".join(f'"t"."column{number}"' for number in range(9))
    assert fingerprint(f"SELECT {columns} FROM t")[1] == "SELECT … FROM t"
    assert fingerprint("SELECT 1")[0] != fingerprint("SELECT a")[0]
