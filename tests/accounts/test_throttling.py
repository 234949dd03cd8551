"""How often somebody may try."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from threading import Barrier

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from iomsite.accounts import throttle
from iomsite.accounts.models import User
from tests.accounts.signing_in import (
    PASSWORD,
    code,
    give_app,
    give_code,
    is_inside,
    person,
    recovery_codes_of,
    sign_in,
)
from tests.submission import change_of

pytestmark = pytest.mark.django_db

TOO_MANY = "too many attempts"
FORGOTTEN = "/account/password/forgotten/"


def refused(answer):
    return TOO_MANY in answer.content.decode().lower()


def addresses():
    """A new address for each attempt, as an attacker with many machines has."""
    number = 0
    while True:
        number += 1
        yield f"198.{number // 62_500}.{number // 250 % 250}.{number % 250}"


@pytest.fixture
def three_an_address(settings):
    """Fewer than in the settings, for a quicker test."""
    limits = {"login_failed": "3/m/ip,5/10m/key", "reset_password": "3/h/ip,3/h/key"}
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | limits


@pytest.fixture
def checked(monkeypatch):
    """The passwords that were held against somebody's."""
    held = []
    check = User.check_password
    monkeypatch.setattr(
        User, "check_password", lambda user, word: held.append(word) or check(user, word)
    )
    return held


def test_of_many_attempts_five_passwords_are_held_against_an_account(client, checked):
    """From as many addresses, by either name: the account is what is guarded."""
    user = person(username="ada")
    names = ("ada", "ADA", "ada@example.org", "Ada@Example.Org")

    answers = [
        sign_in(client, names[i % 4], f"guess {i}", REMOTE_ADDR=address)
        for i, address in zip(range(60), addresses(), strict=False)
    ]

    assert set(checked) == {f"guess {i}" for i in range(5)}
    assert [refused(answer) for answer in answers] == [False] * 5 + [True] * 55
    assert refused(sign_in(client, "ada", PASSWORD, REMOTE_ADDR="203.0.113.9"))
    assert "administrator can unlock" in answers[-1].content.decode()
    assert not is_inside(client)
    assert throttle.locked_until(user)


