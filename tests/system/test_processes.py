"""The servers of these tests do what the tests take them for."""

from .processes import Site


def test_site_in_production_answers(production):
    with Site(production, workers=1) as site:
        assert site.get("/").status == 200
        assert site.get("/news/", x_forwarded_proto="http").status == 301
