"""Put the database and the stored files of an archive into an empty system."""

import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from iomsite.backup.archive import Reader
from iomsite.backup.places import LATEST, NAME, parted
from iomsite.backup.refusals import Refused
from iomsite.backup.restoring import audit_faults, missing_migrations, restore
from iomsite.publishing.moments import in_words


class Command(BaseCommand):
    help = (
        "Restore a backup: check all of it, put it in place, compare what came out, and say so. "
        "Stop the site first, or nobody knows what was written in between."
    )
    requires_system_checks = []  # there may be no table yet

    def add_arguments(self, parser):
        parser.add_argument(
            "archive",
            metavar="FROM",
            help="An archive, or its name in BACKUP_TO, or “latest”: the newest there.",
        )
        parser.add_argument(
            "--overwrite", action="store_true", help="Lose what is in the system now."
        )
        parser.add_argument(
            "--unsigned", action="store_true", help="Take an archive whose key is lost."
        )

    def handle(self, *, archive, overwrite, unsigned, **options):
        told = ""  # what was typed may hold a secret
        try:
            place, name = _found(archive)
            told = f"{name}: "
            with place.fetched(name) as file, Reader(file, is_signed=not unsigned) as reader:
                about = restore(reader, overwrites=overwrite)
                files = len(reader.media)
        except Refused as error:
            raise CommandError(f"{told}{error}") from error
        except DatabaseError as error:
            raise CommandError(f"The database gave up: {error}") from error
        except OSError as error:
            raise CommandError(f"Nothing was restored: {error.strerror or error}.") from error
        self._say(name, about, files)

    def _say(self, name, about, files):
        made = timezone.localtime(datetime.datetime.fromisoformat(about["made_at"]))
        rows = sum(count for count, _sum in about["tables"].values())
        self.stdout.write(
            f"Restored {name} of {in_words(made)}: {rows} rows of {len(about['tables'])} tables "
            f"and {files} files. Counts and checksums are those of the backup."
        )
        if found := audit_faults():
            raise CommandError("The audit trail: " + " ".join(found))
        self.stdout.write("The audit trail is whole.")
        if missing_migrations():
            self.stdout.write("Now run manage.py migrate: this release is newer than the backup.")


def _found(address):
    if address == LATEST:
        place, _name = parted(settings.BACKUP_TO)
        if not (names := place.names()):
            raise Refused(f"There is no backup in {place}.")
        return place, names[-1]
    place, name = parted(settings.BACKUP_TO if NAME.fullmatch(address) else address)
    name = address if NAME.fullmatch(address) else name
    if not name:
        raise Refused(f"{place} is no archive: name one that ends in .zip, or “{LATEST}”.")
    return place, name
