"""The outbox, the terminal, and what a text says."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from signalling.sms import outbox as module
from signalling.sms.outbox import Outbox
from signalling.sms.port import SmsError, Text
from signalling.sms.terminal import TerminalSms
from signalling.sms.wording import code_text, invitation_text

NUMBER = "+4740612345"


class Slow:
    """Sends when it is let, and fails when it is told to."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.sent: list[str] = []
        self.problem: Exception | None = None
        self.closed = False

    async def send(self, text: Text) -> None:
        await self.gate.wait()
        if self.problem is not None:
            raise self.problem
        self.sent.append(text.body)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
async def slow() -> Slow:
    return Slow()


@pytest.fixture
def told() -> list[BaseException | None]:
    return []


@pytest.fixture
def pauses() -> list[int]:
    """How many texts had gone at each pause."""
    return []


@pytest.fixture
async def outbox(slow: Slow, told: list[BaseException | None], pauses: list[int]) -> AsyncIterator[Outbox]:
    async def pause() -> None:
        pauses.append(len(slow.sent))

    one = Outbox(slow, told=told.append, pause=pause)
    one.start()
    yield one
    await one.stop()
    assert slow.closed


async def test_texts_go_out_beside_whoever_asked(outbox: Outbox, slow: Slow, told: list[BaseException | None]) -> None:
    assert all(outbox.put(Text(NUMBER, str(number))) for number in range(10))
    assert slow.sent == []
    slow.gate.set()
    await outbox.idle()
    assert sorted(slow.sent, key=int) == [str(number) for number in range(10)]
    assert told == [None] * 10


async def test_one_that_fails_stops_no_other(outbox: Outbox, slow: Slow, told: list[BaseException | None]) -> None:
    slow.gate.set()
    for problem in (SmsError("refused"), RuntimeError("a fault of ours"), None):
        slow.problem = problem
        outbox.put(Text(NUMBER, "1"))
        await outbox.idle()
    assert [type(one) for one in told] == [SmsError, RuntimeError, type(None)]
    assert slow.sent == ["1"]


async def test_a_pause_comes_before_each_text(outbox: Outbox, slow: Slow, pauses: list[int]) -> None:
    slow.gate.set()
    for number in range(3):
        assert outbox.put(Text(NUMBER, str(number)))
        await outbox.idle()
    assert (slow.sent, pauses) == (["0", "1", "2"], [0, 1, 2])


async def test_nothing_to_send_sends_nothing_and_takes_nobodys_room(outbox: Outbox, slow: Slow) -> None:
    """Whoever asks for codes to numbers that get none must not keep other people's codes from going out."""
    assert all(outbox.put(None) for _ in range(3 * module.WAITING_AT_MOST))
    assert outbox.put(Text(NUMBER, "1"))
    slow.gate.set()
    await outbox.idle()
    assert slow.sent == ["1"]


async def test_too_many_are_refused_at_once_and_that_is_told(outbox: Outbox, told: list[BaseException | None]) -> None:
    taken = [outbox.put(Text(NUMBER, "1")) for _ in range(module.WAITING_AT_MOST + 10)]
    assert taken.count(False) == 10
    assert [type(one) for one in told] == [SmsError] * 10


async def test_the_terminal_shows_the_text_to_whoever_started_the_coordinator() -> None:
    lines: list[str] = []
    await TerminalSms(lines.append).send(code_text(NUMBER, "424242"))
    assert lines == [f"SMS to {NUMBER}: 424242"]


def test_p_43_a_text_is_a_code_or_a_link_and_not_a_word_more() -> None:
    assert code_text(NUMBER, "424242").body == "424242"
    text = invitation_text(NUMBER, origin="https://calls.example", code="ABCD-EFGH-JKMN-PQRS")
    assert text.body == "https://calls.example/family#invitation=ABCD-EFGH-JKMN-PQRS"
    assert repr(text) == object.__repr__(text), "a text doesn't print itself"
