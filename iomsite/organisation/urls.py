from django.urls import path, re_path

from . import views

app_name = "organisation"
urlpatterns = [
    path("who-we-are/", views.WhoWeAreView.as_view(), name="who-we-are"),
    path("who-we-are/history/", views.HistoryView.as_view(), name="history"),
    path("who-we-are/history/<slug:slug>/", views.EventPreview.as_view(), name="event-preview"),
    path("previews/figures/<slug:slug>/", views.FigurePreview.as_view(), name="figure-preview"),
    path("who-we-are/frameworks/", views.FrameworkListView.as_view(), name="framework-list"),
    path(
        "who-we-are/frameworks/<slug:slug>/",
        views.FrameworkView.as_view(),
        name="framework-detail",
    ),
    # Last: any slug, or two of them, may be a page of the menu.
    re_path(
        r"^(?P<path>[-a-zA-Z0-9_]+(?:/[-a-zA-Z0-9_]+)?)/$",
        views.PageView.as_view(),
        name="page-detail",
    ),
]
