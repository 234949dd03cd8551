"""The browsers in which somebody is signed in."""

from typing import Any

from allauth.usersessions.models import UserSession


def end_sessions(person: Any, *, but: str | None = None) -> int:
    """Sign this person out everywhere, or everywhere but in one session; how many that were."""
    sessions = UserSession.objects.filter(user=person).exclude(session_key=but or "")
    for session in sessions:
        session.end()
    return len(sessions)
