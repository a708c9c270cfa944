"""The data map, what passes: fields of memory, of log lines, labels of figures, and all that processors are sent."""

from typing import Final

from signalling.privacy import activities as why
from signalling.privacy.declaring import Export, Kept, declared

_GIVEN: Final = Export.GIVEN
_TECHNICAL: Final = Export.TECHNICAL
_NOBODY: Final = Export.NOT_ABOUT_ANYBODY

_CALL_WORDS: Final = (
    "call", "caller", "caller_party", "callee_party", "media", "rings", "state", "deadline", "rings_until", "callee",
    "join_digest", "accepted", "connected", "handshake", "resumer", "resume_digest", "reason", "winner", "expired",
)  # fmt: skip

MEMORY: Final = (
    *declared("CallRecord", why.CALLS, dict.fromkeys(_CALL_WORDS, ("the record of a live call", _TECHNICAL))),
    *declared(
        "Ring",
        why.CALLS,
        {
            "endpoint": ("which app rings", _TECHNICAL),
            "digest": ("hash of what it was rung with", _TECHNICAL),
            "standing": ("whether it declined", _TECHNICAL),
        },
    ),
    *declared(
        "Stream",
        why.CALLS,
        {
            "robot": ("which robot streams in a live call", _TECHNICAL),
            "began": ("since when", _TECHNICAL),
            "since": ("since when without a break", _TECHNICAL),
            "seconds": ("how long before that", _TECHNICAL),
        },
    ),
    *declared(
        "Lease",
        why.CALLS,
        {
            "call": ("which call holds a person or device", _TECHNICAL),
            "peer": ("with whom", _TECHNICAL),
            "role": ("as which end", _TECHNICAL),
        },
    ),
    *declared(
        "Facts",
        why.SESSIONS,
        {
            "endpoint": ("which app is connected", _TECHNICAL),
            "party": ("whose", _TECHNICAL),
            "named": ("calls that it named itself", _TECHNICAL),
        },
    ),
    *declared(
        "Present",
        why.SESSIONS,
        {"state": ("reachable or not, and why not", _TECHNICAL), "since": ("since when", _TECHNICAL)},
    ),
    *declared(
        "Tombstone",
        why.TOMBSTONES,
        {
            "reason": ("why the call ended", _NOBODY),
            "expired": ("whether both ends were away", _NOBODY),
            "minute": ("when, to the minute", _NOBODY),
            "receipt": ("what both ends were given", _NOBODY),
        },
    ),
    *declared(
        "Codes",
        why.TEXTS,
        {
            "pending": (
                "keyed hashes of a number and of the code that was sent there, and how many tries are left",
                _TECHNICAL,
            )
        },
    ),
    *declared(
        "TextBudget",
        why.TEXTS,
        {"sent": ("how many SMS went to a number today, under a keyed hash of it", _TECHNICAL)},
        Kept.TODAY,
    ),
    *declared("Outbox", why.TEXTS, {"waiting": ("an SMS on its way: number and words", _GIVEN)}),
    *declared(
        "Admission",
        why.PACE,
        {"buckets": ("how often a network or an app asked, under a keyed hash of it", _TECHNICAL)},
    ),
    *declared("Nonces", why.RUNNING, {"used": ("hashes of random numbers", _NOBODY)}),
    *declared("RequestCheck", why.RUNNING, {"seen": ("hashes of random numbers", _NOBODY)}),
)

