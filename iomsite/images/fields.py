"""The column of a file that is named by its content."""

from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile


class StoredOnceFile(FieldFile):
    """What is in the store under a name made of its content is never stored again."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        stored = self.field.generate_filename(self.instance, name)
        if not self.storage.exists(stored):
            super().save(name, content, save)
            return
        self.name = stored
        setattr(self.instance, self.field.attname, stored)
        self._committed = True
        if save:
            self.instance.save()


class StoredOnceField(models.FileField):
    """Unlike `ImageField`, it never opens the file to learn its size: that is stored beside it."""

    attr_class = StoredOnceFile
