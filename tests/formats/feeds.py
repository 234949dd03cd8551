"""What RFC 4287 demands of a feed and of an entry that stands alone, read from the document."""

import datetime
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ONCE = ("id", "title", "updated")
ORDINARY = {
    *("author", "category", "content", "contributor", "id", "link", "published", "rights"),
    *("source", "summary", "title", "updated"),
}


def read(document):
    """The root of a document that is valid, by its own words."""
    root = ET.fromstring(document)
    assert root.get(LANG)
    if root.tag == f"{ATOM}feed":
        _check_feed(root)
    else:
        assert root.tag == f"{ATOM}entry"
        _check_entry(root)
        assert len(root.findall(f"{ATOM}author")) == 1
    return root


def entries(root):
    return root.findall(f"{ATOM}entry")


def text(parent, name):
    return parent.findtext(f"{ATOM}{name}")


def _check_feed(feed):
    _check_common(feed)
    rels = [link.get("rel") for link in feed.findall(f"{ATOM}link")]
    assert rels.count("self") == rels.count("alternate") == 1
    assert rels.count("next") <= 1
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    for entry in entries(feed):
        _check_entry(entry)
    assert len({text(one, "id") for one in entries(feed)}) == len(entries(feed))


def _check_entry(entry):
    _check_common(entry)
    for child in entry:
        space, name = child.tag[1:].split("}")
        assert space != ATOM[1:-1] or name in ORDINARY
    assert len(entry.findall(f"{ATOM}content")) <= 1
    assert len(entry.findall(f"{ATOM}summary")) <= 1
    assert all(one.get("term") for one in entry.findall(f"{ATOM}category"))
    assert [one.get("rel") for one in entry.findall(f"{ATOM}link")] == ["alternate"]


def _check_common(parent):
    for name in ONCE:
        assert len(parent.findall(f"{ATOM}{name}")) == 1, name
    assert text(parent, "id").startswith(("urn:uuid:", "http://"))
    for name in ("updated", "published"):
        for one in parent.findall(f"{ATOM}{name}"):
            assert datetime.datetime.fromisoformat(one.text).tzinfo
    for link in parent.findall(f"{ATOM}link"):
        assert link.get("href").startswith("http://testserver/")
