"""The audit trail: who did what to which edition, in a chain that shows tampering."""

import datetime
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils import timezone

from iomsite.accounts.rights import scope
from iomsite.prepared import Given, Prepared

from .editions import publishable_models
from .ledger import held, locked_ledger
from .models import AuditEntry, Ledger, Publishable

COVERED = (
    "at",
    "action",
    "actor_id",
    "actor_name",
    "model",
    "page_id",
    "edition",
    "title",
    "changes",
    "reason",
)


def record(
    edition: Publishable,
    action: AuditEntry.Action,
    *,
    by: Any,
    changes: list[dict[str, Any]] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Add an entry. Takes the ledger; one statement.

    `by` is a member of staff, or None for what time brought about.
    """
    with locked_ledger() as ledger:
        entry = AuditEntry(
            at=_now(),
            action=action,
            actor_id=by.pk if by else None,
            actor_name=(by.get_full_name() or by.get_username()) if by else "iomsite",
            model=edition._meta.label_lower,
            page_id=edition.edition_of_id or edition.pk,
            edition=edition.edition,
            title=str(edition)[:300],
            changes=changes or [],
            reason=reason,
        )
        entry.digest = digest(entry, ledger.digest)
        entry.save(force_insert=True)
        edition.__dict__.pop("written_by", None)
        ledger.digest, ledger.entries = entry.digest, ledger.entries + 1
    return entry


def _now() -> datetime.datetime:
    """Without what `dumpdata` leaves out: the chain has to hold after `loaddata`."""
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def digest(entry: AuditEntry, before: str) -> str:
    fields = {name: getattr(entry, name) for name in COVERED}
    fields["at"] = entry.at.isoformat()
    text = json.dumps([before, fields], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def faults() -> Iterator[str]:
    """Say what is wrong with the chain; nothing when it is whole. Reads every entry."""
    before, count = "", 0
    for entry in AuditEntry.objects.order_by("pk").iterator():
        count += 1
        expected = digest(entry, before)
        if entry.digest != expected:
            yield f"Entry {entry.pk} ({entry}) was changed, or the one before it was taken away."
        before = entry.digest
    ledger = Ledger.objects.filter(pk=1).first()
    if ledger and (ledger.entries, ledger.digest) != (count, before):
        yield f"The trail holds {count} entries; {ledger.entries} were written."
    if not ledger and count:
        yield "The end of the chain is missing."


def history(edition: Publishable) -> Any:
    """The entries of a page, newest first."""
    page = edition.page
    return AuditEntry.objects.filter(model=page._meta.label_lower, page_id=page.pk)


def visible_to(user: Any, entries: Any) -> Any:
    """The entries of the pages that this person may see; all of them at headquarters.

    What was deleted belongs to no office any more.
    """
    if scope(user, "publishing.view_auditentry").everywhere:
        return entries
    seen = Q(pk__in=[])
    for model in publishable_models():
        pages: Any = model._default_manager
        keys = pages.pages().visible_to(user).values("pk")
        seen |= Q(model=model._meta.label_lower, page_id__in=keys)
    return entries.filter(seen)


def writers(edition: Publishable) -> set[int]:
    """The accounts that wrote this edition. One statement; asked once of a row under the ledger."""
    ledger = held()
    kept = edition.__dict__.get("written_by")
    if kept and ledger and kept[0] is ledger:
        return set(kept[1])
    found = _read_writers(edition)
    edition.__dict__["written_by"] = (ledger, found)
    return found


def _read_writers(edition: Publishable) -> set[int]:
    page = edition.edition_of_id or edition.pk
    rows = _WRITERS(model=edition._meta.label_lower, page=page, edition=edition.edition)
    return {actor for (actor,) in rows}


def _who_wrote() -> Any:
    fields: dict[str, Any] = {field.name: field for field in AuditEntry._meta.concrete_fields}
    model, page = Given("model", fields["model"]), Given("page", fields["page_id"])
    action = AuditEntry.Action
    return (
        AuditEntry.objects.filter(
            model=model,
            page_id=page,
            edition=Given("edition", fields["edition"]),
            action__in=[action.CREATED, action.EDITED, action.RESTORED],
        )
        .exclude(actor_id=None)
        .order_by()
        .values_list("actor_id")
    )


_WRITERS = Prepared(_who_wrote)


def drafts_of(user: Any) -> dict[str, set[int]]:
    """The pages that somebody wrote in lately, by kind of page. One statement."""
    written = AuditEntry.objects.filter(
        actor_id=user.pk, action__in=[AuditEntry.Action.CREATED, AuditEntry.Action.EDITED]
    )
    found: dict[str, set[int]] = {}
    for model, page in written.values_list("model", "page_id").distinct()[:1000]:
        found.setdefault(model, set()).add(page)
    return found
