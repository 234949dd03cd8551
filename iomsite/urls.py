"""Every public address."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("programmes.urls")),
    path("", include("news.urls")),
    path("", include("iomsite.organisation.urls")),  # last: its pages take any address
]
