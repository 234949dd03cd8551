"""Make the search index anew. Nobody needs this day by day: every publication keeps it right."""

from django.core.management.base import BaseCommand

from iomsite.search.index import rebuild


class Command(BaseCommand):
    help = "Make the search index anew, while the site serves what was there."

    def handle(self, *, verbosity, **options):
        def tell(kind, number):
            if verbosity >= 1:
                self.stdout.write(f"{kind}: {number}")

        self.stdout.write(f"Indexed: {rebuild(tell)}.")
