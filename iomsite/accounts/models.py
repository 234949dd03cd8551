from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of staff. The site's own table from the start: swapping it later is not possible."""
