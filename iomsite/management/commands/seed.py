"""Load the content that comes with the site."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

FIXTURES = settings.BASE_DIR / "fixtures"


class Command(BaseCommand):
    help = "Load the content in fixtures/: all of it, or nothing where one file is broken."

    def add_arguments(self, parser):
        parser.add_argument(
            "--once",
            action="store_true",
            help="Do nothing where the database holds content, so that no editor's change is lost.",
        )

    def handle(self, *, once, verbosity, **options):
        files = sorted(FIXTURES.glob("*.json"))
        if not files:
            raise CommandError(f"There is no fixture in {FIXTURES}.")
        if once and holds_content(files):
            if verbosity >= 1:
                self.stdout.write("The database holds content already: nothing was loaded.")
            return
        with transaction.atomic():
            copy_media()
            call_command("loaddata", *map(str, files), verbosity=verbosity, stdout=self.stdout)


def holds_content(files: list[Path]) -> bool:
    """A fixture carries the name of its model."""
    return any(apps.get_model(file.stem)._default_manager.exists() for file in files)


def copy_media() -> None:
    """Store the photographs before the rows that name them; one that is there already stays."""
    for path in sorted((FIXTURES / "media").rglob("*")):
        name = path.relative_to(FIXTURES / "media").as_posix()
        if path.is_file() and not default_storage.exists(name):
            with path.open("rb") as file:
                default_storage.save(name, File(file))
