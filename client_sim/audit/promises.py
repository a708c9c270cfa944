"""What is planted, where each kind of it may be while a call lives, and what may be left a second after its end.

The promise (P-02) in a table. It knows no I/O; the report prints it, so its words are for people.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final


class Place(Enum):
    """Where is looked."""

    COORDINATOR = "memory of the coordinator"
    RELAY = "memory of coturn"
    RELAY_FILTER = "memory of coturn's log filter"
    LOGS = "logs"
    METRICS = "metrics"
    SEED = "seed file"
    FILES = "every other file"


NOWHERE: Final[frozenset[Place]] = frozenset()
_HEARD: Final = frozenset({Place.COORDINATOR})
_KNOWN: Final = frozenset({Place.COORDINATOR, Place.SEED})
_DEAD_CREDENTIAL: Final = (
    "coturn writes over its packet buffers, stacks and log line only when the next packet comes. The name is random, "
    "says nothing of anybody, stands nowhere else, and the credential is dead 120 s after it was given."
)


@dataclass(frozen=True)
class Promise:
    """What holds for one kind of marker."""

    words: str
    during: frozenset[Place]
    """Where it may be while the call lives; anywhere else it is a find already then."""
    shows: Place | None = None
    """Where it must be found while the call lives: the positive control."""
    lasts: bool = False
    """It isn't the call's: it stays where it was."""
    counted: bool = False
    """What lasts must stand there in no more copies than before the call."""
    declared: Mapping[Place, str] = field(default_factory=dict)
    """What may still be found after the end, and why that is borne. It is counted and shown, never hidden."""


class Kind(Enum):
    """What a marker stands for."""

    NAME = "name"
    PARTY = "party"
    ENDPOINT = "endpoint"
    CALL = "call"
    HASH = "hash"
    BOX = "box"
    PAYLOAD = "payload"
    SEALED = "sealed"
    TURN_NAME = "turn name"
    TURN_KEY = "turn key"
    TURN_PASSWORD = "turn password"  # noqa: S105 - a kind of marker
    TURN_UNUSED = "turn unused"
    TOKEN = "token"  # noqa: S105 - a kind of marker
    REPORT = "report"
    REFUSED = "refused"


PROMISES: Final[Mapping[Kind, Promise]] = MappingProxyType(
    {
        Kind.NAME: Promise("names of people and devices", _KNOWN, Place.COORDINATOR, lasts=True, counted=True),
        Kind.PARTY: Promise(
            "ids of people and devices, and so their links", _KNOWN, Place.COORDINATOR, lasts=True, counted=True
        ),
        Kind.ENDPOINT: Promise("ids of their endpoints, which sessions hold", _HEARD, Place.COORDINATOR, lasts=True),
        Kind.CALL: Promise("the call's id", _HEARD, Place.COORDINATOR),
        Kind.HASH: Promise("hashes of the call's id and of its ring, as anybody could make them", _HEARD),
        Kind.BOX: Promise("boxes, as they passed", _HEARD),
        Kind.PAYLOAD: Promise("ICE names, passwords and candidates that scripted ends put into boxes unsealed", _HEARD),
        Kind.SEALED: Promise("ICE names, passwords, candidates and fingerprints of sealed calls", NOWHERE),
        Kind.TURN_NAME: Promise(
            "TURN user names in use",
            frozenset({Place.COORDINATOR, Place.RELAY, Place.RELAY_FILTER}),
            Place.RELAY,
            declared={Place.RELAY: _DEAD_CREDENTIAL, Place.RELAY_FILTER: _DEAD_CREDENTIAL},
        ),
        Kind.TURN_KEY: Promise(
            "TURN keys (MD5 of name, realm and password) in use",
            frozenset({Place.RELAY}),
            Place.RELAY,
            declared={Place.RELAY: _DEAD_CREDENTIAL},
        ),
        Kind.TURN_PASSWORD: Promise("TURN passwords in use", frozenset({Place.COORDINATOR, Place.RELAY})),
        Kind.TURN_UNUSED: Promise("TURN names and passwords that were given and not used", _HEARD),
        Kind.TOKEN: Promise("access tokens", _HEARD),
        Kind.REPORT: Promise("words in a device's report", _HEARD),
        Kind.REFUSED: Promise("what was refused: unknown fields, no JSON, an invite while busy", _HEARD),
    }
)


@dataclass(frozen=True)
class Marker:
    """One thing that is looked for. `way` is the call's, by which its end is told in the report."""

    way: str
    kind: Kind
    label: str
    text: bytes

    @property
    def key(self) -> str:
        """Its name in a search."""
        return f"{self.way}\n{self.kind.value}\n{self.label}"


class Planted:
    """All markers of a run."""

    def __init__(self) -> None:
        self._markers: dict[str, Marker] = {}

    def add(self, way: str, kind: Kind, label: str, text: str | bytes) -> None:
        """From now on this is looked for. What is there under that label already stays beside it."""
        raw = text.encode() if isinstance(text, str) else text
        marker = Marker(way, kind, label, raw)
        if self._markers.setdefault(marker.key, marker).text != raw:
            self.add(way, kind, f"{label}'", raw)

    def __iter__(self) -> Iterator[Marker]:
        return iter(self._markers.values())

    def __getitem__(self, key: str) -> Marker:
        return self._markers[key]

    def needles(self) -> dict[str, bytes]:
        """For a search: texts by keys."""
        return {key: marker.text for key, marker in self._markers.items()}

    def counts(self) -> dict[Kind, int]:
        """How many of each kind."""
        return {kind: number for kind in Kind if (number := sum(one.kind is kind for one in self))}


def word(what: str) -> str:
    """A text that stands nowhere else in the world."""
    return f"{what}-{secrets.token_hex(12)}"
