"""The session descriptions of the test vectors, as somebody would write them by hand: enough for an end to answer."""

from typing import Final

_TRANSPORT: Final = (
    "c=IN IP4 0.0.0.0",
    "a=ice-ufrag:byHd",
    "a=ice-pwd:bywordsofoneshand0000000",
    "a=fingerprint:sha-256 " + ":".join(f"{at:02X}" for at in range(0xB0, 0xD0)),
    "a=rtcp-mux",
)
_MEDIA: Final = (
    ("audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2", "a=sendrecv"),
    ("video 9 UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96 VP8/90000", "a=sendrecv"),
    ("application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5000", "a=max-message-size:262144"),
)


def description(setup: str) -> str:
    """Of a video call. `setup` is `actpass` in an offer, `active` in an answer (RFC 8842)."""
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1 2", "a=ice-options:trickle"]
    for mid, (media, *attributes) in enumerate(_MEDIA):
        lines += [f"m={media}", *_TRANSPORT, f"a=setup:{setup}", f"a=mid:{mid}", *attributes]
    return "\r\n".join(lines) + "\r\n"