LOG: Final = (
    *declared(
        "log",
        why.RUNNING,
        {
            "serving.port": ("the service's own port", _NOBODY),
            "serving.tls": ("whether it speaks TLS", _NOBODY),
            "serving.wiping": ("whether freed memory is overwritten", _NOBODY),
            "serving.locked": ("whether memory could be swapped", _NOBODY),
            "serving.dumpable": ("whether memory could reach a disk", _NOBODY),
            "metrics.serving.port": ("the service's own port", _NOBODY),
            "draining.sockets": ("how many", _NOBODY),
            "stopped.seconds": ("how long it took", _NOBODY),
            "socket.opened.socket": ("random tag that lives as long as the connection", _NOBODY),
            "socket.closed.socket": ("the same tag", _NOBODY),
            "socket.closed.code": ("why, from a closed list", _NOBODY),
            "socket.closed.seconds": ("how long it was open", _NOBODY),
            "hello.refused.socket": ("the same tag", _NOBODY),
            "hello.refused.code": ("why, from a closed list", _NOBODY),
            "request.failed.place": ("a line of our source", _NOBODY),
            "socket.failed.socket": ("the same tag", _NOBODY),
            "socket.failed.place": ("a line of our source", _NOBODY),
            "sms.failed.place": ("a line of our source", _NOBODY),
            "relay.fell.provider": ("which relay", _NOBODY),
            "relay.fell.duty": ("what it fails at", _NOBODY),
            "relay.fell.cause": ("why, from a closed list", _NOBODY),
            "relay.rose.provider": ("which relay", _NOBODY),
            "relay.rose.duty": ("what it does again", _NOBODY),
            "receipts.wait.leaves": ("how many", _NOBODY),
            "receipts.wait.place": ("a line of our source", _NOBODY),
            "task.failed.place": ("a line of our source", _NOBODY),
            "requests.overdue.requests": ("how many", _NOBODY),
            "swept.calls": ("how many", _NOBODY),
            "foreign.source": ("which library", _NOBODY),
            "foreign.severity": ("how grave", _NOBODY),
            "foreign.place": ("a line of source", _NOBODY),
        },
    ),
)

LABELS: Final = (
    *declared(
        "figure",
        why.RUNNING,
        {
            "narvaro_sockets_closed.code": ("close code, from a closed list", _NOBODY),
            "narvaro_refused.code": ("error code, from a closed list", _NOBODY),
            "narvaro_turned_away.code": ("error code, from a closed list", _NOBODY),
            "narvaro_sms.outcome": ("sent or failed", _NOBODY),
            "narvaro_relay_up.provider": ("which relay", _NOBODY),
            "narvaro_relay_up.duty": ("what it does", _NOBODY),
            "narvaro_relay_carries.provider": ("which relay", _NOBODY),
            "narvaro_relay_carries.transport": ("udp, tcp or tls", _NOBODY),
            "narvaro_relay_round_trip_seconds.provider": ("which relay", _NOBODY),
            "narvaro_relay_round_trip_seconds.transport": ("udp, tcp or tls", _NOBODY),
            "narvaro_relayed_seconds.provider": ("which relay", _NOBODY),
            "narvaro_relayed_seconds.region": ("where it is", _NOBODY),
            "narvaro_relayed_seconds.transport": ("udp, tcp or tls", _NOBODY),
            "narvaro_relayed_bytes.provider": ("which relay", _NOBODY),
            "narvaro_relayed_bytes.region": ("where it is", _NOBODY),
            "narvaro_relayed_bytes.transport": ("udp, tcp or tls", _NOBODY),
            "narvaro_calls_ended.reason": ("why, from a closed list", _NOBODY),
            "narvaro_setup_seconds.phase": ("phase of the set-up, from a closed list", _NOBODY),
        },
    ),
)

SENT: Final = (
    *declared(
        "twilio-messaging",
        why.TEXTS,
        {
            "To": ("telephone number", _GIVEN),
            "Body": ("a one-time code, or a link", _GIVEN),
            "From": ("the operator's own number or name", _NOBODY),
            "MessagingServiceSid": ("the operator's own messaging service", _NOBODY),
            "ValidityPeriod": ("10 minutes", _NOBODY),
        },
    ),
    *declared("twilio-tokens", why.RELAYING, {"Ttl": ("seconds", _NOBODY)}),
)
