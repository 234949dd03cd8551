"""Links in mail: signed, without an address in them, and good for as long as what they name."""

import uuid

from django.core.signing import BadSignature, Signer, TimestampSigner

from .models import Alert, Reader

# Days within which an alert has to be confirmed.
CONFIRM_WITHIN = 3
_of_reader = Signer(salt="iomsite.alerts.reader")
_of_alert = Signer(salt="iomsite.alerts.alert")
_to_confirm = TimestampSigner(salt="iomsite.alerts.confirm")


def to_manage(reader: Reader) -> str:
    return _of_reader.sign(reader.uid.hex)


def to_stop(alert: Alert) -> str:
    return _of_alert.sign(alert.uid.hex)


def to_confirm(alert: Alert) -> str:
    return _to_confirm.sign(alert.uid.hex)


def reader_of(token: str) -> Reader | None:
    uid = _opened(_of_reader, token)
    return Reader.objects.filter(uid=uid).first() if uid else None


def alert_to_stop(token: str) -> Alert | None:
    uid = _opened(_of_alert, token)
    return Alert.objects.filter(uid=uid).select_related("reader").first() if uid else None


def alert_to_confirm(token: str) -> Alert | None:
    uid = _opened(_to_confirm, token, max_age=CONFIRM_WITHIN * 24 * 60 * 60)
    return Alert.objects.filter(uid=uid).select_related("reader").first() if uid else None


def _opened(signer: Signer, token: str, **how: int) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=signer.unsign(token, **how))
    except (BadSignature, ValueError):
        return None
