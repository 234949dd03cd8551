"""What readers may do: ask for an alert, confirm it, change it, stop it, be forgotten."""

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .models import Alert, Message, Reader
from .tokens import CONFIRM_WITHIN

MOST_ALERTS = 20
# Confirmations to one address within a day, whoever asks for them.
MOST_CONFIRMATIONS = 3
KEPT = datetime.timedelta(days=90)


def ask(email: str, question: str, frequency: str, root: str) -> Message | None:
    """The mail that asks whether this is wanted; None where the address has had enough of them.

    Nobody is told which of the two it was.
    """
    with transaction.atomic():
        reader = _reader(email, root)
        known = reader.alerts.filter(question=question).first()
        is_too_much = known is None and reader.alerts.count() >= MOST_ALERTS
        if is_too_much or _asked_today(reader.email) >= MOST_CONFIRMATIONS:
            return None
        alert = known or reader.alerts.create(question=question, frequency=frequency)
        if alert.confirmed_at is None:
            # As asked for last; it is kept for as long as the new link holds.
            asked = Alert.objects.filter(pk=alert.pk)
            asked.update(frequency=frequency, created_at=timezone.now())
        return Message.objects.create(reader=reader, kind=Message.Kind.CONFIRMATION, alert=alert)


def _reader(email: str, root: str) -> Reader:
    """Locked, so that many who ask for one address at once are counted one after the other.

    Servers take the domain in any case; of the rest nobody knows, so one case stands for all.
    """
    address = email.strip().lower()
    Reader.objects.get_or_create(email=address, defaults={"root": root})
    return Reader.objects.select_for_update().get(email=address)


def _asked_today(address: str) -> int:
    """Confirmations to this mailbox: what stands behind a plus leads to the same one."""
    name, _at, domain = address.partition("@")
    mailbox = name.partition("+")[0]
    is_same = Q(reader__email=f"{mailbox}@{domain}") | Q(
        reader__email__startswith=f"{mailbox}+", reader__email__endswith=f"@{domain}"
    )
    asked = Message.objects.filter(is_same, kind=Message.Kind.CONFIRMATION)
    return asked.filter(created_at__gt=timezone.now() - datetime.timedelta(days=1)).count()


def confirm(alert: Alert) -> None:
    Alert.objects.filter(pk=alert.pk, confirmed_at=None).update(confirmed_at=timezone.now())


def stop(alert: Alert) -> None:
    """With its last alert the address goes as well."""
    with transaction.atomic():
        reader = Reader.objects.select_for_update().filter(pk=alert.reader_id).first()
        Alert.objects.filter(pk=alert.pk).delete()
        if reader and not reader.alerts.exists():
            reader.delete()


def forget(reader: Reader) -> None:
    """The address, what it asked for and what was sent to it."""
    Reader.objects.filter(pk=reader.pk).delete()


def tidy() -> None:
    """Forget what was never confirmed, mail of long ago, and what came back before that."""
    now = timezone.now()
    unconfirmed = now - datetime.timedelta(days=CONFIRM_WITHIN)
    Alert.objects.filter(confirmed_at=None, created_at__lt=unconfirmed).delete()
    Reader.objects.filter(alerts=None, created_at__lt=unconfirmed).delete()
    Message.objects.filter(created_at__lt=now - KEPT).exclude(fate=Message.Fate.WAITING).delete()
    failed = Message.objects.filter(fate__in=Message.FAILED).values("reader")
    Reader.objects.filter(bounces__gt=0).exclude(pk__in=failed).update(bounces=0)
