from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_offices_and_assignments"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="user",
            name="groups",
        ),
        migrations.RemoveField(
            model_name="user",
            name="user_permissions",
        ),
    ]
