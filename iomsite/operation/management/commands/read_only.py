from django.core.management.base import BaseCommand
from django.utils import timezone

from iomsite.publishing import readonly


class Command(BaseCommand):
    help = (
        "Hold the site still on all servers: visitors read on, whoever would change something is "
        "asked to wait, scheduled replacements wait too. Without a word it says how things stand."
    )

    def add_arguments(self, parser):
        parser.add_argument("state", nargs="?", choices=["on", "off"])
        parser.add_argument("--reason", default="", help="What staff read, at most 300 characters.")

    def handle(self, *, state, reason, **options):
        if state == "on":
            readonly.hold(reason[:300])
        elif state == "off":
            readonly.let_go()
        self.stdout.write(self._said(readonly.asked()))

    def _said(self, held):
        if held is None:
            return "The site takes changes."
        since = f" since {timezone.localtime(held.since):%d %B %Y, %H:%M}" if held.since else ""
        return f"The site is read-only{since}. {held.reason}".rstrip()
