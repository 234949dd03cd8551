"""Mail that came back: after it, an address is forgotten."""

import email
import email.policy
import re
import uuid
from email.message import EmailMessage
from typing import Any

from django.db.models import F

from .models import Reader

# An address that does not exist comes back at once; a full mailbox may be emptied.
WEIGHT_OF_HARD, FORGOTTEN_AT = 3, 6
LONGEST = 1_000_000
MESSAGE_ID = re.compile(r"<([0-9a-f]{32})\.alerts@")


def count(readers: Any, *, is_hard: bool) -> None:
    """Two that say never, or six that say not now, and nothing is kept of the address."""
    readers.update(bounces=F("bounces") + (WEIGHT_OF_HARD if is_hard else 1))
    Reader.objects.filter(bounces__gte=FORGOTTEN_AT).delete()


def record(raw: bytes) -> bool:
    """Whether this is a report about a mail of ours (RFC 3464); anything else is left alone."""
    report = email.message_from_bytes(raw[:LONGEST], policy=email.policy.default)
    status, uid = _status(report), _own_mail(report)
    if status not in ("4", "5") or uid is None:
        return False
    readers = Reader.objects.filter(messages__uid=uid)
    keys = list(readers.values_list("pk", flat=True))
    count(Reader.objects.filter(pk__in=keys), is_hard=status == "5")
    return bool(keys)


def _parts(report: Any, *kinds: str) -> list[EmailMessage]:
    if report.get_content_type() != "multipart/report":
        return []
    return [part for part in report.walk() if part.get_content_type() in kinds]


def _status(report: Any) -> str:
    """The class of the status of the one who was written to: 2, 4 or 5."""
    found = ""
    for part in _parts(report, "message/delivery-status"):
        for block in part.get_payload():
            if str(block.get("Action", "")).lower() in ("failed", "delayed"):
                found = str(block.get("Status", "")).strip()[:1]
    return found


def _own_mail(report: Any) -> uuid.UUID | None:
    """Only what the report gives back of our mail names it; its other words are anybody's."""
    for part in _parts(report, "message/rfc822", "text/rfc822-headers"):
        payload = part.get_payload()
        headers = payload[0].as_string() if isinstance(payload, list) else str(payload)
        if found := MESSAGE_ID.search(headers):
            return uuid.UUID(hex=found[1])
    return None
