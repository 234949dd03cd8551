"""Remove the files of photographs that no edition shows any more."""

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand

from iomsite.images import library
from iomsite.publishing.ledger import locked_ledger

AT_ONCE = 100


class Command(BaseCommand):
    help = (
        "Remove stored files that no edition of a photograph needs, old editions and the bin "
        "included. Files of the last 24 hours stay."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Only list them.")

    def handle(self, *, dry_run, **options):
        names = sorted(library.unused())
        if not dry_run:
            parts = range(0, len(names), AT_ONCE)
            names = [name for one in parts for name in self._remove(names[one : one + AT_ONCE])]
        for name in names:
            self.stdout.write(name)
        self.stdout.write(f"{len(names)} files {'would be ' if dry_run else ''}removed.")

    def _remove(self, names):
        """While nobody saves: a photograph that was let go of may have just come back."""
        with locked_ledger():
            used = library.used()
            gone = [name for name in names if name not in used]
            for name in gone:
                default_storage.delete(name)
        return gone
