"""Replacements that are due: whoever asks first puts them in place, all of them at once.

The first publication and the expiry of a page need nothing of this: they are conditions of
`published()`. Only a working copy that waits for its moment has to take its page's place.
"""

import datetime
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit, redirects
from .editions import publication_errors, publishable_models, replace
from .ledger import locked_ledger
from .models import AuditEntry, Ledger, Publishable
from .states import State


def is_due(at: datetime.datetime) -> bool:
    """One statement on one row: cheap enough for every request."""
    return Ledger.objects.filter(pk=1, next_at__lte=at).exists()


def waiting(model: type[Publishable]) -> Any:
    return model.objects.working_copies().filter(state=State.PUBLISHED)


def note_next() -> None:
    """Write down the next moment; called by whatever schedules or unschedules a replacement."""
    moments = [
        waiting(model).aggregate(next_at=Min("published_at"))["next_at"]
        for model in publishable_models()
    ]
    Ledger.objects.filter(pk=1).update(next_at=min(filter(None, moments), default=None))


def replace_due(at: datetime.datetime | None = None) -> int:
    """Put every replacement in place whose moment has come; return how many there were."""
    at = at or timezone.now()
    with locked_ledger() as ledger:
        if ledger.next_at is None or ledger.next_at > at:
            return 0
        due = [
            edition
            for model in publishable_models()
            for edition in waiting(model).filter(published_at__lte=at).order_by("published_at")
        ]
        done = sum(_together(group) for group in _groups(due))
        note_next()
    return done


def _groups(due: list[Publishable]) -> list[list[Publishable]]:
    """The members of a set stand together; everything else stands alone."""
    groups: dict[Any, list[Publishable]] = {}
    for edition in due:
        alone = (edition._meta.label, edition.pk)
        groups.setdefault(edition.publishing_set_id or alone, []).append(edition)
    return list(groups.values())


def _together(group: list[Publishable]) -> int:
    """Put a group in place. What no longer fits goes back to its writers: it must stop nobody.

    Since a replacement was approved, its address may have been taken, or its page have become
    what the page above it is part of.
    """
    keys = [edition.pk for edition in group]
    try:
        with transaction.atomic():
            for edition in group:
                if errors := publication_errors(edition):
                    raise ValidationError(errors)
                take_place(edition)
                audit.record(edition.page, AuditEntry.Action.PUBLISHED, by=None)
    except (ValidationError, IntegrityError):
        for edition, key in zip(group, keys, strict=True):
            _return(type(edition).objects.get(pk=key))
        return 0
    return len(group)


def _return(edition: Publishable) -> None:
    reasons = publication_errors(edition)
    edition.remark = " ".join(
        [_("It could not be published at its moment."), *chain.from_iterable(reasons.values())]
    )
    edition.state, edition.published_at = State.DRAFT, None
    edition.version += 1
    edition.save()
    audit.record(edition, AuditEntry.Action.SENT_BACK, by=None, reason=edition.remark)


def take_place(edition: Publishable) -> Publishable:
    """Put a working copy in place at the moment it says, and lead old addresses to the new one."""
    moment = edition.published_at
    assert moment  # the database sees to that
    page: Publishable = type(edition).objects.get(pk=edition.edition_of_id)
    before = redirects.addresses(page, moment)
    replace(page, edition, moment)
    edition.edition_of = page
    redirects.follow(before, page)
    return page