@pytest.mark.any_database
def test_ten_thousand_attempts_hash_five_passwords(rf, settings, monkeypatch):
    """Asked behind the form, so that the test is quick, and from a new address each time."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    person(username="ada")
    hashed = []
    monkeypatch.setattr(
        "django.contrib.auth.hashers.MD5PasswordHasher.encode",
        lambda self, word, salt: hashed.append(word) or f"md5${salt}$x",
    )
    # Whose name this is, is not the question here.
    monkeypatch.setattr(throttle, "account_named", lru_cache(throttle.account_named))
    request = rf.post("/")
    adapter = get_adapter(request)
    for i, address in zip(range(10_000), addresses(), strict=False):
        request.META["REMOTE_ADDR"] = address
        with suppress(ValidationError):
            adapter.authenticate(request, username="ada", password=f"guess {i}")

    assert hashed == [f"guess {i}" for i in range(5)]


def slowly(count):
    """Time enough for everybody to read a counter before anybody writes it, were it not locked."""
    return lambda *args, **how: time.sleep(0.01) or count(*args, **how)


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_time_gain_nothing(checked, monkeypatch):
    """Five passwords at most are held against an account, and a code opens once.

    Each has a connection of its own, as on a server.
    """
    user = person()
    secret = give_app(user)
    doors, others = ([Client() for _ in range(count)] for count in (4, 8))
    for door in doors:
        sign_in(door, user.username)
    assert checked == [PASSWORD] * 4

    with ThreadPoolExecutor(8) as crowd:

        def at_once(do, *each):
            start = Barrier(len(each[0]))

            def one(*what):
                start.wait()
                try:
                    return do(*what)
                finally:
                    connection.close()

            return list(crowd.map(one, *each))

        for digits in (code(secret), recovery_codes_of(user)[0]):
            at_once(give_code, doors, [digits] * 4)
            assert [is_inside(door) for door in doors].count(True) == 1
            for door in doors:
                door.logout()
                sign_in(door, user.username)
        checked.clear()
        monkeypatch.setattr(ratelimit, "apply_rate", slowly(ratelimit.apply_rate))
        at_once(sign_in, others, [user.username] * 8, [f"guess {i}" for i in range(8)])

    assert 0 < len(checked) <= 5


def test_unknown_account_is_locked_alike(client):
    answers = [sign_in(client, "nobody", f"guess {i}") for i in range(6)]
    assert [refused(answer) for answer in answers] == [False] * 5 + [True]


def test_lock_opens_by_itself_and_holds_over_the_day():
    with time_machine.travel("2026-06-01 08:00", tick=False) as clock:
        user = person()
        secret = give_app(user)
        # As many as a patient attacker has had already, at the pace that is let through.
        ((_short, _), (day, _), *_others) = throttle._counters(user)
        cache.set(day, [time.time() - i for i in range(46)], 24 * 3600)

        held = [not refused(sign_in(Client(), user.username, "x")) for _ in range(6)]
        assert held == [True] * 4 + [False] * 2, "fifty a day"
        cache.delete(day)
        assert refused(sign_in(Client(), user.username)), "five every ten minutes"
        assert throttle.locked_until(user).minute == 10

        clock.shift(601)
        assert throttle.locked_until(user) is None
        sign_in(client := Client(), user.username)
        give_code(client, code(secret))
        assert is_inside(client)


def test_signing_in_well_counts_for_nothing(client):
    user = person()
    secret = give_app(user)
    for _ in range(7):
        assert sign_in(Client(), user.username).url == reverse("mfa_authenticate")
    sign_in(client, user.username)
    assert give_code(client, code(secret)).status_code == 302
    assert throttle.locked_until(user) is None


@pytest.mark.usefixtures("three_an_address")
@pytest.mark.parametrize(
    ("first", "same", "another"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.8"),
        ("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", "2001:db8:1:2::1"),
        ("::ffff:203.0.113.7", "203.0.113.7", "::ffff:203.0.113.8"),  # a server of both kinds
    ],
)
def test_one_address_tries_few_accounts(client, first, same, another):
    answers = [sign_in(client, f"person-{i}", "x", REMOTE_ADDR=first) for i in range(3)]
    assert not any(map(refused, answers))
    assert refused(sign_in(client, "person-3", "x", REMOTE_ADDR=same))
    assert not refused(sign_in(client, "person-4", "x", REMOTE_ADDR=another))


@pytest.mark.usefixtures("three_an_address")
@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_forged_forwarding_gains_nothing(client, settings, proxies):
    """What a visitor writes into the header stands before what our proxies add to it."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    added = ["203.0.113.7", "10.0.0.1"][:proxies]

    def attempt(i, forged):
        forwarded = ", ".join([*forged, *added])
        return sign_in(client, f"person-{i}", "x", headers={"x-forwarded-for": forwarded})

    forgeries = [[f"198.51.100.{i}", *["192.0.2.1"] * (i % 3)] for i in range(4)]
    answers = [attempt(i, forged) for i, forged in enumerate(forgeries)]

    assert [refused(answer) for answer in answers] == [False] * 3 + [True]


