from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RichTextConfig(AppConfig):
    name = "iomsite.richtext"
    verbose_name = _("Texts")

    def ready(self) -> None:
        from iomsite.publishing import advice, inbox

        from . import checks, pointing

        advice.advisers.append(checks)
        inbox.WAITING.insert(inbox.WAITING.index(inbox.MINE), pointing.POINTING)
