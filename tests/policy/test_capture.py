"""What a relay can see of a call (P-01): STUN, DTLS, SRTP and TURN's own framing, and nothing in the clear."""

import asyncio
import contextlib
import secrets
import socket
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from secrets import token_bytes
from typing import Final

import pytest

from client_sim.timeline import Step
from relay.probe import PACKET_BYTES
from tests.coturn import running_coturn
from tests.integration.client_sim.neighbourhood import neighbourhood, reaches, until

COOKIE: Final = 0x2112A442
ETHERTYPE_IPV4: Final = 0x0800
VP8_KEY_FRAME: Final = b"\x9d\x01\x2a"
"""Every VP8 key frame begins with this; a picture in the clear has it at a fixed place behind its RTP header."""


class Kind(StrEnum):
    """What a packet is by its first bytes (RFC 7983, RFC 8656 §12)."""

    STUN = "stun"
    CHANNEL_DATA = "channel data"
    DTLS = "dtls"
    SRTP = "srtp or srtcp"
    CLEAR_MEDIA = "media in the clear"
    OTHER = "something else"


def kind_of(payload: bytes) -> Kind:
    """What it is; framing of TURN is not looked into here."""
    if len(payload) >= 20 and payload[0] < 4 and struct.unpack_from("!I", payload, 4)[0] == COOKIE:
        return Kind.STUN
    if len(payload) >= 4 and 0x40 <= payload[0] <= 0x4F:
        return Kind.CHANNEL_DATA
    if len(payload) >= 13 and 20 <= payload[0] <= 63 and payload[1] == 0xFE:
        return Kind.DTLS
    if len(payload) >= 12 and 128 <= payload[0] <= 191:
        return Kind.CLEAR_MEDIA if VP8_KEY_FRAME in payload[12:40] else Kind.SRTP
    return Kind.OTHER


def inside(payload: bytes) -> bytes | None:
    """What TURN carries in a packet: ChannelData, or the DATA attribute of an indication. None: nothing."""
    kind = kind_of(payload)
    if kind is Kind.CHANNEL_DATA:
        return payload[4 : 4 + struct.unpack_from("!H", payload, 2)[0]]
    if kind is Kind.STUN:
        at = 20
        while at + 4 <= len(payload):
            attribute, length = struct.unpack_from("!HH", payload, at)
            if attribute == 0x0013:
                return payload[at + 4 : at + 4 + length]
            at += 4 + (length + 3) // 4 * 4
    return None


@dataclass
class Capture:
    """Every UDP packet to and from an address on loopback."""

    address: str
    packets: list[bytes] = field(default_factory=list)

    def kinds(self) -> Counter[Kind]:
        """What was seen, with what TURN carried counted as well."""
        found: Counter[Kind] = Counter()
        for payload in self.packets:
            found[kind_of(payload)] += 1
            carried = inside(payload)
            if carried is not None:
                found[kind_of(carried)] += 1
        return found

    def take(self, frame: bytes) -> None:
        """A frame as Ethernet on loopback has it."""
        if (
            len(frame) < 42
            or struct.unpack_from("!H", frame, 12)[0] != ETHERTYPE_IPV4
            or frame[23] != socket.IPPROTO_UDP
        ):
            return
        ends = {socket.inet_ntoa(frame[26:30]), socket.inet_ntoa(frame[30:34])}
        if self.address in ends:
            header = 14 + (frame[14] & 0x0F) * 4
            self.packets.append(frame[header + 8 : header + struct.unpack_from("!H", frame, header + 4)[0]])


@contextlib.contextmanager
def capturing(address: str) -> Iterator[Capture]:
    """Listen beside the relay until the block ends. Needs root."""
    capture = Capture(address)
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE_IPV4)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_388_608)
        listener.bind(("lo", ETHERTYPE_IPV4))
        listener.setblocking(False)

        def readable() -> None:
            with contextlib.suppress(BlockingIOError):
                while True:
                    capture.take(listener.recv(65_536))

        loop.add_reader(listener, readable)
        try:
            yield capture
        finally:
            loop.remove_reader(listener)


@pytest.mark.coturn
@pytest.mark.root
@pytest.mark.slow
async def test_p_01_a_relay_sees_stun_dtls_srtp_and_channel_data_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ends that wait long enough try their relays with random packets, before a call has anything: these very ones."""
    tried: set[bytes] = set()

    def noted(count: int | None = None) -> bytes:
        made = token_bytes(count)
        if count == PACKET_BYTES:
            tried.add(made)
        return made

    monkeypatch.setattr(secrets, "token_bytes", noted)
    with running_coturn(tmp_path) as coturn:
        (tmp_path / "secret").write_text(coturn.secret)
        async with neighbourhood(TURN_URLS=coturn.url(), TURN_SECRET_FILE=str(tmp_path / "secret")) as street:
            street.around = replace(street.around, always_relay=True)
            with capturing(coturn.address) as capture:
                await street.komp(countdown_seconds=0.3)
                app = await street.family()
                call = app.call(app.endpoint.book.links[0])
                await reaches(call, Step.FIRST_FRAME)
                await until(lambda: (video := call.ends.figures().video) is not None and video.frames > 30)
                call.stop()
                await reaches(call, Step.ERASED)
                await call.gone.wait()

    capture.packets = [one for one in capture.packets if (inside(one) or one) not in tried]
    kinds = capture.kinds()
    assert min(kinds[kind] for kind in (Kind.STUN, Kind.CHANNEL_DATA, Kind.DTLS, Kind.SRTP)) > 0, kinds
    assert kinds[Kind.SRTP] > 100
    assert (kinds[Kind.OTHER], kinds[Kind.CLEAR_MEDIA]) == (0, 0), kinds


def test_the_capture_would_see_a_picture_in_the_clear_and_anything_else() -> None:
    """The control: without it, a capture that sees nothing would prove nothing."""
    rtp = bytes([0x80, 96]) + bytes(10)
    key_frame = rtp + b"\x10" + b"\x50\x2d\x00" + VP8_KEY_FRAME + b"\x40\x01\xf0\x00" + bytes(100)
    for clear, kind in (
        (key_frame, Kind.CLEAR_MEDIA),
        (b"v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n", Kind.OTHER),
        (b'{"t": "box"}', Kind.OTHER),
    ):
        capture = Capture("127.0.0.1")
        framed = struct.pack("!HH", 0x4000, len(clear)) + clear
        capture.packets = [framed]

        assert capture.kinds() == {Kind.CHANNEL_DATA: 1, kind: 1}
