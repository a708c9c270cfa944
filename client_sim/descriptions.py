"""Session descriptions as the two ends of a call may send them (RFC 8829), and candidates as browsers print them.

What breaks the rules here ends the call before any of it reaches a connection. Errors name the rule, never the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from client_sim.sealed.contents import CANDIDATES_A_GENERATION, Candidate

MEDIA_SECTIONS: Final = 3
_PROFILES: Final = frozenset({"UDP/TLS/RTP/SAVPF", "UDP/DTLS/SCTP"})
_DIRECTION: Final = re.compile(r"a=(sendrecv|sendonly|recvonly|inactive)")
_FINGERPRINT: Final = re.compile(r"a=fingerprint:(\S+) (\S+)")


class DescriptionError(ValueError):
    """The description may not be used; the message names the rule."""


@dataclass(frozen=True, slots=True)
class Section:
    """One m-line: `audio`, `video` or `application`, and which way media may go."""

    kind: str
    direction: str

    @property
    def sends(self) -> bool:
        """Whether its author would send."""
        return self.kind != "application" and self.direction in ("sendrecv", "sendonly")


def read_description(sdp: str) -> tuple[Section, ...]:
    """The m-lines of a description that keeps the rules. Raises DescriptionError.

    The rules: DTLS-SRTP and DTLS/SCTP only, no `a=crypto`, at most three m-lines and forty candidates, and one SHA-256
    fingerprint in the whole description, so that there is one certificate to compare.
    """
    lines = sdp.splitlines()
    if any(line.startswith("a=crypto:") for line in lines):
        raise DescriptionError("keys are agreed by DTLS, never written in a description")
    if sum(line.startswith("a=candidate:") for line in lines) > CANDIDATES_A_GENERATION:
        raise DescriptionError("a description holds at most forty candidates")
    fingerprints = {match.groups() for line in lines if (match := _FINGERPRINT.fullmatch(line.strip()))}
    if len(fingerprints) != 1 or next(iter(fingerprints))[0].lower() != "sha-256":
        raise DescriptionError("a description names one certificate, by SHA-256")
    sections = tuple(_sections(lines))
    if not 1 <= len(sections) <= MEDIA_SECTIONS:
        raise DescriptionError("a description has one to three m-lines")
    return sections


def fingerprint_of(sdp: str) -> str:
    """The SHA-256 fingerprint of a description that keeps the rules, in upper case with colons."""
    return next(match[2].upper() for line in sdp.splitlines() if (match := _FINGERPRINT.fullmatch(line.strip())))


def _sections(lines: list[str]) -> Iterator[Section]:
    kind, direction = "", "sendrecv"
    for line in lines:
        if line.startswith("m="):
            if kind:
                yield Section(kind, direction)
            kind, profile = _media_line(line)
            direction = "sendrecv"
            if profile not in _PROFILES:
                raise DescriptionError("media go over DTLS-SRTP, data over DTLS/SCTP")
        elif match := _DIRECTION.fullmatch(line.strip()):
            direction = match[1]
    if kind:
        yield Section(kind, direction)


def _media_line(line: str) -> tuple[str, str]:
    fields = line[2:].split(" ")
    if len(fields) < 4 or fields[0] not in ("audio", "video", "application"):
        raise DescriptionError("an m-line is audio, video or application")
    return fields[0], fields[2]


def candidates_of(sdp: str) -> list[Candidate]:
    """The candidates that stand in a description, each with the m-line it belongs to, and each address once.

    With one transport for all m-lines (BUNDLE) every m-line repeats the same candidates: the first one's are enough.
    """
    found: list[Candidate] = []
    mids: list[str | None] = []
    seen: set[str] = set()
    lines_of: list[list[str]] = []
    for line in sdp.splitlines():
        if line.startswith("m="):
            mids.append(None)
            lines_of.append([])
        elif mids and line.startswith("a=mid:"):
            mids[-1] = line.removeprefix("a=mid:").strip()
        elif mids and line.startswith("a=candidate:"):
            lines_of[-1].append(line.removeprefix("a=").strip())
    for index, (mid, texts) in enumerate(zip(mids, lines_of, strict=True)):
        for text in texts:
            if text not in seen:
                seen.add(text)
                found.append(Candidate(candidate=text, sdp_mid=mid, sdp_mline_index=index))
    return found
