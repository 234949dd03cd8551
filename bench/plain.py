"""A list and a form as anybody would write them in Django, on the same rows.

What ours are measured against: milliseconds say as much of a machine as of a site, and how many of
ours one of these costs does not. The list has a filter set with its form, pages by number, a
template of blocks and includes, and no cache; the form is that of `ModelAdmin` for what a release
is made of, without parts, editions, roles and search. `bench.rounds` and `bench.plain_desk` ask.
"""

from typing import Any

import django_filters
from django import forms
from django.contrib import admin
from django.template import Engine, engines
from django.template.response import TemplateResponse
from django.urls import path
from django.views.generic import DetailView
from django_filters.views import FilterView

from iomsite.urls import handler400, handler500
from iomsite.urls import urlpatterns as those_of_the_site
from news.models import NewsRelease
from programmes.models import Country, Topic

__all__ = ["handler400", "handler500", "urlpatterns"]

ENTRY = """
<li class="entry">
  <p>{{ release.released_on|date:"j F Y" }} {{ release.get_kind_display }}</p>
  <h2><a href="{{ release.get_absolute_url }}">{{ release.title }}</a></h2>
  <p>{{ release.lead|truncatewords:40 }}</p>
</li>"""
PAGE = """{% load i18n static %}<!doctype html>
<html lang="en-gb">
  <head>
    <meta charset="utf-8">
    <title>{% block title %}{% endblock %}</title>
    {% for name in styles %}<link rel="stylesheet" href="{% static name %}">{% endfor %}
  </head>
  <body>
    <nav>
      <ul>{% for page in navigation %}
        <li><a href="{{ page.get_absolute_url }}">{{ page.title }}</a>
          <ul>{% for child in page.children %}
            <li><a href="{{ child.get_absolute_url }}">{{ child.title }}</a></li>{% endfor %}
          </ul>
        </li>{% endfor %}
      </ul>
    </nav>
    {% block content %}{% endblock %}
  </body>
</html>"""
LIST = """{% extends frame %}{% load i18n %}{% block title %}{% translate "News" %}{% endblock %}
{% block content %}
<h1>{% translate "News" %}</h1>
<form method="get">{{ filter.form.as_p }}<button>{% translate "Show results" %}</button></form>
<p>{{ page_obj.paginator.count }}</p>
<ul>{% for release in object_list %}{% include entry with release=release only %}{% endfor %}</ul>
<nav>
  {% if page_obj.has_previous %}
    <a href="{% querystring page=page_obj.previous_page_number %}">{% translate "Previous page" %}</a>
  {% endif %}
  {% blocktranslate with number=page_obj.number total=page_obj.paginator.num_pages %}Page {{ number }} of {{ total }}{% endblocktranslate %}
  {% if page_obj.has_next %}
    <a href="{% querystring page=page_obj.next_page_number %}">{% translate "Next page" %}</a>
  {% endif %}
</nav>
{% endblock %}"""  # noqa: E501
RELEASE = """{% extends frame %}{% load i18n %}{% block title %}{{ release.title }}{% endblock %}
{% block content %}
<h1>{{ release.title }}</h1>
<p>{{ release.dateline }}, {{ release.released_on|date:"j F Y" }} {{ release.get_kind_display }}</p>
{{ release.lead|linebreaks }}
{{ release.body|safe }}
<h2>{% translate "Topics" %}</h2>
<ul>{% for topic in release.topics.all %}
  <li><a href="{{ topic.get_absolute_url }}">{{ topic }}</a></li>{% endfor %}
</ul>
<h2>{% translate "Countries" %}</h2>
<ul>{% for country in release.countries.all %}
  <li><a href="{{ country.get_absolute_url }}">{{ country }}</a></li>{% endfor %}
</ul>
{% endblock %}"""
STYLES = ["css/tokens.css", "css/base.css", "css/layout.css", "css/components.css"]
frame, entry = map(Engine.get_default().from_string, (PAGE, ENTRY))
a_list, a_release = map(engines["django"].from_string, (LIST, RELEASE))
FRAME = {"frame": frame, "styles": STYLES}


class PlainFilter(django_filters.FilterSet):
    topics = django_filters.ModelChoiceFilter(queryset=Topic.objects.all(), to_field_name="slug")
    countries = django_filters.ModelChoiceFilter(
        queryset=Country.objects.published(), to_field_name="slug"
    )
    year = django_filters.NumberFilter(field_name="released_on", lookup_expr="year")

    class Meta:
        model = NewsRelease
        fields = ("kind",)


class PlainList(FilterView):
    filterset_class = PlainFilter
    paginate_by = 20

    def get_queryset(self) -> Any:
        return NewsRelease.objects.published().order_by("-released_on", "-pk")

    def render_to_response(self, context: Any, **how: Any) -> TemplateResponse:
        return TemplateResponse(self.request, a_list, {**context, **FRAME, "entry": entry})


class PlainRelease(DetailView):
    context_object_name = "release"

    def get_queryset(self) -> Any:
        rows = NewsRelease.objects.published().filter(released_on__year=self.kwargs["year"])
        return rows.prefetch_related("topics", "countries")

    def render_to_response(self, context: Any, **how: Any) -> TemplateResponse:
        return TemplateResponse(self.request, a_release, {**context, **FRAME})


class PlainForm(forms.ModelForm):
    class Meta:
        model = NewsRelease
        fields = (
            *("title", "slug", "kind", "released_on", "dateline", "lead", "body"),
            *("topics", "countries"),
        )
        widgets = {"body": forms.Textarea}


class PlainAdmin(admin.ModelAdmin):
    form = PlainForm


desk = admin.AdminSite(name="plain")
desk.register(NewsRelease, PlainAdmin)

urlpatterns = [
    path("plain/", PlainList.as_view()),
    path("plain/<int:year>/<slug:slug>/", PlainRelease.as_view()),
    path("plain-admin/", desk.urls),
    *those_of_the_site,
]
