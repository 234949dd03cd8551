import contextlib
import email
import email.policy
import re
import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Office:
    """A mail server that keeps what it takes, and answers otherwise where it is told to."""

    def __init__(self):
        self.taken = []
        self.answers = {}  # by the command, what is said once instead of 250
        self.is_tired = False  # it hangs up once it has taken a mail

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.answers.pop("RCPT", None):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answers.get("DATA") == "hang up":
            self.answers.pop("DATA")
            server.transport.abort()
            return "250 OK"
        if answer := self.answers.pop("DATA", None):
            return answer
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken.append((tuple(envelope.rcpt_tos), mail))
        if self.is_tired:
            server.loop.call_soon(server.transport.close)
        return "250 OK"

    @property
    def mails(self):
        return [mail for _to, mail in self.taken]

    def links(self, number=-1):
        words = self.mails[number].get_body(("plain",)).get_content()
        return re.findall(r"http://testserver(/alerts/\S+)", words)


@pytest.fixture
def office(settings):
    """Django's own back end speaks to it over a real connection."""
    office = Office()
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.factory = lambda: SMTP(office, enable_SMTPUTF8=True)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    office.controller = controller
    yield office
    controller.stop()


@pytest.fixture
def subscribe():
    """An alert that has been confirmed."""
    from iomsite.alerts.models import Alert, Reader

    def make(question, address="reader@example.org", frequency="at-once", **fields):
        reader, _is_new = Reader.objects.get_or_create(
            email=address, defaults={"root": "http://testserver"}
        )
        moment = fields.pop("confirmed_at", reader.created_at)
        return Alert.objects.create(
            reader=reader, question=question, frequency=frequency, confirmed_at=moment, **fields
        )

    return make
