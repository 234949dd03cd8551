"""The administration as a whole: its name, and the order of its parts."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _

# As visitors meet them, then what staff need besides.
ORDER = ("programmes", "news", "organisation", "images", "publishing", "accounts", "auth")


class StaffSite(admin.AdminSite):
    site_header = _("iomsite: staff")
    site_title = _("iomsite staff")
    index_title = _("What would you like to edit?")

    def get_app_list(self, request, app_label=None):
        def place(app):
            label = app["app_label"]
            return ORDER.index(label) if label in ORDER else len(ORDER)

        return sorted(super().get_app_list(request, app_label), key=place)


class StaffAdminConfig(AdminConfig):
    default_site = "iomsite.admin.StaffSite"
