"""What a copy needs to know of each answer of the site."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.template.loader import render_to_string

from iomsite import visitor

Key = tuple[str, int]
NEXT = re.compile(r'<([^>]*)>; rel="next"')
# Stand in a page for what is known when its file is written, so that the moment of the copy alone
# makes no page another one.
MOMENT, WORDS, REMARK = "@@copied-moment@@", "@@copied-words@@", "@@copied-remark@@"


@dataclass(frozen=True)
class Answer:
    """`row` is the page whose stamp says whether it holds (see `publishing.keeping`)."""

    status: int
    kind: str
    body: bytes
    location: str = ""
    following: str = ""
    row: Key | None = None
    has_filters: bool = False


class Visitor(visitor.Visitor):
    """Is shown pages as they stand in a copy."""

    def get(self, address: str) -> Answer:
        """What fails leaves the transaction around it as it was."""
        with transaction.atomic():
            response, body = self.ask(address)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
        kept_by = getattr(response, "kept_by", None)
        following = NEXT.search(response.get("Link", ""))
        return Answer(
            status=response.status_code,
            kind=response.get("Content-Type", "").partition(";")[0],
            body=body,
            location=response.get("Location", ""),
            following=following[1] if following else "",
            row=kept_by.row if kept_by else None,
            has_filters=bool(kept_by and kept_by.names - {"page"}),
        )

    def drawn(self, template: str, address: str, **context: Any) -> bytes:
        """A page of the copy that the site itself does not have."""
        request = WSGIRequest(self.environ(address))
        return render_to_string(template, context, request).encode()

    def environ(self, address: str, **told: Any) -> dict[str, Any]:
        # For templates; no header of a visitor's gets a name without HTTP_ before it.
        copy = {"site": self.host, "moment": MOMENT, "words": WORDS, "remark": REMARK}
        return super().environ(address, COPY=copy, **told)
