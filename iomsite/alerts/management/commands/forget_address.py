from django.core.management.base import BaseCommand, CommandError

from iomsite.alerts.models import Reader


class Command(BaseCommand):
    help = "Delete an e-mail address and all that was kept with it, for somebody who asks for that."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        number, _of_each = Reader.objects.filter(email=email.strip().lower()).delete()
        if not number:
            raise CommandError("Nothing is kept of this address.")
        self.stdout.write("It is forgotten.")
