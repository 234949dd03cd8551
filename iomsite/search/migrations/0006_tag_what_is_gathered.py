"""What a release belongs to stands among its tags, so that it is known when it no longer does."""

from django.db import migrations

AT_ONCE = 2_000
FIELDS = {"campaign": "news.campaign", "publication": "news.publication"}
FACETS = {"campaign": "campaign", "publication": "report"}


def tag(apps, schema_editor):
    Entry = apps.get_model("search", "Entry")
    Tag = apps.get_model("search", "Tag")
    NewsRelease = apps.get_model("news", "NewsRelease")
    entries = dict(Entry.objects.filter(model="news.newsrelease").values_list("row_id", "pk"))
    for field, model in FIELDS.items():
        public = set(Entry.objects.filter(model=model).values_list("row_id", flat=True))
        tied = NewsRelease.objects.filter(**{f"{field}__in": public}).values_list(
            "pk", f"{field}_id"
        )
        Tag.objects.bulk_create(
            (
                Tag(entry_id=entries[key], facet=FACETS[field], value=str(other))
                for key, other in tied
                if key in entries
            ),
            batch_size=AT_ONCE,
        )


def untag(apps, schema_editor):
    Tag = apps.get_model("search", "Tag")
    Tag.objects.filter(facet__in=FACETS.values()).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0016_list_releases_for_staff"),
        ("search", "0005_find_the_newest"),
    ]

    operations = [migrations.RunPython(tag, untag, elidable=True)]
