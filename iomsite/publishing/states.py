from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an edition stands. Scheduled is published with a future date; expired, with a past end.

    A page that was never public is a draft, in review or in the bin. Beside a public page, its one
    working copy goes through draft, in review and published until it takes the page's place; what
    it replaced is superseded.
    """

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in-review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")
    BINNED = "binned", _("In the bin")


# States whose words may still change, so they may be incomplete.
UNFINISHED = (State.DRAFT, State.IN_REVIEW, State.BINNED)
# States of a working copy that is to replace its page.
WORKING = (State.DRAFT, State.IN_REVIEW, State.PUBLISHED)


class Withdrawal(models.TextChoices):
    """What a withdrawn page answers."""

    NOTICE = "notice", _("Stays readable under a notice")
    GONE = "gone", _("Gone: the page says so, with the reason")
    MOVED = "moved", _("Moved: visitors are sent to another page")
