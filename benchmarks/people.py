"""The endpoints of a benchmark: half grandchildren, half Komps, linked in pairs. Their keys follow from their numbers.

Made up, the same in every run, and good for nothing but a loopback benchmark.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import msgspec

from client_sim.identity import Identity
from signalling.protocol.proof import base64url

_A_NETWORK = 250


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """One endpoint, the party it stands for, and the loopback address that it dials from."""

    identity: Identity
    party: str
    address: str

    @property
    def endpoint(self) -> str:
        """Its id, of 22 characters."""
        return str(self.identity.endpoint)


class People:
    """So many endpoints, even ones call and odd ones are called."""

    def __init__(self, count: int) -> None:
        self._everybody = [_person(number) for number in range(count)]

    def __len__(self) -> int:
        return len(self._everybody)

    def __getitem__(self, number: int) -> Person:
        return self._everybody[number]

    @cached_property
    def seed_file(self) -> bytes:
        """All of them as the coordinator's seed file."""
        parties = [
            {
                "id": person.party,
                "kind": "komp" if number % 2 else "person",
                "name": f"Grandmother {number}" if number % 2 else f"Grandchild {number}",
                "endpoints": [person.identity.public_text],
            }
            for number, person in enumerate(self._everybody)
        ]
        ids = [person.party for person in self._everybody]
        links = [{"parties": pair} for pair in zip(ids[::2], ids[1::2], strict=True)]
        return msgspec.json.encode({"parties": parties, "links": links})


def _person(number: int) -> Person:
    seed = hashlib.sha256(f"narvaro benchmark endpoint {number}".encode()).digest()
    party = hashlib.sha256(f"narvaro benchmark party {number}".encode()).digest()[:16]
    # Each from an address of its own, 250 to a network, so that the limits by network stand as they are.
    network, host = divmod(number, _A_NETWORK)
    return Person(Identity(seed), base64url(party), f"127.1.{network}.{host + 1}")
