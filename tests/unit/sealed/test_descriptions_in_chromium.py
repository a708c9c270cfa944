"""The browser takes the descriptions that a headless endpoint takes, reads the same certificate, refuses the rest."""

import pytest
from playwright.sync_api import Page

from client_sim.descriptions import DescriptionError, fingerprint_of, read_description
from client_sim.sealed.profile import profile_digest

pytestmark = pytest.mark.browser

PRINT = "sha-256 " + ":".join(["AB"] * 32)
GOOD = "\r\n".join(
    [
        "v=0",
        "t=0 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        f"a=fingerprint:{PRINT}",
        "a=recvonly",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        f"a=fingerprint:{PRINT}",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        f"a=fingerprint:{PRINT}",
        "a=inactive",
        "",
    ]
)
OTHER = PRINT.replace("AB", "CD", 1)
CANDIDATE = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n"
SDPS = {
    "three m-lines of one certificate": GOOD,
    "lower case": GOOD.replace(PRINT, PRINT.lower()),
    "forty candidates": GOOD + CANDIDATE * 40,
    "lines ended by line feeds": GOOD.replace("\r\n", "\n"),
    "two certificates": GOOD.replace(PRINT, OTHER, 1),
    "one certificate in two spellings": GOOD.replace(PRINT, PRINT.lower(), 1),
    "no certificate": GOOD.replace(f"a=fingerprint:{PRINT}\r\n", ""),
    "another digest": GOOD.replace("sha-256", "sha-1"),
    "keys in the description": GOOD + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n",
    "four m-lines": GOOD + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n",
    "no m-line": f"v=0\r\na=fingerprint:{PRINT}\r\n",
    "media without DTLS": GOOD.replace("UDP/TLS/RTP/SAVPF 96", "RTP/AVP 96"),
    "media of another kind": GOOD.replace("m=video", "m=text"),
    "an m-line cut short": GOOD.replace("m=video 9 UDP/TLS/RTP/SAVPF 96", "m=video 9"),
    "forty-one candidates": GOOD + CANDIDATE * 41,
    "nothing": "",
}


def headless(sdp: str) -> list[object]:
    try:
        sections = read_description(sdp)
    except DescriptionError:
        return ["DescriptionError"]
    return [fingerprint_of(sdp), [[one.kind, one.direction] for one in sections]]


def test_both_languages_judge_a_description_alike(page: Page) -> None:
    said = page.evaluate(
        """(sdps) => sdps.map((sdp) => {
          try {
            const { fingerprint, sections } = on.descriptions.readDescription(sdp);
            return [fingerprint, sections.map(({ kind, direction }) => [kind, direction])];
          } catch (problem) {
            return [problem.constructor.name];
          }
        })""",
        list(SDPS.values()),
    )
    assert dict(zip(SDPS, said, strict=True)) == {name: headless(sdp) for name, sdp in SDPS.items()}
    assert sum(len(one) == 2 for one in said) == 4


def test_both_languages_know_a_profile_by_the_same_digest(page: Page) -> None:
    profiles = [("Grandchild", None), ("Mormor Åsa 👵", "ab" * 32), ("x", "")]
    told = page.evaluate("(all) => Promise.all(all.map((one) => on.profile.profileDigest(...one)))", profiles)
    assert told == [profile_digest(name, picture) for name, picture in profiles]
