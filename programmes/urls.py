from django.urls import path

from . import views

app_name = "programmes"
urlpatterns = [
    path("where-we-work/", views.WhereWeWorkView.as_view(), name="where-we-work"),
    path("where-we-work/regions/<slug:slug>/", views.RegionView.as_view(), name="region-detail"),
    path(
        "where-we-work/countries/<slug:slug>/", views.CountryView.as_view(), name="country-detail"
    ),
    path("our-work/", views.OurWorkView.as_view(), name="our-work"),
    path("our-work/what-we-do/", views.ProgrammeListView.as_view(), name="programme-list"),
    path(
        "our-work/programmes/<slug:slug>/", views.ProgrammeView.as_view(), name="programme-detail"
    ),
    path("our-work/topics/", views.TopicListView.as_view(), name="topic-list"),
    path("our-work/topics/<slug:slug>/", views.TopicView.as_view(), name="topic-detail"),
    path("our-work/partnerships/", views.EngagementListView.as_view(), name="engagement-list"),
    path("our-work/partnerships/partners/", views.PartnerListView.as_view(), name="partner-list"),
    path(
        "our-work/partnerships/partners/<slug:slug>/",
        views.PartnerView.as_view(),
        name="partner-detail",
    ),
    path(
        "our-work/partnerships/outcomes/<slug:slug>/",
        views.OutcomeView.as_view(),
        name="outcome-detail",
    ),
    path(
        "our-work/partnerships/<slug:slug>/",
        views.EngagementView.as_view(),
        name="engagement-detail",
    ),
    path("2030-agenda/", views.AgendaView.as_view(), name="agenda-2030"),
    path("2030-agenda/goals/<slug:slug>/", views.GoalView.as_view(), name="goal-detail"),
]
