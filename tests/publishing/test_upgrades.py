"""What a database from before holds is put right when the site is upgraded."""

import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from iomsite.publishing import editions, timetable
from iomsite.publishing.ledger import locked_ledger
from tests.factories.programmes import CountryFactory
from tests.factories.publishing import PublishingSetFactory

HOUR = datetime.timedelta(hours=1)

pytestmark = pytest.mark.django_db


def upgrade(app):
    import_module(f"{app}.migrations.0006_past_moments").fill(apps, None)


def test_page_that_is_public_leaves_its_set_and_one_that_waits_stays():
    chosen, moment = PublishingSetFactory(), timezone.now() + HOUR
    live = CountryFactory(published=True, publishing_set=chosen)
    late = CountryFactory(state="published", published_at=moment, publishing_set=chosen)
    upgrade("programmes")
    live.refresh_from_db()
    late.refresh_from_db()
    assert (live.publishing_set, late.publishing_set) == (None, chosen)


def test_withdrawn_page_was_public_until_it_was_changed_last():
    gone = CountryFactory(withdrawn=True)
    kept = CountryFactory(withdrawn=True, withdrawal="notice")
    upgrade("programmes")
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.superseded_at, kept.superseded_at) == (gone.updated_at, None)


def test_every_kind_of_page_is_upgraded():
    named = {
        f"{app.rpartition('.')[2]}.{name}"
        for app in ("iomsite.images", "iomsite.organisation", "news", "programmes")
        for name in import_module(f"{app}.migrations.0006_past_moments").MODELS
    }
    assert named == {model._meta.label_lower for model in editions.publishable_models()}


def test_what_waits_in_a_set_is_looked_for_anew():
    moment = timezone.now() + HOUR
    chosen = PublishingSetFactory(published_at=moment)
    CountryFactory(state="published", published_at=moment, publishing_set=chosen)
    with locked_ledger() as ledger:
        assert ledger.next_at is None
    import_module("iomsite.publishing.migrations.0003_ask_what_waits").ask(apps, None)
    assert timetable.replace_due() == 0
    assert timetable.look(moment).is_due
    assert timetable.replace_due(moment) == 1
