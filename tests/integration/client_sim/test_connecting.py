"""Two real peers: what passes between them before the accept, after it, and when one of them stops."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import aiortc
import pytest

from client_sim.actions import (
    Broken,
    Connected,
    Described,
    FirstFrame,
    Gathered,
    HeardBye,
    PeerEvent,
    Speaks,
    StartMedia,
    Unverified,
)
from client_sim.aiortc_settings import datagrams_heard, dtls_transport
from client_sim.connection import directions
from client_sim.descriptions import read_description
from client_sim.ends import Figures
from client_sim.paths import readable
from relay.ice import first_usable, ordered
from signalling.protocol import EndReason, Media, Role
from signalling.protocol.messages import IceServer
from tests.integration.client_sim.neighbourhood import until
from tests.integration.client_sim.pair import Pair

PairUp = Callable[..., Pair]


async def test_two_ends_connect_before_anything_is_accepted_and_nothing_is_decoded(pair_up: PairUp) -> None:
    pair = pair_up()
    pair.connect()
    for role in Role:
        connected = await pair.until(role, Connected)
        assert isinstance(connected, Connected)
        assert str(connected.path) == "host ↔ host"
        assert connected.phases is not None
        assert connected.phases.dtls is not None
    await asyncio.sleep(0.3)
    for role in Role:
        assert not any(isinstance(event, FirstFrame) for event in pair.events[role])


async def test_after_the_accept_both_ends_see_and_hear_the_other(pair_up: PairUp) -> None:
    pair = pair_up()
    pair.connect()
    await pair.until(Role.CALLER, Connected)
    await pair.until(Role.CALLEE, Connected)
    pair.accept()
    for role in Role:
        await pair.until(role, FirstFrame)
    for role in Role:
        await until(lambda role=role: sees_and_hears(pair.peers[role].ends.figures()))  # type: ignore[misc]


def sees_and_hears(figures: Figures) -> bool:
    """Whether pictures moved and sound came, not just a first of each."""
    video, audio = figures.video, figures.audio
    return video is not None and video.distinct_frames >= 8 and audio is not None and audio.heard_ms > 200


async def test_a_robot_sends_pictures_and_gets_none(pair_up: PairUp) -> None:
    pair = pair_up(Media.TELEPRESENCE)
    pair.connect()
    await pair.until(Role.CALLER, Connected)
    await pair.until(Role.CALLEE, Connected)
    pair.accept()
    await pair.until(Role.CALLER, FirstFrame)
    assert pair.peers[Role.CALLEE].ends.figures().video is None
    offer = next(event for event in pair.events[Role.CALLER] if isinstance(event, Described))
    assert [(one.kind, one.direction) for one in read_description(offer.sdp)][:2] == [
        ("audio", "sendrecv"),
        ("video", "recvonly"),
    ]


async def test_media_that_come_before_the_accept_are_dropped(pair_up: PairUp) -> None:
    pair = pair_up()
    pair.connect()
    await pair.until(Role.CALLER, Connected)
    await pair.until(Role.CALLEE, Connected)
    pair.peers[Role.CALLER].do(StartMedia())
    connection = pair.peers[Role.CALLEE]._connection
    assert connection is not None
    transport = dtls_transport(connection._pc)
    assert transport is not None
    await until(lambda: datagrams_heard(transport) > 20)
    await asyncio.sleep(0.3)
    assert not any(isinstance(event, FirstFrame) for event in pair.events[Role.CALLEE])


async def test_a_goodbye_travels_on_the_data_channel_before_the_connection_closes(pair_up: PairUp) -> None:
    pair = pair_up()
    pair.connect()
    await pair.until(Role.CALLER, Connected)
    await pair.until(Role.CALLEE, Connected)
    await pair.until(Role.CALLER, Speaks)
    pair.stop(Role.CALLER, EndReason.HANGUP)
    bye = await pair.until(Role.CALLEE, HeardBye)
    assert bye == HeardBye(0, EndReason.HANGUP)


async def test_a_peer_that_vanishes_is_noticed_at_once_when_it_closes(pair_up: PairUp) -> None:
    pair = pair_up()
    pair.connect()
    await pair.until(Role.CALLER, Connected)
    await pair.until(Role.CALLEE, Connected)
    pair.stop(Role.CALLEE, None)
    await pair.until(Role.CALLER, Broken, seconds=2)


async def test_a_swapped_fingerprint_breaks_the_connection(pair_up: PairUp) -> None:
    def swap(event: PeerEvent) -> PeerEvent:
        if isinstance(event, Described) and event.is_answer:
            digest = event.sdp.partition("a=fingerprint:sha-256 ")[2][:95]
            swapped = digest[:93] + ("01" if digest.endswith("00") else "00")
            return Described(event.generation, event.sdp.replace(digest, swapped), True)
        return event

    pair = pair_up(twist=swap)
    pair.connect()
    await pair.until(Role.CALLER, Unverified)
    assert not any(isinstance(event, Connected) for event in pair.events[Role.CALLER])


async def test_a_library_that_would_let_another_certificate_pass_is_not_believed(
    pair_up: PairUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(event: PeerEvent) -> PeerEvent:
        if isinstance(event, Described) and not event.is_answer:
            return Described(
                event.generation, re.sub(r"(sha-256 )\S+", r"\1" + ":".join(["AB"] * 32), event.sdp), False
            )
        return event

    monkeypatch.setattr(aiortc.RTCDtlsTransport, "_validate_peer_identity", lambda *_: None)
    pair = pair_up(twist=other)
    pair.connect()
    await pair.until(Role.CALLEE, Unverified)
    assert not any(isinstance(event, Connected) for event in pair.events[Role.CALLEE])


async def test_descriptions_are_sent_before_anything_is_gathered(pair_up: PairUp) -> None:
    pair = pair_up()
    pair.connect()
    await pair.until(Role.CALLEE, Connected)
    for role in Role:
        kinds = [type(event) for event in pair.events[role]]
        assert kinds.index(Described) < kinds.index(Gathered)
        described = next(event for event in pair.events[role] if isinstance(event, Described))
        assert "a=candidate" not in described.sdp


async def test_every_connection_has_a_certificate_of_its_own(pair_up: PairUp) -> None:
    fingerprints = set()
    for _ in range(2):
        pair = pair_up()
        pair.connect()
        await pair.until(Role.CALLER, Described)
        await pair.until(Role.CALLEE, Described)
        for role in Role:
            described = next(event for event in pair.events[role] if isinstance(event, Described))
            fingerprints.add(described.sdp.split("a=fingerprint:sha-256 ")[1][:95])
    assert len(fingerprints) == 4


async def test_no_librarys_default_server_is_ever_used(pair_up: PairUp, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    configured = aiortc.RTCPeerConnection.__init__

    def remember(self: Any, configuration: Any = None) -> None:
        seen.append(configuration)
        configured(self, configuration)

    monkeypatch.setattr(aiortc.RTCPeerConnection, "__init__", remember)
    for settings in ({}, {"always_relay": True}, {"media": Media.AUDIO}):
        pair = pair_up(**settings)
        pair.connect()
        await pair.until(Role.CALLER, Gathered)
    assert seen
    assert all(one is not None and one.iceServers == [] for one in seen)


async def test_an_end_that_always_relays_shows_no_address_of_its_own(pair_up: PairUp) -> None:
    pair = pair_up(always_relay=True)
    pair.connect()
    gathered = await pair.until(Role.CALLER, Gathered)
    assert isinstance(gathered, Gathered)
    assert gathered.candidates == []


def test_aiortc_gets_the_best_stun_and_turn_server_alone() -> None:
    offered = [
        IceServer(["turn:relay.example:3478?transport=tcp"], "u", "c"),
        IceServer(["stun:relay.example:3478", "stun:other.example"]),
        IceServer(["turn:relay.example:3478?transport=udp"], "u", "c"),
        IceServer(["stun:nonsense.example?transport=udp"]),
        IceServer(["http://nonsense.example"]),
    ]
    assert [one.urls for one in first_usable(ordered(readable(offered)))] == [
        ("stun:relay.example:3478",),
        ("turn:relay.example:3478?transport=udp",),
    ]


def test_the_m_lines_of_a_call_stand_in_the_agreed_order() -> None:
    for media in Media:
        for role in Role:
            assert list(directions(media, role)) in (["audio", "video"], ["audio"])
