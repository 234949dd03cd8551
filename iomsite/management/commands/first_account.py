"""The way into a fresh development site."""

import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Create the account “admin” where there is no staff account yet (development only)."

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError(
                "first_account is for development (DEBUG=true). In production use createsuperuser."
            )
        users = get_user_model().objects
        if users.filter(is_staff=True).exists():
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser("admin", password=password)
        self.stdout.write(
            f"Sign in as “admin” with the password {password} (shown only once). The site then "
            "asks you to set up a second factor: have an authenticator app at hand."
        )
