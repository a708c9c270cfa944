"""TURN REST credentials (draft-uberti-behave-turn-rest-00): made from a secret, dead at the second they name.

They are bearer: whoever holds one may allocate until it dies, and a live allocation outlives it. User names
are random and name neither a person, a device nor a call. Pure: time and randomness are arguments.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Final

from relay.errors import Fault, RelayError

LIFETIME_SECONDS: Final = 120
TAG_BYTES: Final = 12
_TAG: Final = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)

Tokens = Callable[[int], bytes]
"""Random bytes of the length asked for, such as `secrets.token_bytes`."""


def turn_tag(tokens: Tokens) -> str:
    """A fresh opaque tag of 96 bits, in base64url."""
    return base64.urlsafe_b64encode(tokens(TAG_BYTES)).decode()


def turn_username(tag: str, *, now: float, lifetime_seconds: float) -> str:
    """TURN REST username: the second it dies (Unix time), then an opaque tag that names nobody."""
    if _TAG.fullmatch(tag) is None:
        raise RelayError(Fault.TURN_TAG)
    return f"{int(now + lifetime_seconds)}:{tag}"


def turn_credential(secret: str, username: str) -> str:
    """TURN REST password: base64 of HMAC-SHA1 over the username, as coturn's `use-auth-secret` reckons it."""
    return base64.b64encode(hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()).decode()


def check_secret(secret: str) -> str:
    """The secret itself, if it is long enough and could stand in coturn's configuration file."""
    if not 16 <= len(secret) <= 128 or not all("!" <= letter <= "~" for letter in secret):
        raise RelayError(Fault.TURN_SECRET)
    return secret


def check_lifetime(lifetime_seconds: float) -> float:
    """The lifetime itself, if within bounds."""
    if not 10 <= lifetime_seconds <= 86_400:
        raise RelayError(Fault.TURN_LIFETIME)
    return lifetime_seconds
