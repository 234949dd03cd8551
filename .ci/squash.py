"""Write each app's migrations anew as one, beside the old ones: see docs/migrations.md.

DEBUG=true .venv/bin/python .ci/squash.py
"""

import inspect
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iomsite.settings")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db.migrations import operations as ops  # noqa: E402
from django.db.migrations.autodetector import MigrationAutodetector  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.migrations.questioner import MigrationQuestioner  # noqa: E402
from django.db.migrations.state import ProjectState  # noqa: E402
from django.db.migrations.writer import MigrationWriter  # noqa: E402

APPS = ["publishing", "images", "organisation", "programmes", "news", "search"]


class Detector(MigrationAutodetector):
    """Does not cut a migration in two where it needs an app that keeps the migrations it has.

    Django waits for such an app until nothing else can be done, and then cuts the first it meets.
    """

    def _build_migration_list(self, graph=None):
        kept = {}
        for label, operations in self.generated_operations.items():
            for operation in operations:
                needed = operation._auto_deps
                outside = {one.app_label for one in needed} - {*APPS, "__setting__"}
                operation._auto_deps = [one for one in needed if one.app_label not in outside]
                kept.setdefault(label, set()).update(outside)
        super()._build_migration_list(graph)
        for label, migrations in self.migrations.items():
            migrations[0].dependencies += [
                leaf for app in sorted(kept[label]) for leaf in graph.leaf_nodes(app)
            ]


def old_migrations():
    """Of each app what was written by hand or by `makemigrations`, in order; no earlier squash."""
    found = MigrationLoader(None, replace_migrations=False).disk_migrations
    return {
        label: [found[key] for key in sorted(found) if key[0] == label and not found[key].replaces]
        for label in APPS
    }


def from_nothing():
    """What `makemigrations` would write if the apps had no migrations yet."""
    settings.MIGRATION_MODULES = dict.fromkeys(APPS, None)
    loader = MigrationLoader(None)
    detector = Detector(
        loader.project_state(),
        ProjectState.from_apps(apps),
        MigrationQuestioner(specified_apps=set(APPS)),
    )
    changes = detector.changes(loader.graph, trim_to_apps=set(APPS), convert_apps=set(APPS))
    for label, migrations in changes.items():
        if len(migrations) != 1:
            sys.exit(f"{label} needs {len(migrations)} migrations: its keys run in a circle.")
    return {label: migrations[0] for label, migrations in changes.items()}


def needed(label, migrations):
    """Of each other app, the last short migration that these needed.

    No more than that: a database that has taken these may not have taken the rest of the other's.
    """
    last = {}
    for app, name in sorted(tuple(each) for one in migrations for each in one.dependencies):
        if app in APPS and app != label:
            last[app] = name.removeprefix("0001_squashed_")
    return last.items()


def folded(operations):
    """Indexes and constraints inside the CreateModel, or SQLite makes the table anew for each."""
    added = [
        (each.model_name_lower, each.name) for each in operations if isinstance(each, ops.AddField)
    ]
    made = {each.name_lower: each for each in operations if isinstance(each, ops.CreateModel)}
    result = []
    for each in operations:
        if not isinstance(each, (ops.AddIndex, ops.AddConstraint)):
            result.append(each)
            continue
        option, rule = (
            ("indexes", each.index)
            if isinstance(each, ops.AddIndex)
            else ("constraints", each.constraint)
        )
        if any(model == each.model_name_lower and name in repr(rule) for model, name in added):
            result.append(each)
        else:
            made[each.model_name_lower].options.setdefault(option, []).append(rule)
    return result


def carried(migrations):
    """Source of what an empty database needs besides tables: all that is not elidable."""
    imports, lines = [], []
    for migration in migrations:
        for operation in migration.operations:
            if isinstance(operation, ops.RunSQL) and not operation.elidable:
                sys.exit(f"{migration} runs SQL, which this cannot carry over.")
            if not isinstance(operation, ops.RunPython) or operation.elidable:
                continue
            module = inspect.getmodule(operation.code).__name__
            alias = migration.name.partition("_")[2]
            imports.append(f'{alias} = import_module("{module}")\n')
            names = (operation.code.__name__, operation.reverse_code.__name__)
            lines.append(f"migrations.RunPython({alias}.{names[0]}, {alias}.{names[1]}),\n")
    return imports, lines


def source(migration, old):
    text = MigrationWriter(migration, include_header=False).as_string()
    imports, lines = carried(old)
    if imports:
        text = "from importlib import import_module\n" + text
        text = text.replace("\n\nclass ", "\n" + "".join(imports) + "\n\nclass ", 1)
        text = text.rstrip().removesuffix("]").rstrip() + "\n" + "".join(lines) + "]\n"
    return text


def main():
    old, new = old_migrations(), from_nothing()
    names = {label: f"0001_squashed_{old[label][-1].name}" for label in APPS}
    folders = {label: Path(apps.get_app_config(label).path) / "migrations" for label in APPS}
    for label in APPS:
        for earlier in folders[label].glob("0001_squashed_*.py"):
            earlier.unlink()
            _forget(earlier.stem, old[label])
        migration = new[label]
        migration.name = names[label]
        migration.replaces = [(label, each.name) for each in old[label]]
        migration.operations = folded(migration.operations)
        others = [each for each in migration.dependencies if each[0] not in APPS]
        migration.dependencies = [*needed(label, old[label]), *others]
        (folders[label] / f"{migration.name}.py").write_text(source(migration, old[label]))


def _forget(squash, old):
    """Migrations that followed an earlier squash follow what that replaced."""
    last = squash.removeprefix("0001_squashed_")
    assert last in {migration.name for migration in old}
    for path in ROOT.glob("*/**/migrations/*.py"):
        text = path.read_text()
        if f'"{squash}"' in text:
            path.write_text(text.replace(f'"{squash}"', f'"{last}"'))


main()
