"""With TEST_SEARCH_URL the tests of search ask a search server: `make search-server`.

It is then told of each change before it is asked, as transactions of tests come to nothing; and
what it refuses fails, where the site would let the database answer.
"""

import os

import pytest

from iomsite.environment import search_server

NAME = "TEST_SEARCH_URL"


@pytest.fixture(autouse=True)
def _asked(request):
    if os.environ.get(NAME) and not request.node.get_closest_marker("own_engine"):
        request.getfixturevalue("server")


@pytest.fixture
def server(settings, monkeypatch):
    from iomsite.search import following
    from iomsite.search.engines import beside

    settings.SEARCH_SERVER = search_server(NAME)
    in_step = beside.index_in_step

    def told_first():
        following.follow()
        assert (index := in_step())
        return index

    def refused(error):
        raise error

    monkeypatch.setattr(beside, "index_in_step", told_first)
    monkeypatch.setattr(beside.silence, "begin", refused)
    beside.client.cache_clear()
    yield beside.client()
    for index in beside.client().indices.get(index=f"{settings.SEARCH_SERVER.index}-*"):
        beside.client().indices.delete(index=index)
    beside.client.cache_clear()
