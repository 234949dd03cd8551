"""The one predicate, and the verbs that move a page through its states."""

import datetime
from datetime import UTC

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from iomsite.publishing.states import State
from news.models import Campaign

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
        ({"state": State.WITHDRAWN, "published_at": NOON - DAY}, False),
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
        ({"state": State.WITHDRAWN, "published_at": NOON - DAY}, True),
    ],
)
def test_gone_is_what_the_public_saw_once(fields, gone):
    campaign(**fields)
    assert Campaign.objects.gone(at=NOON).exists() is gone


@pytest.mark.django_db
def test_publish_shows_the_page_and_stamps_who(admin_user):
    row = campaign()
    row.publish(by=admin_user)
    assert Campaign.objects.published().get().updated_by == admin_user


@pytest.mark.django_db
def test_publish_drops_an_expiry_that_has_passed(admin_user):
    row = campaign(state=State.PUBLISHED, published_at=NOON - 2 * DAY, expires_at=NOON - DAY)
    row.publish(by=admin_user)
    assert Campaign.objects.published().get().expires_at is None


@pytest.mark.django_db
def test_withdraw_takes_a_public_page_off_the_site(admin_user):
    row = campaign(state=State.PUBLISHED, published_at=NOON - 400 * DAY)
    row.withdraw(by=admin_user)
    assert not Campaign.objects.published().exists()
    assert Campaign.objects.gone().exists()


@pytest.mark.django_db
def test_withdraw_of_what_nobody_saw_leaves_no_trace(admin_user):
    row = campaign()
    row.publish(by=admin_user, at=datetime.datetime.now(UTC) + DAY)
    row.withdraw(by=admin_user)
    assert Campaign.objects.drafts().get().published_at is None
    assert not Campaign.objects.gone(at=datetime.datetime.now(UTC) + 2 * DAY).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"state": State.PUBLISHED}, "needs the moment of publication"),
        ({"published_at": NOON, "expires_at": NOON}, "would expire before it is published"),
    ],
)
def test_database_refuses_contradictions_and_forms_explain_them(fields, message):
    row = Campaign(slug="campaign", title="A campaign", kind="campaign", **fields)
    with pytest.raises(ValidationError, match=message):
        row.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
