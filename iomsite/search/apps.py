from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "iomsite.search"
    verbose_name = _("Search")

    def ready(self):
        from iomsite.publishing import changes

        from .index import listen

        changes.listeners.append(listen)
