"""What search knows of the site: one entry for each public page, and the words that they use.

Nothing here is content: `manage.py reindex` makes all of it anew. What is not public has no entry.
"""

from django.db import models
from django.db.models import Aggregate, Exists, JSONField, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iomsite.publishing.models import Ledger

# The tag of what is called so, whose value is a name in folded words.
CALLED = "called"
LONGEST_NAME = 120
# The tags that results may be narrowed by, besides the kind and the year of an entry.
NARROWING = ("country", "region", "topic")
# What pages are related by; a region is too much to have in common.
RELATING = ("country", "topic", "partner", "goal")
# The tags of what a page of a campaign or a publication gathers, whose value is the key of that.
CAMPAIGN, PUBLICATION = "campaign", "report"


class Kind(models.TextChoices):
    """What visitors choose by, in the order of the filter."""

    RELEASE = "news", _("News")
    CAMPAIGN = "campaign", _("Campaign")
    PUBLICATION = "publication", _("Publication")
    COUNTRY = "country", _("Country")
    REGION = "region", _("Region")
    PROGRAMME = "programme", _("Programme")
    ENGAGEMENT = "engagement", _("Meeting or partnership")
    OUTCOME = "outcome", _("Outcome document")
    TOPIC = "topic", _("Topic")
    PARTNER = "partner", _("Partner")
    GOAL = "goal", _("Goal")
    FRAMEWORK = "framework", _("Framework")
    EVENT = "event", _("History")
    PAGE = "page", _("About us")


class Together(Aggregate):
    """All values of a group as one list."""

    output_field = JSONField()

    def as_sqlite(self, compiler, connection, **kwargs):
        return self.as_sql(compiler, connection, function="json_group_array", **kwargs)

    def as_postgresql(self, compiler, connection, **kwargs):
        return self.as_sql(compiler, connection, function="jsonb_agg", **kwargs)


class EntryQuerySet(models.QuerySet):
    def current(self, at=None):
        """Without what has expired and has not been taken out yet."""
        return self.filter(Q(public_until=None) | Q(public_until__gt=at or timezone.now()))


class Entry(models.Model):
    """A public page in its own words."""

    model = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    uid = models.UUIDField(null=True)
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.TextField()
    lead = models.TextField(default="")
    text = models.TextField(default="")
    # What others call it, its title among it: pages that name it hold these words too.
    called = models.TextField(default="")
    # What it is called, and what it is tied to, in the words of those.
    names = models.TextField(default="")
    address = models.TextField()
    date = models.DateField(null=True)
    date_words = models.CharField(max_length=80, default="")
    year = models.CharField(max_length=4, default="")
    public_until = models.DateTimeField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["model", "row_id"], name="search_entry_one_a_page"),
        ]
        indexes = [models.Index(fields=["address"], name="search_entry_address")]

    def __str__(self):
        return self.title


class Tag(models.Model):
    """What an entry may be filtered by. Words, not keys: an index is no reason to keep a row."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="tags")
    facet = models.CharField(max_length=10)
    value = models.CharField(max_length=LONGEST_NAME)
    label = models.TextField(default="")
    # Where pages are related by it: the date of its entry (see `related.date_of`).
    date = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["facet", "value", "date", "entry"], name="search_tag_in_order")
        ]

    def __str__(self):
        return self.label


class Related(models.Model):
    """A page that belongs with another, the nearest first; some more than are shown."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="related")
    other = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    # How near it is. Nobody knows that of what the version before found.
    score = models.FloatField(null=True)
    # For the version before alone; the next may drop it.
    order = models.PositiveSmallIntegerField(null=True)

    class Meta:
        default_permissions = ()
        ordering = [models.F("score").desc(nulls_last=True), "order", "-other"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "order"], name="search_related_order"),
        ]

    def __str__(self):
        return f"{self.entry_id}: {self.other_id}"


class Word(models.Model):
    """A word that public pages use, and how many of them do."""

    word = models.CharField(max_length=40, unique=True)
    pages = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.word


class ServerIndexQuerySet(models.QuerySet):
    def up_to_date(self):
        """Whatever has changed since it was begun is in it, or is noted as unsent."""
        ledger = Ledger.objects.filter(pk=1).values("generation")
        return self.filter(is_whole=True, generation=Subquery(ledger))

    def in_step(self):
        return self.up_to_date().filter(~Exists(Unsent.objects.all()))


class ServerIndex(models.Model):
    """The index of a search server that follows this database, where there is one: one row.

    Without a row, and while it is not in step, the database answers by itself.
    """

    name = models.CharField(max_length=80)
    is_whole = models.BooleanField(default=False)
    # The last one whose changes were noted, or sent. Whoever has no SEARCH_URL notes nothing.
    generation = models.BigIntegerField()
    # When whoever fills it was last heard of.
    filled_at = models.DateTimeField()

    objects = ServerIndexQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.name


class Unsent(models.Model):
    """An entry that the index of the search server has not got as it is."""

    entry_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.entry_id}"
