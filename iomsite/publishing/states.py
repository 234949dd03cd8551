from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a page stands. Scheduled is published with a future date; expired, with a past end."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
