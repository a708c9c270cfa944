"""What can happen to a call. `by` is the authenticated endpoint that said it; the rest have no author."""

from dataclasses import dataclass

from signalling.vocabulary import CallId, EndpointId, EndReason


@dataclass(frozen=True, slots=True, repr=False)
class Invited:
    """The caller repeated its invite.

    `digests` are hashes of each ring's bytes, by endpoint; `online` are the endpoints that are there now.
    """

    by: EndpointId
    digests: tuple[tuple[EndpointId, bytes], ...]
    online: frozenset[EndpointId] = frozenset()


@dataclass(frozen=True, slots=True, repr=False)
class Rang:
    """A rung endpoint says that it rings."""

    by: EndpointId
    answers_in_ms: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Joined:
    """A rung endpoint answered the handshake."""

    by: EndpointId
    digest: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Accepted:
    """The joined endpoint took the call."""

    by: EndpointId


@dataclass(frozen=True, slots=True, repr=False)
class Declined:
    """A rung endpoint doesn't take the call, or its person doesn't take it anywhere."""

    by: EndpointId
    reason: EndReason
    everywhere: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Cancelled:
    """The caller took it back."""

    by: EndpointId


@dataclass(frozen=True, slots=True, repr=False)
class HungUp:
    """An end of a joined call stopped it."""

    by: EndpointId
    reason: EndReason


@dataclass(frozen=True, slots=True, repr=False)
class Connected:
    """ICE and DTLS are through at this end."""

    by: EndpointId


@dataclass(frozen=True, slots=True, repr=False)
class Lost:
    """This end's media path is gone."""

    by: EndpointId


@dataclass(frozen=True, slots=True, repr=False)
class Resumed:
    """An end that lost its keys begins a new handshake."""

    by: EndpointId
    handshake: int
    digest: bytes


@dataclass(frozen=True, slots=True, repr=False)
class ResumeAnswered:
    """The other end answers that handshake."""

    by: EndpointId
    handshake: int


@dataclass(frozen=True, slots=True, repr=False)
class Forgotten:
    """An end's newest hello doesn't name this call."""

    by: EndpointId


@dataclass(frozen=True, slots=True, repr=False)
class SessionsSeen:
    """When the deadline came, a session of either end was alive."""


@dataclass(frozen=True, slots=True, repr=False)
class DeadlinePassed:
    """The record's deadline is over. `unseen`: no session of either end was alive then."""

    unseen: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Stopped:
    """The server's own word: drained, replaced, glare, suspended, admin_forced, reset, erased."""

    reason: EndReason
    winner: CallId | None = None


Event = (
    Invited
    | Rang
    | Joined
    | Accepted
    | Declined
    | Cancelled
    | HungUp
    | Connected
    | Lost
    | Resumed
    | ResumeAnswered
    | Forgotten
    | SessionsSeen
    | DeadlinePassed
    | Stopped
)

ByAnEnd = (
    Invited
    | Rang
    | Joined
    | Accepted
    | Declined
    | Cancelled
    | HungUp
    | Connected
    | Lost
    | Resumed
    | ResumeAnswered
    | Forgotten
)
"""The events that have an author, who must take part in the call."""
