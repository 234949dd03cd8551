"""A line for each request: what was asked for, and what it cost."""

import logging
from typing import Any

from iomsite.logs import shown_path
from iomsite.measured import Measured


class AccessLog:
    """Called for each request that is to have a line."""

    def __init__(self) -> None:
        self.logger = logging.getLogger("iomsite.access")

    def __call__(self, environ: dict[str, Any], request: Measured, seconds: float) -> None:
        if not self.logger.isEnabledFor(logging.INFO):
            return
        method, path = environ["REQUEST_METHOD"][:20], shown_path(environ["PATH_INFO"])
        said = "%s %s %d", (method, path, request.status)
        # Made here, as the logger would first look for the line of code that calls it.
        record = logging.LogRecord(self.logger.name, logging.INFO, "", 0, *said, None)
        record.fields = {
            "method": method,
            "path": path,
            "status": request.status,
            "ms": round(seconds * 1000, 2),
            "view": request.view or "none",
            "statements": request.statements,
            "database_ms": round(request.seconds * 1000, 2),
            "cache": request.cache or "none",
        }
        self.logger.handle(record)
