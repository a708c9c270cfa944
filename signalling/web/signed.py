"""Routes for endpoints: what stands between such a request and its handler, for all of them alike.

A stranger's body is not read: the token comes first, then whether its endpoint is still taken, then the body, then the
signature over all of it.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from aiohttp import hdrs, web

from signalling.access.admission import Door
from signalling.access.requests import Asked, Claim
from signalling.people.circle import Endpoint
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.service.people import People
from signalling.web.bodies import BODY_BYTES, decoded, read_body
from signalling.web.front import Front, Handler

PROOF_HEADER: Final = "Narvaro-Proof"
LARGE_SECONDS: Final = 60.0
LARGE_AT_ONCE: Final = 8
"""Large bodies that are held in memory side by side, one of each endpoint; further ones are told to come back."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}|[0-9a-f]{64}")
"""128 random bits in base64url, or a picture's hash. Other text never reaches a database."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Signed:
    """A request of an endpoint that has proved itself."""

    request: web.Request
    caller: Endpoint
    body: bytes
    now: float
    people: People

    def named(self, part: str) -> str:
        """The id in that part of the path. Raises ProtocolError `not_found` for what can be nobody's."""
        name = self.request.match_info[part]
        if _ID.fullmatch(name) is None:
            raise ProtocolError(ErrorCode.NOT_FOUND)
        return name

    def json(self, shape: type[T]) -> T:
        """The body in its shape. Raises ProtocolError `bad_message`."""
        return decoded(self.body, shape)


SignedHandler = Callable[[Signed], Awaitable[web.StreamResponse]]
"""What answers a route for endpoints."""


def signed(handler: SignedHandler, *, at_most: int = BODY_BYTES) -> Handler:
    """The handler behind the proof, with a body of at most so many bytes."""

    async def asked(front: Front, request: web.Request) -> web.StreamResponse:
        now = front.clock.now()
        front.knock(request, Door.REQUEST, now=now)
        header = request.headers.get
        claim = front.requests.claim(header(hdrs.AUTHORIZATION), header(PROOF_HEADER), now=now)
        caller = await front.circle.endpoint(claim.identity.endpoint)
        if caller is None:
            raise ProtocolError(ErrorCode.NOT_AUTHENTICATED)
        if at_most > BODY_BYTES:
            return await _large(front, request, claim, caller)
        body = await read_body(request, at_most)
        return await _answer(front, request, claim, caller, body)

    async def _large(front: Front, request: web.Request, claim: Claim, caller: Endpoint) -> web.StreamResponse:
        if len(front.large_bodies) >= LARGE_AT_ONCE or caller.endpoint in front.large_bodies:
            raise ProtocolError(ErrorCode.UNAVAILABLE, retry_after_ms=1000)
        front.large_bodies.add(caller.endpoint)
        try:
            body = await read_body(request, at_most, seconds=LARGE_SECONDS)
            return await _answer(front, request, claim, caller, body)
        finally:
            front.large_bodies.discard(caller.endpoint)

    async def _answer(
        front: Front, request: web.Request, claim: Claim, caller: Endpoint, body: bytes
    ) -> web.StreamResponse:
        now = front.clock.now()
        front.requests.prove(claim, Asked(request.method, request.raw_path, body), now=now)
        front.pace.ask(caller.endpoint, now=now)
        return await handler(Signed(request, caller, body, now, front.registry()))

    asked.__doc__ = handler.__doc__
    return asked
