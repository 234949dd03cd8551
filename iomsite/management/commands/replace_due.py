"""Put scheduled replacements in place, for sites that prefer a timer to the next visitor."""

from django.core.management.base import BaseCommand

from iomsite.publishing import readonly
from iomsite.publishing.timetable import replace_due


class Command(BaseCommand):
    help = "Put every scheduled replacement of a page in place whose moment has come."

    def handle(self, **options):
        if readonly.asked():
            self.stdout.write("Nothing is replaced while the site is read-only.")
            return
        self.stdout.write(f"Replaced: {replace_due()}.")
