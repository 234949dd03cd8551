"""What an operator runs: sizes that are missing, files that nobody needs, measurements."""

import datetime
import io
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from iomsite.images import library, renditions
from iomsite.images.models import Photo
from iomsite.images.storage import PART
from iomsite.publishing import actions
from tests.factories.accounts import UserFactory
from tests.factories.images import PhotoFactory, stored
from tests.publishing.test_crash import address

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def said(command, *arguments):
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def sizes():
    return list(Photo.objects.order_by("pk").values_list("widths", "width", "height"))


def test_missing_sizes_are_made_and_a_stopped_run_goes_on(monkeypatch):
    seeds = range(3)
    for seed in seeds:
        PhotoFactory(with_file=True, file=stored(seed), widths="", width=None, height=None)
    note = library.note

    def once(name, made):
        monkeypatch.setattr(library, "note", stop)
        note(name, made)

    def stop(name, made):
        raise KeyboardInterrupt

    monkeypatch.setattr(library, "note", once)
    with pytest.raises(KeyboardInterrupt):
        said("make_renditions")
    assert len(library.without_sizes()) == 2

    monkeypatch.setattr(library, "note", note)
    assert "2 of 2 photographs made." in said("make_renditions")
    assert sizes() == [("320 400", 400, 300)] * 3
    assert "0 of 0 photographs made." in said("make_renditions")


@pytest.mark.django_db(transaction=True)
def test_run_that_is_killed_leaves_no_half_file_and_is_continued(tmp_path):
    for seed in range(8):
        PhotoFactory(with_file=True, file=stored(seed), widths="", width=None, height=None)
    shutil.rmtree(tmp_path / renditions.FOLDER)
    run = subprocess.Popen(
        [sys.executable, "manage.py", "make_renditions", "--workers", "1"],
        env=os.environ | {"DATABASE_URL": address(), "MEDIA_ROOT": str(tmp_path), "DEBUG": "true"},
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
    )
    while len(library.without_sizes()) == 8 and run.poll() is None:
        time.sleep(0.005)
    run.kill()
    assert run.wait() == -signal.SIGKILL, "it had come to its end"

    left = len(library.without_sizes())
    assert 0 < left < 8
    there = set(library.below(renditions.FOLDER))
    assert all(renditions.is_whole(name) for name in there if not name.endswith(PART))
    assert f"{left} of {left} photographs made." in said("make_renditions")
    needed = {name for names in library.needed().values() for name in names}
    assert sizes() == [("320 400", 400, 300)] * 8
    assert all(renditions.is_whole(name) for name in needed)


def test_file_has_its_name_only_once_it_is_whole():
    """A machine that goes out in the middle leaves a part, which the next try does not meet."""

    class Torn(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half of it"
            raise SystemExit

    with pytest.raises(SystemExit):
        default_storage.save("photos/torn.jpg", Torn(b"half of it, and the rest"))
    assert not default_storage.exists("photos/torn.jpg")
    (part,) = library.below("photos")
    assert part.endswith(PART)
    assert default_storage.save("photos/torn.jpg", ContentFile(b"whole")) == "photos/torn.jpg"
    with time_machine.travel(timezone.now() + 2 * library.GRACE):
        assert set(library.unused()) == {part, "photos/torn.jpg"}


def test_progress_is_told_by_tenths_in_a_log():
    for seed in range(2):
        PhotoFactory(with_file=True, file=stored(seed), widths="")
    assert said("make_renditions").splitlines() == [
        "[#####     ] 1 of 2",
        "[##########] 2 of 2",
        "2 of 2 photographs made.",
    ]


def test_check_finds_what_is_gone_or_damaged_and_pages_draw_a_pattern_for_a_lost_file():
    kept, damaged, lost = (PhotoFactory(with_file=True, file=stored(seed)) for seed in range(3))
    small = renditions.rendition_name(damaged.file.name, 320, "webp")
    with default_storage.open(small, "r+b") as file:
        file.truncate(200)
    default_storage.delete(lost.file.name)

    with pytest.raises(CommandError, match=f"{lost.file.name}: the file is gone") as error:
        said("make_renditions", "--check")

    assert kept.file.name not in str(error.value)
    assert renditions.is_whole(small)
    lost.refresh_from_db()
    assert lost.picture is None
    assert sizes().count(("320 400", 400, 300)) == 2


def test_lost_file_is_known_at_publication():
    photo = PhotoFactory(with_file=True, in_review=True)
    default_storage.delete(photo.file.name)
    with pytest.raises(actions.Refused) as refused:
        actions.publish(photo, by=UserFactory())
    assert refused.value.errors == {
        "file": ["The file is gone from the store. Choose it once more."]
    }


def files():
    return set(library.stored())


def test_files_stay_while_an_edition_can_be_restored():
    page = PhotoFactory(with_file=True, file=stored(1), published=True)
    Photo.objects.create(
        uid=page.uid, edition_of=page, edition=2,
        state="superseded", published_at=page.published_at, slug=page.slug,
        file=stored(2), widths="320 400", credit_person="Ann",
        licence="own", consent="given", description="Old",
    )  # fmt: skip
    PhotoFactory(with_file=True, file=stored(3), binned=True)
    gone = PhotoFactory(with_file=True, file=stored(4))
    before = files()
    of_gone = set(renditions.names_of(gone.file.name, [320, 400], [(0.5, 0.5)]))
    gone.delete()
    moved = renditions.card_name(page.file.name, (0.5, 0.5))
    Photo.objects.filter(pk=page.pk).update(focus_x=0.1)

    assert "0 files removed." in said("clean_media")  # all of them are new
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        assert f"{len(of_gone) + 1} files would be removed." in said("clean_media", "--dry-run")
        assert files() == before
        said("clean_media")
    assert before - files() == of_gone | {moved}


def test_file_that_comes_back_meanwhile_is_not_removed(monkeypatch):
    name = stored(5)
    found = [name]
    monkeypatch.setattr(library, "unused", lambda: found)
    PhotoFactory(with_file=True, file=name)
    assert "0 files removed." in said("clean_media")
    assert default_storage.exists(name)


def test_other_folders_of_the_store_are_left_alone():
    default_storage.save("reports/2026.pdf", ContentFile(b"report"))
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        said("clean_media")
    assert default_storage.exists("reports/2026.pdf")


def test_fuzzer_goes_through_a_folder_and_names_what_breaks(tmp_path):
    (tmp_path / "one.svg").write_bytes(b"<svg/>")
    (tmp_path / "two.bin").write_bytes(b"\xff\xd8\xff")
    words = said("fuzz_uploads", f"--corpus={tmp_path}")
    assert words.startswith("2 uploads: 1 wrong_type, 1 broken.")
    assert said("fuzz_uploads", "--only=3").startswith("1 uploads: ")
