import re

from django import forms
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from .models import Alert


class PlainAddressValidator(EmailValidator):
    """Nothing in quotes, which may hold anything, and a domain that others reach: neither this
    machine nor a number in brackets."""

    user_regex = re.compile(r"[-!#$%&'*+/=?^_`{}|~\w]+(\.[-!#$%&'*+/=?^_`{}|~\w]+)*\Z", re.ASCII)
    literal_regex = re.compile("(?!)")
    domain_allowlist = ()


class AddressField(forms.EmailField):
    default_validators = (PlainAddressValidator(),)  # type: ignore[assignment]


class AskForm(forms.Form):
    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": _("Type the address that the mail is to go to."),
            "invalid": _("Type a whole address, such as name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "class": "field__input"}),
    )
    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=Alert.Frequency.choices,
        initial=Alert.Frequency.DAILY,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how often."), "invalid_choice": _("Choose one.")},
    )


class FrequencyForm(forms.ModelForm):
    class Meta:
        model = Alert
        fields = ["frequency"]
        widgets = {"frequency": forms.Select(attrs={"class": "field__select"})}