@pytest.mark.usefixtures("three_an_address")
def test_visitors_behind_a_proxy_are_counted_one_by_one(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for i in range(4):
        last = sign_in(client, f"p-{i}", "x", headers={"x-forwarded-for": "203.0.113.7"})
    assert refused(last)
    assert not refused(sign_in(client, "p", "x", headers={"x-forwarded-for": "203.0.113.8"}))


def test_whoever_comes_around_the_proxies_is_not_served(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    answer = sign_in(client, "ada", headers={"x-forwarded-for": "203.0.113.7"})
    assert answer.status_code == 403
    for forged in ("not an address, 10.0.0.1", "<script>, 10.0.0.1"):
        assert sign_in(client, "a", headers={"x-forwarded-for": forged}).status_code == 403


def test_second_factor_is_guessed_five_times(client):
    user = person()
    secret = give_app(user)
    sign_in(client, user.username)

    answers = [
        give_code(client, f"{i:06}", REMOTE_ADDR=address)
        for i, address in zip(range(12), addresses(), strict=False)
    ]
    assert [refused(answer) for answer in answers] == [False] * 5 + [True] * 7

    for right in (code(secret), recovery_codes_of(user)[0]):
        browser = Client()
        sign_in(browser, user.username, REMOTE_ADDR="203.0.113.9")
        assert refused(give_code(browser, right, REMOTE_ADDR="203.0.113.9"))
        assert not is_inside(browser)


def test_set_up_is_guessed_five_times(client):
    client.force_login(person(), factor=False)
    secret = client.get(reverse("mfa_activate_totp")).context["secret"]
    for i in range(5):
        client.post(reverse("mfa_activate_totp"), {"code": f"{i:06}"})
    assert refused(client.post(reverse("mfa_activate_totp"), {"code": code(secret)}))


def test_confirming_is_guessed_five_times(client):
    user = person()
    client.force_login(user)
    answers = [client.post("/account/confirm/", {"password": "x"}) for _ in range(6)]
    assert [refused(answer) for answer in answers] == [False] * 5 + [True]
    assert refused(client.post("/account/confirm/", {"password": PASSWORD}))


def test_new_passwords_are_asked_for_three_times_an_hour(client):
    for email in ("ada@example.org", "nobody@example.org"):
        person(username=email[:3])
        mail.outbox.clear()
        answers = [
            client.post(FORGOTTEN, {"email": email}, REMOTE_ADDR=address)
            for _, address in zip(range(5), addresses(), strict=False)
        ]
        assert [answer.status_code for answer in answers] == [302] * 3 + [429] * 2
        assert refused(answers[-1])
        assert len(mail.outbox) == 3
        User.objects.all().delete()


@pytest.mark.usefixtures("three_an_address")
def test_one_address_asks_for_few_new_passwords(client):
    answers = [client.post(FORGOTTEN, {"email": f"p{i}@example.org"}) for i in range(4)]
    assert [answer.status_code for answer in answers] == [302] * 3 + [429]


def test_administrator_unlocks_what_is_locked(client):
    user = person()
    secret = give_app(user)
    for i in range(5):
        sign_in(client, user.username, f"x{i}")
        client.post(FORGOTTEN, {"email": user.email})
    sign_in(Client(), user.username)
    administrator = Client()
    administrator.force_login(person(username="bob", email="bob@example.org"))
    form = administrator.get(change_of(user)).content.decode()
    assert "Locked after too many attempts" in form
    address = change_of(user).replace("change", "unlock")
    assert address in form

    done = administrator.post(address, follow=True)

    assert "The account is unlocked." in done.content.decode()
    assert address not in administrator.get(change_of(user)).content.decode()
    history = administrator.get(change_of(user).replace("change", "history"))
    assert "The account is unlocked." in history.content.decode()
    sign_in(client, user.username)
    give_code(client, code(secret))
    assert is_inside(client)


def test_attempts_are_counted_where_all_servers_read_them(client):
    """The table of the cache, which the migration made and no process keeps for itself."""
    user = person()
    sign_in(client, user.username, "x")
    name, _rate = throttle._counters(user)[0]

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM iomsite_cache")
        keys = {row[0] for row in cursor.fetchall()}

    assert cache.make_key(name) in keys


def test_page_of_too_many_attempts_says_what_to_do(client):
    for _ in range(61):
        answer = client.post(reverse("account_login"), {})
    assert answer.status_code == 429
    assert "wait ten minutes" in answer.content.decode()
    assert answer["Content-Security-Policy"]
