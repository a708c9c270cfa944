"""What one end of a real call knows that nobody else may keep: its ICE names, candidates, credentials, sealed boxes.

For the search alone. It must never be shown: a report names kinds and counts.
"""

from collections.abc import Callable
from hashlib import md5
from typing import Any, Final

import msgspec

from client_sim.audit.coturn import REALM
from client_sim.audit.promises import Kind
from client_sim.endpoint import Endpoint
from client_sim.live_call import LiveCall
from client_sim.residue import SHORTEST_MARKER_BYTES
from signalling.protocol import messages as wire
from signalling.protocol.codec import encode

Tell = Callable[[Kind, str, str | bytes], None]
"""Told of a marker: its kind, a label, the text."""

_SEALED_LINES: Final = ("a=ice-pwd:", "a=fingerprint:sha-256 ", "a=ice-ufrag:", "a=candidate:")


def tell_connection(call: LiveCall, tell: Tell) -> None:
    """The description of this end's connection, and the credentials with which it holds its relay."""
    connection = call._peer._connection
    if connection is None:
        return
    for line in connection._pc.localDescription.sdp.splitlines():
        for start in _SEALED_LINES:
            text = line.removeprefix(start)
            if text != line and len(text) >= SHORTEST_MARKER_BYTES:
                tell(Kind.SEALED, start.strip("a=: "), text)
    for server in connection._servers:
        if server.username is not None and server.credential is not None:
            tell(Kind.TURN_NAME, "whole", server.username)
            tell(Kind.TURN_NAME, "random part", server.username.partition(":")[2])
            tell(Kind.TURN_PASSWORD, "password", server.credential)
            key = md5(
                f"{server.username}:{REALM}:{server.credential}".encode(), usedforsecurity=False
            )  # RFC 8489 §9.2.2
            tell(Kind.TURN_KEY, "key", key.digest())


def tell_boxes(endpoint: Endpoint, tell: Tell) -> None:
    """Every box that this endpoint sends from now on, as it passes. Shorter ones than a marker are none."""
    send = endpoint.socket.send

    def tapped(message: wire.Request) -> bool:
        for box in _boxes(msgspec.json.decode(encode(message))):
            if len(box) >= SHORTEST_MARKER_BYTES:
                tell(Kind.BOX, "box", box[:160])
        return send(message)

    endpoint.socket.send = tapped  # type: ignore[method-assign]  # an audit's ear; nothing else wants one


def _boxes(message: Any) -> list[str]:
    match message:
        case dict():
            mine = [message["box"]] if isinstance(message.get("box"), str) else []
            return mine + [box for value in message.values() for box in _boxes(value)]
        case list():
            return [box for value in message for box in _boxes(value)]
        case _:
            return []
