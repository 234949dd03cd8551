from django.contrib.sitemaps.views import index, sitemap
from django.urls import path
from django.views.decorators.cache import cache_control

from . import views
from .oembed import oembed
from .sitemaps import sitemaps

app_name = "sharing"

of_an_hour = cache_control(public=True, max_age=3600)
parts = {"sitemaps": sitemaps(), "sitemap_url_name": "sharing:sitemap"}

urlpatterns = [
    path("sitemap.xml", of_an_hour(index), parts, name="sitemap-index"),
    path(
        "sitemap-<section>.xml",
        of_an_hour(sitemap),
        {"sitemaps": parts["sitemaps"]},
        name="sitemap",
    ),
    path("oembed", oembed, name="oembed"),
    path("robots.txt", of_an_hour(views.robots), name="robots"),
    path("llms.txt", of_an_hour(views.language_models), name="llms"),
    path(".well-known/security.txt", of_an_hour(views.security), name="security"),
]
