"""Check that nobody changed or removed an entry of the audit trail."""

from django.core.management.base import BaseCommand, CommandError

from iomsite.publishing.audit import faults
from iomsite.publishing.models import AuditEntry


class Command(BaseCommand):
    help = (
        "Check the chain of the audit trail; exit status 1 where an entry was changed or removed."
    )

    def handle(self, **options):
        found = list(faults())
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(f"The audit trail is whole: {AuditEntry.objects.count()} entries.")
