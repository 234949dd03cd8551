"""The administration as a whole: its name, the order of its parts, and its first page."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _

# As visitors meet them, then what staff need besides.
ORDER = ("programmes", "news", "organisation", "images", "publishing", "accounts", "auth")


class StaffSite(admin.AdminSite):
    site_header = _("iomsite: staff")
    site_title = _("iomsite staff")
    index_title = _("What needs you")

    def get_app_list(self, request, app_label=None):
        def place(app):
            label = app["app_label"]
            return ORDER.index(label) if label in ORDER else len(ORDER)

        return sorted(super().get_app_list(request, app_label), key=place)

    def index(self, request, extra_context=None):
        """The lists of what needs somebody, before the tables.

        Eight statements, and one more for each list that is longer than what it shows.
        """
        from iomsite.publishing.inbox import lists_for  # models load after this module

        def may_see(model):
            return model in self._registry and self._registry[model].has_view_permission(request)

        lists = lists_for(request.user, may_see)
        return super().index(request, {"lists": lists, **(extra_context or {})})


class StaffAdminConfig(AdminConfig):
    default_site = "iomsite.admin.StaffSite"
