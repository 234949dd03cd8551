"""What operators read: no line holds a link that opens something, not even one that is over."""

import logging
import re

# Invitations and links to a new password have their secret in the path.
LINKS = re.compile(r"(/account/(?:invitation|password/new)/)[^\s\"']+")


class WithoutSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        kept = LINKS.sub(r"\1(secret)", said)
        if kept != said:
            record.msg, record.args = kept, None
        return True
