from django.db import migrations, models
from django.db.models import F, Q

from iomsite.indexes import AddIndexBesides, RemoveIndexBesides


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("news", "0016_list_releases_for_staff")]

    operations = [
        AddIndexBesides(
            model_name="newsrelease",
            index=models.Index(
                F("released_on").desc(),
                F("slug"),
                F("state"),
                F("edition_of"),
                F("published_at"),
                F("expires_at"),
                F("publishing_set"),
                F("kind"),
                F("campaign"),
                F("id"),
                condition=Q(edition_of=None, state="published"),
                name="newsrelease_in_order",
            ),
        ),
        RemoveIndexBesides(model_name="newsrelease", name="newsrelease_listed"),
    ]
