"""One address of the coordinator: its method and path, who may use it, what it takes and gives. `routes` lists them."""

from dataclasses import dataclass
from typing import Final

from signalling.protocol.api import PostHead
from signalling.web.bodies import BODY_BYTES
from signalling.web.front import Handler
from signalling.web.policy import Policy, RouteName
from signalling.web.signed import SignedHandler, signed


@dataclass(frozen=True, slots=True)
class Octets:
    """A body that isn't JSON."""

    content_types: tuple[str, ...]
    about: str
    head: type | None = None
    """The JSON that stands in it before the rest, where some does."""


PICTURE: Final = Octets(("image/jpeg", "image/png", "image/webp"), "a picture")
POST: Final = Octets(
    ("application/octet-stream",), "length of the head (4 bytes, big endian), PostHead as JSON, box", PostHead
)
OPENAPI: Final = Octets(("application/json",), "this document")
EXPORT: Final = Octets(("application/zip",), "a ZIP: manifest.json, pages in three languages, JSON of each table")
BOX: Final = Octets(("application/octet-stream",), "the sealed box")

Body = type | Octets | None
"""A JSON body's shape, another body, or none."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address."""

    method: str
    path: str
    policy: Policy
    handler: Handler
    takes: Body = None
    gives: Body = None
    at_most: int = BODY_BYTES
    """Bytes of a request's body."""

    @property
    def name(self) -> RouteName:
        """How the router knows it."""
        return RouteName(self.method, self.path)

    @property
    def about(self) -> str:
        """What it gives, in a sentence."""
        return (self.handler.__doc__ or "").strip()


def endpoint(
    method: str, path: str, handler: SignedHandler, *, takes: Body = None, gives: Body = None, at_most: int = BODY_BYTES
) -> Route:
    """A route for endpoints alone: there is no other way to make one, and this one puts the proof before it."""
    return Route(method, path, Policy.ENDPOINT, signed(handler, at_most=at_most), takes, gives, at_most)
