"""Ask whether what public pages link to elsewhere still works."""

from collections import Counter

from django.core.management.base import BaseCommand

from iomsite.richtext import links
from iomsite.richtext.asking import Asker
from iomsite.richtext.models import ExternalLink


class Command(BaseCommand):
    help = (
        "Ask for the addresses elsewhere that public pages link to, and keep what they answer for "
        "the report in the administration. Run it once a day."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--all", action="store_true", help="Ask for everything, also what is not due yet."
        )

    def handle(self, **options):
        total = links.take_stock()
        asker = Asker(links.agent())
        found: Counter[str] = Counter()
        for link, verdict in links.check(asker, everything=options["all"]):
            found[verdict.state] += 1
            if options["verbosity"] > 1:
                self.stdout.write(f"{link.address}: {link.in_words}")
        broken = ExternalLink.objects.broken().count()
        self.stdout.write(
            f"{total} links on public pages; {found.total()} asked for, {found['well']} work, "
            f"{found['failing']} fail today. {broken} are reported as broken."
        )
