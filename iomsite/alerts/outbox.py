"""Sends what waits: each mail at most once, whatever dies in between.

A mail is marked as begun before the server hears of it. If nobody can say how that ended, it is not
sent again: a reader who misses one mail is better served than one who gets it every minute.
"""

import datetime
import logging
import smtplib
from typing import Any

from django.core import mail
from django.db.models import F
from django.utils import timezone

from .bounces import count
from .letters import letter
from .models import Message, Reader

Fate = Message.Fate
LEASE = datetime.timedelta(minutes=5)
# After so many minutes it is tried again: about two days in all.
DELAYS = (1, 5, 15, 60, 120, 240, 480, 720, 1440)

logger = logging.getLogger(__name__)


class ServerAway(Exception):
    """Nothing was sent, and nothing will be for the moment."""


def send_waiting() -> dict[str, int]:
    """Return how many came to which end. Several processes may do this at once."""
    ends: dict[str, int] = {}
    _give_up_expired()
    with_server = Server()
    try:
        while (message := lease()) is not None:
            fate = deliver(message, with_server)
            ends[fate] = ends.get(fate, 0) + 1
    except ServerAway as error:
        logger.warning("The mail server cannot be reached: %s", error)
    finally:
        with_server.close()
    return ends


def send_now(message: Message) -> None:
    """What somebody waits for; where it cannot be sent, it waits for the next run."""
    with_server = Server()
    try:
        if _take(message.pk):
            deliver(
                Message.objects.select_related("reader", "alert").get(pk=message.pk), with_server
            )
    except ServerAway as error:
        logger.warning("The mail server cannot be reached: %s", error)
    finally:
        with_server.close()


def _give_up_expired() -> None:
    begun = Message.objects.filter(fate=Fate.SENDING, leased_until__lt=timezone.now())
    if number := begun.update(fate=Fate.UNKNOWN):
        logger.warning("%d mails were begun and not finished; they are not sent again.", number)


def lease() -> Message | None:
    """The next that is due, for this process alone. Three statements, if nobody is quicker."""
    waiting = Message.objects.filter(fate=Fate.WAITING, due_at__lte=timezone.now())
    for key in waiting.order_by("due_at", "pk").values_list("pk", flat=True)[:50]:
        if _take(key):
            return Message.objects.select_related("reader", "alert").get(pk=key)
    return None


def _take(key: int) -> bool:
    now = timezone.now()
    taken = Message.objects.filter(pk=key, fate=Fate.WAITING, due_at__lte=now).update(
        fate=Fate.SENDING, leased_until=now + LEASE, attempts=F("attempts") + 1
    )
    return bool(taken)


class Server:
    """The connection of one run. What fails before a mail is begun can be tried again."""

    def __init__(self) -> None:
        self.connection: Any = mail.get_connection()

    def ready(self) -> None:
        try:
            if not self._answers():
                self.close()  # servers take some mails on a connection, and hang up
                self.connection.open()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise ServerAway(type(error).__name__) from error

    def _answers(self) -> bool:
        client = getattr(self.connection, "connection", None)
        try:
            return client is not None and client.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def send(self, one: Any) -> None:
        one.connection = self.connection
        one.send()

    def close(self) -> None:
        try:
            self.connection.close()
        except (smtplib.SMTPException, OSError):
            self.connection.connection = None


def deliver(message: Message, server: Server) -> str:
    """Send what is leased; return what became of it."""
    try:
        one = letter(message)
    except Exception:  # whatever a page holds: the mail of others goes out
        logger.exception("A mail could not be written: %s", message)
        return _put_back(message)
    if one is None:
        return _end(message, Fate.EMPTY)
    try:
        server.ready()
    except ServerAway:
        _put_back(message)
        raise
    try:
        server.send(one)
    except smtplib.SMTPRecipientsRefused as error:
        code, _words = next(iter(error.recipients.values()))
        return _refused(message, code, is_about_address=True)
    except smtplib.SMTPResponseException as error:
        return _refused(message, error.smtp_code)
    except (smtplib.SMTPException, OSError):
        server.close()
        return _end(message, Fate.UNKNOWN)
    return _end(message, Fate.SENT)


def _refused(message: Message, code: int, *, is_about_address: bool = False) -> str:
    """4xx: not now. 5xx: never; if it is about the address, that counts as a bounce."""
    if 400 <= code < 500:
        return _put_back(message)
    fate = _end(message, Fate.REFUSED)
    if is_about_address:
        count(Reader.objects.filter(pk=message.reader_id), is_hard=True)
    return fate


def _put_back(message: Message) -> str:
    if message.attempts > len(DELAYS):
        return _end(message, Fate.REFUSED)
    delay = datetime.timedelta(minutes=DELAYS[message.attempts - 1])
    own = Message.objects.filter(pk=message.pk, fate=Fate.SENDING)
    own.update(fate=Fate.WAITING, due_at=timezone.now() + delay, leased_until=None)
    return str(Fate.WAITING)


def _end(message: Message, fate: str) -> str:
    Message.objects.filter(pk=message.pk).update(fate=fate, leased_until=None)
    return str(fate)
