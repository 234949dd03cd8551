from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("richtext", "0001_links_to_other_sites")]

    operations = [
        migrations.RenameField("externallink", "state", "health"),
        migrations.AlterField(
            "externallink",
            "health",
            models.CharField(
                choices=[
                    ("unchecked", "not checked yet"),
                    ("well", "works"),
                    ("failing", "fails"),
                    ("unsure", "cannot be told"),
                    ("refused", "cannot be followed"),
                ],
                default="unchecked",
                editable=False,
                max_length=10,
                verbose_name="health",
            ),
        ),
    ]
