"""Boxes on their way: altered, made up, lost, repeated, out of order, of another call, direction or handshake."""

import random
import secrets
from collections.abc import Callable

import msgspec
import pytest

from client_sim import answering, negotiation
from client_sim.live_call import LiveCall
from client_sim.timeline import Step
from signalling.protocol import messages as wire
from signalling.protocol.codec import box_text, raw_box
from signalling.protocol.proof import base64url, from_base64url
from tests.hostile.ledger import Outcome, Proof, attack
from tests.hostile.middle import Out, Passing, Tamper, Way
from tests.hostile.stage import APP, KOMP, Stage
from tests.hostile.tampers import flipped, replaced

pytestmark = pytest.mark.slow


def on_boxes(do: Callable[[Passing, wire.ForwardedBox], Out], *, who: str | None = None) -> Tamper:
    """Do that with every box that is on its way to an end; acknowledgements alone pass."""

    def tamper(passing: Passing) -> Out:
        message = passing.message
        if not isinstance(message, wire.ForwardedBox) or passing.way is Way.UP or message.seq is None:
            return (passing.frame,)
        return do(passing, message) if who in (None, passing.who) else (passing.frame,)

    return tamper


def turned(box: wire.ForwardedBox) -> wire.Message:
    """The same with any bit of it turned."""
    text = box_text(box.box)
    return replaced(box, box=raw_box(flipped(text, random.randrange(8 * len(from_base64url(text))))))


async def a_call(stage: Stage, tamper: Tamper) -> tuple[LiveCall, LiveCall]:
    """A call under that tamper, with a picture at both ends."""
    await stage.komp()
    app = await stage.family()
    stage.middle.tamper = tamper
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.both_see(call, rung)
    return call, rung


def nothing_doubled(stage: Stage, call: LiveCall, rung: LiveCall) -> bool:
    """What one end sent the other has taken, each once; and each thing happened once."""
    here, there = stage.counts(call), stage.counts(rung)
    once = (Step.JOINED, Step.RINGING, Step.DTLS, Step.ACCEPTED, Step.FIRST_FRAME)
    return (
        there.delivered <= here.sent
        and here.delivered <= there.sent
        and all([mark.step for mark in one.timeline.marks].count(step) <= 1 for one in (call, rung) for step in once)
    )


REFUSED = "both ends count boxes that don't open"


@attack("puts an altered box before each true one", Outcome.UNHARMED, REFUSED)
async def test_a_box_with_any_bit_turned_opens_nothing_and_moves_nothing(stage: Stage) -> None:
    call, rung = await a_call(stage, on_boxes(lambda passing, box: (turned(box), passing.frame)))
    stage.notes(REFUSED, all(stage.counts(one).refused >= 3 for one in (call, rung)))
    assert nothing_doubled(stage, call, rung)


@attack("puts a box of its own before each true one", Outcome.UNHARMED, REFUSED)
async def test_a_made_up_box_opens_nothing(stage: Stage) -> None:
    def own(box: wire.ForwardedBox) -> wire.Message:
        return replaced(box, box=raw_box(base64url(secrets.token_bytes(144))))

    call, rung = await a_call(stage, on_boxes(lambda passing, box: (own(box), passing.frame)))
    stage.notes(REFUSED, all(stage.counts(one).refused >= 3 for one in (call, rung)))
    assert nothing_doubled(stage, call, rung)


@attack(
    "alters the caller's first box, each time",
    Outcome.NO_CALL,
    "Komp ends: unreachable",
    "app ends: unreachable",
    "Komp counts boxes that don't open",
)
async def test_without_its_first_box_a_ring_never_sounds(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "HERE_SECONDS", 0.5)
    await stage.komp()
    app = await stage.family()
    stage.middle.tamper = on_boxes(lambda _, box: (turned(box),))
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.ended(rung, "Komp")
    await stage.ended(call, "app")
    assert not rung.timeline.has(Step.RINGING)
    stage.notes("Komp counts boxes that don't open", stage.counts(rung).refused)


@attack(
    "alters every description and candidate, each time",
    Outcome.NO_CALL,
    "Komp ends: ice_failed",
    "app ends: ice_failed",
    "Komp counts boxes that don't open",
)
async def test_an_altered_description_fails_closed_and_both_ends_are_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(negotiation, "CONNECT_SECONDS", 0.6)
    await stage.komp()
    app = await stage.family()
    stage.middle.tamper = on_boxes(
        lambda passing, box: (passing.frame,) if box.seq == 0 else (turned(box),), who=stage.id_of(KOMP)
    )
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.ended(rung, "Komp")
    await stage.ended(call, "app")
    stage.notes("Komp counts boxes that don't open", stage.counts(rung).refused)
    assert not rung.timeline.has(Step.DTLS)


@attack("loses each box once", Outcome.UNHARMED, "both ends send again", proof=Proof.WITHHELD)
async def test_lost_boxes_are_sent_again(stage: Stage) -> None:
    lost: set[object] = set()

    def lose(passing: Passing, box: wire.ForwardedBox) -> Out:
        if (passing.who, box.seq) in lost:
            return (passing.frame,)
        lost.add((passing.who, box.seq))
        return ()

    call, rung = await a_call(stage, on_boxes(lose))
    stage.notes("both ends send again", all(stage.counts(one).resent for one in (call, rung)))
    assert nothing_doubled(stage, call, rung)


