"""Log lines: events of a closed list, fields that can't name anybody."""

import io
import json
import logging
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest

from signalling.observe import foreign
from signalling.observe.events import FIELDS, Event
from signalling.observe.log import Log, LogFormat, Place, Tag
from tests.clock import ManualClock


class Colour(StrEnum):
    RED = "red"


def written(event: Event, form: LogFormat = LogFormat.JSON, **fields: Any) -> str:
    stream = io.StringIO()
    Log(ManualClock(), form, stream).write(event, **fields)
    return stream.getvalue()


def test_a_line_is_one_json_object_with_the_time_and_the_event() -> None:
    line = json.loads(written(Event.SERVING, port=8080, tls=False))
    assert line == {"at": "2027-01-15T08:00:00.000+00:00", "event": "serving", "port": 8080, "tls": False}


def test_a_line_can_be_text_for_a_terminal() -> None:
    assert (
        written(Event.STOPPED, LogFormat.TEXT, seconds=1.23456)
        == "2027-01-15T08:00:00.000+00:00 stopped seconds=1.235\n"
    )


def test_a_plain_string_cannot_be_logged() -> None:
    with pytest.raises(TypeError):
        written(Event.SOCKET_OPENED, socket="grandmother")


@pytest.mark.parametrize("value", [b"bytes", ["list"], {"a": 1}, ValueError("x")])
def test_nothing_else_that_could_carry_words_can_be_logged(value: object) -> None:
    with pytest.raises(TypeError):
        written(Event.SOCKET_OPENED, socket=value)


def test_a_field_that_the_event_does_not_list_cannot_be_logged() -> None:
    with pytest.raises(TypeError):
        written(Event.SOCKET_OPENED, address=1)


def test_every_event_lists_its_fields() -> None:
    assert set(FIELDS) == set(Event)


def test_enums_tags_and_places_are_logged_by_name() -> None:
    tag = Tag()
    line = json.loads(written(Event.SOCKET_CLOSED, socket=tag, code=Colour.RED, seconds=None))
    assert (line["socket"], line["code"], line["seconds"]) == (str(tag), "red", None)


def test_a_place_tells_where_and_never_what_was_said() -> None:
    with pytest.raises(ValueError) as failed:
        int("the words of a client")
    place = Place(failed.value)
    assert str(place).startswith("ValueError@test_log.py:")
    assert "words" not in written(Event.TASK_FAILED, place=place)


def test_tags_are_not_repeated() -> None:
    assert len({str(Tag()) for _ in range(100)}) == 100


@pytest.fixture
def listening() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    foreign.listen(Log(ManualClock(), LogFormat.JSON, stream))
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def test_what_a_library_says_is_logged_without_its_words(listening: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("Error handling request from %s", "192.0.2.1")
    line = json.loads(listening.getvalue())
    assert (line["event"], line["source"], line["severity"]) == ("foreign", "aiohttp", "error")
    assert "192.0.2.1" not in listening.getvalue()


def test_a_librarys_exception_is_told_by_its_place(listening: io.StringIO) -> None:
    try:
        int("192.0.2.1")
    except ValueError:
        logging.getLogger("asyncio").exception("task failed")
    assert json.loads(listening.getvalue())["place"].startswith("ValueError@test_log.py:")


@pytest.mark.parametrize("name", ["aiohttp.access", "twilio", "twilio.http_client", "twilio.anything"])
def test_libraries_that_log_urls_are_silent(listening: io.StringIO, name: str) -> None:
    logging.getLogger(name).error("GET /2010-04-01/Accounts/AC0/Messages.json?To=%2B47")
    assert listening.getvalue() == ""


def test_mere_information_of_libraries_is_not_logged(listening: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").info("hello")
    assert listening.getvalue() == ""
