"""Whose face: what a caller says of its own profile inside the ring, so that a screen can tell a swapped one."""

from hashlib import sha256

from client_sim.sealed.noise import length_prefixed
from signalling.protocol import PROTOCOL


def profile_digest(name: str, picture: str | None) -> str:
    """SHA-256, lowercase hex, of a profile's name and its picture's own SHA-256 (lowercase hex; none: empty)."""
    return sha256(length_prefixed(PROTOCOL, "profile", name, picture or "")).hexdigest()
