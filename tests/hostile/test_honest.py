"""The control: the same harness, honest, connects and shows pictures; and what it counts is what arrives."""

import pytest

from client_sim.timeline import Step
from signalling.protocol import messages as wire
from tests.hostile.middle import Way
from tests.hostile.stage import APP, KOMP, Stage
from tests.integration.client_sim.neighbourhood import ends

pytestmark = pytest.mark.slow


async def test_an_honest_middle_is_only_a_longer_wire(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.both_see(call, rung)
    call.stop()
    assert await ends(rung) == "hangup"
    assert call.timeline.has(Step.DTLS)
    assert stage.middle.altered == []
    assert stage.middle.withheld == 0
    assert stage.middle.all(wire.CallRing, way=Way.DOWN, who=stage.id_of(KOMP))
    assert stage.middle.all(wire.CallInvite, way=Way.UP, who=stage.id_of(APP))


async def test_what_is_injected_counts_where_it_arrives_and_nowhere_else(stage: Stage) -> None:
    await stage.komp()
    await stage.family()
    await stage.middle.inject(Way.DOWN, stage.id_of(KOMP), wire.CallTaken(call="none"))
    await stage.middle.inject(Way.UP, stage.id_of(APP), b"no message at all")
    await stage.until(lambda: stage.ears.arrived(stage.middle.altered) == 2)
    swapped = [type(one)(stage.id_of(APP), one.digest) for one in stage.middle.altered]
    assert stage.ears.arrived(swapped) == 0
