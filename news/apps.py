from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = _("What we say")

    def ready(self):
        from iomsite.publishing import changes

        from .models import Campaign, NewsRelease, Publication

        changes.seen_where_named |= {Campaign, NewsRelease, Publication}
