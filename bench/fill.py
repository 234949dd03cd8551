"""A site with very many releases, the same at every run: the seed, and releases made of its words.

Nobody reads them. What matters is how they spread: some countries and topics have most of them,
many are short and a few long, some have expired, wait, or have earlier editions.
"""

import datetime
import random
import uuid
from collections.abc import Iterator
from itertools import count, product
from string import ascii_uppercase

from django.core.management import call_command
from django.db import connection

from iomsite.publishing.changes import settle
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.states import State
from iomsite.richtext.words import as_text
from news.models import Campaign, NewsRelease, ReleasePhoto
from programmes.models import Country, Programme, RegionalEngagement, Topic

COUNTRIES = 120
CAMPAIGNS = 40
AT_ONCE = 2_000
FIRST_DAY, DAYS = datetime.date(1998, 1, 1), 10_500
FAR_OFF = datetime.datetime(2090, 1, 1, tzinfo=datetime.UTC)
KINDS = ["news-release"] * 8 + ["statement", "message"]


def fill(releases: int) -> None:
    """Into an empty database. Some minutes for 200,000, most of them for the index of search."""
    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    chance = random.Random(2026)
    _add_countries()
    _add_campaigns()
    words = _words()
    made = (_release(number, words, chance) for number in range(releases))
    for some in _in_batches(made):
        NewsRelease.objects.bulk_create(some)
    _add_earlier_editions(chance, releases)
    _tie(chance)
    with locked_ledger():
        settle(None)  # search reads everything
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _in_batches(rows: Iterator[NewsRelease]) -> Iterator[list[NewsRelease]]:
    while some := [row for row, _ in zip(rows, range(AT_ONCE), strict=False)]:
        yield some


def _words() -> list[str]:
    """Sentences of the seed."""
    texts = [
        text
        for model in (NewsRelease, Programme, RegionalEngagement)
        for row in model.objects.published()
        for text in (row.lead, as_text(getattr(row, "body", "")))
    ]
    return sorted({sentence.strip() for text in texts for sentence in text.split(". ") if sentence})


def _release(number: int, sentences: list[str], chance: random.Random) -> NewsRelease:
    day = FIRST_DAY + datetime.timedelta(days=int(DAYS * chance.random() ** 0.6))
    moment = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    moment += datetime.timedelta(seconds=number % 3600)
    lot = chance.random()
    length = max(3, int(chance.lognormvariate(2.5, 0.6)))
    body = ". ".join(chance.choices(sentences, k=length))
    return NewsRelease(
        slug=f"release-{number}",
        uid=uuid.UUID(int=chance.getrandbits(128)),
        title=f"{chance.choice(sentences)[:120]} ({number})",
        kind=chance.choice(KINDS),
        released_on=day,
        dateline="Geneva" if lot < 0.5 else "",
        lead=". ".join(chance.choices(sentences, k=2)),
        body=f"<p>{body}</p>" if "<" not in body else "",
        state=State.DRAFT if lot > 0.98 else State.PUBLISHED,
        published_at=None if lot > 0.98 else FAR_OFF if lot > 0.97 else moment,
        first_published_at=None if lot > 0.97 else moment,
        expires_at=moment + datetime.timedelta(days=1) if 0.96 < lot < 0.97 else None,
    )


def _add_countries() -> None:
    Country.objects.filter(state=State.DRAFT).update(
        state=State.PUBLISHED, published_at=FAR_OFF.replace(year=2020)
    )
    taken = {code for codes in Country.objects.values_list("iso2", "iso3", "m49") for code in codes}
    codes = ("".join(pair) for pair in product(ascii_uppercase, repeat=2))
    free = (code for code in codes if code not in taken and f"Q{code}" not in taken)
    numbers = (f"{n:03}" for n in count(1) if f"{n:03}" not in taken)
    Country.objects.bulk_create(
        Country(
            slug=f"made-up-{code.lower()}",
            name=f"Made-up {code.capitalize()}",
            iso2=code,
            iso3=f"Q{code}",
            m49=number,
            state=State.PUBLISHED,
            published_at=FAR_OFF.replace(year=2020),
        )
        for code, number, _ in zip(
            free, numbers, range(COUNTRIES - Country.objects.count()), strict=False
        )
    )


def _add_campaigns() -> None:
    Campaign.objects.bulk_create(
        Campaign(
            slug=f"campaign-{number}",
            title=f"Campaign {number}",
            kind="campaign",
            date=str(1998 + number % 28),
            state=State.PUBLISHED,
            published_at=FAR_OFF.replace(year=2020),
        )
        for number in range(CAMPAIGNS)
    )


def _add_earlier_editions(chance: random.Random, releases: int) -> None:
    """One page in ten said something else before."""
    pages = NewsRelease.objects.published().order_by("slug")[: releases // 10]
    for some in _in_batches(pages.iterator()):
        pairs = [(page.pk, page) for page in some]
        for key, page in pairs:
            page.pk = page.id = None
            page.edition_of_id, page.state = key, State.SUPERSEDED
            page.superseded_at = page.published_at
        NewsRelease.objects.bulk_create(page for _key, page in pairs)
        NewsRelease.objects.filter(pk__in=[key for key, _page in pairs]).update(edition=2)


def _tie(chance: random.Random) -> None:
    """Few countries and topics have most of the releases."""
    keys = list(
        NewsRelease.objects.filter(slug__startswith="release-").values_list("pk", flat=True)
    )
    _tie_to(chance, keys, "countries", list(Country.objects.published().order_by("slug")))
    _tie_to(chance, keys, "topics", list(Topic.objects.order_by("slug")))
    campaigns = list(Campaign.objects.order_by("slug").values_list("pk", flat=True))
    for campaign in campaigns:
        own = chance.sample(keys, max(1, len(keys) // 500))
        for start in range(0, len(own), 500):
            NewsRelease.objects.filter(pk__in=own[start : start + 500]).update(campaign=campaign)
    shown = list(ReleasePhoto.objects.values_list("photo", flat=True)[:1])
    ReleasePhoto.objects.bulk_create(
        (ReleasePhoto(release_id=key, photo_id=photo) for key in keys[::3] for photo in shown),
        batch_size=AT_ONCE,
    )


def _tie_to(chance: random.Random, keys: list[int], relation: str, rows: list) -> None:
    through = getattr(NewsRelease, relation).through
    column = f"{rows[0]._meta.model_name}_id"
    weights = [1 / (place + 2) for place in range(len(rows))]
    for some in range(0, len(keys), AT_ONCE):
        through.objects.bulk_create(
            through(newsrelease_id=key, **{column: row.pk})
            for key in keys[some : some + AT_ONCE]
            for row in set(chance.choices(rows, weights, k=chance.choice((1, 1, 2, 3))))
        )
