"""`/readyz`: whether the site can do all of its work, and what is amiss.

It is bounded: each question has two seconds, and all are asked at once. Whoever asks again within a
second is told the same, so that nobody can make work by asking.
"""

import json
import threading
import time
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from . import questions, strangers
from .bounded import LIMIT, Question
from .entry import Answer, Environ, Start, said
from .questions import Told

# Seconds for which an answer stands.
FRESH = 1.0
NO_ANSWER = "It gave no answer within 2 seconds."


class Readiness:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_at = -FRESH
        self._told: dict[str, Told] = {}
        self._questions: dict[str, Question[dict[str, Told]]] = {
            "database": Question("ready: database", questions.database),
            "cache": Question("ready: cache", questions.shared_cache),
            "storage": Question("ready: storage", questions.storage),
            "mirror": Question("ready: mirror", questions.mirror),
        }
        for alias in settings.DATABASES:
            if alias != DEFAULT_DB_ALIAS:
                ask = partial(questions.other_database, alias)
                self._questions[alias] = Question(f"ready: {alias}", ask)

    def told(self) -> dict[str, Told]:
        """By the name of the check. Two seconds, for whoever comes while it is asked four."""
        with self._lock:
            if time.monotonic() - self._asked_at >= FRESH:
                self._told = self._ask()
                self._asked_at = time.monotonic()
            return self._told

    def _ask(self) -> dict[str, Told]:
        for question in self._questions.values():
            question.begin()
        until = time.monotonic() + LIMIT
        told: dict[str, Told] = {}
        for name, question in self._questions.items():
            answer = question.answer(until)
            told |= _without_answer(name) if answer is None else answer
        return told

    def __call__(self, environ: Environ, start: Start) -> Answer:
        left_out = parse_qs(environ.get("QUERY_STRING", "")[:500]).get("exclude", [])
        told = {name: one for name, one in self.told().items() if name not in left_out}
        is_ready = all(one.is_well for one in told.values())
        status = "200 OK" if is_ready else "503 Service Unavailable"
        answer: dict[str, Any] = {"status": "ready" if is_ready else "not ready"}
        if not strangers.is_stranger(environ):
            answer["checks"] = {
                name: {"ok": one.is_well, "says": one.words} for name, one in told.items()
            }
        body = json.dumps(answer, indent=2, ensure_ascii=False).encode() + b"\n"
        return said(environ, start, status, "application/json", body)


def _without_answer(name: str) -> dict[str, Told]:
    if name == "database":
        return questions.without_database(NO_ANSWER)
    return {name: Told(False, NO_ANSWER)}
