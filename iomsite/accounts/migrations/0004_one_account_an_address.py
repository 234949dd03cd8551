from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower


def in_small_letters(apps, schema_editor):
    apps.get_model("accounts", "User").objects.update(email=Lower("email"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rights_from_assignments_alone"),
    ]

    operations = [
        migrations.AlterModelManagers(name="user", managers=[]),
        migrations.RunPython(in_small_letters, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                fields=["email"],
                condition=~Q(email=""),
                name="accounts_user_one_an_address",
                violation_error_message="Another account has this e-mail address.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=Q(email=Lower(F("email"))),
                name="accounts_user_small_letters",
                violation_error_message="Write the e-mail address in small letters.",
            ),
        ),
    ]
