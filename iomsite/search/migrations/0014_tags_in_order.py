"""Tags say the date of their entry, and are found in that order.

A tag that the version before writes after this has none, until its page is saved anew.
"""

import datetime

from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from iomsite.indexes import AddIndexBesides, RemoveIndexBesides

KINDS = ("news", "campaign", "publication", "programme", "engagement", "outcome")
RELATING = ("country", "topic", "partner", "goal")
AT_ONCE = 20_000


def say_dates(apps, schema_editor):
    """In parts, so that nobody who saves a page waits for long."""
    tags = apps.get_model("search", "Tag").objects
    entries = apps.get_model("search", "Entry").objects
    own = entries.filter(pk=OuterRef("entry_id")).values(of=Coalesce("date", datetime.date.min))
    last = tags.aggregate(last=models.Max("pk"))["last"] or 0
    for start in range(0, last + 1, AT_ONCE):
        some = tags.filter(pk__gte=start, pk__lt=start + AT_ONCE, facet__in=RELATING)
        some.filter(entry__kind__in=KINDS).update(date=Subquery(own))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("search", "0013_related_by_score")]

    operations = [
        migrations.RunPython(say_dates, migrations.RunPython.noop, elidable=True),
        AddIndexBesides(
            "tag",
            models.Index(fields=["facet", "value", "date", "entry"], name="search_tag_in_order"),
        ),
        RemoveIndexBesides("tag", "search_tag_choice"),
    ]
