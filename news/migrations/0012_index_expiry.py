from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("news", "0011_make_texts_rich"),
        ("organisation", "0011_make_texts_rich"),
        ("programmes", "0011_make_texts_rich"),
        ("publishing", "0007_count_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="campaign_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="newsrelease",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="newsrelease_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="publication_expiry",
            ),
        ),
    ]
