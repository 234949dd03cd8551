"""Bring the copy of the public site up to date that the web server shows when the site is down."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from iomsite.mirror.copies import Busy
from iomsite.mirror.making import Unfinished, make

STAYS = "Visitors see the copy of before."


class Command(BaseCommand):
    help = "Write the public site as files, as far as it changed since the last time."

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, default=settings.MIRROR_ROOT, metavar="DIR")
        parser.add_argument(
            "--host",
            default=settings.ALLOWED_HOSTS[0],
            help="The name that addresses in feeds begin with. Default: the first allowed host.",
        )
        parser.add_argument(
            "--anew", action="store_true", help="Make every file, whatever is there."
        )

    def handle(self, *, to, host, anew, **options):
        if host not in settings.ALLOWED_HOSTS:
            raise CommandError(f"The site does not answer to {host}: see ALLOWED_HOSTS.")
        try:
            said = make(to.absolute(), host, anew=anew)
        except Busy as error:
            raise CommandError(f"Another run writes to {to}.") from error
        except Unfinished as error:
            raise CommandError(f"{error} {STAYS}") from error
        except DatabaseError as error:
            raise CommandError(f"The database gave up: {error} {STAYS}") from error
        except OSError as error:
            raise CommandError(f"{to} cannot be written: {error.strerror}. {STAYS}") from error
        self.stdout.write(
            "{pages} pages in {files} files after {seconds} s: {made} made, {kept} kept, "
            "{removed} removed.".format(**said)
        )
        if said["failed"]:
            raise CommandError(f"Left out, as they failed: {', '.join(said['failed'])}.")
