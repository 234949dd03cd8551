"""Which new pages each alert has to tell of, and when a mail is due for them."""

import datetime
import logging
from collections import defaultdict
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from iomsite.publishing.editions import publishable_models
from iomsite.publishing.models import FIRST_PUBLIC

from .models import Alert, Item, Message, Progress
from .questions import Page, matching

# A publication that was begun before the last look may have come to its end after it.
OVERLAP = datetime.timedelta(minutes=15)
# The hour at which digests are put together, in the site's time zone.
HOUR = 7
AT_ONCE = 500

logger = logging.getLogger(__name__)


class Looked(NamedTuple):
    """How many mails were put together, and how many questions found no answer."""

    mails: int
    unanswered: int


def look(now: datetime.datetime | None = None) -> Looked:
    """Find what is new, and put together the mail that is due.

    One process at a time: the others wait, and then find nothing to do. Where a question finds no
    answer, its readers wait and no others: the next look begins where this one did.
    """
    now = now or timezone.now()
    with transaction.atomic():
        Progress.objects.get_or_create(pk=1, defaults={"looked_until": now})
        progress = Progress.objects.select_for_update().get(pk=1)
        unanswered = _find(progress.looked_until - OVERLAP, now)
        if not unanswered:
            progress.looked_until = now
            progress.save()
        return Looked(_put_together(now), unanswered)


def _find(since: datetime.datetime, until: datetime.datetime) -> int:
    """Each question is asked once, however many have asked it. Return how many failed."""
    new = _new_pages(since, until)
    if not new:
        return 0
    unanswered = 0
    confirmed = Alert.objects.exclude(confirmed_at=None)
    for question in confirmed.order_by().values_list("question", flat=True).distinct():
        try:
            with transaction.atomic():
                shown = {page: new[page] for page in matching(question, set(new))}
        except Exception:
            if not connection.is_usable():
                raise
            logger.exception("An alert asks what finds no answer: %s", question)
            unanswered += 1
        else:
            _note(confirmed.filter(question=question), shown, until)
    return unanswered


def _new_pages(since: datetime.datetime, until: datetime.datetime) -> dict[Page, datetime.datetime]:
    """With the moment of each. One statement for each kind; none of them reads a text."""
    return {
        (model._meta.label_lower, key): moment
        for model in publishable_models()
        for key, moment in model.objects.published(until)
        .annotate(first_public=FIRST_PUBLIC)
        .filter(first_public__gt=since)
        .order_by("first_public")
        .values_list("pk", "first_public")
    }


def _note(alerts: Any, pages: dict[Page, datetime.datetime], now: datetime.datetime) -> None:
    """What an alert was told of before stays as it is."""
    if not pages:
        return
    items = (
        Item(alert_id=alert, model=model, row_id=key, found_at=now)
        for alert, confirmed_at in alerts.values_list("pk", "confirmed_at")
        for (model, key), moment in pages.items()
        if moment >= confirmed_at
    )
    Item.objects.bulk_create(items, batch_size=AT_ONCE, ignore_conflicts=True)


def _put_together(now: datetime.datetime) -> int:
    """One mail for each reader, of all that is due. Three statements, and those that write."""
    is_due = Q(alert__frequency=Alert.Frequency.AT_ONCE)
    for frequency, boundary in boundaries(now).items():
        is_due |= Q(alert__frequency=frequency, found_at__lte=boundary)
    due = Item.objects.filter(is_due, message=None).exclude(alert__confirmed_at=None)
    items: dict[int, list[int]] = defaultdict(list)
    for key, reader in due.values_list("pk", "alert__reader"):
        items[reader].append(key)
    messages = Message.objects.bulk_create(
        [Message(reader_id=reader, kind=Message.Kind.NEWS, due_at=now) for reader in items],
        batch_size=AT_ONCE,
    )
    for message in messages:
        Item.objects.filter(pk__in=items[message.reader_id]).update(message=message)
    return len(messages)


def boundaries(now: datetime.datetime) -> dict[str, datetime.datetime]:
    """Up to which moment a digest tells what was found."""
    here = timezone.localtime(now)
    day = here.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if day > here:
        day -= datetime.timedelta(days=1)
    monday = day - datetime.timedelta(days=day.weekday())
    return {Alert.Frequency.DAILY: day, Alert.Frequency.WEEKLY: monday}
