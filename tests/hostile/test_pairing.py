"""Two ends that pair by a one-time secret, where the rendezvous is the attacker's.

The coordinator sees the rendezvous' name and carries the boxes. It has not the secret, and all it can do is to keep
the two apart.
"""

import asyncio
import secrets
import time

import pytest

from client_sim.endpoint import Endpoint
from client_sim.identity import Identity
from client_sim.meetings import MeetingError
from client_sim.sealed.keyring import new_ring, state_key
from client_sim.sealed.pairing import Introduction, Pairing
from signalling.protocol import messages as wire
from tests.hostile.ledger import Outcome, Proof, attack
from tests.hostile.middle import Out, Passing, Tamper, Way
from tests.hostile.stage import APP, COUSIN, KOMP, Stage
from tests.hostile.tampers import flipped, replaced

SECONDS = 0.5
NOBODY = ("Komp meets nobody", "app meets nobody")


class Met:
    """What became of a pairing: whom each end met, or nobody."""

    def __init__(self, shown: Introduction | None, read: Introduction | None) -> None:
        self.shown = shown
        self.read = read

    def noted(self, stage: Stage) -> None:
        for who, whom in (("Komp", self.shown), ("app", self.read)):
            if whom is None:
                stage.notes(f"{who} meets nobody", whom is None)


async def pair(stage: Stage, secret: bytes, *, seconds: float = SECONDS) -> Met:
    """The Komp shows the secret, the app reads it."""
    komp, app = await stage.komp(), await stage.family()
    return Met(
        *await asyncio.gather(
            _or_nobody(komp.endpoint, secret, shows=True, seconds=seconds),
            _or_nobody(app.endpoint, secret, shows=False, seconds=seconds),
        )
    )


async def _or_nobody(end: Endpoint, secret: bytes, *, shows: bool, seconds: float) -> Introduction | None:
    own, meetings = end.book.introduction(), end.meetings
    try:
        if shows:
            return await meetings.show(secret, own, consents=_willing, seconds=seconds)
        return await meetings.read(secret, own, seconds=seconds)
    except MeetingError:
        return None


async def _willing(_: Introduction) -> bool:
    """The knob is turned, whoever it is."""
    return True


def on_pair_boxes(box_for: dict[str, str] | None, *, turned: bool = False, doubled: bool = False) -> Tamper:
    """Put these boxes in the place of those on their way to each endpoint; or a bit turned; or twice."""

    def tamper(passing: Passing) -> Out:
        message = passing.message
        if not isinstance(message, wire.ForwardedPairBox) or passing.way is Way.UP:
            return (passing.frame,)
        if box_for is not None:
            return (replaced(message, box=box_for.get(passing.who, message.box)),)
        altered = (replaced(message, box=flipped(message.box, secrets.randbelow(800))),) if turned else ()
        return (*altered, passing.frame, *((passing.frame,) if doubled else ()))

    return tamper


def attackers_boxes() -> tuple[str, str]:
    """Both boxes of a good pairing under another secret: all that can be made, or recorded, without the true one."""
    own, ring, secret = Identity(), new_ring(now=time.time()), secrets.token_bytes(16)
    introduction = Introduction(own.public_text, state_key(ring, own.key))
    reads, shows = Pairing(secret, reads=True), Pairing(secret, reads=False)
    first = reads.write_first(introduction)
    shows.read_first(first)
    return first, shows.write_second(introduction)


@attack("puts its own boxes, or those of another pairing, in both ends' place", Outcome.NOTHING, *NOBODY)
async def test_without_the_secret_nobody_stands_between(stage: Stage) -> None:
    first, second = attackers_boxes()
    stage.middle.tamper = on_pair_boxes({stage.id_of(KOMP): first, stage.id_of(APP): second})
    (await pair(stage, secrets.token_bytes(16))).noted(stage)


@attack("gives each end its own box back at the rendezvous", Outcome.NOTHING, "app meets nobody")
async def test_an_end_does_not_meet_itself(stage: Stage) -> None:
    sent: dict[str, str] = {}

    def reflect(passing: Passing) -> Out:
        message = passing.message
        if isinstance(message, wire.PairBox) and passing.way is Way.UP:
            sent[passing.who] = message.box
        elif isinstance(message, wire.ForwardedPairBox) and passing.who == stage.id_of(APP):
            return (replaced(message, box=sent[passing.who]),)
        return (passing.frame,)

    stage.middle.tamper = reflect
    met = await pair(stage, secrets.token_bytes(16))
    met.noted(stage)
    assert met.shown is not None
    assert met.shown.identity == identity_of(stage, APP)


@attack("puts an altered box before each true one at the rendezvous, and the true one twice", Outcome.NOTHING)
async def test_what_does_not_open_ends_no_pairing(stage: Stage) -> None:
    stage.middle.tamper = on_pair_boxes(None, turned=True, doubled=True)
    met = await pair(stage, secrets.token_bytes(16), seconds=5)
    assert met.shown is not None
    assert met.read is not None
    assert met.shown.identity == identity_of(stage, APP)
    assert met.read.identity == identity_of(stage, KOMP)


@attack("sends a third to the rendezvous", Outcome.NOTHING, "cousin is refused: taken", proof=Proof.OWN)
async def test_a_third_at_the_rendezvous_is_refused(stage: Stage) -> None:
    komp, app, cousin = await stage.komp(), await stage.family(), await stage.family(COUSIN)
    secret = secrets.token_bytes(16)
    for one in (komp, app):
        await one.endpoint.meetings.ask(wire.PairOpen(Pairing(secret, reads=True).name))
    with pytest.raises(MeetingError) as refused:
        await cousin.endpoint.meetings.read(secret, cousin.endpoint.book.introduction(), seconds=5)
    stage.notes(f"cousin is refused: {refused.value.code}", refused.value.code)


@attack("lets a third with another secret speak at the rendezvous", Outcome.NOTHING)
async def test_a_third_that_is_let_in_opens_nothing(stage: Stage) -> None:
    first, second = attackers_boxes()
    own = {stage.id_of(KOMP): first, stage.id_of(APP): second}

    def three(passing: Passing) -> Out:
        message = passing.message
        if isinstance(message, wire.ForwardedPairBox) and passing.way is Way.DOWN:
            return (replaced(message, box=own[passing.who]), passing.frame)
        return (passing.frame,)

    stage.middle.tamper = three
    met = await pair(stage, secrets.token_bytes(16), seconds=5)
    assert met.shown is not None
    assert met.read is not None
    assert met.read.identity == identity_of(stage, KOMP)


def identity_of(stage: Stage, name: str) -> str:
    return next(one.identity for kept in stage.household.links.values() for one in kept.links if one.name == name)
