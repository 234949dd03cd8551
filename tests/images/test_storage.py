"""Photographs in an object store: an emulator that speaks S3, started here on this machine."""

import errno
import io
import socket
import subprocess
import sys
import time
from urllib.request import Request, urlopen

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.management import CommandError, call_command

from iomsite import environment
from iomsite.images import library, renditions
from iomsite.images.storage import WholeFileStorage
from iomsite.operation import questions
from tests.factories.images import PhotoFactory, stored
from tests.factories.news import NewsReleaseFactory, ReleasePhotoFactory


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, server):
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(server.stderr.read())


@pytest.fixture
def bucket(settings, monkeypatch):
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(port, server)
        address = f"127.0.0.1:{port}/photographs"
        urlopen(Request(f"http://{address}", method="PUT")).close()
        monkeypatch.setenv(
            "MEDIA_STORAGE_URL",
            f"s3+http://key:a%2Fsecret@{address}/of-the-site"
            "?region=us-east-1&public=https://media.example.org/pictures",
        )
        chosen = {"default": environment.storage("MEDIA_STORAGE_URL")}
        settings.STORAGES = settings.STORAGES | chosen
        yield
    finally:
        server.terminate()
        server.communicate()


@pytest.mark.django_db
@pytest.mark.usefixtures("bucket")
def test_photographs_live_in_a_bucket_as_they_do_in_a_folder(client):
    assert storages["default"].secret_key == "a/secret"
    photo = PhotoFactory(with_file=True, published=True)
    name = photo.file.name
    assert default_storage.exists(name)
    assert renditions.is_whole(renditions.rendition_name(name, 320, "avif"))

    # What was sent to the bucket may stay in caches for good.
    small = storages["default"].bucket.Object(
        f"of-the-site/{renditions.rendition_name(name, 320, 'webp')}"
    )
    assert (small.content_type, "immutable" in small.cache_control) == ("image/webp", True)

    # Pages name the public address, and ask the bucket nothing.
    release = NewsReleaseFactory(published=True)
    ReleasePhotoFactory(release=release, photo=photo)
    html = client.get(release.get_absolute_url()).content.decode()
    src = renditions.rendition_name(name, 400, "jpg")
    assert f'src="https://media.example.org/pictures/of-the-site/{src}"' in html

    # Commands see what is there and what is lost.
    assert set(library.stored()) == {*renditions.names_of(name, [320, 400], [(0.5, 0.5)])}
    default_storage.delete(renditions.rendition_name(name, 320, "webp"))
    out = io.StringIO()
    call_command("make_renditions", "--check", stdout=out)
    assert "1 of 1 photographs made." in out.getvalue()
    default_storage.delete(name)
    with pytest.raises(CommandError, match="the file is gone"):
        call_command("make_renditions", "--check", stdout=out)
    assert stored() == name


def test_bucket_without_a_public_address_is_read_where_it_is(monkeypatch):
    monkeypatch.setenv("MEDIA_STORAGE_URL", "s3://s3.example.org:9000/photographs")
    options = environment.storage("MEDIA_STORAGE_URL")["OPTIONS"]
    assert options["endpoint_url"] == "https://s3.example.org:9000"
    assert (options["url_protocol"], options["custom_domain"]) == (
        "https:",
        "s3.example.org:9000/photographs",
    )
    assert (options["access_key"], options["secret_key"]) == (None, None)


def test_readiness_says_whether_the_bucket_lets_us_in(bucket, settings):
    assert questions.storage()["storage"].is_well
    own = settings.STORAGES["default"]
    other = {**own, "OPTIONS": {**own["OPTIONS"], "bucket_name": "elsewhere"}}
    settings.STORAGES = settings.STORAGES | {"default": other}
    told = questions.storage()["storage"]
    assert (told.is_well, told.words) == (False, "The bucket does not let us in: 404.")


class TooLong(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")


def test_file_that_there_is_no_room_for_leaves_no_part(tmp_path):
    with pytest.raises(OSError, match="No space left"):
        WholeFileStorage(tmp_path).save("photos/a.jpg", TooLong(b""))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
