"""Writes an archive of one moment of the site, while it is used."""

import platform
from contextlib import suppress
from typing import Any

import django
from django.db import connection
from django.utils import timezone

from iomsite.images import library
from iomsite.publishing.records import Ledger
from iomsite.snapshot import one_moment

from . import media
from .archive import DATABASE, MEDIA, Writer, is_media
from .databases import database
from .places import Place
from .refusals import in_words


@in_words("The store of files")
def backup(place: Place, name: str) -> dict[str, Any]:
    """Return the manifest. Raises Refused, or OSError as of a full disk: nothing is there then.

    Files are copied after the moment of the database: each that it names is in the store before,
    and nothing removes a file that a page showed a day ago. `missing` are those that it names and
    the store has not, `lost` the photographs among them, of which the others can be made again;
    `left_out` have names that no restored system would take.
    """
    with place.being_written(name) as writer:
        with one_moment():
            about = _about_database(writer)
            photos = library.needed()
            needed = {file for files in photos.values() for file in files}
        about["left_out"] = []
        for file in media.names():
            if not is_media(MEDIA + file):
                about["left_out"].append(ascii(file))
                continue
            with suppress(FileNotFoundError):  # taken away since the list was made
                writer.add(MEDIA + file, media.chunks(file))
        there = {one.removeprefix(MEDIA) for one in writer.files}
        about["missing"], about["lost"] = sorted(needed - there), sorted(photos.keys() - there)
        writer.finish(about)
    return about | {"files": writer.files, "size": writer.size}


def _about_database(writer: Writer) -> dict[str, Any]:
    ours = database()
    about = {
        "made_at": timezone.now().isoformat(),
        "engine": ours.engine,
        "versions": {
            "database": ".".join(map(str, connection.get_database_version())),
            "django": django.get_version(),
            "python": platform.python_version(),
        },
        "migrations": migrations(),
        "generation": Ledger.objects.values_list("generation", flat=True).first(),
    }
    writer.add(DATABASE, ours.dumped(), is_packed=ours.is_packed)
    return about | {"tables": ours.tables()}


def migrations() -> list[str]:
    """As the database has them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return [f"{app}.{name}" for app, name in cursor.fetchall()]


def prune(place: Place, keep: int) -> list[str]:
    """Remove all archives but the newest so many, and return their names."""
    old = place.names()[:-keep]
    for name in old:
        place.remove(name)
    return old
