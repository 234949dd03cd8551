"""Take out of the copy of the public site what was withdrawn since, without waiting for a run."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from iomsite.mirror.copies import CURRENT, Copy
from iomsite.mirror.making import unreadable
from iomsite.publishing import readonly


class Command(BaseCommand):
    help = (
        "Remove pages from the copy of the site that are not public any more, at once; if there "
        "are any, make the next copy, whose lists do not name them."
    )

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, default=settings.MIRROR_ROOT, metavar="DIR")

    def handle(self, *, to, **options):
        """Another run may be at work: it hinders only the lists, and its copy is looked at next."""
        copy = Copy.shown(to.absolute())
        if copy is None and os.path.lexists(to / CURRENT):
            raise CommandError(
                f"The copy in {to} cannot be read, so nobody knows what to take out of it. Run "
                "manage.py mirror --anew as the user of the site."
            )
        names = copy.take_out(unreadable(copy)) if copy else []
        self.stdout.write(f"{len(names)} files taken out.")
        # While the site is read-only, what is due stays due, and a run would begin again and again.
        if names and not readonly.asked():
            call_command("mirror", to=to, host=copy.of["host"], stdout=self.stdout)
