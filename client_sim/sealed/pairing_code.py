"""A pairing code: what the end that shows a secret puts into a QR or a private message, as an address of the page.

All of it stands in the fragment, which no browser sends to a server. The secret is a key: it must never reach a server
or a log. The browser reads the same (`pairing-code.js`).
"""

from typing import Final

import msgspec

from client_sim.sealed.links import Name, Who
from client_sim.sealed.pairing import SECRET_BYTES
from client_sim.sealed.statements import StatementError, bytes_of, identity_key
from signalling.protocol import PartyKind
from signalling.protocol.fields import Bytes256, Key128
from signalling.protocol.proof import base64url, from_base64url

PAGE: Final = "/family"
MARK: Final = "#pair="
CODE_CHARACTERS: Final = 2048
"""Of the text in the fragment: a name of 80 characters is at most 480 bytes of JSON, and nothing else is long."""


class PairingCodeError(ValueError):
    """That is no pairing code. It never repeats what was read."""


class PairingCode(msgspec.Struct, frozen=True):
    """The secret, and who shows it: nobody else's answer is taken. It never prints."""

    secret: Key128
    identity: Bytes256
    party: Key128
    kind: PartyKind
    name: Name

    def __repr__(self) -> str:
        return "PairingCode(…)"

    @property
    def secret_bytes(self) -> bytes:
        """The one-time secret, 16 bytes."""
        return from_base64url(self.secret)

    @property
    def identity_bytes(self) -> bytes:
        """The raw Ed25519 public key of the end that shows it."""
        return from_base64url(self.identity)

    @property
    def who(self) -> Who:
        """Whom the reader's record will be about."""
        return Who(self.party, self.name, self.kind)


def pairing_link(origin: str, code: PairingCode) -> str:
    """What a QR holds: `origin` is the coordinator's (scheme, host, and port where it isn't the scheme's own)."""
    return f"{origin}{PAGE}{MARK}{base64url(msgspec.json.encode(code))}"


def read_pairing_link(link: str) -> PairingCode:
    """The code in a pairing link, or in its fragment alone, every key looked at. Raises PairingCodeError."""
    text = link.partition(MARK)[2]
    try:
        raw = from_base64url(text) if len(text) <= CODE_CHARACTERS else b""
        if raw and base64url(raw) == text:
            code = msgspec.json.decode(raw, type=PairingCode)
            bytes_of(code.secret, SECRET_BYTES)
            bytes_of(code.party, SECRET_BYTES)
            identity_key(bytes_of(code.identity))
            return code
    except (msgspec.MsgspecError, StatementError, ValueError, RecursionError):
        pass
    raise PairingCodeError("a pairing code is a secret and who shows it, base64url of JSON behind #pair=")
