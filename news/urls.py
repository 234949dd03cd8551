from django.urls import path, register_converter
from django.urls.converters import IntConverter

from . import views


class YearConverter(IntConverter):
    """Years that the calendar of the database knows: four digits, the first of them not 0."""

    regex = "[1-9][0-9]{3}"


register_converter(YearConverter, "yyyy")

app_name = "news"
urlpatterns = [
    path("news/", views.ReleaseListView.as_view(), name="release-list"),
    path("news/<yyyy:year>/", views.ReleaseYearView.as_view(), name="release-year"),
    path("news/<yyyy:year>/<slug:slug>/", views.ReleaseView.as_view(), name="release-detail"),
    path("news/press/", views.PressView.as_view(), name="press"),
    path("news/campaigns/", views.CampaignListView.as_view(), name="campaign-list"),
    path("news/campaigns/<slug:slug>/", views.CampaignView.as_view(), name="campaign-detail"),
    path("our-work/highlights/", views.HighlightsView.as_view(), name="highlights"),
    path("data-and-research/", views.DataAndResearchView.as_view(), name="data-and-research"),
    path(
        "data-and-research/publications/",
        views.PublicationListView.as_view(),
        name="publication-list",
    ),
    path(
        "data-and-research/publications/<slug:slug>/",
        views.PublicationView.as_view(),
        name="publication-detail",
    ),
]
