"""Pages in the vocabulary of schema.org, of what their views have loaded already.

Nothing is said there that the page does not say: a date is as precise as it is known, and of a kind
without a counterpart in the vocabulary only where its page stands.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext

from iomsite.faceted import narrowed_title
from iomsite.formats.absolute import Absolute
from iomsite.formats.records import first_public
from iomsite.images.models import Photo
from iomsite.organisation.models import Page
from iomsite.partialdate import PartialDate
from news.models import Campaign, NewsRelease, Publication
from programmes.models import Country, OutcomeDocument, Programme, Region, RegionalEngagement

Data = dict[str, Any]
TYPES = {
    NewsRelease: "NewsArticle",
    Campaign: "Article",
    Publication: "Report",
    OutcomeDocument: "DigitalDocument",
    Programme: "WebPage",
    Country: "Country",
    Region: "Place",
    Page: "WebPage",
}
# Of the kinds of engagements, what is no meeting.
NO_EVENTS = {RegionalEngagement.Kind.JOINT_PAPER, RegionalEngagement.Kind.MEMBERSHIP}
# Whose date is that of their coming out. A campaign or a meeting has one of its own.
DATED = (NewsRelease, Publication, OutcomeDocument)
# A day, a month or a year that is certain.
PLAIN = re.compile(r"\d{4}(-\d\d){0,2}").fullmatch
WORKS = {"NewsArticle", "Article", "Report", "DigitalDocument", "WebPage"}


class Graph:
    """All that one page says, as one JSON-LD document."""

    def __init__(self, absolute: Absolute) -> None:
        self.absolute = absolute

    def of(self, page: Any, context: Any) -> Data:
        said = [self.organisation(), *self._of_page(page, context)]
        if trail := context.get("trail"):
            said.append(self.breadcrumbs(trail, page))
        return {"@context": "https://schema.org", "@graph": said}

    def _of_page(self, page: Any, context: Any) -> Iterator[Data]:
        if context["request"].path == "/":
            yield self.website()
        elif type(page) in TYPES:
            yield self.page(page)
        elif isinstance(page, RegionalEngagement):
            yield self.engagement(page)
        elif context.get("filter") is not None and context.get("forms"):
            yield from self.dataset(context)

    def organisation(self) -> Data:
        return {
            "@type": "Organization",
            "@id": self.absolute("/#organisation"),
            "name": gettext("International Organization for Migration"),
            "alternateName": "IOM",
            "url": self.absolute("/"),
        }

    def website(self) -> Data:
        asked = self.absolute(reverse("search:search"))
        return {
            "@type": "WebSite",
            "url": self.absolute("/"),
            "name": gettext("International Organization for Migration"),
            "publisher": {"@id": self.absolute("/#organisation")},
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": f"{asked}?q={{q}}"},
                "query-input": "required name=q",
            },
        }

    def page(self, page: Any) -> Data:
        kind = TYPES.get(type(page), "WebPage")
        address = self.absolute(page.get_absolute_url())
        said: Data = {"@type": kind, "@id": address, "url": address, "name": str(page)}
        lead = getattr(page, "lead", "")
        if lead:
            said["description"] = lead
        if kind in WORKS:
            return said | self._of_work(page, kind)
        codes = (getattr(page, name, "") for name in ("iso2", "iso3"))
        if known := [code for code in codes if code]:
            said["identifier"] = known
        return said

    def engagement(self, page: RegionalEngagement) -> Data:
        """An event, if it is one and its day, month or year is known."""
        dates = [point.machine for point in _ends(page.date)]
        if page.kind in NO_EVENTS or page.recurrence or not dates or not all(map(PLAIN, dates)):
            return self.page(page)
        address = self.absolute(page.get_absolute_url())
        said: Data = {"@type": "Event", "@id": address, "url": address, "name": str(page)}
        said |= dict(zip(("startDate", "endDate"), dates, strict=False))
        if page.lead:
            said["description"] = page.lead
        if page.place:
            said["location"] = {"@type": "Place", "name": page.place}
        return said

    def _of_work(self, page: Any, kind: str) -> Data:
        said: Data = {
            "inLanguage": get_language(),
            "publisher": {"@id": self.absolute("/#organisation")},
        }
        if kind in ("NewsArticle", "Article"):
            said["headline"] = str(page)
        if moment := published_on(page):
            said["datePublished"] = moment
        if page.published_at:
            said["dateModified"] = page.published_at.isoformat()
        if pictures := [*self._pictures(page)]:
            said["image"] = pictures
        about = [{"@type": "Thing", "name": str(one)} for one in _loaded(page, "topics")]
        about += [{"@type": "Country", "name": str(one)} for one in _loaded(page, "countries")]
        if about:
            said["about"] = about
        return said

    def _pictures(self, page: Any) -> Iterator[Data]:
        for use in _loaded(page, "photos"):
            if picture := use.photo.picture:
                said = {
                    "contentUrl": self.absolute(picture.src),
                    "creditText": use.photo.credit_line,
                    "caption": use.photo.caption,
                    "license": use.photo.licence_address,
                }
                if use.photo.licence != Photo.Licence.PUBLIC_DOMAIN:
                    said["copyrightNotice"] = use.photo.credit_line
                yield {"@type": "ImageObject", **{key: one for key, one in said.items() if one}}

    def dataset(self, context: Any) -> Iterator[Data]:
        """A list, as what can be fetched of it."""
        if getattr(getattr(context["view"], "page", None), "withdrawal", ""):
            return
        title = narrowed_title(context["view"].title_of_forms(), context["filter"].in_words)
        yield {
            "@type": "Dataset",
            "name": title,
            "description": gettext(
                "%(title)s: every page of this list with its dates, countries, topics and sources."
            )
            % {"title": title},
            "url": address_of(context),
            "creator": {"@id": self.absolute("/#organisation")},
            "distribution": [
                {
                    "@type": "DataDownload",
                    "encodingFormat": form.media,
                    "contentUrl": self.absolute(address),
                }
                for form, address in context["forms"]
            ],
        }

    def breadcrumbs(self, trail: Iterable[Any], page: Any) -> Data:
        """The page itself ends them, without an address; a text would not be a thing."""
        steps = [(gettext("Home"), "/"), *trail]
        named: list[Data] = [
            {"name": str(label), "item": {"@id": self.absolute(address)}}
            for label, address in steps
        ]
        if page is not None:
            named.append({"name": str(page)})
        return {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": place, **step}
                for place, step in enumerate(named, 1)
            ],
        }


def address_of(context: Any, **query: Any) -> str:
    """Of the page at hand; of a list, with the filters that hold, and no more of what was asked."""
    request, found = context["request"], context.get("filter")
    accepted = dict(sorted(found.accepted.items())) if found is not None else {}
    asked = urlencode(accepted | query)
    return Absolute(request)(request.path) + (f"?{asked}" if asked else "")


def published_on(page: Any) -> str:
    """When it came out, if that is a whole date, month or year: the vocabulary has no place for
    what is less certain. Of other pages, since when they are public."""
    if not isinstance(page, DATED):
        moment = first_public(page)
        return str(moment.isoformat()) if moment else ""
    date = getattr(page, "released_on", None) or getattr(page, "date", None)
    if date is None:
        return ""
    day = date.isoformat() if hasattr(date, "isoformat") else date.machine
    return str(day) if PLAIN(day) else ""


def _ends(date: PartialDate | None) -> list[Any]:
    ends = [date.start, date.end] if date and date.is_interval else [date.start] if date else []
    return [point for point in ends if point]


def _loaded(page: Any, name: str) -> list[Any]:
    """What the view has read; nothing is asked for here."""
    found = getattr(page, "_prefetched_objects_cache", {})
    return list(found.get(name, ()))
