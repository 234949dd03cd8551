from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("organisation", "0012_index_expiry"),
        ("programmes", "0011_make_texts_rich"),
        ("publishing", "0007_count_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="country",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="country_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="outcomedocument",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="outcomedocument_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="programme",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="programme_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="region",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="region_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="regionalengagement",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="regionalengagement_expiry",
            ),
        ),
    ]
