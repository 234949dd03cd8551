"""The form of a photograph."""

from typing import ClassVar

from django import forms

from iomsite.publishing.forms import PublishableForm

from .models import Photo
from .uploads import clean_photo


class PhotoFileField(forms.FileField):
    """Takes an image by its content, whatever its name says, and passes on a clean copy."""

    def to_python(self, data):
        upload = super().to_python(data)
        return clean_photo(upload) if upload else upload

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "accept": "image/jpeg,image/png,image/webp"}


class PhotoForm(PublishableForm):
    beside: ClassVar = {**PublishableForm.beside, "_credited": "credit_person"}

    class Meta:
        model = Photo
        exclude = ()  # the fieldsets of the admin choose
        field_classes: ClassVar = {"file": PhotoFileField}

    # An unchanged file is left alone in both steps: setting it would open it, and it may be lost.

    def clean(self):
        cleaned = super().clean()
        if "file" not in self.changed_data:
            cleaned.pop("file", None)
        return cleaned

    def _get_validation_exclusions(self):
        unchanged = {"file"} - set(self.changed_data)
        return super()._get_validation_exclusions() | unchanged
