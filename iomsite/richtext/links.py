"""The addresses elsewhere that public pages link to: which there are, and how each of them does.

A run asks for what is due, many sites beside each other and each of them one question at a time.
Who asks for a link has taken it first, so two runs at once ask for it once.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from iomsite.publishing.advice import text_parts, texts_of
from iomsite.publishing.editions import publishable_models
from iomsite.publishing.models import Publishable

from .asking import Asker, Verdict
from .models import LONGEST, ExternalLink, LinkUse
from .words import pieces

Health = ExternalLink.Health
AT_ONCE = 500
HOSTS_AT_ONCE = 8
# What works is asked for once a week, everything else every day: a little less, so that a run may
# begin some minutes earlier than the last one did.
WELL_FOR = datetime.timedelta(days=7) - datetime.timedelta(hours=4)
AGAIN_AFTER = datetime.timedelta(hours=20)
# Not asked for again, though everything is to be: another run is at it.
JUST_NOW = datetime.timedelta(hours=1)
# A run that died holds what it took for as long as this.
HELD_FOR = datetime.timedelta(hours=6)
# Of a link that is not asked for after all: its site wants to be left alone.
WAITS = "waits"
NOTED = (
    *("health", "reason", "checked_at", "well_at"),
    *("failing_since", "failed_on", "failed_days", "not_before"),
)


def agent() -> str:
    """Who asks, and where to complain."""
    host = next(iter(settings.ALLOWED_HOSTS), "").lstrip(".*") or "localhost"
    return f"iomsite link check (+https://{host}/)"


def canonical(address: str) -> str:
    """One spelling for one page; empty for what is no address elsewhere, or too long to keep."""
    address = address.strip().partition("#")[0]
    if not address.lower().startswith(("http://", "https://")):
        return ""
    try:
        parts = urlsplit(address)
        user, at, host = parts.netloc.rpartition("@")
        host = host.lower().encode("idna").decode() if not host.isascii() else host.lower()
        found = iri_to_uri(
            parts._replace(netloc=f"{user}{at}{host}", path=parts.path or "/").geturl()
        )
    except (ValueError, UnicodeError):
        found = iri_to_uri(address)
    return found if len(found) <= LONGEST else ""


# Which there are


def links_in(html: str) -> Iterator[str]:
    for piece in pieces(html):
        if piece.tag == "a" and (found := canonical(piece.attributes.get("href", ""))):
            yield found


def uses() -> dict[str, set[tuple[str, int]]]:
    """The addresses of all public pages, with the pages. Some statements a kind of page."""
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for model in publishable_models():
        for key, values in _said_by(model):
            for address in values:
                found[address].add((model._meta.label_lower, key))
    return found


def _said_by(model: type[Publishable]) -> Iterator[tuple[int, Iterator[str]]]:
    public = model.objects.published().order_by()
    texts = [field.name for field in texts_of(model)]
    plain = [one.name for one in model._meta.concrete_fields if isinstance(one, models.URLField)]
    for key, *values in public.values_list("pk", *texts, *plain).iterator(AT_ONCE):
        yield key, (link for text in values[: len(texts)] for link in links_in(text))
        yield key, filter(None, map(canonical, values[len(texts) :]))
    for part, owner in text_parts(model):
        rows = part._default_manager.filter(**{f"{owner.name}__in": public.values("pk")}).order_by()
        names = [field.name for field in texts_of(part)]
        for key, *values in rows.values_list(owner.attname, *names).iterator(AT_ONCE):
            yield key, (link for text in values for link in links_in(text))


@transaction.atomic
def take_stock() -> int:
    """Bring the list of links in line with the public pages; return how many there are."""
    now_used = uses()
    rows = [ExternalLink(address=address) for address in sorted(now_used)]
    ExternalLink.objects.bulk_create(rows, AT_ONCE, ignore_conflicts=True)
    known = dict(ExternalLink.objects.values_list("address", "pk"))
    wanted = {(known[address], *page) for address, pages in now_used.items() for page in pages}
    kept, gone = set(), []
    for key, *use in LinkUse.objects.values_list("pk", "link_id", "model", "page_id"):
        kept.add(tuple(use))
        if tuple(use) not in wanted:
            gone.append(key)
    new = [LinkUse(link_id=link, model=label, page_id=page) for link, label, page in wanted - kept]
    LinkUse.objects.bulk_create(new, AT_ONCE, ignore_conflicts=True)
    for start in range(0, len(gone), AT_ONCE):
        LinkUse.objects.filter(pk__in=gone[start : start + AT_ONCE]).delete()
    ExternalLink.objects.filter(uses=None).delete()
    return len(now_used)


# How they do


def check(asker: Asker, *, everything: bool = False) -> Iterator[tuple[ExternalLink, Verdict]]:
    """Ask for what is due, and keep each answer as it comes."""
    run = uuid.uuid4()
    by_host: dict[str, list[ExternalLink]] = defaultdict(list)
    for link in take(run, everything=everything):
        by_host[_host_of(link.address)].append(link)
    try:
        with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
            answers = [pool.submit(_ask_host, asker, links) for links in by_host.values()]
            for answer in as_completed(answers):
                for link, verdict in answer.result():
                    note(link, verdict)
                    yield link, verdict
    finally:
        ExternalLink.objects.filter(run=run).update(run=None, run_until=None)


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).netloc.rpartition("@")[2]
    except ValueError:  # what browsers read and Python does not: the asker says so
        return ""


def take(run: uuid.UUID, *, everything: bool = False) -> list[ExternalLink]:
    """What is due and nobody else asks for, taken by one statement."""
    now = timezone.now()
    rows = ExternalLink.objects.filter(Q(run=None) | Q(run_until__lt=now))
    is_new = Q(checked_at=None)
    if everything:
        rows = rows.filter(is_new | Q(checked_at__lt=now - JUST_NOW))
    else:
        is_old = Q(checked_at__lt=now - WELL_FOR, health=Health.WELL)
        is_in_doubt = Q(checked_at__lt=now - AGAIN_AFTER) & ~Q(health=Health.WELL)
        rows = rows.filter(is_new | is_old | is_in_doubt)
    rows = rows.filter(Q(not_before=None) | Q(not_before__lte=now))
    rows.update(run=run, run_until=now + HELD_FOR)
    return list(ExternalLink.objects.filter(run=run))


def _ask_host(asker: Asker, links: list[ExternalLink]) -> list[tuple[ExternalLink, Verdict]]:
    """One after the other; a site that asks to wait is left alone with all the rest."""
    found: list[tuple[ExternalLink, Verdict]] = []
    wait = 0
    for link in links:
        verdict = Verdict(WAITS, wait=wait) if wait else asker.ask(link.address)
        wait = wait or verdict.wait
        found.append((link, verdict))
    return found


def note(link: ExternalLink, verdict: Verdict) -> None:
    """Days of failure count, not runs: one bad evening is one day."""
    now, today = timezone.now(), timezone.localdate()
    link.not_before = now + datetime.timedelta(seconds=verdict.wait) if verdict.wait else None
    if verdict.health != WAITS:
        link.health, link.reason, link.checked_at = verdict.health, verdict.reason, now
    if verdict.health == Health.WELL:
        link.well_at, link.failing_since, link.failed_on, link.failed_days = now, None, None, 0
    elif verdict.health in (Health.FAILING, Health.REFUSED):
        link.failing_since = link.failing_since or now
        link.failed_days += link.failed_on != today
        link.failed_on = today
    # Not `save()`: what another run has taken off the list meanwhile does not come back.
    said = {name: getattr(link, name) for name in NOTED}
    ExternalLink.objects.filter(pk=link.pk).update(**said, run=None, run_until=None)
