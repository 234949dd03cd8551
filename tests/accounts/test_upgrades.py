"""What a database from before holds, when accounts get an e-mail address each."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection

from iomsite.accounts.models import User

pytestmark = pytest.mark.django_db

UPGRADE = import_module("iomsite.accounts.migrations.0002_offices_roles_and_addresses")


def people(addresses):
    """The table as it was, without the rules that this migration brings, and these accounts."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE accounts_user AS SELECT * FROM accounts_user")
    rows = enumerate(addresses.items(), 1)
    User.objects.bulk_create(User(pk=key, username=who, email=to) for key, (who, to) in rows)


def found():
    return dict(User.objects.values_list("username", "email"))


def test_addresses_are_put_into_small_letters():
    people(addresses := {"ada": "Ada@x.org", "bob": "bob@X.ORG", "cy": "", "di": ""})
    UPGRADE.in_small_letters(apps, None)
    assert found() == {who: to.lower() for who, to in addresses.items()}


def test_accounts_that_share_an_address_are_named():
    people(
        shared := {
            "ada": "Office@x.org",
            "bob": "office@x.org",
            "cy": "cy@x.org",
            "di": "",
            "eve": "",
        }
    )
    with pytest.raises(CommandError) as refusal:
        UPGRADE.in_small_letters(apps, None)
    said = str(refusal.value)
    assert "Shared: office@x.org (ada, bob)." in said
    assert "Change or empty all but one of each" in said
    assert found() == shared
