"""Whatever is asked of the public addresses is answered by 200, or refused, and soon.

Judged by the CPU time of this process, not by the clock: how busy the machine is shows nothing.
"""

import gc
import random
import time
import uuid
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from iomsite.publishing.states import State
from iomsite.search.index import rebuild
from news.models import NewsRelease
from tests.factories.organisation import PageFactory
from tests.factories.programmes import CountryFactory, TopicFactory

PAGES = 2_000
SECONDS = 0.5  # of CPU, for one question
SECONDS_OF_TABLE = 2.0  # a whole one, with all of the results or of the list in it

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
QUESTIONS = {
    "nothing": "",
    "operators": 'NEAR(a b, 5) OR NOT "x" AND {title lead}: ^a* - + (b) :* <-> & | ! \\',
    "columns": "title:malaria AND lead:* OR rowid:1",
    "quotes": "\"'\"'`´“”„«»" * 400,
    "a quote that stays open": '"malaria nets',
    "ten kilobytes of a letter": "a" * 10_000,
    "ten kilobytes of words": "malaria nets " * 800,
    "ten kilobytes of stars": "*" * 10_000,
    "ten kilobytes of signs": "%_" * 5_000,
    "a hundred words": " ".join(f"mal{letter}ria{letter}" for letter in ALPHABET * 4),
    "twelve slips": " ".join(f"malar{letter}ia" for letter in ALPHABET[:12]),
    "twelve exclusions": "malaria " + " ".join(f"-word{number}" for number in range(12)),
    "all words that all pages have": "malaria nets kits health border people country year",
    "one letter": "a",
    "common words": "the of and in to",
    "zero": "malaria\0nets",
    "zero, written out": "%00",
    "right to left": "\u202e\u2066malaria\u2069\u202c\u200f",
    "surrogates and such": "\ufffe\uffff\U000e0001\U0010ffff",
    "accents upon accents": "a" + "\u0301" * 5_000,
    "Zalgo": "".join(letter + "\u0315\u0361\u0489" * 20 for letter in "malaria"),
    "one sign that folds into many": "\ufdfa" * 600,
    "a thousand spaces": "malaria" + "\u3000 \t\n" * 1_000 + "nets",
    "deep JSON": '{"a":[' * 2_000,
    "JSON of a program": '{"$where": "sleep(5)", "query": {"match_all": {}}}',
    "SQL": "'; DROP TABLE search_entry; SELECT pg_sleep(5)--",
    "a pattern that doubles": "(a+)+$ " * 300,
    "a template": "{{ 7*7 }}${7*7}<%= 7 %>",
    "other addresses": "../../etc/passwd file:///etc/passwd \\\\host\\share",
}
# Each of these is asked everything; those after them by turns.
SEARCHES = ("/search/?q={}", "/search.json?q={}", "/search/suggest?q={}")
PLACES = [
    *("/search/?exact=1&q={}", "/search.atom?q={}", "/search.csv?q={}", "/search.md?q={}"),
    *("/search/?q=malaria&topic={}", "/search/?q=malaria&year={}", "/search.json?q=nets&page={}"),
    *("/news/?topic={}", "/news/?year={}", "/news/?page={}", "/news/?{}=1", "/news.json?topic={}"),
    *("/news.json?after={}", "/news.atom?country={}", "/news.csv?year={}", "/news.md?{}"),
    *("/our-work/partnerships/?topic={}", "/?{}", "/index.json?{}", "/oembed?url={}"),
    *("/oembed?url=http://testserver/news/2016/{}/", "/alerts/new/?of=/search/?q={}"),
    *("/alerts/new/?of={}", "/sitemap-newsrelease.xml?p={}"),
]
# What is not one value but many.
MANY = [
    "&".join(f"topic={number}" for number in range(5_000)),
    "&".join(f"topic=malaria{number}&year=2016&country=" for number in range(300)),
    "&".join(f"x{number}=1" for number in range(900)),
    "topic=malaria&" * 900,
    "=&" * 900,
]
TURN = 3  # a number that the places are no multiple of, so that all meet

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    """Very many pages of a few words, all of one topic."""
    work = PageFactory(slug="our-work", published=True)
    PageFactory(slug="partnerships", parent=work, published=True)
    topic, country = TopicFactory(name="Malaria", slug="malaria"), CountryFactory(published=True)
    words = ["malaria", "nets", "kits", "health", "border", "people", "country", "year"]
    made = NewsRelease.objects.bulk_create(_releases(words, random.Random(2026)))
    for relation, row in ((NewsRelease.topics, topic), (NewsRelease.countries, country)):
        through, name = relation.through, f"{row._meta.model_name}_id"
        through.objects.bulk_create(
            through(newsrelease_id=one.pk, **{name: row.pk}) for one in made
        )
    rebuild()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what other tests have told the database is no longer so


def _releases(words, chance):
    now = timezone.now()
    for number in range(PAGES):
        yield NewsRelease(
            slug=f"release-{number}",
            uid=uuid.UUID(int=number + 1),
            title=f"{' '.join(chance.sample(words, 4))} word{number}",
            lead=f"{' '.join(words)} malar{chance.choice(ALPHABET)}a",
            body=f"<p>{' '.join(words * 10)}</p>",
            released_on=now.date(),
            published_at=now,
            state=State.PUBLISHED,
        )


def ask(client, address):
    """How long it took, without what all tests before have left to be looked through for garbage.

    Whatever is asked, it is answered, refused, or not there.
    """
    gc.disable()
    try:
        began = time.process_time()
        answer = client.get(address)
        answer.getvalue()
        spent = time.process_time() - began
    finally:
        gc.enable()
    assert answer.status_code in (200, 400, 404), (address[:80], answer.status_code)
    return spent


def most_of(address):
    return SECONDS_OF_TABLE if ".csv?" in address else SECONDS


def test_whatever_is_asked_is_answered_soon(client, site):
    client.raise_request_exception = False
    addresses = [
        place.format(quote(question))
        for turn, question in enumerate(QUESTIONS.values())
        for place in (*SEARCHES, *PLACES[turn % TURN :: TURN])
    ]
    addresses += [
        f"{page}?{'q=malaria&' if 'search' in page else ''}{many}"
        for many in MANY
        for page in ("/search/", "/search.json", "/news/", "/news.json", "/news.csv")
    ]
    for address in ("/search/?q=malaria", "/news/"):
        ask(client, address)  # what is read once a process
    took = {address: ask(client, address) for address in addresses}
    slow = {address[:90]: spent for address, spent in took.items() if spent > most_of(address)}
    assert not slow, slow