@attack("swaps each two boxes that follow one another", Outcome.UNHARMED)
async def test_boxes_that_come_in_another_order_are_put_in_theirs(stage: Stage) -> None:
    held: dict[str, bytes] = {}

    def swap(passing: Passing, box: wire.ForwardedBox) -> Out:
        if box.seq == 0:  # it travels alone, nothing follows before it is opened
            return (passing.frame,)
        if passing.who not in held:
            held[passing.who] = passing.frame
            return ()
        return (passing.frame, held.pop(passing.who))

    call, rung = await a_call(stage, on_boxes(swap))
    assert nothing_doubled(stage, call, rung)
    assert stage.middle.altered


@attack("sends each box three times", Outcome.UNHARMED, "both ends count boxes that came again")
async def test_repeated_boxes_count_once(stage: Stage) -> None:
    call, rung = await a_call(stage, on_boxes(lambda passing, _: (passing.frame,) * 3))
    stage.notes("both ends count boxes that came again", all(stage.counts(one).repeated >= 4 for one in (call, rung)))
    assert nothing_doubled(stage, call, rung)


@attack("plays boxes of an earlier call in this one", Outcome.UNHARMED, REFUSED)
async def test_boxes_of_another_call_open_in_none(stage: Stage) -> None:
    call, rung = await a_call(stage, lambda passing: (passing.frame,))
    call.stop()
    await call.gone.wait()
    await rung.gone.wait()
    earlier: dict[tuple[str, int | None], msgspec.Raw] = {
        (who, box.seq): box.box
        for who in (stage.id_of(APP), stage.id_of(KOMP))
        for box in stage.middle.all(wire.ForwardedBox, way=Way.DOWN, who=who)
    }

    def splice(passing: Passing, box: wire.ForwardedBox) -> Out:
        old = earlier.get((passing.who, box.seq))
        return (replaced(box, box=old), passing.frame) if old else (passing.frame,)

    stage.middle.tamper = on_boxes(splice)
    (app,) = (one for one in stage.apps if one.endpoint.identity.endpoint == stage.id_of(APP))
    again = app.call(app.endpoint.book.links[0])
    there = await stage.call_at("Komp", 1)
    await stage.both_see(again, there)
    stage.notes(REFUSED, all(stage.counts(one).refused >= 3 for one in (again, there)))


@attack("gives the app its own boxes as the Komp's", Outcome.UNHARMED, "app counts boxes that don't open")
async def test_a_box_opens_in_its_own_direction_alone(stage: Stage) -> None:
    own: dict[int | None, wire.SealedBox] = {}

    def reflect(passing: Passing) -> Out:
        message = passing.message
        if isinstance(message, wire.SealedBox) and message.seq is not None and passing.who == stage.id_of(APP):
            if passing.way is Way.UP:
                own[message.seq] = message
            elif message.seq in own:
                return (replaced(message, box=own[message.seq].box), passing.frame)
        return (passing.frame,)

    call, _ = await a_call(stage, reflect)
    stage.notes("app counts boxes that don't open", stage.counts(call).refused >= 3)


@attack("gives boxes another place in their order", Outcome.UNHARMED, REFUSED)
async def test_a_box_opens_under_its_own_number_alone(stage: Stage) -> None:
    def misplace(passing: Passing, box: wire.ForwardedBox) -> Out:
        assert box.seq is not None
        return (replaced(box, seq=box.seq + 1), passing.frame)

    call, rung = await a_call(stage, on_boxes(misplace))
    stage.notes(REFUSED, all(stage.counts(one).refused for one in (call, rung)))
    assert nothing_doubled(stage, call, rung)


FOREIGN = "both ends count boxes of another handshake"


@attack("passes boxes off as another handshake's", Outcome.UNHARMED, FOREIGN)
async def test_a_box_opens_in_its_own_handshake_alone(stage: Stage) -> None:
    call, rung = await a_call(stage, on_boxes(lambda passing, box: (replaced(box, handshake=1), passing.frame)))
    stage.notes(FOREIGN, all(stage.counts(one).foreign for one in (call, rung)))


@attack(
    "acknowledges what it keeps back",
    Outcome.NO_CALL,
    "Komp ends: unreachable",
    "app ends: unreachable",
)
async def test_forged_acknowledgements_only_withhold(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "HERE_SECONDS", 0.5)
    await stage.komp()
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])

    def swallow(passing: Passing) -> Out:
        message = passing.message
        return () if isinstance(message, wire.ForwardedBox) and passing.who == stage.id_of(KOMP) else (passing.frame,)

    stage.middle.tamper = swallow
    rung = await stage.call_at("Komp")
    await call.reached(Step.JOINED)
    await stage.middle.inject(Way.DOWN, stage.id_of(APP), wire.ForwardedBox(call.id, 0, ack=1))
    await stage.ended(rung, "Komp")
    await stage.ended(call, "app")
    assert not rung.timeline.has(Step.RINGING)
