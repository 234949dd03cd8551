"""What the store holds of each photograph, and what it holds for nobody."""

import datetime
from collections import defaultdict
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.utils import timezone

from . import cards, renditions
from .models import Photo
from .renditions import Focus, Made

FOLDERS = ("photos", renditions.FOLDER, cards.FOLDER)
# A file is stored before the row that names it is saved.
GRACE = datetime.timedelta(hours=24)


def complete(photo: Photo) -> None:
    """Make the sizes that pages send and the card, where they are missing."""
    name, focus = photo.file.name, (photo.focus_x, photo.focus_y)
    with_sizes = Photo.objects.filter(file=name).exclude(widths="")
    known = with_sizes.values_list("widths", "width", "height").first()
    if known:
        renditions.make_card(name, focus)
        note(name, Made(*known))
    else:
        note(name, renditions.make(name, focuses_of(name)))


def note(name: str, made: Made) -> None:
    """Write down what there is of a file, in every edition that shows it."""
    Photo.objects.filter(file=name).update(**made._asdict())


def note_lost(name: str) -> None:
    """Pages draw a pattern from now on."""
    Photo.objects.filter(file=name).update(widths="")


def focuses_of(name: str) -> list[Focus]:
    rows = Photo.objects.filter(file=name).order_by()
    return list(rows.values_list("focus_x", "focus_y").distinct())


def without_sizes() -> list[str]:
    rows = Photo.objects.filter(widths="").exclude(file="").order_by("file")
    return list(rows.values_list("file", flat=True).distinct())


def needed() -> dict[str, set[str]]:
    """The files of each stored photograph that some edition shows, old ones and the bin too."""
    names: dict[str, set[str]] = defaultdict(set)
    rows = Photo.objects.exclude(file="").order_by()
    for name, widths, *focus in rows.values_list("file", "widths", "focus_x", "focus_y"):
        found = renditions.names_of(name, renditions.widths_in(widths), [(focus[0], focus[1])])
        names[name].update(found)
    return names


def stored() -> Iterator[str]:
    """Every file in the folders of photographs."""
    for folder in FOLDERS:
        yield from below(folder)


def below(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored here
        return
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from below(f"{folder}/{name}")


def used() -> set[str]:
    """Every file that an edition shows, or that a page is shared with."""
    files = {name for names in needed().values() for name in names}
    return files | {cards.name_of(words) for words in cards.all_words()}


def unused() -> Iterator[str]:
    """Files that nothing shows, and that no form has just brought."""
    kept = used()
    before = timezone.now() - GRACE
    for name in stored():
        if name not in kept and default_storage.get_modified_time(name) < before:
            yield name
