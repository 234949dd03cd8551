"""List what should be checked again, for a mail or a meeting."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from iomsite.publishing.editions import publishable_models


class Command(BaseCommand):
    help = "List the public pages whose review date has passed, oldest first."

    def handle(self, **options):
        today = timezone.localdate()
        due = [
            page
            for model in publishable_models()
            for page in model.objects.published().filter(review_by__lte=today)
        ]
        for page in sorted(due, key=lambda page: page.review_by):
            self.stdout.write(f"{page.review_by}  {page._meta.verbose_name}: {page}")
