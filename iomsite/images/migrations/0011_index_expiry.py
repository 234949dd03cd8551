from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offices_roles_and_addresses"),
        ("images", "0010_name_pages_for_good"),
        ("publishing", "0007_count_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(
                condition=models.Q(
                    ("edition_of", None), ("expires_at__isnull", False), ("state", "published")
                ),
                fields=["expires_at"],
                name="photo_expiry",
            ),
        ),
    ]
