"""Whether a newcomer holds the key that it registers: a signature by that key over what it shows and a fresh nonce.

What is shown (a code, a keyword, a token) is somebody else's to judge. Looks up nothing, and keeps nothing.
"""

from dataclasses import dataclass

from signalling.access.identity import AdmittedKey, KeyRefusedError, admit, signature_holds
from signalling.access.nonces import Nonces
from signalling.access.origins import Origins
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.proof import Ticket, register_bytes


@dataclass(frozen=True, slots=True, repr=False)
class Newcomer:
    """What every registration says of the endpoint to be."""

    identity: str
    """Ed25519 public key, base64url."""
    nonce: str
    signature: str


class RegisterCheck:
    """Takes a newcomer's key."""

    def __init__(self, nonces: Nonces, origins: Origins) -> None:
        self._nonces = nonces
        self._origins = origins

    def key(self, newcomer: Newcomer, *, ticket: Ticket, text: str, now: float) -> AdmittedKey:
        """The key that signed, and the endpoint that it makes. Raises ProtocolError `not_authenticated`."""
        key = _admitted(newcomer.identity)
        signed = key is not None and any(
            signature_holds(
                key.identity_key,
                newcomer.signature,
                register_bytes(
                    origin=origin, ticket=ticket, text=text, identity=newcomer.identity, nonce=newcomer.nonce
                ),
            )
            for origin in self._origins.own
        )
        if key is None or not signed or not self._nonces.holds(newcomer.nonce, now=now):
            raise ProtocolError(ErrorCode.NOT_AUTHENTICATED)
        return key

    def done(self, newcomer: Newcomer, *, now: float) -> None:
        """It was let in: its nonce is used up. Not before, or anyone with a key of their own could fill the memory."""
        self._nonces.use(newcomer.nonce, now=now)


def _admitted(text: str) -> AdmittedKey | None:
    try:
        return admit(text)
    except KeyRefusedError:
        return None
