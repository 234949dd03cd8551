"""The pages of alerts. Nobody is signed in here: whoever has the link of a mail has the mailbox.

No page sets a cookie, so there is none that another site could make use of: what changes something
is posted to an address that only the mail knows, or makes no more than one mail that asks.
"""

from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from . import asking, outbox, tokens
from .forms import AskForm, FrequencyForm
from .models import Alert
from .questions import Question, read


def of_a_mailbox(view: Any) -> Any:
    """Never kept, never indexed, and the address goes to no other site."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(answer))


def _question(request: HttpRequest) -> Question:
    question = read(request.GET.get("of", ""))
    if question is None:
        raise Http404
    return question


@of_a_mailbox
def new(request: HttpRequest) -> HttpResponse:
    """What is asked for stands in the address; who asks, and how often, in the form."""
    question = _question(request)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="alerts"):
            return render(request, "alerts/too_many.html", status=429)
        root = f"{request.scheme}://{request.get_host()}"
        asked = asking.ask(
            form.cleaned_data["email"], question.address, form.cleaned_data["frequency"], root
        )
        if asked is not None:
            outbox.send_now(asked)
        return redirect("alerts:sent")
    context = {"form": form, "question": question, "days": tokens.CONFIRM_WITHIN}
    return render(request, "alerts/new.html", context, status=200 if not form.errors else 422)


@of_a_mailbox
def sent(request: HttpRequest) -> HttpResponse:
    """The same whether or not there was a mail to send."""
    return render(request, "alerts/sent.html", {"days": tokens.CONFIRM_WITHIN})


@of_a_mailbox
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Programs that look through mail follow its links, so that only the button confirms."""
    alert = tokens.alert_to_confirm(token)
    if alert is None:
        return render(request, "alerts/void.html", status=410)
    if request.method == "POST":
        asking.confirm(alert)
        return redirect(f"{_manage(alert)}?confirmed=1")
    context = {"question": read(alert.question), "frequency": alert.get_frequency_display()}
    return render(request, "alerts/confirm.html", context)


def _manage(alert: Alert) -> str:
    return reverse("alerts:manage", args=[tokens.to_manage(alert.reader)])


@of_a_mailbox
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """The alerts of an address, and how often each is sent."""
    reader = tokens.reader_of(token)
    if reader is None:
        return render(request, "alerts/void.html", status=410)
    alerts = [*reader.alerts.exclude(confirmed_at=None)]
    forms = [
        FrequencyForm(
            request.POST if request.method == "POST" else None, instance=alert, prefix=alert.uid.hex
        )
        for alert in alerts
    ]
    if request.method == "POST" and all(form.is_valid() for form in forms):
        for form in forms:
            form.save()
        return redirect(f"{request.path}?saved=1")
    rows = [
        (alert, read(alert.question), form, tokens.to_stop(alert))
        for alert, form in zip(alerts, forms, strict=True)
    ]
    context = {"reader": reader, "rows": rows, "token": token}
    context |= {name: name in request.GET for name in ("confirmed", "saved")}
    return render(request, "alerts/manage.html", context)


@of_a_mailbox
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """By its button, or by a mail program on behalf of its user (RFC 8058)."""
    alert = tokens.alert_to_stop(token)
    if request.method == "POST":
        if alert is not None:
            asking.stop(alert)
        return render(request, "alerts/stopped.html")  # as well where it was stopped before
    if alert is None:
        return render(request, "alerts/void.html", status=410)
    context = {"questions": [read(alert.question)], "manage": _manage(alert)}
    return render(request, "alerts/stop.html", context)


@of_a_mailbox
def stop_all(request: HttpRequest, token: str) -> HttpResponse:
    """For a mail that told of several alerts. With the last alert the address is forgotten."""
    reader = tokens.reader_of(token)
    if request.method == "POST":
        if reader is not None:
            asking.forget(reader)
        return render(request, "alerts/stopped.html")
    if reader is None:
        return render(request, "alerts/void.html", status=410)
    questions = [read(alert.question) for alert in reader.alerts.all()]
    context = {"questions": questions, "manage": reverse("alerts:manage", args=[token])}
    return render(request, "alerts/stop.html", context)


@of_a_mailbox
def forget(request: HttpRequest, token: str) -> HttpResponse:
    reader = tokens.reader_of(token)
    if request.method != "POST":
        return redirect("alerts:manage", token)
    if reader is not None:
        asking.forget(reader)
    return render(request, "alerts/stopped.html", {"is_forgotten": True})
