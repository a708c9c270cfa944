"""What libraries log: that they did, and how grave it was. Their words are dropped: they quote URLs and peers."""

import logging
from enum import StrEnum
from typing import Final

from signalling.observe.events import Event
from signalling.observe.log import Log, Place

SILENCED: Final = ("aiohttp.access", "twilio", "twilio.http_client")


class Source(StrEnum):
    """Which library spoke."""

    AIOHTTP = "aiohttp"
    ASYNCIO = "asyncio"
    TWILIO = "twilio"
    OTHER = "other"


class Severity(StrEnum):
    """How grave it called it."""

    WARNING = "warning"
    ERROR = "error"


_SOURCES: Final = {source.value: source for source in Source}


class _Listener(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        root = record.name.partition(".")[0]
        problem = record.exc_info[1] if record.exc_info else None
        self._log.write(
            Event.FOREIGN,
            source=_SOURCES.get(root, Source.OTHER),
            severity=Severity.ERROR if record.levelno >= logging.ERROR else Severity.WARNING,
            place=Place(problem) if problem is not None else None,
        )


def listen(log: Log) -> None:
    """Take over Python's logging for this process: warnings of libraries become `foreign` lines without words."""
    root = logging.getLogger()
    root.handlers[:] = [_Listener(log)]
    root.setLevel(logging.WARNING)
    for name in SILENCED:
        quiet = logging.getLogger(name)
        quiet.handlers[:] = [logging.NullHandler()]
        quiet.propagate = False
        quiet.setLevel(logging.CRITICAL)
