"""Who may use a route. Every route has one of these; what has none is not served."""

from enum import StrEnum
from typing import NamedTuple


class Policy(StrEnum):
    """What is asked of whoever comes."""

    OPEN = "open"
    """Anyone. The answer is the same for all and tells nothing of anybody."""
    SIGNED = "signed"
    """Anyone may ask; only a signature by an endpoint's identity key is answered."""
    HELLO = "hello"
    """An allowed origin; nothing is taken before a hello that proves an endpoint's key."""


class RouteName(NamedTuple):
    """A route as the router knows it."""

    method: str
    path: str
