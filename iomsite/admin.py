"""The administration as a whole: its name, the order of its parts, and its first page."""

from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.db.models.base import ModelBase
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

# What the library for sign-in keeps (secrets among it) is no table for anybody to read or change.
NOT_SHOWN = ("account", "mfa", "usersessions")
# As visitors meet them, then what staff need besides.
ORDER = ("programmes", "news", "organisation", "images", "richtext", "publishing", "accounts")
# Of people with the same rights; more kinds of them than these nobody has.
MOST_LISTS = 100


class StaffSite(admin.AdminSite):
    site_header = _("iomsite: staff")
    site_title = _("iomsite staff")
    index_title = _("What needs you")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._app_lists = {}

    def register(self, model_or_iterable, admin_class=None, **options):
        models = model_or_iterable
        models = [models] if isinstance(models, ModelBase) else models
        shown = [model for model in models if model._meta.app_label not in NOT_SHOWN]
        super().register(shown, admin_class, **options)

    def has_permission(self, request):
        """Whoever works here today, and has shown a second factor in this session."""
        from iomsite.accounts import factor, rights  # models load after this module

        return rights.works_here(request.user) and factor.is_verified(request)

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        """The only way in is the sign-in of accounts; this leads to whatever is missing."""
        from iomsite.accounts import factor

        then = request.GET.get("next") or reverse("admin:index")
        if not request.user.is_authenticated:
            return _lead("account_login", then)
        if not factor.is_verified(request):
            return factor.lead_on(request, then)
        if not self.has_permission(request):
            return TemplateResponse(request, "account/no_assignment.html", status=403)
        return HttpResponseRedirect(reverse("admin:index"))

    def logout(self, request, extra_context=None):
        from allauth.account.views import logout

        return logout(request)

    def password_change(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("account_change_password"))

    password_change_done = password_change

    def get_urls(self):
        """Without Django's way from any row to its public address: a draft's would be told."""
        from iomsite.images.views import typed_card  # models load after this module
        from iomsite.richtext import views

        asked = [
            path("images/card/", self.admin_view(typed_card), name="images_card"),
            path("texts/find/", self.admin_view(views.find_view), name="text_find"),
            path("texts/name/", self.admin_view(views.name_view), name="text_name"),
        ]
        ours = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        return asked + ours

    def get_app_list(self, request, app_label=None):
        """The same for all who have the same rights: it stands beside every page."""
        from iomsite.accounts import rights  # models load after this module

        key = rights.names_of(request.user), app_label, get_language()
        if key not in self._app_lists:
            if len(self._app_lists) >= MOST_LISTS:
                self._app_lists.clear()
            self._app_lists[key] = self._read_app_list(request, app_label)
        apps = self._app_lists[key]
        return [{**app, "models": [{**model} for model in app["models"]]} for app in apps]

    def _read_app_list(self, request, app_label):
        def place(app):
            label = app["app_label"]
            return ORDER.index(label) if label in ORDER else len(ORDER)

        return sorted(super().get_app_list(request, app_label), key=place)

    def index(self, request, extra_context=None):
        """The lists of what needs somebody, before the tables.

        A dozen statements, and one more for each list that is longer than what it shows. What
        texts mention is asked once a generation.
        """
        from iomsite.publishing.inbox import lists_for  # models load after this module

        def may_see(model):
            return model in self._registry and self._registry[model].has_view_permission(request)

        lists = lists_for(request.user, may_see)
        return super().index(request, {"lists": lists, **(extra_context or {})})


def _lead(name, then):
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': then})}")


class StaffAdminConfig(AdminConfig):
    default_site = "iomsite.admin.StaffSite"
