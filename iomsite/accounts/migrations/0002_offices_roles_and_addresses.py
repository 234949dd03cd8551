from collections import defaultdict

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.core.management import CommandError
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower


def in_small_letters(apps, schema_editor):
    people = apps.get_model("accounts", "User").objects
    _refuse_shared(people.exclude(email="").annotate(small=Lower("email")))
    people.update(email=Lower("email"))


def _refuse_shared(people):
    named = defaultdict(list)
    for address, name in people.order_by("pk").values_list("small", "username"):
        named[address].append(name)
    shared = [f"{who} ({', '.join(names)})" for who, names in named.items() if len(names) > 1]
    if shared:
        raise CommandError(
            f"Each account needs an e-mail address of its own now. Shared: {'; '.join(shared)}. "
            "Change or empty all but one of each, with the release that runs now, then migrate again."
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        help_text="Short and lasting. Example: pretoria.",
                        max_length=40,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As staff call it. Example: Regional Office in Pretoria.",
                        max_length=100,
                        unique=True,
                        verbose_name="name",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("headquarters", "Headquarters"),
                            ("regional", "Regional office"),
                            ("country", "Country office"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        help_text="The office above. People there may do here whatever they may do there.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="below",
                        to="accounts.office",
                        verbose_name="belongs to",
                    ),
                ),
            ],
            options={
                "verbose_name": "office",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("contributor", "Contributor"),
                            ("editor", "Editor"),
                            ("publisher", "Publisher"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "starts_on",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="first day"
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Empty: until further notice.",
                        null=True,
                        verbose_name="last day",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        help_text="The role holds there and in all offices below.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="accounts.office",
                        verbose_name="office",
                    ),
                ),
            ],
            options={
                "verbose_name": "assignment",
                "ordering": ["-starts_on", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "headquarters")),
                fields=("kind",),
                name="accounts_office_one_headquarters",
                violation_error_message="There is an office of this kind already, and one only.",
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "headquarters"), ("parent", None)),
                    models.Q(("kind__in", ["regional", "country"]), ("parent__isnull", False)),
                    _connector="OR",
                ),
                name="accounts_office_place_in_tree",
                violation_error_message="Every office belongs to another one; headquarters to none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["contributor", "editor", "publisher", "administrator"])
                ),
                name="accounts_assignment_known_role",
                violation_error_message="There is no such role.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="accounts_assignment_ends_after_start",
                violation_error_message="The last day cannot be before the first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                fields=("person", "role", "office", "starts_on"),
                name="accounts_assignment_once",
                violation_error_message="This person has this role there from that day already.",
            ),
        ),
        migrations.RemoveField(
            model_name="user",
            name="groups",
        ),
        migrations.RemoveField(
            model_name="user",
            name="user_permissions",
        ),
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
