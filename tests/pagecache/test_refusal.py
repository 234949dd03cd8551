"""What staff sent stands on the page that refuses it before Django is asked."""

from io import BytesIO

import pytest
from django.conf import settings
from django.test import RequestFactory

from iomsite.pagecache.refusal import refused

FORM = "application/x-www-form-urlencoded"


def refusal_of(body, kind=FORM, **changed):
    request = RequestFactory().generic("POST", "/admin/news/campaign/add/?a=1", body, kind)
    told = []
    answer = refused({**request.environ, **changed}, lambda *said: told.append(said))
    return told[0][0], b"".join(answer).decode()


def test_form_is_given_back():
    status, page = refusal_of(b"title=A+%3Cb%3E&csrfmiddlewaretoken=t")

    assert status.startswith("503")
    assert 'name="title" value="A &lt;b&gt;"' in page
    assert 'name="csrfmiddlewaretoken" value="t"' in page
    assert 'action="/admin/news/campaign/add/?a=1"' in page
    assert "What you typed is kept on this page" in page


@pytest.mark.parametrize(
    ("body", "kind", "changed"),
    [
        (b"", FORM, {}),
        (b"a=1&" * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1), FORM, {}),
        (b"a=1", FORM, {"CONTENT_LENGTH": "3e9"}),
        (b"a=1", FORM, {"CONTENT_LENGTH": "9" * 12, "wsgi.input": BytesIO(b"a=1")}),
        (b"--y nothing", "multipart/form-data; boundary=x", {}),
        (b"nothing", "multipart/form-data", {}),
        (b"a=1", f"{FORM}; charset=latin-1", {}),
        (b"{}", "application/json", {}),
    ],
)
def test_form_that_cannot_be_read_is_refused_all_the_same(body, kind, changed):
    status, page = refusal_of(body, kind, **changed)

    assert status.startswith("503")
    assert "held_form" not in page
    assert "Nothing was saved. Go back" in page
