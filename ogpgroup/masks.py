"""What logs and the outbox may not hold: links with which a reader could act as the person they were mailed to."""

import logging
import re

SLASH = r"(?:/|%2F)"  # a link inside of another's query has its slashes encoded
CAPABILITY_LINK = re.compile(
    rf"({SLASH}(?:unsubscribe|answer|join|calendar|check-in|wall(?={SLASH}\d)|accounts{SLASH}invitation"
    rf"|accounts{SLASH}confirm-email"
    rf"|accounts{SLASH}password{SLASH}reset{SLASH}key){SLASH})(?:(?!%2F|%3F)[^\s/\"'<>?&#])+",
    re.IGNORECASE,
)


def mask_links(text: str) -> str:
    """Cut short what in a link lets its holder act as somebody; where it leads is left to read."""
    return CAPABILITY_LINK.sub(r"\1…", text)


class Masked(logging.Formatter):
    """A formatter whose finished lines, tracebacks included, hold no such link."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_links(super().format(record))
