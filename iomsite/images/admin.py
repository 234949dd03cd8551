"""The library of photographs."""

import logging
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect

from iomsite.publishing.admin import CHANGED_BY, PublishableAdmin, StatusFilter
from iomsite.publishing.parts import OrderedInline
from iomsite.publishing.status import status_of
from iomsite.publishing.uses import users_of

from . import library
from .forms import PhotoForm, PhotoUseForm, checked_photo
from .models import Photo

logger = logging.getLogger(__name__)


@admin.register(Photo)
class PhotoAdmin(PublishableAdmin):
    form = PhotoForm
    list_display = ("small", "title", "status", "place", "changed")
    list_display_links = ("title",)
    list_filter = (StatusFilter, "licence", "consent", "credit_organisation", CHANGED_BY)
    list_select_related = ("updated_by",)
    search_fields = ("title", "slug", "caption", "place", "credit_person", "credit_organisation")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    readonly_fields = (*PublishableAdmin.readonly_fields, "preview")
    change_form_template = "admin/images/change_form.html"
    fieldsets = (
        (None, {"fields": ("title", "slug", "file", "preview", ("focus_x", "focus_y"))}),
        (_("In words"), {"fields": ("caption", "description", ("place", "taken"))}),
        (
            _("Rights"),
            {
                "fields": (
                    ("credit_person", "credit_organisation", "credit_year"),
                    "licence",
                    ("consent", "consent_until"),
                )
            },
        ),
    )

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Each request has a class of its own, which knows what its person may see."""
        form: Any = super().get_form(request, *args, **kwargs)
        form.library = staticmethod(partial(self._library, request))
        return form

    def _library(self, request: HttpRequest) -> Any:
        may = self.has_view_permission(request)
        return self.get_queryset(request) if may else Photo.objects.none()

    @admin.display(description=_("picture"))
    def small(self, photo: Photo) -> str:
        if photo.picture is None:
            return gettext("No file")
        return format_html(
            '<img class="thumbnail" src="{}" width="{}" height="{}" alt="" loading="lazy">',
            photo.picture.smallest,
            photo.picture.width,
            photo.picture.height,
        )

    # What a form shows

    @admin.display(description=_("preview"))
    def preview(self, photo: Photo) -> str:
        if not photo.file:
            return gettext("No file yet: pages draw a pattern in its place.")
        if photo.picture is None:
            return gettext("Its sizes are not there: pages draw a pattern in its place.")
        return focus_shown(photo)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> Any:
        if obj:
            context["uses"], context["other_uses"] = self._uses(request, obj.page)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _uses(self, request: HttpRequest, photo: Photo) -> tuple[list[Any], int]:
        """Links to the pages that show it and that the person may see; how many others."""
        users = [user for _photo, user in users_of([photo])]
        shown = [user for user in users if self._may_see(request, user)]
        links = [(self._link(user), user._meta.verbose_name) for user in shown]
        return links, len(users) - len(shown)

    def _may_see(self, request: HttpRequest, row: Any) -> bool:
        registered = self.admin_site.get_model_admin(type(row))
        return registered.has_view_permission(request, row)

    def _draw(self, request: HttpRequest, name: str, edition: Any, **context: Any) -> HttpResponse:
        """Beside the words that differ, the two pictures where they do."""
        other = context.get("other") or (edition.page if edition.edition_of_id else None)
        if name in ("compare", "verb") and other and _shown(other) != _shown(edition):
            words = gettext("Edition %(number)s")
            context["pictures"] = [
                (words % {"number": one.edition}, self.preview(one)) for one in (other, edition)
            ]
        return super()._draw(request, name, edition, **context)

    # Saving

    @method_decorator(csrf_protect)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An upload is read before anybody has to wait for the saving of this form."""
        may = self.has_add_permission(request) or self.has_write_right(request)
        if request.method == "POST" and may and (upload := request.FILES.get("file")):
            upload.checked = checked_photo(upload)
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        is_double = form.is_double_elsewhere
        super().save_model(request, obj, form, change)
        if is_double:
            said = gettext(
                "Another office keeps the same photograph, and you may not see it there. Ask "
                "headquarters for it before you go on with this one."
            )
            self.message_user(request, said, messages.WARNING)
        if form.needs_sizes:
            transaction.on_commit(partial(self._make_sizes, request, obj.pk))

    def _make_sizes(self, request: HttpRequest, key: int) -> None:
        """After the row is saved: what goes wrong here loses no word."""
        photo = Photo.objects.filter(pk=key).first()
        try:
            if photo and photo.file:
                library.complete(photo)
        except Exception:  # of the store or of a decoder
            logger.exception("The sizes of a photograph could not be made")
            said = gettext("Saved, but its sizes could not be made. Save the photograph again.")
            self.message_user(request, said, messages.WARNING)


def _shown(photo: Photo) -> tuple[Any, ...]:
    return photo.file.name, photo.focus_x, photo.focus_y


def focus_shown(photo: Photo) -> str:
    """The picture with its focal point marked."""
    return render_to_string("admin/images/focus.html", {"photo": photo, "picture": photo.picture})


class PhotoUseInline(OrderedInline):
    """The photographs of a page; an app names its model."""

    form = PhotoUseForm
    fields = ("order", "photo", "alt_text", "is_decorative", "shown")
    readonly_fields = ("shown",)

    @admin.display(description=_("shown here"))
    def shown(self, use: Any) -> str:
        """A page learns here that the consent to one of its photographs has ended."""
        if not use.pk:
            return "–"
        if not use.photo.is_public():
            return gettext("No: %(status)s") % {"status": status_of(use.photo).label}
        return gettext("Yes") if use.photo.picture else gettext("As a pattern: no file")
