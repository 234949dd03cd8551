"""Roles: data in code, equal to what the database knows."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission

from iomsite.accounts import roles
from iomsite.accounts.models import User
from iomsite.publishing.editions import publishable_models

every_role = pytest.mark.parametrize("code", roles.ROLES)


def known_permissions():
    rows = Permission.objects.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


@pytest.mark.django_db
@every_role
def test_every_permission_of_a_role_exists(code):
    named = roles.permissions_of(code, at_headquarters=True)
    assert named
    assert named <= known_permissions()


@every_role
def test_headquarters_may_do_more_than_any_other_office(code):
    everywhere = roles.permissions_of(code, at_headquarters=False)
    assert everywhere < roles.permissions_of(code, at_headquarters=True)


def test_each_role_of_writing_may_do_more_than_the_one_before():
    writing = [
        roles.permissions_of(code, at_headquarters=True)
        for code in ("contributor", "editor", "publisher")
    ]
    assert writing[0] < writing[1] < writing[2]
    assert not any(name.startswith("accounts.change") for name in writing[2])


def test_every_kind_of_page_is_read_written_reviewed_and_published_by_some_role():
    may = roles.permissions_of("publisher", at_headquarters=True)
    for model in publishable_models():
        options = model._meta
        for action in options.default_permissions:
            assert f"{options.app_label}.{action}_{options.model_name}" in may


def test_common_kinds_of_page_are_begun_at_headquarters_only():
    here = roles.permissions_of("publisher", at_headquarters=False)
    assert not here & set(roles.over(roles.COMMON, "add"))
    assert set(roles.over(roles.COMMON, "change", "publish")) <= here


def test_every_table_of_the_administration_is_shown_to_some_role():
    """One that no role names is for superusers alone: then it stands here."""
    for model in admin.site._registry:
        options = model._meta
        name = f"{options.app_label}.view_{options.model_name}"
        assert any(name in roles.permissions_of(code, at_headquarters=True) for code in roles.ROLES)


def test_groups_and_single_permissions_are_no_way_around():
    columns = {field.name for field in User._meta.get_fields()}
    assert not columns & {"groups", "user_permissions"}
