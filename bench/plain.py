"""A list as anybody would write it in Django, on the same rows: what others are measured against.

Milliseconds say as much of a machine as of a site. How many of ours one of these costs does not.
A filter set with its form, pages by number, a template of blocks and includes, and no cache.
"""

from typing import Any

import django_filters
from django.template import Engine, engines
from django.template.response import TemplateResponse
from django.urls import path
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
LIST = """{% load i18n static %}<!doctype html>
<html lang="en-gb">
  <head>
    <meta charset="utf-8">
    <title>{% block title %}{% translate "News" %}{% endblock %}</title>
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
    {% endblock %}
  </body>
</html>"""  # noqa: E501
STYLES = ["css/tokens.css", "css/base.css", "css/layout.css", "css/components.css"]
drawn, entry = engines["django"].from_string(LIST), Engine.get_default().from_string(ENTRY)


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
        return TemplateResponse(self.request, drawn, {**context, "entry": entry, "styles": STYLES})


urlpatterns = [path("plain/", PlainList.as_view()), *those_of_the_site]
