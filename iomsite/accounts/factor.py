"""The second factor: whether this session has shown one, and where somebody is led who has not."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from .sessions import change_key, end_sessions


def is_verified(request: HttpRequest) -> bool:
    """Whether whoever asks has shown a second factor in this session. No statement of its own."""
    user = request.user
    if not user.is_authenticated:
        return False
    records = get_authentication_records(request, user)
    return any(record.get("method") == "mfa" for record in records)


def has_factor(user: Any) -> bool:
    """Whether there is one to ask for; recovery codes only stand in for it."""
    factors = Authenticator.objects.filter(user=user)
    return factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def added(request: HttpRequest, factor: Authenticator) -> None:
    """Whoever has just set one up has shown it.

    Where it is the first, other sessions end, and this one gets another key: they were opened with
    the password alone, perhaps by somebody else.
    """
    if not is_verified(request):
        change_key(request)
        end_sessions(request.user, but=request.session.session_key)
    record_authentication(request, request.user, "mfa", id=factor.pk, type=factor.type)


def lead_on(request: HttpRequest, then: str) -> HttpResponse:
    """Where somebody goes next who is signed in by a password alone, on the way to `then`.

    Whoever has set up a second factor in another browser has to sign in anew.
    """
    name = "account_set_up"
    if has_factor(request.user):
        logout(request, show_message=False)
        name = "account_login"
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': then})}")


View = Callable[..., Any]


def guarded(view: View) -> View:
    """Open to whoever has shown a second factor."""

    @login_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if is_verified(request):
            return view(request, *args, **kwargs)
        return lead_on(request, request.get_full_path())

    return inner


def open_to_newcomers(view: View) -> View:
    """Open to whoever has no second factor yet, too."""

    @login_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if is_verified(request) or not has_factor(request.user):
            return view(request, *args, **kwargs)
        return lead_on(request, request.get_full_path())

    return inner
