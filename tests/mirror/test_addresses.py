"""Which addresses have a file, and which file that is."""

import pytest

from iomsite.mirror.addresses import address_of, file_of, is_copied, links


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/news/", "news/index.html"),
        ("/news/?page=2", "news/index@page=2.html"),
        ("/news.json?after=a%3Ab", "news@after=a%3Ab.json"),
        ("/sitemap-page.xml?p=2", "sitemap-page@p=2.xml"),
        ("/.well-known/security.txt", ".well-known/security.txt"),
        ("/%E6%B0%B4/", "水/index.html"),
    ],
)
def test_file_of_an_address(address, file):
    assert file_of(address) == file


@pytest.mark.parametrize("address", ["/", "/news/", "/news.json?topic=a&after=x", "/cards/a.png"])
def test_public_address_is_copied(address):
    assert is_copied(address)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/alerts/new/?list=%2Fnews%2F",
        "/search/?q=a",
        "/oembed?url=a",
        "/media/photos/a.jpg",
        "/news/?topic=a&country=b",
        "/news/../../etc/passwd",
        "/news/?page=2/../../x",
        "/news/?q=" + "a" * 300,
        "/about-this-copy/",
    ],
)
def test_other_addresses_are_not(address):
    assert not is_copied(address)


def test_links_are_those_of_our_own():
    body = '<a href="?page=2&amp;topic=a#x"><a href="https://other.example.org/"><img src="/a.png">'
    found = links(body, "text/html", "/news/", "https://www.example.org")
    assert list(found) == ["/news/?page=2&topic=a", "/a.png"]


@pytest.mark.parametrize(
    "address",
    ["/", "/news/", "/news/?page=2", "/news.json?after=a%3Ab", "/a.b/c.xml", "/%E6%B0%B4/"],
)
def test_address_of_a_file_is_the_one_it_was_made_for(address):
    assert address_of(file_of(address)) == address
