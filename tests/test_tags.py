"""Tags that stand on many pages and are drawn in Python, or once."""

import pytest
from django.core.paginator import Paginator
from django.http import QueryDict

from iomsite.faceted import Selected
from iomsite.formats.addresses import FORMS
from iomsite.templatetags import paging
from iomsite.templatetags.forms import form_links, forms_nav
from iomsite.templatetags.paging import filter_summary, pagination

HOSTILE = '/news.json?q="><script>alert(1)</script>&x=1'


@pytest.mark.parametrize("drawn", [form_links, forms_nav])
def test_an_address_cannot_leave_its_attribute(drawn):
    html = drawn([(FORMS["json"], HOSTILE)])

    assert "<script" not in html
    assert 'href="/news.json?q=&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;x=1"' in html


def test_neither_can_that_of_an_alert():
    html = forms_nav([], HOSTILE)

    assert "<script" not in html
    assert "E-mail" in html


@pytest.mark.parametrize("drawn", [form_links, forms_nav])
def test_a_page_may_have_no_other_forms(drawn):
    assert drawn([]) == drawn(None) == drawn("") == ""


class Filters:
    """What a filter set says of itself."""

    notices = ()
    selected = (Selected("Year", "2016", "/news/"),)
    clear_url = "/news/"

    def __init__(self, **said):
        self.__dict__.update(said)


def is_held(filters, total):
    before = paging._summary.cache_info().currsize
    filter_summary(filters, total, "release", "releases")
    return paging._summary.cache_info().currsize > before


def test_a_list_says_how_many_it_shows_and_why():
    html = filter_summary(Filters(), 1, "release", "releases")

    assert '<strong class="number">1</strong> release<' in html
    assert "Year:" in html
    assert "2016" in html
    assert "2 releases" not in html
    assert "</strong> releases<" in filter_summary(Filters(), 2, "release", "releases")
    assert "</strong> results<" in filter_summary(Filters(), 2)


def test_what_it_says_is_held_but_for_what_somebody_types():
    assert is_held(Filters(), 987_654)
    assert not is_held(Filters(), 987_654)
    assert not is_held(Filters(notices=("“x” was left out.",)), 987_655)
    assert not is_held(Filters(clear_url=f"/search/?q={'x' * 500}"), 987_656)


def test_what_was_left_out_is_said_and_escaped():
    html = filter_summary(Filters(notices=("“<b>” was left out.",)), 0)

    assert "“&lt;b&gt;” was left out." in html


def paged(number, query):
    return pagination(Paginator(range(60), 20).page(number), QueryDict(query))


def test_a_place_in_a_list_leads_on_and_back_with_the_filters():
    html = paged(2, "year=2016&page=2&topic=a%26b&topic=c")

    assert 'rel="prev" href="?year=2016&amp;topic=a%26b&amp;topic=c&amp;page=1"' in html
    assert 'rel="next" href="?year=2016&amp;topic=a%26b&amp;topic=c&amp;page=3"' in html
    assert "Page 2 of 3" in html


def test_the_ends_of_a_list_lead_one_way():
    assert 'rel="prev"' not in paged(1, "")
    assert 'rel="next"' not in paged(3, "")


def test_a_list_of_one_page_has_no_place():
    assert pagination(Paginator(range(20), 20).page(1), QueryDict()) == ""


def test_what_somebody_types_at_length_is_not_held():
    held = paging._drawn.cache_info().currsize
    assert "x" * 500 in paged(2, f"q={'x' * 500}")
    assert paging._drawn.cache_info().currsize == held


def test_a_filter_cannot_leave_the_link():
    assert "<script" not in paged(2, "q=%22%3E%3Cscript%3E")
