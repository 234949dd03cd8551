"""Send the search server what it has not got. For a timer."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from iomsite.publishing import readonly
from iomsite.search.following import follow


class Command(BaseCommand):
    help = "Send the server of SEARCH_URL what it has not got; the first time, everything."

    def handle(self, **options):
        if not settings.SEARCH_SERVER:
            self.stdout.write("SEARCH_URL names no search server: the database answers.")
            return
        if readonly.asked():
            self.stdout.write("Nothing is sent while the site is read-only.")
            return
        try:
            number = follow()
        except Exception as error:  # the library's own kinds, the network's, and ours
            raise CommandError(f"The search server did not take it: {error}") from error
        self.stdout.write(f"Sent to the search server: {number}.")
