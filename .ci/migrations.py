"""Refuse migrations that the version before could not serve beside: see docs/migrations.md.

DATABASE_URL=postgres://… .venv/bin/python .ci/migrations.py

PostgreSQL says what each would do; nothing is migrated. The database has been, from nothing: it
must have all that the models say, which tests do not see, as their tables are made from those.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iomsite.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.db import connection  # noqa: E402
from django_migration_linter import MigrationLinter  # noqa: E402

# The newest of each app when this check began: up to it none was run beside another version.
BASELINE = {
    "accounts": "0002",
    "alerts": "0002",
    "images": "0013",
    "iomsite": "0001",
    "news": "0016",
    "organisation": "0014",
    "programmes": "0014",
    "publishing": "0009",
    "richtext": "0002",
    "search": "0004",
}
# What would be refused and was looked at: why nobody notices. Such as
# ("news", "0018_drop_kicker"): "No version since the one of 0016 reads or writes the column.",
ALLOWED: dict[tuple[str, str], str] = {}
# Said of each migration of data; whether it can be undone is another question.
IRRELEVANT = ["RUNPYTHON_REVERSIBLE", "RUNSQL_REVERSIBLE", "RUNPYTHON_ARGS_NAMING_CONVENTION"]


def is_checked(migration):
    """Long migrations are for empty databases, which nobody reads yet."""
    label, name = migration.app_label, migration.name
    is_ours = migration.__module__.split(".")[0] in ("iomsite", "news", "programmes")
    is_new = name[:4] > BASELINE.get(label, "")
    return is_ours and is_new and not migration.replaces and (label, name) not in ALLOWED


def missing():
    """Constraints and indexes of models that no migration makes, or that one takes away."""
    for model in apps.get_models():
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        said = {one.name for one in (*model._meta.constraints, *model._meta.indexes)}
        yield from sorted(said - found.keys())


def main():
    if connection.vendor != "postgresql":
        sys.exit("DATABASE_URL must name a PostgreSQL database, whose statements these are about.")
    linter = MigrationLinter(
        str(ROOT),
        no_cache=True,
        analyser_string="postgresql",
        all_warnings_as_errors=True,
        exclude_migration_tests=IRRELEVANT,
        quiet=["ok"],
    )
    found = linter.migration_loader.disk_migrations
    checked = [found[key] for key in sorted(found) if is_checked(found[key])]
    for migration in checked:
        linter.lint_migration(migration)
    if linter.has_errors:
        sys.exit("The version before could not serve beside these: see docs/migrations.md.")
    if lost := [*missing()]:
        sys.exit(f"The models say what the migrated database has not: {', '.join(lost)}")
    print(f"{len(checked)} migrations that the version before can serve beside.")  # noqa: T201


main()
