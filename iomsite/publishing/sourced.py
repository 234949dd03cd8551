"""Where what a page says was found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .natural_keys import NaturalKeyModel


class Source(NaturalKeyModel):
    """A document that facts were taken from, or a standard that reference data follows."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("Document")
        REFERENCE = "reference", _("Reference data")

    natural_key_fields = ("code",)

    code = models.SlugField(
        _("code"), max_length=40, unique=True, help_text=_("Short and lasting. Example: seed-000.")
    )
    title = models.CharField(
        _("title"),
        max_length=200,
        help_text=_("As visitors read it under “Sources”. Example: ISO 3166-1 country codes."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.DOCUMENT)
    url = models.URLField(_("address"), blank=True, default="")
    note = models.TextField(_("note for editors"), blank=True, default="")

    class Meta:
        verbose_name = _("source")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class Sourced(models.Model):
    """Says where its facts come from and what was changed on the way."""

    sources = models.ManyToManyField(
        Source,
        verbose_name=_("sources"),
        related_name="+",
        blank=True,
        help_text=_("Every document that holds one of these facts."),
    )
    source_text = models.TextField(
        _("passage in the source"),
        blank=True,
        default="",
        help_text=_("Word for word, errors included. Staff only."),
    )
    correction_note = models.TextField(
        _("editing note"),
        blank=True,
        default="",
        help_text=_(
            "What was corrected in the wording of the source; visitors read it. "
            "Example: “heath session” was corrected to “health session”."
        ),
    )
    editor_note = models.TextField(
        _("note for editors"),
        blank=True,
        default="",
        help_text=_("Doubts and decisions. Staff only."),
    )

    class Meta:
        abstract = True
