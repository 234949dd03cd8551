"""Draw the pages that were published since the last run, so that nobody waits for them.

What was saved is put into its place in the indexes of words besides, for whoever saves next.
"""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from iomsite.indexes import put_into_place
from iomsite.pagecache.drawing import draw
from iomsite.publishing import readonly


class Command(BaseCommand):
    help = "Draw the pages of what is public, the newest first, where none is at hand that holds."

    def add_arguments(self, parser):
        parser.add_argument(
            "--host",
            default=settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost",
            help="The name of the site in its addresses. Default: the first allowed host.",
        )
        parser.add_argument(
            "--seconds",
            type=float,
            default=50,
            help="The next run goes on after so many seconds. Default: 50.",
        )

    def handle(self, *, host, seconds, **options):
        if settings.ALLOWED_HOSTS and host not in settings.ALLOWED_HOSTS:
            raise CommandError(f"The site does not answer to {host}: see ALLOWED_HOSTS.")
        if readonly.asked():
            self.stdout.write("Nothing is drawn while the site is read-only.")
            return
        put_into_place()
        number, is_all = draw(host, seconds)
        self.stdout.write(f"{number} drawn{'' if is_all else ', others are still to come'}.")
