"""Keys that a hostile coordinator hands over as somebody's: forged, another's, an old one, one that never grows old."""

import time
from dataclasses import replace

import msgspec
import pytest

from client_sim.family import FamilyApp
from client_sim.identity import Identity
from client_sim.sealed.keyring import new_ring, rotate, state_key
from client_sim.sealed.statements import KeyStatement
from client_sim.timeline import Step
from signalling.protocol import messages as wire
from signalling.protocol.proof import from_base64url
from tests.hostile.ledger import Outcome, Proof, attack
from tests.hostile.middle import Tamper
from tests.hostile.stage import APP, KOMP, Stage
from tests.hostile.tampers import alter, replaced

pytestmark = pytest.mark.slow

DAY_SECONDS = 86_400


def hand_over(identity: str, statement: KeyStatement, *, party: str, of: str) -> Tamper:
    """Whenever somebody gets the keys of the endpoint `of`, these instead."""
    written = wire.KeyStatement(**msgspec.structs.asdict(statement))
    forged = wire.EndpointKeys(statement.endpoint, party, identity, written)

    def change(message: wire.Message) -> wire.Message | None:
        assert isinstance(message, wire.Ok)
        if not any(one.endpoint == of for one in message.keys or []):
            return None
        return replaced(message, keys=[forged])

    return alter(wire.Ok, change)


async def pictures(stage: Stage, app: FamilyApp) -> None:
    """The app calls the Komp, and both see the other."""
    call = app.call(app.endpoint.book.links[0])
    await stage.both_see(call, await stage.call_at("Komp"))


@attack("hands over its own agreement key as the Komp's", Outcome.UNHARMED, "app counts keys that don't hold")
async def test_a_statement_under_a_forged_signature_is_not_taken(stage: Stage) -> None:
    komp, attacker = await stage.komp(), Identity()
    true = komp.endpoint.book.statement()
    own = state_key(new_ring(now=time.time()), attacker.key)
    forged = msgspec.structs.replace(own, endpoint=true.endpoint, serial=9)
    stage.middle.tamper = hand_over(
        komp.endpoint.identity.public_text, forged, party=stage.party_of(KOMP), of=true.endpoint
    )
    app = await stage.family()
    await pictures(stage, app)
    stage.notes("app counts keys that don't hold", app.endpoint.book.refused)
    assert app.endpoint.book.links[0].statement == true


@attack("hands over its own identity under the Komp's name", Outcome.UNHARMED, "app counts keys that don't hold")
async def test_an_identity_can_take_no_other_ones_name(stage: Stage) -> None:
    komp, attacker = await stage.komp(), Identity()
    true = komp.endpoint.book.statement()
    forged = msgspec.structs.replace(state_key(new_ring(now=time.time()), attacker.key), endpoint=true.endpoint)
    stage.middle.tamper = hand_over(attacker.public_text, forged, party=stage.party_of(KOMP), of=true.endpoint)
    app = await stage.family()
    await pictures(stage, app)
    stage.notes("app counts keys that don't hold", app.endpoint.book.refused)
    assert app.endpoint.book.links[0].identity == komp.endpoint.identity.public_text


@attack("says that the Komp is another endpoint now, its own", Outcome.UNHARMED, "app marks the link as changed")
async def test_another_identity_of_a_device_is_never_taken_in_silence(stage: Stage) -> None:
    komp, attacker = await stage.komp(), Identity()
    own = state_key(new_ring(now=time.time()), attacker.key)
    theirs = komp.endpoint.identity.endpoint
    stage.strangers.add(attacker.endpoint)
    stage.middle.tamper = hand_over(attacker.public_text, own, party=stage.party_of(KOMP), of=theirs)
    app = await stage.family()
    await pictures(stage, app)
    (record,) = (one for one in app.endpoint.book.links if one.party == stage.party_of(KOMP))
    assert record.endpoint == theirs
    stage.notes("app marks the link as changed", record.changed and not app.endpoint.book.is_verified(theirs))


@attack("hands over a statement that is older than the known one", Outcome.UNHARMED)
async def test_no_serial_falls(stage: Stage) -> None:
    kept = stage.household.links[KOMP]
    later = rotate(kept.ring, now=time.time() + 31 * DAY_SECONDS)
    newer = state_key(later, Identity(from_base64url(kept.key)).key)
    older = state_key(kept.ring, Identity(from_base64url(kept.key)).key)
    link = msgspec.structs.replace(stage.household.links[APP].links[0], statement=newer)
    await stage.komp(msgspec.structs.replace(kept, ring=later))
    stage.middle.tamper = hand_over(link.identity, older, party=link.party, of=link.endpoint)
    app = await stage.family(keeping=msgspec.structs.replace(stage.household.links[APP], links=(link,)))
    await pictures(stage, app)
    assert app.endpoint.book.links[0].statement == newer


@attack("goes on handing out old keys after both ends have newer ones", Outcome.NO_CALL, "app ends: stale_key")
async def test_frozen_statements_let_no_call_through(stage: Stage) -> None:
    old = {name: kept.links[0].statement for name, kept in stage.household.links.items()}
    stage.wall.ahead_seconds = 31 * DAY_SECONDS
    await stage.komp()
    stage.middle.tamper = _frozen({old[APP], old[KOMP]})
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    await stage.ended(call, "app")
    await stage.ended(await call.successor, "app")


@attack(
    "never lets the key of a lost phone grow old",
    Outcome.ASKS,
    "Komp waits for the knob",
    proof=Proof.OWN,
)
async def test_past_ninety_days_nothing_answers_by_itself(stage: Stage) -> None:
    app = await stage.family()
    stage.around = replace(stage.around, wall=lambda: time.time() + 91 * DAY_SECONDS)
    komp = await stage.komp()
    call = app.call(app.endpoint.book.links[0])
    ringing = await stage.rings(call)
    assert not komp.endpoint.book.is_verified(app.endpoint.identity.endpoint)
    stage.notes("Komp waits for the knob", ringing.answers_in_ms is None)
    await stage.stays(lambda: not call.timeline.has(Step.ACCEPTED))


def _frozen(statements: set[KeyStatement]) -> Tamper:
    """Whoever asks for keys gets these of them, as they once were."""
    written = {one.endpoint: wire.KeyStatement(**msgspec.structs.asdict(one)) for one in statements}

    def change(message: wire.Message) -> wire.Message | None:
        assert isinstance(message, wire.Ok)
        if not message.keys:
            return None
        return replaced(message, keys=[replaced_statement(one) for one in message.keys])

    def replaced_statement(found: wire.EndpointKeys) -> wire.EndpointKeys:
        return msgspec.structs.replace(found, statement=written.get(found.endpoint, found.statement))

    return alter(wire.Ok, change)
