"""Files in a folder that are there whole or not at all."""

import os
import uuid
from typing import Any

from django.core.files.storage import FileSystemStorage

PART = ".part"


class WholeFileStorage(FileSystemStorage):
    """A file gets its name once it is written to the end.

    Names here are made of what is in a file, and what has its name is not written again: half a
    file, left by a machine that went out, would stay for good. `clean_media` takes parts away that
    were left so; what a full disk has no room for leaves none.
    """

    def _save(self, name: str, content: Any) -> str:
        part = f"{name}.{uuid.uuid4().hex}{PART}"
        try:
            super()._save(part, content)
            os.replace(self.path(part), self.path(name))
        except Exception:
            self.delete(part)
            raise
        return name
