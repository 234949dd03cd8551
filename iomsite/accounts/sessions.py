"""The browsers in which somebody is signed in."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest


def end_sessions(person: Any, *, but: str | None = None) -> int:
    """Sign this person out everywhere, or everywhere but in one session; how many that were."""
    sessions = UserSession.objects.filter(user=person).exclude(session_key=but or "")
    for session in sessions:
        session.end()
    return len(sessions)


def change_key(request: HttpRequest) -> None:
    """Keep the session under another key, in the list of sessions as well."""
    listed = UserSession.objects.filter(session_key=request.session.session_key or "")
    request.session.cycle_key()
    listed.update(session_key=request.session.session_key)
