from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("organisation", "0011_make_texts_rich"),
        ("publishing", "0007_count_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="figure",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="figure_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="framework",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="framework_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="historyevent",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="historyevent_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="page",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="page_expiry",
            ),
        ),
    ]
