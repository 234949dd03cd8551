"""What operators read: one event a line, without secrets and without what is about persons.

No line holds a link that opens something, not even one that is over, nor an e-mail address, nor
what somebody asked for after a question mark.
"""

import datetime
import json
import logging
import re
from functools import lru_cache
from typing import Any

from iomsite.measured import current

# Links of invitations, to a new password and of alerts have their secret in the path.
LINKS = re.compile(
    r"(/account/(?:invitation|password/new)/|/alerts/(?:confirm|manage|stop|stop-all)/)[^\s\"'?]+"
)
MAILBOX = re.compile(r"[^\s@/<>\"'(),;=]{1,64}@[^\s@/<>\"'(),;]{1,255}")
QUERY = re.compile(r"(?<=[\w/])\?[^\s\"'<>?]*=[^\s\"'<>]*")
# Where PostgreSQL names the row that it refuses, over as many lines as its texts have.
DETAIL = re.compile(
    r"^(DETAIL|CONTEXT): .*?"
    r"(?=\n(?:HINT|CONTEXT|QUERY|LINE \d+): |\n+(?:The above |During |Traceback \()|\Z)",
    re.MULTILINE | re.DOTALL,
)


def without_secrets(text: str) -> str:
    if "/a" in text:
        text = LINKS.sub(r"\1(secret)", text)
    if "@" in text:
        text = MAILBOX.sub("(address)", text)
    if "?" in text:
        text = QUERY.sub("?(query)", text)
    return DETAIL.sub(r"\1: (hidden)", text)


@lru_cache(maxsize=4096)
def shown_path(path: str) -> str:
    """A path as it stands in a line; what no page has may be as long as it likes."""
    return without_secrets(path[:500])


class Text(logging.Formatter):
    """For people: the message, and behind it what else is known."""

    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "fields", {})
        more = "".join(f" {name}={value}" for name, value in fields.items())
        line = super().format(record)
        first, newline, rest = line.partition("\n")
        return without_secrets(f"{first}{more}{newline}{rest}")


class JsonLines(logging.Formatter):
    """For programs: one object a line, whatever was said."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if request := current.get():
            line["request_id"] = request.id
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, default=str)
