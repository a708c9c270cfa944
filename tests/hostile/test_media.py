"""The way that media take: another certificate than the sealed one, a relay of the attacker's, a relay that is none."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiortc.rtcdtlstransport import RTCDtlsFingerprint

from client_sim.aiortc_settings import CallCertificate
from client_sim.certificates import Certificates
from client_sim.timeline import Step
from signalling.protocol import messages as wire
from tests.coturn import Coturn, running_coturn
from tests.hostile.ledger import Outcome, Proof, attack
from tests.hostile.middle import Out, Passing, Tamper, Way
from tests.hostile.stage import Stage
from tests.hostile.tampers import replaced

pytestmark = pytest.mark.slow


class OtherCertificate(CallCertificate):
    """Has another one's fingerprint sealed: who sits in the way of media shows a certificate of its own in DTLS."""

    _sealed: CallCertificate | None = None

    def getFingerprints(self) -> list[RTCDtlsFingerprint]:  # noqa: N802 - W3C's name
        self._sealed = self._sealed or CallCertificate.generateCertificate()  # the same in the whole description
        return self._sealed.getFingerprints()


class OtherCertificates(Certificates):
    """Makes only such."""

    def take(self) -> CallCertificate:
        return OtherCertificate.generateCertificate()


BOTH = ("app ends: peer_not_verified", "Komp ends: peer_not_verified")


@pytest.mark.parametrize("who", ["app", "Komp"])
@attack("shows another certificate in DTLS than the one that was sealed", Outcome.NO_CALL, *BOTH, proof=Proof.OWN)
async def test_a_certificate_that_was_not_sealed_is_refused_and_both_ends_are_told(stage: Stage, who: str) -> None:
    true = stage.around
    other = replace(true, certificates=OtherCertificates())
    stage.around = other if who == "Komp" else true
    await stage.komp(countdown_seconds=30)
    stage.around = other if who == "app" else true
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.ended(call, "app")
    await stage.ended(rung, "Komp")
    for one in (call, rung):
        assert not one.timeline.has(Step.ACCEPTED)


# -------------------------------------------------------------------------------- relays


class Tap(asyncio.DatagramProtocol):
    """A UDP way to a relay that the attacker keeps: all that passes, from its clients and to them, is looked at."""

    def __init__(self, relay: tuple[str, int]) -> None:
        self._relay = relay
        self._clients: dict[tuple[str, int], asyncio.DatagramTransport] = {}
        self.seen: list[bytes] = []
        self._ways: set[asyncio.Task[None]] = set()
        self._own: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._own = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.seen.append(data)
        way = asyncio.create_task(self._on(data, addr))
        self._ways.add(way)
        way.add_done_callback(self._ways.discard)

    def close(self) -> None:
        for one in self._clients.values():
            one.close()

    async def _on(self, data: bytes, client: tuple[str, int]) -> None:
        if client not in self._clients:
            tap, own = self, self._own

            class Back(asyncio.DatagramProtocol):
                def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                    tap.seen.append(data)
                    own.sendto(data, client)

            loop = asyncio.get_running_loop()
            transport, _ = await loop.create_datagram_endpoint(Back, remote_addr=self._relay)
            self._clients[client] = transport
        self._clients[client].sendto(data)


@asynccontextmanager
async def tapped(coturn: Coturn) -> AsyncIterator[tuple[Tap, int]]:
    """A tap in front of that relay, and its port."""
    loop = asyncio.get_running_loop()
    transport, tap = await loop.create_datagram_endpoint(
        lambda: Tap((coturn.address, coturn.port)), local_addr=("127.0.0.1", 0)
    )
    try:
        yield tap, transport.get_extra_info("sockname")[1]
    finally:
        tap.close()
        transport.close()


def give_relay(*servers: wire.IceServer) -> Tamper:
    """Both ends get these ICE servers instead of the coordinator's."""

    def tamper(passing: Passing) -> Out:
        message = passing.message
        if passing.way is Way.DOWN and getattr(message, "ice_servers", None) is not None:
            assert message is not None
            return (replaced(message, ice_servers=list(servers)),)
        return (passing.frame,)

    return tamper


def kinds(datagrams: Iterable[bytes]) -> Counter[str]:
    """What datagrams are, by their first byte (RFC 7983 §7), looking into ChannelData and into indications."""
    counted: Counter[str] = Counter()
    for one in datagrams:
        first = one[0]
        if first < 4:
            counted["STUN"] += 1
        elif 64 <= first < 80:
            counted.update({f"{kind} in ChannelData": number for kind, number in kinds([one[4:]]).items()})
        elif 20 <= first < 64:
            counted["DTLS"] += 1
        elif 128 <= first < 192:
            counted["SRTP"] += 1
        else:
            counted["other"] += 1
    return counted


def test_control_what_is_sent_in_clear_through_a_relay_would_be_seen() -> None:
    assert kinds([bytes([64, 0, 0, 5]) + b"hello"]) == {"other in ChannelData": 1}


async def seen_at_the_relay(stage: Stage, tmp_path: Path) -> Counter[str]:
    """What passes at a relay that both ends must use and the attacker listens at, in a call with pictures."""
    with running_coturn(tmp_path) as coturn:
        async with tapped(coturn) as (tap, port):
            relay = (await coturn.provider().ice_servers(now=stage.wall())).servers[-1]
            own = wire.IceServer([f"turn:127.0.0.1:{port}?transport=udp"], relay.username, relay.credential)
            stage.middle.tamper = give_relay(own)
            stage.around = replace(stage.around, always_relay=True)
            await stage.komp(countdown_seconds=0.5)
            app = await stage.family()
            call = app.call(app.endpoint.book.links[0])
            rung = await stage.call_at("Komp")
            await stage.both_see(call, rung)
            seen = kinds(tap.seen)
            call.stop()
            await rung.reached(Step.ENDED)
            await asyncio.gather(call.gone.wait(), rung.gone.wait())
            return seen


@pytest.mark.coturn
@attack("gives both ends a relay that it listens at", Outcome.UNHARMED)
async def test_a_relay_of_the_attackers_sees_nothing_that_it_can_read(stage: Stage, tmp_path: Path) -> None:
    seen = await seen_at_the_relay(stage, tmp_path)
    assert seen["SRTP in ChannelData"] > 10
    assert not [kind for kind in seen if "other" in kind]


@attack("gives both ends a relay that is none", Outcome.NO_CALL, "app ends: ice_failed", "Komp ends: ice_failed")
async def test_where_there_is_no_relay_there_is_no_call(stage: Stage) -> None:
    stage.middle.tamper = give_relay(wire.IceServer(["turn:127.0.0.1:9?transport=udp"], "name", "word"))
    stage.around = replace(stage.around, always_relay=True)
    await stage.komp(countdown_seconds=30)
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.ended(call, "app")
    await stage.ended(rung, "Komp")
