"""The one predicate, and what the database refuses of the state of a page."""

import datetime
import itertools
from datetime import UTC

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from iomsite.publishing.states import State
from news.models import Campaign
from tests.factories.news import CampaignFactory
from tests.factories.publishing import PublishingSetFactory

NOON = datetime.datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)


def campaign(**fields):
    return Campaign.objects.create(
        **{"slug": "campaign", "title": "A campaign", "kind": "campaign", **fields}
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "public"),
    [
        ({}, False),
        ({"published_at": NOON - DAY}, False),
        ({"state": State.PUBLISHED, "published_at": NOON}, True),
        ({"state": State.PUBLISHED, "published_at": NOON + SECOND}, False),
        ({"state": State.PUBLISHED, "published_at": NOON - DAY, "expires_at": NOON}, False),
        ({"state": State.PUBLISHED, "published_at": NOON - DAY, "expires_at": NOON + SECOND}, True),
        ({"state": State.WITHDRAWN, "published_at": NOON - DAY, "withdrawal": "gone"}, False),
    ],
)
def test_published_is_exact_to_the_second(fields, public):
    row = campaign(**fields)
    assert Campaign.objects.published(at=NOON).exists() is public
    assert row.is_public(at=NOON) is public


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "gone"),
    [
        ({}, False),
        ({"state": State.PUBLISHED, "published_at": NOON - DAY}, False),
        (
            {"state": State.PUBLISHED, "published_at": NOON + DAY, "expires_at": NOON + 2 * DAY},
            False,
        ),
        ({"state": State.PUBLISHED, "published_at": NOON - DAY, "expires_at": NOON}, True),
        ({"state": State.WITHDRAWN, "published_at": NOON - DAY, "withdrawal": "gone"}, True),
    ],
)
def test_gone_is_what_the_public_saw_once(fields, gone):
    row = campaign(**fields)
    assert Campaign.objects.gone(at=NOON).exists() is gone
    assert row.was_public(at=NOON) is gone
    assert row.is_readable(at=NOON) is row.is_public(at=NOON)


@pytest.mark.django_db
def test_page_withdrawn_with_a_notice_is_read_and_no_edition_of_it_is():
    withdrawn = {"state": State.WITHDRAWN, "withdrawal": "notice"}
    row = campaign(**withdrawn, published_at=NOON - DAY)
    assert row.is_readable(at=NOON)
    row.edition_of_id = row.pk
    assert not row.is_readable(at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"state": State.PUBLISHED}, "needs the moment of publication"),
        ({"published_at": NOON, "expires_at": NOON}, "would expire before it is published"),
        (
            {"published_at": NOON, "first_published_at": NOON + SECOND},
            "first publication cannot be later",
        ),
    ],
)
def test_database_refuses_contradictions_and_forms_explain_them(fields, message):
    row = Campaign(slug="campaign", title="A campaign", kind="campaign", **fields)
    with pytest.raises(ValidationError, match=message):
        row.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.django_db
@pytest.mark.parametrize("first", [None, NOON - DAY, NOON])
def test_first_publication_is_not_later_than_the_publication(first):
    campaign(published_at=NOON, first_published_at=first, state=State.PUBLISHED).full_clean()


@pytest.mark.django_db
def test_scheduled_is_what_each_row_says_of_itself():
    now = timezone.now()
    chosen = PublishingSetFactory()
    ways = itertools.product(
        (State.PUBLISHED, State.IN_REVIEW), (now, now + SECOND), (None, chosen), (False, True)
    )
    for state, moment, belongs, is_copy in ways:
        page = CampaignFactory(published=True) if is_copy else None
        CampaignFactory(
            state=state,
            published_at=moment,
            publishing_set=belongs,
            edition_of=page,
            edition=2 if is_copy else 1,
        )
    rows = set(Campaign.objects.all())
    assert len(rows) == 24
    assert set(Campaign.objects.scheduled(now)) == {row for row in rows if row.is_scheduled(now)}
