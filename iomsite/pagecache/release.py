"""Which release of the code, and of what it makes pages of besides the database, this is."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings

FOLDERS = ("iomsite", "programmes", "news")
KINDS = {".py", ".html", ".txt", ".json"}
# Settings that are seen on pages.
SEEN = ("LANGUAGE_CODE", "TIME_ZONE", "MEDIA_URL", "STATIC_URL", "SECURITY_CONTACT")


@lru_cache
def release() -> str:
    """The same on every server with the same files and settings. Reads some hundred files."""
    root = Path(settings.BASE_DIR)
    found = hashlib.sha256()
    files = [path for name in FOLDERS for path in root.joinpath(name).rglob("*")]
    asked = [path for path in files if path.suffix in KINDS and path.is_file()]
    static = Path(settings.STATIC_ROOT) / "staticfiles.json"
    for path in [*sorted(asked), root / "requirements.txt", static]:
        if path.is_file():
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    public = settings.STORAGES["default"].get("OPTIONS", {}).get("custom_domain")
    found.update(repr([*(getattr(settings, name) for name in SEEN), public]).encode())
    return found.hexdigest()[:16]
