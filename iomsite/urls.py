"""Every public address."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path, re_path

from iomsite import busy, views, violations
from iomsite.formats import openapi
from iomsite.images.views import card

handler400 = views.bad_request
handler500 = busy.server_error

# The pages of the work with their news: the same addresses as in `programmes.urls`, before them.
with_news = [
    path("where-we-work/regions/<slug:slug>/", views.RegionView.as_view()),
    path("where-we-work/countries/<slug:slug>/", views.CountryView.as_view()),
    path("our-work/programmes/<slug:slug>/", views.ProgrammeView.as_view()),
    path("our-work/topics/<slug:slug>/", views.TopicView.as_view()),
    path("our-work/partnerships/partners/<slug:slug>/", views.PartnerView.as_view()),
    path("2030-agenda/", views.AgendaView.as_view()),
    path("2030-agenda/goals/<slug:slug>/", views.GoalView.as_view()),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("account/", include("iomsite.accounts.urls")),
    path("policy-violations/", violations.report, name="policy_violations"),
    path("openapi.json", openapi.description, name="openapi"),
    path("", views.HomeView.as_view(), name="home"),
    # What most come for; patterns are tried one after the other.
    path("", include("news.urls")),
    # Photographs, in development only: in production the web server gives them out.
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    re_path(r"^cards/(?P<digest>[0-9a-f]{32})\.png$", card, name="card"),
    path("previews/photographs/<slug:slug>/", views.PhotoPreview.as_view(), name="photo-preview"),
    path("", include("iomsite.search.urls")),
    path("", include("iomsite.sharing.urls")),
    path("", include("iomsite.alerts.urls")),
    *with_news,
    path("", include("programmes.urls")),
    path("", include("iomsite.organisation.urls")),  # last: its pages take any address
]
