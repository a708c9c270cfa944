"""The two ends of the test vectors: an app and a Komp whose every key is a run of consecutive bytes."""

from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from signalling.protocol import EndpointId
from signalling.protocol.proof import base64url, endpoint_id, signed_bytes

ORIGIN: Final = "https://calls.example"


def run(first: int, length: int = 32) -> bytes:
    """Consecutive bytes: `run(0)` is 00 01 02 … 1f."""
    return bytes((first + at) % 256 for at in range(length))


def key_128(first: int) -> str:
    """128 bits of them, base64url: an id."""
    return base64url(run(first, 16))


def agreement(first: int) -> X25519PrivateKey:
    """An agreement or ephemeral key of such bytes."""
    return X25519PrivateKey.from_private_bytes(run(first))


def public(private: X25519PrivateKey | Ed25519PrivateKey) -> bytes:
    """The raw public key."""
    return private.public_key().public_bytes_raw()


@dataclass(frozen=True)
class End:
    """One endpoint with its keys."""

    party: str
    identity: Ed25519PrivateKey
    agreement: X25519PrivateKey
    serial: int

    @property
    def endpoint(self) -> EndpointId:
        """Its name."""
        return endpoint_id(public(self.identity))

    def signed(self, purpose: str, *fields: str) -> dict[str, Any]:
        """A signature, with what it covers."""
        covered = signed_bytes(purpose, *fields)  # type: ignore[arg-type]  # receipts have purposes of their own
        return {
            "purpose": purpose,
            "fields": list(fields),
            "signed": covered.hex(),
            "signature": base64url(self.identity.sign(covered)),
        }

    def told(self) -> dict[str, Any]:
        """All of it, for the file."""
        return {
            "party": self.party,
            "identity_seed": self.identity.private_bytes_raw().hex(),
            "identity_public": public(self.identity).hex(),
            "identity": base64url(public(self.identity)),
            "endpoint": str(self.endpoint),
            "agreement_private": self.agreement.private_bytes_raw().hex(),
            "agreement_public": public(self.agreement).hex(),
            "serial": self.serial,
        }


APP: Final = End(key_128(0xE0), Ed25519PrivateKey.from_private_bytes(run(0x00)), agreement(0x20), 4)
KOMP: Final = End(key_128(0xF0), Ed25519PrivateKey.from_private_bytes(run(0x40)), agreement(0x60), 7)
