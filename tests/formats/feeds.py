"""A feed, or an entry that stands alone, held against RFC 4287.

`atom.rng` is the schema of its appendix B. What a schema cannot say is asked for here: that there
is an author, that moments have a zone, that no two entries are one, and what feeds lead to.
"""

import datetime
from pathlib import Path

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))


def read(document):
    """The root of a document that is valid."""
    root = etree.fromstring(document)
    SCHEMA.assertValid(root)
    assert root.get(LANG)
    is_feed = root.tag == f"{ATOM}feed"
    found = entries(root) if is_feed else [root]
    _check(root)
    if is_feed:
        rels = [link.get("rel") for link in root.findall(f"{ATOM}link")]
        assert rels.count("self") == rels.count("alternate") == 1
        assert rels.count("next") <= 1
    for entry in found:
        _check(entry)
        assert [one.get("rel") for one in entry.findall(f"{ATOM}link")] == ["alternate"]
    assert text(root, f"author/{ATOM}name")
    assert len({text(one, "id") for one in found}) == len(found)
    return root


def entries(root):
    return root.findall(f"{ATOM}entry")


def text(parent, name):
    return parent.findtext(f"{ATOM}{name}")


def _check(parent):
    assert text(parent, "id").startswith(("urn:uuid:", "http://"))
    for name in ("updated", "published"):
        for one in parent.findall(f"{ATOM}{name}"):
            assert datetime.datetime.fromisoformat(one.text).tzinfo
    for link in parent.findall(f"{ATOM}link"):
        assert link.get("href").startswith("http://testserver/")
