"""Write the database and the stored files into one archive, while the site is used."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from iomsite.backup.archive import MEDIA
from iomsite.backup.making import backup, prune
from iomsite.backup.places import new_name, parted
from iomsite.backup.refusals import Refused


class Command(BaseCommand):
    help = "Back up the database and the stored files into one archive, whole or not at all."

    def add_arguments(self, parser):
        parser.add_argument(
            "--to",
            default=settings.BACKUP_TO,
            metavar="PLACE",
            help="A folder, a bucket (s3://…), or the archive in one of both. Default: BACKUP_TO.",
        )
        parser.add_argument(
            "--keep", type=int, metavar="N", help="Then remove all archives there but the newest N."
        )

    def handle(self, *, to, keep, **options):
        if keep is not None and keep < 1:
            raise CommandError("--keep has to be 1 at least.")
        try:
            place, name = parted(to)
            name = name or new_name()
            made = backup(place, name)
        except Refused as error:
            raise CommandError(f"{error} Nothing was backed up.") from error
        except DatabaseError as error:
            raise CommandError(f"The database gave up: {error} Nothing was backed up.") from error
        except OSError as error:
            raise CommandError(
                f"The archive cannot be written: {error.strerror or error}. Nothing was backed up."
            ) from error
        rows = sum(count for count, _sum in made["tables"].values())
        files = sum(one.startswith(MEDIA) for one in made["files"])
        self.stdout.write(
            f"{place}/{name}: {rows} rows of {len(made['tables'])} tables and {files} files, "
            f"{made['size']} bytes."
        )
        self._complain(made)
        if keep:
            self._prune(place, keep)

    def _complain(self, made):
        """An archive that lacks what nobody can make again takes the place of no other."""
        for one in made["missing"]:
            self.stderr.write(f"The store has lost {one}: see `manage.py make_renditions --check`.")
        for one in made["left_out"]:
            self.stderr.write(
                f"The store holds {one}, which is no name of ours: move it elsewhere."
            )
        if number := len(made["lost"]) + len(made["left_out"]):
            raise CommandError(
                f"The archive is there, and {number} files are not in it. No older one was removed."
            )

    def _prune(self, place, keep):
        try:
            for one in prune(place, keep):
                self.stdout.write(f"Removed {one}.")
        except (Refused, OSError) as error:
            raise CommandError(
                f"The archive is there, but not all older ones could be removed: {error}"
            ) from error
