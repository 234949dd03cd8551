"""Mail that came back: after it, an address is forgotten."""

import email
import email.policy
import re
import uuid
from email.message import EmailMessage
from typing import Any

from django.db.models import F

from .models import Message, Reader

Fate = Message.Fate

# An address that does not exist comes back at once; a full mailbox may be emptied.
WEIGHT_OF_HARD, FORGOTTEN_AT = 3, 6
LONGEST = 1_000_000
MESSAGE_ID = re.compile(r"<([0-9a-f]{32})\.alerts@")


def count(readers: Any, *, is_hard: bool) -> None:
    """Two mails that never come, or six that wait, and nothing is kept of the address.

    What came back is counted as long as the mail is kept (see `asking.tidy`).
    """
    readers.update(bounces=F("bounces") + (WEIGHT_OF_HARD if is_hard else 1))
    Reader.objects.filter(bounces__gte=FORGOTTEN_AT).delete()


def record(raw: bytes) -> bool:
    """Whether this is a report about a mail of ours (RFC 3464); anything else is left alone."""
    report = email.message_from_bytes(raw[:LONGEST], policy=email.policy.default)
    status, uid = _status(report), _own_mail(report)
    if status not in ("4", "5") or uid is None:
        return False
    message = Message.objects.filter(uid=uid).first()
    if message is None:
        return False
    is_hard = status == "5"
    # Servers repeat that a mail waits, and reports come twice: each mail counts once for each.
    known = [Fate.RETURNED] if is_hard else [Fate.RETURNED, Fate.DELAYED]
    unknown = Message.objects.filter(pk=message.pk).exclude(fate__in=known)
    if unknown.update(fate=Fate.RETURNED if is_hard else Fate.DELAYED):
        count(Reader.objects.filter(pk=message.reader_id), is_hard=is_hard)
    return True


def _parts(report: Any, *kinds: str) -> list[EmailMessage]:
    if report.get_content_type() != "multipart/report":
        return []
    return [part for part in report.walk() if part.get_content_type() in kinds]


def _status(report: Any) -> str:
    """The class of the status of the one who was written to: 2, 4 or 5."""
    found = ""
    for part in _parts(report, "message/delivery-status"):
        blocks: Any = part.get_payload()
        for block in blocks:
            if str(block.get("Action", "")).lower() in ("failed", "delayed"):
                found = str(block.get("Status", "")).strip()[:1]
    return found


def _own_mail(report: Any) -> uuid.UUID | None:
    """Only what the report gives back of our mail names it; its other words are anybody's."""
    for part in _parts(report, "message/rfc822", "text/rfc822-headers"):
        payload: Any = part.get_payload()
        headers = payload[0].as_string() if isinstance(payload, list) else str(payload)
        if found := MESSAGE_ID.search(headers):
            return uuid.UUID(hex=found[1])
    return None
