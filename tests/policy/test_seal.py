"""P-01: every video stream is encrypted and out of reach of all but the people at its two ends.

What is altered on the way makes no call; keys in a description are refused; and while a call runs, the coordinator's
memory holds none of what media are keyed by. That scan is blind without its control: a text that somebody sent without
a seal, in the same call, is found.
"""

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from client_sim import connection, negotiation
from client_sim.actions import Described
from client_sim.aiortc_settings import dtls_transport
from client_sim.endpoint import prepare_process
from client_sim.household import make_household
from client_sim.live_call import LiveCall
from client_sim.residue import scan_memory
from client_sim.sealed.noise import CipherState
from client_sim.timeline import Step
from signalling.protocol import EndReason
from signalling.protocol import messages as wire
from signalling.protocol.codec import raw_box
from signalling.protocol.proof import base64url
from tests.hostile.ears import Ears
from tests.hostile.stage import KOMP, Stage, hostile
from tests.hostile.test_boxes import on_boxes, turned
from tests.hostile.test_media import OtherCertificates, seen_at_the_relay
from tests.integration.client_sim.neighbourhood import Neighbourhood, call_of, neighbourhood, reaches, until

pytestmark = pytest.mark.slow

PLANTED = "planted-without-a-seal-"
GENERIC = ("a=fingerprint:sha-256", "a=ice-pwd:", "a=ice-ufrag:", " typ host")


@pytest.fixture(autouse=True)
def _on_loopback() -> None:
    prepare_process(loopback_only=True)


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """Endpoints, the coordinator, and a hostile middle."""
    ears = Ears()
    ears.listen(monkeypatch)
    async with hostile(make_household(), tmp_path, ears) as stage:
        yield stage


async def both_are_told(stage: Stage, reason: EndReason) -> None:
    """The app calls the Komp; it fails closed, and both ends say why."""
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    assert [await stage.ended(call, "app"), await stage.ended(rung, "Komp")] == [reason, reason]
    for one in (call, rung):
        assert not one.timeline.has(Step.FIRST_FRAME)
        assert not (one.timeline.has(Step.DTLS) and one.timeline.has(Step.ACCEPTED))


async def test_p_01_an_sdp_or_a_candidate_swapped_in_transit_fails_closed_and_both_ends_are_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(negotiation, "CONNECT_SECONDS", 0.6)
    await stage.komp()
    stage.middle.tamper = on_boxes(
        lambda passing, box: (passing.frame,) if box.seq == 0 else (turned(box),), who=stage.id_of(KOMP)
    )
    await both_are_told(stage, EndReason.ICE_FAILED)
    assert stage.ears.arrived(stage.middle.altered) >= 3


async def test_p_01_another_certificate_than_the_sealed_one_fails_closed_and_both_ends_are_told(stage: Stage) -> None:
    true = stage.around
    stage.around = replace(true, certificates=OtherCertificates())
    await stage.komp()
    stage.around = true
    await both_are_told(stage, EndReason.PEER_NOT_VERIFIED)


async def test_p_01_a_key_written_in_a_description_is_refused_and_both_ends_are_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_a_key(generation: int, sdp: str, is_answer: bool) -> Described:
        key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + base64url(b"k" * 30) + "\r\n"
        return Described(generation, sdp if is_answer else sdp.replace("a=mid:", key + "a=mid:"), is_answer)

    monkeypatch.setattr(connection, "Described", with_a_key)
    await stage.komp()
    await both_are_told(stage, EndReason.PEER_NOT_VERIFIED)


@pytest.mark.coturn
async def test_p_01_a_relay_sees_stun_dtls_and_srtp_alone(stage: Stage, tmp_path: Path) -> None:
    seen = await seen_at_the_relay(stage, tmp_path)
    assert seen["SRTP in ChannelData"] > 10
    assert seen.keys() <= {"STUN", "STUN in ChannelData", "DTLS in ChannelData", "SRTP in ChannelData"}


@pytest.mark.root
async def test_p_01_the_coordinators_memory_holds_nothing_that_media_are_keyed_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = keys_of_seals(monkeypatch)
    async with neighbourhood() as street:  # freed memory isn't overwritten here: all that ever was there would be found
        before = copies(street, {name: name for name in GENERIC})
        await street.komp()
        app = await street.family()
        call = app.call(app.endpoint.book.links[0])
        rung = await call_of_komp(street)
        await reaches(call, Step.FIRST_FRAME)
        await reaches(rung, Step.FIRST_FRAME)
        planted = PLANTED + str(call.id)
        for _ in range(20):
            box = raw_box(base64url(planted.encode()))
            app.endpoint.send(wire.SealedBox(call.id, handshake=0, ack=0, seq=9_999, box=box))
        await until(lambda: counts_refused(rung) >= 20)
        sealing = {f"seal {number}": key for number, key in enumerate(keys)}
        assert len(sealing) >= 8
        markers = {**sealing, **secrets_of(call), **secrets_of(rung), "planted": planted.encode()}
        found = scan_memory(street.coordinator.pid, markers)
        assert {one.marker for one in found} == {"planted"}, "the scan is blind, or the coordinator is not"
        assert copies(street, {name: name for name in GENERIC}) <= before


def keys_of_seals(patch: pytest.MonkeyPatch) -> list[bytes]:
    """Every key that a seal of this process gets from now on."""
    keys: list[bytes] = []
    make = CipherState.__init__

    def made(cipher: CipherState, key: bytes) -> None:
        keys.append(key)
        make(cipher, key)

    patch.setattr(CipherState, "__init__", made)
    return keys


async def call_of_komp(street: Neighbourhood) -> LiveCall:
    (komp,) = (one for one in street._online if one._manner.is_device)
    return await call_of(komp)


def counts_refused(call: LiveCall) -> int:
    talk = call._rules.talk
    assert talk is not None
    return talk.mailbox.counts.refused


def copies(street: Neighbourhood, texts: dict[str, str]) -> int:
    """How often those texts stand in the coordinator's memory; its pages hold some of them as words of a script."""
    markers = {name: text.encode() for name, text in texts.items()}
    return sum(one.copies for one in scan_memory(street.coordinator.pid, markers))


def secrets_of(call: LiveCall) -> dict[str, bytes]:
    """What this end has of the call that nobody else may: its description, its candidates, the keys of its media."""
    connected = call._peer._connection
    assert connected is not None
    transport = dtls_transport(connected._pc)
    assert transport is not None
    assert transport._ssl is not None
    srtp = transport._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 60)
    keyed = {f"media {number}": srtp[start : start + 16] for number, start in enumerate((0, 16))}
    described = {text: text.encode() for text in _told(connected._pc.localDescription.sdp)}
    assert len(described) >= 3
    return {f"{call.role} {name}": marker for name, marker in {**keyed, **described}.items()}


def _told(sdp: str) -> Iterable[str]:
    """The values that an end describes itself by, long enough to be told from chance."""
    found = re.findall(r"a=fingerprint:sha-256 (\S+)|a=ice-pwd:(\S+)|a=(candidate:\S+ .*) typ ", sdp)
    return {text for groups in found for text in groups if text}
