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


class PhotoForm(PublishableForm):
    beside: ClassVar = {**PublishableForm.beside, "_credited": "credit_person"}

    class Meta:
        model = Photo
        exclude = ()  # the fieldsets of the admin choose
        field_classes: ClassVar = {"file": PhotoFileField}
