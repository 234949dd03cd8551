"""Staff accounts."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.html import format_html
from django.utils.translation import gettext

from .models import User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ("username", "last_name", "first_name", "email", "is_active", "last_login")
    autocomplete_fields = ("groups",)
    filter_horizontal = ("user_permissions",)

    def get_deleted_objects(self, objs, request):
        """Whoever has changed something stays: the history would lose the name."""
        nested, counts, lacking, protected = super().get_deleted_objects(objs, request)
        active = set(LogEntry.objects.filter(user__in=objs).values_list("user", flat=True))
        refusals = [
            format_html(
                gettext(
                    "“{}” has changed pages. Take away the mark “active” instead: the account is "
                    "closed, and the history keeps the name."
                ),
                user,
            )
            for user in objs
            if user.pk in active
        ]
        return nested, counts, lacking, refusals or protected
