from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationConfig(AppConfig):
    name = "iomsite.operation"
    verbose_name = _("Operation")

    def ready(self):
        from . import checks  # noqa: F401  registers the system check
