"""Atom (RFC 4287), for feed readers: pictures as Media RSS, parts as RFC 5005."""

import re
from xml.etree import ElementTree as ET

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from iomsite.richtext.sanitise import UNPRINTABLE

from .answer import Answer
from .records import Image, Link, Record

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "http://search.yahoo.com/mrss/"
XML = "http://www.w3.org/XML/1998/namespace"
ET.register_namespace("", ATOM)
ET.register_namespace("media", MEDIA)
# A feed must name a moment; of an empty one it is the first that computers know.
NEVER = "1970-01-01T00:00:00Z"
CATEGORIES = ("countries", "regions", "topics", "goals", "partners")
# What UNPRINTABLE leaves and XML does not know, were it ever to grow narrower.
REFUSED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_atom(answer: Answer) -> bytes:
    records = list(answer.records)
    # What was never published by itself, such as a topic among results, has no moment to tell.
    told = [record for record in records if record.updated]
    root = _feed(answer, told) if answer.is_list else _entry(records[0])
    root.set(f"{{{XML}}}lang", get_language())
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _feed(answer: Answer, records: list[Record]) -> ET.Element:
    feed = ET.Element(f"{{{ATOM}}}feed")
    _text(feed, "id", answer.address)
    _text(feed, "title", answer.title)
    _text(feed, "updated", max((one.updated or NEVER for one in records), default=NEVER))
    _author(feed)
    _link(feed, "self", answer.own_address, "application/atom+xml")
    _link(feed, "alternate", answer.address, "text/html")
    if answer.following:
        _link(feed, "next", answer.following, "application/atom+xml")
    feed.extend(_entry(record, is_alone=False) for record in records)
    return feed


def _entry(record: Record, *, is_alone: bool = True) -> ET.Element:
    entry = ET.Element(f"{{{ATOM}}}entry")
    _text(entry, "id", record.id)
    _text(entry, "title", record.title)
    _text(entry, "updated", record.updated or NEVER)
    if record.published:
        _text(entry, "published", record.published)
    if is_alone:
        _author(entry)
    _link(entry, "alternate", record.address, "text/html")
    _category(entry, "type", record.type, record.kind or record.type)
    for scheme in CATEGORIES:
        links: list[Link] = getattr(record, scheme)
        for link in links:
            _category(entry, scheme, link.iso3 or link.name, link.name)
    if record.lead:
        _text(entry, "summary", record.lead)
    if html := _html(record):
        _text(entry, "content", html, type="html")
    for image in record.pictures:
        if image.address:
            _picture(entry, image)
    return entry


def _html(record: Record) -> str:
    """The lead is the summary; a reader who sees the content only would miss it."""
    lead = "".join(f"<p>{_escaped(part)}</p>" for part in record.lead.split("\n\n") if part)
    return lead + "".join(
        (f"<h2>{_escaped(section.title)}</h2>" if section.title else "") + section.html
        for section in record.sections
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _author(parent: ET.Element) -> None:
    author = ET.SubElement(parent, f"{{{ATOM}}}author")
    _text(author, "name", _("International Organization for Migration"))


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = clean(text)


def clean(text: str) -> str:
    """Without what XML refuses."""
    return REFUSED.sub("", UNPRINTABLE.sub("", text))


def _link(parent: ET.Element, rel: str, href: str, media: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": media})


def _category(parent: ET.Element, scheme: str, term: str, label: str) -> None:
    found = {"term": clean(term), "scheme": f"urn:iomsite:{scheme}", "label": clean(label)}
    ET.SubElement(parent, f"{{{ATOM}}}category", found)


def _picture(parent: ET.Element, image: Image) -> None:
    size = {"width": str(image.width), "height": str(image.height)}
    media = {"url": image.address, "medium": "image", "type": "image/jpeg", **size}
    content = ET.SubElement(parent, f"{{{MEDIA}}}content", media)
    credit = ", ".join(filter(None, [image.credit, image.licence]))
    for name, text in (("title", image.description), ("description", image.caption)):
        if text:
            ET.SubElement(content, f"{{{MEDIA}}}{name}", {"type": "plain"}).text = clean(text)
    ET.SubElement(content, f"{{{MEDIA}}}credit").text = clean(credit)
