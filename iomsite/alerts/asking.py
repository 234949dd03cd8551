"""What readers may do: ask for an alert, confirm it, change it, stop it, be forgotten."""

import datetime

from django.db import IntegrityError, transaction
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
        day_ago = timezone.now() - datetime.timedelta(days=1)
        asked = reader.messages.filter(
            kind=Message.Kind.CONFIRMATION, created_at__gt=day_ago
        ).count()
        known = reader.alerts.filter(question=question).first()
        is_too_much = known is None and reader.alerts.count() >= MOST_ALERTS
        if asked >= MOST_CONFIRMATIONS or is_too_much:
            return None
        alert = known or reader.alerts.create(question=question, frequency=frequency)
        if alert.confirmed_at is None and alert.frequency != frequency:
            Alert.objects.filter(pk=alert.pk).update(frequency=frequency)
        return Message.objects.create(reader=reader, kind=Message.Kind.CONFIRMATION, alert=alert)


def _reader(email: str, root: str) -> Reader:
    """Servers take the domain in any case; of the rest nobody knows, so one case stands for all."""
    address = email.strip().lower()
    try:
        with transaction.atomic():
            return Reader.objects.get_or_create(email=address, defaults={"root": root})[0]
    except IntegrityError:  # somebody was quicker
        return Reader.objects.get(email=address)


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
    """Forget what was never confirmed, and mail of long ago."""
    now = timezone.now()
    unconfirmed = now - datetime.timedelta(days=CONFIRM_WITHIN)
    Alert.objects.filter(confirmed_at=None, created_at__lt=unconfirmed).delete()
    Reader.objects.filter(alerts=None, created_at__lt=unconfirmed).delete()
    Message.objects.filter(created_at__lt=now - KEPT).exclude(fate=Message.Fate.WAITING).delete()
