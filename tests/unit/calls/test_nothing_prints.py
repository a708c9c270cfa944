"""What names a person or a call does not print: not in a repr, not in an exception, not in a message."""

import traceback
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from signalling.calls import effects as fx
from signalling.calls import leases
from signalling.calls.machine import Step, step
from signalling.calls.record import CallRecord
from signalling.protocol.messages import ClientMessage, ServerMessage, members
from signalling.vocabulary import CallId, CallState, EndpointId, EndReason, Media, PartyId, Role
from tests.unit.calls.everywhere import everything_said, remade
from tests.unit.calls.scene import (
    CALL,
    CALLER,
    GRANDCHILD,
    GRANDMOTHER,
    JOIN,
    LATER_CALL,
    PHONE,
    RINGS,
    START,
    TABLET,
    call_in,
)

SECRETS: list[str] = [CALL, LATER_CALL, GRANDCHILD, GRANDMOTHER, CALLER, TABLET, PHONE]
SECRETS += [RINGS[0].digest.decode(), RINGS[1].digest.decode(), JOIN.decode()]
EFFECTS: list[fx.Effect] = [
    fx.ForwardRing(TABLET),
    fx.TellProgress(CALLER, TABLET, "ringing"),
    fx.ForwardJoin(CALLER, TABLET),
    fx.TellTaken(PHONE),
    fx.ForwardResume(TABLET),
    fx.TellEnded(TABLET, EndReason.GLARE, LATER_CALL),
    fx.ReleaseLeases(),
    fx.Erase(),
]
VERDICTS: list[object] = [
    leases.Free(),
    leases.Busy(),
    leases.Replaces(CALL),
    leases.GlareWon(CALL),
    leases.GlareLost(CALL),
    leases.Lease(CALL, GRANDMOTHER, Role.CALLER),
]
MARKER = "c2VjcmV0LW1hcmtlci0xMjM"


def shows(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def everything_of_a_call() -> Iterator[object]:
    for state in CallState:
        record = call_in(state)
        yield from (record, *record.rings, Step(record, (fx.ForwardRing(TABLET),)))
    yield remade(accepted=True)
    yield from everything_said()
    yield from EFFECTS
    yield from VERDICTS
    yield from fx.Refusal


def test_nothing_of_a_call_prints_what_it_holds() -> None:
    for thing in everything_of_a_call():
        assert shows(repr(thing)) == []
        assert shows(repr([thing])) == []
        assert shows(f"{thing}") == []


@pytest.mark.parametrize("kind", [CallId, EndpointId, PartyId])
def test_an_identifier_compares_as_its_text_and_prints_its_kind(kind: type[str]) -> None:
    name = kind("AAAAAAAAAAAAAAAAAAAAAA")
    assert name == "AAAAAAAAAAAAAAAAAAAAAA"
    assert {name: 1}["AAAAAAAAAAAAAAAAAAAAAA"] == 1
    assert repr(name) == f"{kind.__name__}(…)"
    assert repr({name: (name,)}) == f"{{{name!r}: ({name!r},)}}"


def test_a_broken_rule_says_which_and_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that broke its own table fails loudly, and its traceback may be logged."""
    from signalling.calls import events as ev  # noqa: PLC0415
    from signalling.calls import machine  # noqa: PLC0415

    def breaks(record: CallRecord, event: object, now: float) -> Step:
        return Step(replace(record, state=CallState.INVITED))

    monkeypatch.setitem(machine._RULES, ev.HungUp, breaks)
    with pytest.raises(AssertionError) as failure:
        step(call_in(CallState.ACTIVE), ev.HungUp(CALLER, EndReason.HANGUP), now=START)
    assert "active --HungUp--> is not in the table" in str(failure.value)
    assert shows("".join(traceback.format_exception(failure.value))) == []


def filled(kind: type[msgspec.Struct]) -> msgspec.Struct:
    """A message with the marker in every field, whatever its type: only its printing is asked for."""
    return kind(**dict.fromkeys(kind.__struct_fields__, MARKER))


@pytest.mark.parametrize("kind", [*members(ClientMessage), *members(ServerMessage)], ids=lambda kind: kind.__name__)
def test_no_message_prints_its_content(kind: type[msgspec.Struct]) -> None:
    message = filled(kind)
    assert MARKER not in repr(message)
    assert MARKER not in str(message)
    assert MARKER not in f"{[message]}"


def test_a_record_holds_hashes_and_never_a_box() -> None:
    """Whatever a record keeps of what was sent is a digest: bytes, never text."""
    record = call_in(CallState.RECONNECTING)
    texts = [getattr(record, name) for name in record.__slots__ if isinstance(getattr(record, name), str)]
    kinds = (CallId, EndpointId, PartyId, Media, CallState, EndReason, Role)
    assert [text for text in texts if not isinstance(text, kinds)] == []
