"""What stands on many pages and is drawn once."""

import pytest
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import engines

from iomsite.formats.addresses import FORMS
from iomsite.templatetags import paging, remembered
from iomsite.templatetags.paging import pagination

HOSTILE = '/news.json?q="><script>alert(1)</script>&x=1'


FORMS_OF_A_PAGE = ["includes/form_links.html", "includes/forms.html"]


def drawn(name, **given):
    arguments = " ".join(f"{argument}={argument}" for argument in given)
    tag = f'{{% drawn "{name}" with {arguments} %}}'
    return engines["django"].from_string(tag).render(given)


@pytest.mark.parametrize("name", FORMS_OF_A_PAGE)
def test_an_address_cannot_leave_its_attribute(name):
    html = drawn(name, forms=((FORMS["json"], HOSTILE),))

    assert "<script" not in html
    assert 'href="/news.json?q=&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;x=1"' in html


@pytest.mark.parametrize("name", FORMS_OF_A_PAGE)
@pytest.mark.parametrize("forms", [(), None, ""])
def test_a_page_may_have_no_other_forms(name, forms):
    assert drawn(name, forms=forms).strip() == ""


@pytest.mark.parametrize("length", [100, 2_000])
def test_of_long_addresses_nothing_is_held(length):
    address = f"/news.json?q={'x' * length}"
    held = remembered._drawn.cache_info().currsize
    assert address in drawn("includes/forms.html", forms=((FORMS["json"], address),))
    assert remembered._drawn.cache_info().currsize == held + (length == 100)


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
