"""Where browsers say that a page tried what the content security policy forbids."""

import json
import logging
import threading
import time
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from iomsite.publishing.readonly import changes_nothing

logger = logging.getLogger(__name__)

MOST_BYTES = 8_192
MOST_A_MINUTE = 30  # for each process: enough to notice, too few to fill a disk
LONGEST = 200
# Names in a report as browsers have sent it from the start, and as they will.
FIELDS = {
    "document-uri": "documentURL",
    "effective-directive": "effectiveDirective",
    "blocked-uri": "blockedURL",
    "source-file": "sourceFile",
    "line-number": "lineNumber",
}


class Allowance:
    """How many may pass in a minute; no table, no cache, nothing that a flood could fill."""

    def __init__(self, most: int):
        self.most = most
        self.lock = threading.Lock()
        self.minute, self.passed = 0, 0

    def take(self) -> bool:
        with self.lock:
            minute = int(time.time() // 60)
            if minute != self.minute:
                self.minute, self.passed = minute, 0
            self.passed += 1
            return self.passed <= self.most


allowance = Allowance(MOST_A_MINUTE)


@changes_nothing
@csrf_exempt  # the browser itself sends it, from no form
@require_POST
def report(request):
    """Anybody can send anything here: the answer is always the same, and the log stays short."""
    body = request.read(MOST_BYTES + 1)
    found = _violation(body) if len(body) <= MOST_BYTES else None
    if found and allowance.take():
        logger.warning("A page broke the content security policy: %s", json.dumps(found))
    return HttpResponse(status=204)


def _violation(body: bytes) -> dict[str, str] | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    data = data[0] if isinstance(data, list) and data else data
    if not isinstance(data, dict):
        return None
    told = data.get("csp-report") or data.get("body")
    if not isinstance(told, dict):
        return None
    return {
        old: _short(told[name])
        for old, new in FIELDS.items()
        for name in (old, new)
        if name in told
    }


def _short(value: object) -> str:
    """Without a query: it may be a secret, such as the link to a preview."""
    words = str(value)[:LONGEST]
    try:
        return urlsplit(words)._replace(query="", fragment="").geturl()
    except ValueError:
        return ""
