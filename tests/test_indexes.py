"""An index is made beside those who write, on whichever database."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from iomsite.indexes import AddIndexBesides, RemoveIndexBesides


@pytest.mark.django_db(transaction=True)
def test_index_comes_and_goes_without_keeping_anybody_waiting():
    before = ProjectState.from_apps(apps)
    add = AddIndexBesides("topic", models.Index(fields=["name"], name="topic_by_name"))
    after = before.clone()
    add.state_forwards("programmes", after)

    said = _said(add, before, after)
    assert _indexes() >= {"topic_by_name"}
    remove = RemoveIndexBesides("topic", "topic_by_name")
    said += _said(remove, after, before)
    assert "topic_by_name" not in _indexes()
    expected = 2 if connection.vendor == "postgresql" else 0
    assert sum("CONCURRENTLY" in line for line in said) == expected


def _said(operation, before, after):
    with CaptureQueriesContext(connection) as queries, connection.schema_editor(atomic=False) as e:
        operation.database_forwards("programmes", e, before, after)
    return [one["sql"] for one in queries]


def _indexes():
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "programmes_topic"))
