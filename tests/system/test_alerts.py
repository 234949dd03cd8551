"""Mail of alerts by real processes, one of which is killed while the mail server holds its mail."""

import os
import subprocess
import sys
import threading
from collections import Counter

from aiosmtpd.controller import Controller

from .processes import ROOT, free_port, wait_for

READERS = 30
HELD = 5  # the mail in the middle of which the sender dies
FILL = f"""
from django.utils import timezone
from iomsite.alerts.models import Alert, Progress, Reader
from news.models import NewsRelease
now = timezone.now()
for number in range({READERS}):
    reader = Reader.objects.create(email=f"{{number}}@example.org", root="https://www.example.org")
    Alert.objects.create(reader=reader, question="/news/", frequency="at-once", confirmed_at=now)
Progress.objects.create(looked_until=now)
keys = [*NewsRelease.objects.published().values_list("pk", flat=True)[:1]]
now = timezone.now()
NewsRelease.objects.filter(pk__in=keys).update(first_published_at=now, published_at=now)
"""
FATES = """
from iomsite.alerts.models import Message
print(*sorted(Message.objects.values_list("fate", flat=True)))
"""
LATER = """
from django.db.models import F
from iomsite.alerts.models import Message
import datetime
Message.objects.update(leased_until=F("leased_until") - datetime.timedelta(hours=1))
"""


class Office:
    """Takes every mail, and keeps one of them waiting until its sender is gone."""

    def __init__(self):
        self.taken = []
        self.is_held, self.is_gone = threading.Event(), threading.Event()

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(envelope.rcpt_tos[0])
        if len(self.taken) == HELD and not self.is_held.is_set():
            self.is_held.set()
            await server.loop.run_in_executor(None, self.is_gone.wait, 60)
        return "250 OK"


def sender(production):
    return subprocess.Popen(
        [sys.executable, "manage.py", "send_alerts"],
        cwd=ROOT,
        env=production.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_each_reader_is_sent_one_mail_though_a_sender_is_killed(production):
    office, port = Office(), free_port()
    server = Controller(office, hostname="127.0.0.1", port=port)
    production.given["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    production.manage("shell", "-c", FILL)
    server.start()
    try:
        first = sender(production)
        assert office.is_held.wait(60)
        others = [sender(production) for _one in range(2)]
        wait_for(lambda: len(office.taken) > HELD + 2)  # while the first hangs in its mail
        os.kill(first.pid, 9)
        first.wait()
        office.is_gone.set()
        assert [other.wait(60) for other in others] == [0, 0]
        production.manage("shell", "-c", LATER)
        production.manage("send_alerts")
    finally:
        server.stop()
    fates = production.manage("shell", "-v0", "-c", FATES).stdout.split()
    assert Counter(fates) == {"sent": READERS - 1, "unknown": 1}
    assert Counter(office.taken) == {f"{number}@example.org": 1 for number in range(READERS)}
