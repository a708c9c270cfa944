"""Why a server can't be used from here, as far as can be told honestly from one end; stable words."""

from enum import StrEnum


class Cause(StrEnum):
    """One word for each thing that somebody else has to put right."""

    TURN_UNREACHABLE = "turn_unreachable"
    """No such name, refused, no answer, or an answer that is not STUN."""
    UDP_BLOCKED = "udp_blocked"
    """UDP had no answer while the same host answered over TCP or TLS."""
    TLS_UNTRUSTED = "tls_untrusted"
    """The certificate is not trusted here: wrong name, expired, or an unknown issuer."""
    TLS_INTERCEPTED = "tls_intercepted"
    """Somebody on the way answers for the server, with certificates of their own making."""
    PROXY_ONLY = "proxy_only"
    """Nothing gets out directly, and the network's HTTP proxy answers."""
    CAPTIVE_PORTAL = "captive_portal"
    """The network answers in everybody's place until somebody signs in to it."""
    TURN_AUTH_FAILED = "turn_auth_failed"
    """The server refused the credential: wrong secret, or already dead (compare the clocks)."""
    TURN_REFUSED = "turn_refused"
    """The credential is good, but the server gave no allocation: quota, capacity, policy."""
    RELAY_DEAD = "relay_dead"
    """There is an allocation, but no packet came back: the server denies its own relay address, or a firewall does."""
