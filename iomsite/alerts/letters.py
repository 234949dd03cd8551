"""What a mail says, as of the moment at which it is sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iomsite.formats.records import DATES
from iomsite.templatetags.partialdate import as_time

from . import tokens
from .models import Alert, Message
from .questions import Page, matching, read

if TYPE_CHECKING:
    from css_inline import CSSInliner

LONGEST_SUBJECT = 150
# Of one list in a mail; the list itself has the others.
MOST_PAGES = 30


@dataclass(frozen=True)
class Told:
    """A page in a mail; all addresses are whole."""

    title: str
    kind: str
    address: str
    lead: str
    date: Any

    @property
    def date_in_words(self) -> str:
        return strip_tags(as_time(self.date))


@dataclass(frozen=True)
class Part:
    """What one alert has to tell."""

    words: str
    address: str
    pages: list[Told]
    others: int  # that are new as well and not told one by one
    stop: str


def letter(message: Message) -> EmailMultiAlternatives | None:
    """None where there is nothing to say any more."""
    if message.kind == Message.Kind.CONFIRMATION:
        return _confirmation(message)
    return _news(message)


def _confirmation(message: Message) -> EmailMultiAlternatives | None:
    alert = message.alert
    question = read(alert.question) if alert else None
    if alert is None or question is None:
        return None
    way = reverse("alerts:confirm", args=[tokens.to_confirm(alert)])
    is_confirmed = alert.confirmed_at is not None
    words = question.words if is_confirmed else question.own_words
    context = {
        "words": words,
        "frequency": alert.get_frequency_display(),
        "is_confirmed": is_confirmed,
        "confirm": message.reader.root + way,
        "days": tokens.CONFIRM_WITHIN,
    }
    subject = _("You get these: %s") if is_confirmed else _("Please confirm: %s")
    return _mail(message, "confirmation", subject % words, context)


def _news(message: Message) -> EmailMultiAlternatives | None:
    parts = [*_parts(message)]
    if not parts:
        return None
    number = sum(len(part.pages) + part.others for part in parts)
    subject = parts[0].pages[0].title
    if number > 1:
        pages = ngettext("%d new page", "%d new pages", number) % number
        subject = f"{pages}: {' · '.join(part.words for part in parts)}"
    one = _mail(message, "news", subject, {"parts": parts})
    token = tokens.to_manage(message.reader)
    stop = message.reader.root + reverse("alerts:stop-all", args=[token])
    # A page that two alerts found stands under one of them, and would come again by the other.
    if message.items.values("alert").distinct().count() == 1:
        stop = parts[0].stop
    one.extra_headers |= {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<alerts.{_host(message)}>",
    }
    return one


def _parts(message: Message) -> Iterable[Part]:
    """By alert, each page once. Four statements for each alert, and one for each kind of page."""
    told: set[Page] = set()
    items: dict[int, set[Page]] = {}
    for key, model, row in message.items.values_list("alert", "model", "row_id"):
        items.setdefault(key, set()).add((model, row))
    for alert in Alert.objects.filter(pk__in=items).exclude(confirmed_at=None):
        question = read(alert.question)
        shown = matching(alert.question, items[alert.pk]) - told if question else set()
        root = message.reader.root
        newest = sorted(shown, key=lambda page: page[1], reverse=True)[:MOST_PAGES]
        if question and (pages := [*_told(newest, root)]):
            told |= shown
            stop = root + reverse("alerts:stop", args=[tokens.to_stop(alert)])
            others = len(shown) - len(newest)
            yield Part(question.words, root + question.address, pages, others, stop)


def _told(pages: list[Page], root: str) -> Iterable[Told]:
    for label in sorted({model for model, _key in pages}):
        model: Any = apps.get_model(label)
        keys = [key for other, key in pages if other == label]
        for row in model.objects.published().filter(pk__in=keys):
            yield Told(
                title=str(row),
                kind=str(capfirst(model._meta.verbose_name)),
                address=root + row.get_absolute_url(),
                lead=Truncator(getattr(row, "lead", "")).words(60),
                date=next((date for name in DATES if (date := getattr(row, name, None))), None),
            )


def _host(message: Message) -> str:
    return urlsplit(message.reader.root).hostname or "localhost"


def _mail(
    message: Message, name: str, subject: str, context: dict[str, Any]
) -> EmailMultiAlternatives:
    root = message.reader.root
    manage = root + reverse("alerts:manage", args=[tokens.to_manage(message.reader)])
    context = {**context, "root": root, "host": _host(message), "manage": manage}
    context["subject"] = subject = Truncator(" ".join(subject.split())).chars(LONGEST_SUBJECT)
    one = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"alerts/mail/{name}.txt", context).strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.reader.email],
        headers={
            # Always the same for this mail: a server that sees it twice may know.
            "Message-ID": f"<{message.uid.hex}.alerts@{_host(message)}>",
            "Date": format_datetime(message.created_at),
            "Auto-Submitted": "auto-generated",
        },
    )
    html = render_to_string(f"alerts/mail/{name}.html", context)
    one.attach_alternative(_styles().inline(html), "text/html")
    return one


@cache
def _styles() -> "CSSInliner":
    """Puts the styles of mail at the elements of a mail; it fetches nothing.

    Those for dark screens cannot stand at an element: they stay in the head.
    """
    from css_inline import CSSInliner  # three megabytes, for those who write mails

    styles = Path(__file__).with_name("mail.css").read_text(encoding="utf-8")
    return CSSInliner(extra_css=styles, keep_at_rules=True, load_remote_stylesheets=False)
