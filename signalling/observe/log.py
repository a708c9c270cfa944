"""Structured log lines on stderr: an event and typed fields. A plain string is a type error, at run time too."""

import json
import secrets
import sys
import traceback
from datetime import UTC, datetime
from enum import Enum, StrEnum
from pathlib import PurePath
from typing import IO, Final

from signalling.observe.clock import Clock
from signalling.observe.events import FIELDS, Event


class Tag:
    """Joins the lines of one socket for as long as it lives. Random: it names nothing and nobody."""

    __slots__ = ("_text",)

    def __init__(self) -> None:
        self._text = secrets.token_hex(4)

    def __str__(self) -> str:
        return self._text


class Place:
    """Where in our source something failed, and its class. Never its message, which may quote a client."""

    __slots__ = ("_text",)

    def __init__(self, problem: BaseException) -> None:
        self._text = f"{type(problem).__name__}@{_innermost(problem)}"

    def __str__(self) -> str:
        return self._text


Loggable = bool | int | float | Enum | Tag | Place | None
"""What a field may hold. A `StrEnum` is an `Enum`; a plain `str` is not in the list."""


class LogFormat(StrEnum):
    """How lines look: JSON for machines, text for a terminal."""

    JSON = "json"
    TEXT = "text"


class Log:
    """Writes events, one a line."""

    def __init__(self, clock: Clock, form: LogFormat = LogFormat.JSON, stream: IO[str] | None = None) -> None:
        self._clock = clock
        self._form = form
        self._stream: Final = stream if stream is not None else sys.stderr

    def write(self, event: Event, **fields: Loggable) -> None:
        """Write one line. Raises TypeError for a field that the event does not list, or a value that may name one."""
        if not fields.keys() <= FIELDS[event]:
            raise TypeError("a log line has the fields that its event lists")
        moment = datetime.fromtimestamp(self._clock.now(), UTC).isoformat(timespec="milliseconds")
        plain = {name: _plain(value) for name, value in fields.items()}
        if self._form is LogFormat.JSON:
            line = json.dumps({"at": moment, "event": event.value, **plain})
        else:
            line = " ".join([moment, event.value, *(f"{name}={value}" for name, value in plain.items())])
        print(line, file=self._stream, flush=True)


def _plain(value: Loggable) -> bool | int | float | str | None:
    match value:
        case Enum():
            return value.name.lower()
        case Tag() | Place():
            return str(value)
        case None | bool() | int():
            return value
        case float():
            return round(value, 3)
        case _:
            raise TypeError("a log field holds a number, a boolean, an enum, a Tag or a Place")


def _innermost(problem: BaseException) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    if not frames:
        return "?"
    ours = [frame for frame in frames if "signalling" in PurePath(frame.filename).parts]
    frame = (ours or frames)[-1]
    return f"{PurePath(frame.filename).name}:{frame.lineno}"
