"""A network that dies under media and socket at once, as a phone's does: the socket is found dead with the path."""

from typing import Final

import pytest

from client_sim.socket import PROOF_SECONDS, Socket
from client_sim.timeline import Step
from tests.integration.client_sim.neighbourhood import cut_media, neighbourhood, reaches

pytestmark = pytest.mark.slow
SPARE_SECONDS: Final = 3.0


def deafen(socket: Socket) -> None:
    """Nothing comes in any more, and nobody is told."""
    assert socket._ws is not None
    assert socket._ws._response.connection is not None
    transport = socket._ws._response.connection.transport
    assert transport is not None
    transport.pause_reading()


async def test_a_lost_path_has_a_dead_socket_replaced_long_before_its_silence_would() -> None:
    async with neighbourhood() as street:
        await street.komp()
        app = await street.family()
        call = app.call(app.endpoint.book.links[0])
        await reaches(call, Step.FIRST_FRAME)
        deafen(app.endpoint.socket)
        cut_media(call)

        lost = await reaches(call, Step.LOST)
        back = await reaches(call, Step.RECONNECTED)
        call.stop()
        await reaches(call, Step.ERASED)
    assert back.at - lost.at < PROOF_SECONDS + SPARE_SECONDS, f"{back.at - lost.at:.1f} s"
