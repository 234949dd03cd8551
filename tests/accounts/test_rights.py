"""One answer, asked of one row and of many: who may do what, where."""

import pytest
from django.contrib.auth.models import AnonymousUser

from iomsite.accounts.rights import EVERYWHERE, NOWHERE, offices_for, scope, works_here
from tests.factories.accounts import AssignmentFactory, OfficeFactory, UserFactory, headquarters
from tests.factories.news import CampaignFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return OfficeFactory(kind="regional")


@pytest.fixture
def country(region):
    return OfficeFactory(parent=region)


@pytest.fixture
def elsewhere():
    return OfficeFactory()


def test_rights_hold_in_the_office_of_an_assignment_and_below(region, country, elsewhere):
    regional = UserFactory(role="editor", role__office=region)
    local = UserFactory(role="editor", role__office=country)
    name = "news.change_campaign"
    assert scope(regional, name).offices == {region.pk, country.pk}
    assert scope(local, name).offices == {country.pk}
    assert scope(UserFactory(role="editor"), name) == EVERYWHERE
    assert set(offices_for(regional, name)) == {region, country}
    assert headquarters() in offices_for(UserFactory(role="editor"), name)


def test_page_without_an_office_is_of_headquarters(region):
    page, local = CampaignFactory(), UserFactory(role="publisher", role__office=region)
    for action in ("view", "change", "publish"):
        assert not local.has_perm(f"news.{action}_campaign", page)
        assert UserFactory(role="publisher").has_perm(f"news.{action}_campaign", page)


def test_rights_of_several_assignments_add_up(country, elsewhere):
    person = UserFactory(role="publisher", role__office=country)
    AssignmentFactory(person=person, role="contributor", office=elsewhere)
    assert scope(person, "news.view_campaign").offices == {country.pk, elsewhere.pk}
    assert scope(person, "news.publish_campaign").offices == {country.pk}


def test_some_rights_hold_at_headquarters_only(country):
    local, top = UserFactory(role="publisher", role__office=country), UserFactory(role="publisher")
    for name in ("publishing.change_redirect", "programmes.change_topic", "organisation.add_page"):
        assert not local.has_perm(name)
        assert top.has_perm(name)
    assert local.has_perm("programmes.add_partner")
    assert not local.has_perm("programmes.change_partner")


def test_nobody_else_may_do_anything(country):
    closed = UserFactory(role="publisher", is_active=False)
    gone = UserFactory()
    AssignmentFactory(person=gone, ends_on="2020-01-02")
    top = UserFactory(is_superuser=True, is_active=False)
    for person in (UserFactory(), closed, gone, top, AnonymousUser()):
        assert scope(person, "news.view_campaign") == NOWHERE
        assert not person.has_perm("news.view_campaign")
        assert not person.has_module_perms("news")
        assert not works_here(person)
        assert not person.get_all_permissions()


def test_superusers_may_do_everything():
    person = UserFactory(is_superuser=True)
    assert scope(person, "news.publish_campaign") == EVERYWHERE
    assert works_here(person)


def test_assignments_are_read_once_a_request(region, django_assert_num_queries):
    person = UserFactory(role="editor", role__office=region)
    for office in OfficeFactory.create_batch(3):
        AssignmentFactory(person=person, office=office)
    with django_assert_num_queries(1):
        assert person.has_perm("news.change_campaign")
        assert person.has_perm("news.publish_campaign")
        assert person.has_module_perms("programmes")
        assert not person.has_perm("accounts.change_user")
