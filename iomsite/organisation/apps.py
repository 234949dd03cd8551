from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationConfig(AppConfig):
    name = "iomsite.organisation"
    verbose_name = _("Who we are")
