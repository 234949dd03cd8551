"""Somebody who works on the site all the time: stores a picture, then says so in one transaction.

Each turn is printed when it is done, so that whoever looks on knows that there was one.
"""

import datetime
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iomsite.settings")
django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402

from iomsite.images.models import Photo  # noqa: E402
from iomsite.publishing import audit  # noqa: E402
from iomsite.publishing.changes import settle  # noqa: E402
from iomsite.publishing.ledger import locked_ledger  # noqa: E402
from iomsite.publishing.models import AuditEntry  # noqa: E402
from iomsite.publishing.states import State  # noqa: E402
from news.models import NewsRelease  # noqa: E402

DAY = datetime.date(2016, 4, 25)
MOMENT = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
# Seconds between two turns. Without any it is a load, and all that it writes is backed up and
# restored; from 200 releases on, search does not find all.
PAUSE = 0.2


def turn(number: int) -> None:
    name = default_storage.save(f"photos/{number:032x}.jpg", ContentFile(b"%d" % number * 1000))
    with locked_ledger():
        photo = Photo.objects.create(
            slug=f"written-{number}", title=f"Picture {number}", file=name, caption="A picture.",
            taken="2016",
        )  # fmt: skip
        page = NewsRelease.objects.create(
            slug=f"written-{number}", title=f"Written {number}", released_on=DAY,
            lead="It is written.", state=State.PUBLISHED, published_at=MOMENT,
        )  # fmt: skip
        for row in (photo, page):
            audit.record(row, AuditEntry.Action.CREATED, by=None)
        settle([page])
    print(number, flush=True)  # noqa: T201
    time.sleep(PAUSE)


if __name__ == "__main__":
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        turn(number)
