"""Who may use a route. Every route has one of these; what has none is not served."""

from enum import StrEnum
from typing import NamedTuple


class Policy(StrEnum):
    """What is asked of whoever comes."""

    OPEN = "open"
    """Anyone. The answer is the same for all and tells nothing of anybody."""
    SIGNED = "signed"
    """Anyone may ask; only a signature by an endpoint's identity key is answered."""
    NEWCOMER = "newcomer"
    """Anyone may ask; let in is who shows a code, a keyword or a token that holds, and signs for it with the key that
    it brings.
    """
    ENDPOINT = "endpoint"
    """An endpoint: a token, and a signature over this very request by the key that the token names. What that endpoint
    may then do is asked of the store; unknown, forbidden and not linked are one answer.
    """
    HOLDER = "holder"
    """Anyone may ask; answered is who shows an unguessable reference or token, in the body. It names no account."""
    HELLO = "hello"
    """An allowed origin; nothing is taken before a hello that proves an endpoint's key."""


class RouteName(NamedTuple):
    """A route as the router knows it."""

    method: str
    path: str
