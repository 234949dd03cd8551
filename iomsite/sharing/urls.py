from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.views.decorators.cache import cache_control

from . import views
from .oembed import oembed
from .sitemaps import index, sitemaps

app_name = "sharing"

of_an_hour = cache_control(public=True, max_age=3600)
# What names public pages is asked for again each time: one of them may be public no more.
asked_again = cache_control(no_cache=True)
parts = {"sitemaps": sitemaps()}

urlpatterns = [
    path("sitemap.xml", asked_again(index), parts, name="sitemap-index"),
    path("sitemap-<section>.xml", asked_again(sitemap), parts, name="sitemap"),
    path("oembed", asked_again(oembed), name="oembed"),
    path("robots.txt", of_an_hour(views.robots), name="robots"),
    path("llms.txt", of_an_hour(views.language_models), name="llms"),
    path(".well-known/security.txt", of_an_hour(views.security), name="security"),
]
