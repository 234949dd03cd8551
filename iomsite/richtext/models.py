"""What is known of the addresses elsewhere that public pages link to."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from iomsite.publishing.models import Publishable

# A link is called broken when it has failed on as many days: a day without answer is no dead link.
DAYS_UNTIL_BROKEN = 3
LONGEST = 2000


class ExternalLinkQuerySet(models.QuerySet[Any]):
    def broken(self) -> Any:
        """What an editor should mend: it failed on several days, or cannot be followed at all."""
        return self.filter(
            Q(state=ExternalLink.State.FAILING, failed_days__gte=DAYS_UNTIL_BROKEN)
            | Q(state=ExternalLink.State.REFUSED)
        )


class ExternalLink(models.Model):
    """An address elsewhere, as `check_links` found it."""

    class State(models.TextChoices):
        UNCHECKED = "unchecked", _("not checked yet")
        WELL = "well", _("works")
        FAILING = "failing", _("fails")
        UNSURE = "unsure", _("cannot be told")
        REFUSED = "refused", _("cannot be followed")

    address = models.CharField(_("address"), max_length=LONGEST, unique=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.UNCHECKED, editable=False
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True, default="", editable=False)
    checked_at = models.DateTimeField(_("checked"), null=True, editable=False)
    well_at = models.DateTimeField(_("last seen well"), null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    failed_on = models.DateField(null=True, editable=False)
    failed_days = models.PositiveIntegerField(default=0, editable=False)
    # Not to be asked before: its site said so.
    not_before = models.DateTimeField(null=True, editable=False)
    # Which run asks it now; given up where that run has died.
    run = models.UUIDField(null=True, editable=False)
    run_until = models.DateTimeField(null=True, editable=False)

    objects: Any = ExternalLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to another site")
        verbose_name_plural = _("links to other sites")
        default_permissions = ["view"]
        ordering = ["address"]

    def __str__(self) -> str:
        return self.address

    @property
    def is_broken(self) -> bool:
        """The twin of `broken()`."""
        is_dead = self.state == self.State.FAILING and self.failed_days >= DAYS_UNTIL_BROKEN
        return is_dead or self.state == self.State.REFUSED

    @property
    def in_words(self) -> str:
        if self.state in (self.State.UNCHECKED, self.State.WELL):
            return str(self.get_state_display())
        why = REASONS.get(self.reason) or gettext("the answer is %(status)s") % {
            "status": self.reason
        }
        if self.state != self.State.FAILING:
            return f"{self.get_state_display()}: {why}"
        if self.is_broken:
            return gettext("broken: %(why)s") % {"why": why}
        return gettext("fails for now, on %(days)s of %(most)s days: %(why)s") % {
            "days": self.failed_days,
            "most": DAYS_UNTIL_BROKEN,
            "why": why,
        }

    @property
    def since(self) -> str:
        return date_format(self.failing_since, "DATE_FORMAT") if self.failing_since else ""


class LinkUse(models.Model):
    """A page that links to an address; which of them are public is asked when they are listed."""

    link = models.ForeignKey(ExternalLink, on_delete=models.CASCADE, related_name="uses")
    model = models.CharField(max_length=100)
    page_id = models.PositiveBigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["link", "model", "page_id"], name="%(app_label)s_%(class)s_once"
            )
        ]
        indexes = [models.Index(fields=["model", "page_id"], name="link_use_of_page")]

    def __str__(self) -> str:
        return f"{self.model} {self.page_id}: {self.link_id}"

    @classmethod
    def key_of(cls, page: Publishable) -> tuple[str, int]:
        return page._meta.label_lower, page.pk


# Why an address does not work, by what is stored. A number is the status of the answer.
REASONS: dict[str, Any] = {
    "unreadable": _("this is no address that can be asked"),
    "credentials": _("it carries a user name or a password"),
    "port": _("it names a port of its own, and only 80 and 443 are asked"),
    "private": _("it leads into a private network"),
    "unknown-host": _("there is no such site"),
    "unreachable": _("the site does not answer"),
    "slow": _("the site takes too long to answer"),
    "certificate": _("the certificate of the site is not valid"),
    "garbled": _("the answer cannot be read"),
    "redirects": _("it leads on and on without arriving"),
    "401": _("it asks for a password"),
    "403": _("the site does not answer programs"),
    "404": _("there is no such page"),
    "410": _("the page was taken down for good"),
    "429": _("the site asks to be asked less"),
}
