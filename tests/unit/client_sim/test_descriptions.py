"""Descriptions: their m-lines are read, their candidates are taken out once."""

import pytest

from client_sim.descriptions import DescriptionError, Section, candidates_of, read_description

SDP = """v=0
a=group:BUNDLE 0 1 2
m=audio 9 UDP/TLS/RTP/SAVPF 96
a=mid:0
a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host
a=fingerprint:sha-256 AA:BB
a=sendrecv
m=video 9 UDP/TLS/RTP/SAVPF 97
a=mid:1
a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host
a=fingerprint:sha-256 AA:BB
a=recvonly
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:2
a=fingerprint:sha-256 AA:BB
""".replace("\n", "\r\n")


def test_m_lines_are_read_with_their_directions() -> None:
    assert read_description(SDP) == (
        Section("audio", "sendrecv"),
        Section("video", "recvonly"),
        Section("application", "sendrecv"),
    )
    assert [one.sends for one in read_description(SDP)] == [True, False, False]


def test_candidates_of_a_bundle_are_taken_once() -> None:
    (candidate,) = candidates_of(SDP)
    assert candidate.candidate.startswith("candidate:1 1 udp")
    assert (candidate.sdp_mid, candidate.sdp_mline_index) == ("0", 0)


@pytest.mark.parametrize("sdp", ["", "v=0\r\n", "m=\r\n", "m=audio\r\n", "m=text 9 UDP/TLS/RTP/SAVPF 0\r\n"])
def test_what_is_no_description_of_a_call_is_refused(sdp: str) -> None:
    with pytest.raises(DescriptionError):
        read_description(sdp)
    with pytest.raises(DescriptionError):
        read_description(sdp + "a=fingerprint:sha-256 AA:BB\r\n")
