"""The data map: every stored column, field of memory, log field, label of a figure and field that a processor is sent.

Whose it is, why, how long and what erases it follow from its activity (`activities`). A test compares this with the
real tables, events, figures, state and settings, both ways: what isn't here can't be kept. Here is no rule and no I/O.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from signalling.privacy import activities as why
from signalling.privacy.declaring import Activity, Declaration, Export, Kept

_GIVEN, _MASKED, _TECHNICAL, _BLIND = Export.GIVEN, Export.MASKED, Export.TECHNICAL, Export.SEALED
_NOBODY: Final = Export.NOT_ABOUT_ANYBODY

Fields = Mapping[str, tuple[str, Export] | tuple[str, Export, str]]
"""Name to what it is, whether it is exported, and under whose key it is sealed."""


def _declared(prefix: str, activity: Activity, fields: Fields, kept: Kept | None = None) -> Iterator[Declaration]:
    for name, (what, export, *sealed) in fields.items():
        under = sealed[0] if sealed else None
        yield Declaration(f"{prefix}.{name}", what, activity, export, kept or activity.kept, under)


_COLUMNS: Final = (
    *_declared(
        "profiles",
        why.PROFILES,
        {
            "party": ("random id of the person", _GIVEN),
            "phone_index": ("keyed hash of the number", _TECHNICAL),
            "alone_since_day": ("since which day the profile has no Komp", _GIVEN),
            "sealed_name": ("name", _GIVEN, "person"),
            "sealed_phone": ("telephone number", _GIVEN, "person"),
            "sealed_picture": ("hash of the picture", _GIVEN, "person"),
        },
    ),
    *_declared(
        "pictures",
        why.PROFILES,
        {
            "party": ("whose picture", _GIVEN),
            "picture_index": ("keyed hash of the picture's hash", _TECHNICAL),
            "sealed_content": ("the picture", _GIVEN, "person"),
        },
    ),
    *_declared(
        "parties",
        why.ENDPOINTS,
        {"party": ("random id of a person, app or device", _GIVEN), "kind": ("person, Komp or AV1", _GIVEN)},
    ),
    *_declared(
        "endpoints",
        why.ENDPOINTS,
        {
            "endpoint": ("hash of the app's public key", _GIVEN),
            "party": ("whose app or device", _GIVEN),
            "identity": ("its public key", _GIVEN),
            "revoked": ("whether it is cut off", _GIVEN),
            "statement_key": ("its public agreement key", _GIVEN),
            "statement_serial": ("which one that is", _GIVEN),
            "statement_not_after": ("until when that key is good", _GIVEN),
            "statement_signature": ("its signature over these", _TECHNICAL),
        },
    ),
    *_declared(
        "memberships",
        why.MEMBERSHIPS,
        {
            "person": ("who", _MASKED),
            "komp": ("member of which Komp", _GIVEN),
            "role": ("as what", _GIVEN),
            "side": ("family or staff", _GIVEN),
            "video_only": ("may call, not post", _GIVEN),
        },
    ),
    *_declared(
        "invitations",
        why.INVITATIONS,
        {
            "invitation": ("random id", _GIVEN),
            "code": ("keyed hash of the code", _TECHNICAL),
            "komp": ("to which Komp", _GIVEN),
            "inviter": ("who invites", _MASKED),
            "role": ("as what", _GIVEN),
            "side": ("family or staff", _GIVEN),
            "video_only": ("may call, not post", _GIVEN),
            "expires_at": ("until when", _GIVEN),
            "sealed_phone": ("the number that the code was sent to", _MASKED, "invitation"),
        },
    ),
    *_declared(
        "posts",
        why.POSTS,
        {
            "post": ("random id", _GIVEN),
            "author": ("which app wrote it", _MASKED),
            "purpose": ("picture, message, missed call …", _GIVEN),
            "author_key": ("number of the author's key", _TECHNICAL),
            "day": ("the day it came", _GIVEN),
            "expires_at": ("when it goes at the latest", _GIVEN),
            "box_bytes": ("its padded size", _GIVEN),
            "box": ("content that the server has no key to", _BLIND, "its readers"),
        },
    ),
    *_declared(
        "post_readers",
        why.POSTS,
        {
            "endpoint": ("for which app", _MASKED),
            "post": ("which post", _GIVEN),
            "reader_key": ("number of the reader's key", _TECHNICAL),
            "wrap": ("the content's key, sealed for that reader", _BLIND, "its reader"),
        },
    ),
    *_declared(
        "customers",
        why.CUSTOMERS,
        {
            "customer": ("random id", _GIVEN),
            "kind": ("private or organisation", _GIVEN),
            "dpa_version": ("version of the data-processing agreement", _GIVEN),
            "created_day": ("since which day", _GIVEN),
            "sealed_name": ("name", _GIVEN, "customer"),
            "sealed_phone": ("telephone number", _GIVEN, "customer"),
            "sealed_email": ("e-mail address", _GIVEN, "customer"),
            "sealed_address": ("delivery address", _GIVEN, "customer"),
            "sealed_payment_reference": ("the payment provider's reference, never a card", _GIVEN, "customer"),
        },
    ),
    *_declared(
        "books",
        why.BOOKS,
        {
            "entry": ("random id", _GIVEN),
            "customer": ("which customer; once that is erased the id leads nowhere", _GIVEN),
            "last_day": ("until which day", _GIVEN),
            "sealed_content": ("invoice number, day, product, quantity, currency, amounts", _GIVEN, "the books"),
        },
    ),
    *_declared(
        "holds",
        why.HOLDS,
        {
            "subject": ("whose data", _GIVEN),
            "reason": ("outstanding sum, legal claim, authority", _GIVEN),
            "since_day": ("since which day", _GIVEN),
        },
    ),
    *_declared(
        "erasures_due",
        why.HOLDS,
        {"subject": ("whose erasure waits for a hold", _GIVEN), "asked_day": ("since which day", _GIVEN)},
    ),
    *_declared(
        "erasure_marks",
        why.ERASURES,
        {"log": ("which log of erasures", _NOBODY), "seq": ("how far the database has come in it", _NOBODY)},
    ),
    *_declared(
        "devices",
        why.DEVICES,
        {
            "party": ("random id of the device", _GIVEN),
            "kind": ("Komp or AV1", _GIVEN),
            "customer": ("whose", _GIVEN),
            "status": ("active, suspended, blocked …", _GIVEN),
            "token": ("keyed hash of the one-time token for its first start", _TECHNICAL),
            "sealed_name": ("what the customer calls it", _GIVEN, "customer"),
        },
    ),
    *_declared(
        "robot_links",
        why.ROBOTS,
        {"av1": ("which robot", _GIVEN), "app": ("random id of the app; there is no name behind it", _TECHNICAL)},
    ),
    *_declared(
        "keywords",
        why.ROBOTS,
        {
            "av1": ("for which robot", _GIVEN),
            "keyword": ("keyed hash of the keyword", _TECHNICAL),
            "used": ("whether it was used", _GIVEN),
            "expires_at": ("until when it is good", _GIVEN),
        },
    ),
    *_declared(
        "subject_keys",
        why.KEYS,
        {
            "subject": ("whose key", _TECHNICAL),
            "master": ("version of the master key around it", _TECHNICAL),
            "wrapped": ("the key, wrapped", _TECHNICAL, "the master key"),
        },
    ),
    *_declared(
        "changes",
        why.CHANGES,
        {
            "seq": ("number", _TECHNICAL),
            "party": ("whom live connections must look at again", _TECHNICAL),
            "kind": ("why", _TECHNICAL),
            "at": ("when", _TECHNICAL),
        },
    ),
    *_declared("change_counter", why.RUNNING, {"one": ("1", _NOBODY), "seq": ("how many changes", _NOBODY)}),
    *_declared(
        "receipt_leaves",
        why.RECEIPTS,
        {
            "place": ("number", _NOBODY),
            "hash": ("hash of the leaf", _NOBODY),
            "leaf": ("commitment, class of the end, minute, node, what may stand at the relay", _NOBODY),
        },
    ),
    *_declared(
        "receipt_nodes",
        why.RECEIPTS,
        {"level": ("height", _NOBODY), "place": ("number", _NOBODY), "hash": ("hash of two hashes", _NOBODY)},
    ),
    *_declared(
        "receipt_heads",
        why.RECEIPTS,
        {
            "size": ("how many leaves", _NOBODY),
            "root": ("hash of all", _NOBODY),
            "minute": ("when it was shown", _NOBODY),
            "signature": ("over these", _NOBODY),
        },
    ),
    *_declared("receipt_counter", why.RECEIPTS, {"one": ("1", _NOBODY), "size": ("how many leaves", _NOBODY)}),
)

_CALL_WORDS: Final = (
    "call", "caller", "caller_party", "callee_party", "media", "rings", "state", "deadline", "rings_until", "callee",
    "join_digest", "accepted", "connected", "handshake", "resumer", "resume_digest", "reason", "winner", "expired",
)  # fmt: skip

_MEMORY: Final = (
    *_declared("CallRecord", why.CALLS, dict.fromkeys(_CALL_WORDS, ("the record of a live call", _TECHNICAL))),
    *_declared(
        "Ring",
        why.CALLS,
        {
            "endpoint": ("which app rings", _TECHNICAL),
            "digest": ("hash of what it was rung with", _TECHNICAL),
            "standing": ("whether it declined", _TECHNICAL),
        },
    ),
    *_declared(
        "Lease",
        why.CALLS,
        {
            "call": ("which call holds a person or device", _TECHNICAL),
            "peer": ("with whom", _TECHNICAL),
            "role": ("as which end", _TECHNICAL),
        },
    ),
    *_declared(
        "Facts",
        why.SESSIONS,
        {
            "endpoint": ("which app is connected", _TECHNICAL),
            "party": ("whose", _TECHNICAL),
            "named": ("calls that it named itself", _TECHNICAL),
        },
    ),
    *_declared(
        "Present",
        why.SESSIONS,
        {"state": ("reachable or not, and why not", _TECHNICAL), "since": ("since when", _TECHNICAL)},
    ),
    *_declared(
        "Tombstone",
        why.TOMBSTONES,
        {
            "reason": ("why the call ended", _NOBODY),
            "expired": ("whether both ends were away", _NOBODY),
            "minute": ("when, to the minute", _NOBODY),
            "receipt": ("what both ends were given", _NOBODY),
        },
    ),
)

_LOG: Final = (
    *_declared(
        "log",
        why.RUNNING,
        {
            "serving.port": ("the service's own port", _NOBODY),
            "serving.tls": ("whether it speaks TLS", _NOBODY),
            "serving.wiping": ("whether freed memory is overwritten", _NOBODY),
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
            "swept.calls": ("how many", _NOBODY),
            "foreign.source": ("which library", _NOBODY),
            "foreign.severity": ("how grave", _NOBODY),
            "foreign.place": ("a line of source", _NOBODY),
        },
    ),
)

_LABELS: Final = (
    *_declared(
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
            "narvaro_calls_ended.reason": ("why, from a closed list", _NOBODY),
            "narvaro_setup_seconds.phase": ("phase of the set-up, from a closed list", _NOBODY),
        },
    ),
)

_FILES: Final = (
    *_declared(
        "erasure-log",
        why.ERASURES,
        {
            "seq": ("number", _NOBODY),
            "kind": ("person, device, invitation …", _NOBODY),
            "hashed": ("keyed hash of a random id that is gone", _NOBODY),
            "day": ("the day of the erasure", _NOBODY),
        },
    ),
)

_SENT: Final = (
    *_declared(
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
    *_declared("twilio-tokens", why.RELAYING, {"Ttl": ("seconds", _NOBODY)}),
)


def _named(declarations: tuple[Declaration, ...]) -> Mapping[str, Declaration]:
    named = {one.name: one for one in declarations}
    assert len(named) == len(declarations), "a name is declared once"
    return MappingProxyType(named)


COLUMNS: Final = _named(_COLUMNS)
"""`table.column`."""
MEMORY: Final = _named(_MEMORY)
"""`Class.field` of what state keeps while something lives."""
LOG_FIELDS: Final = _named(_LOG)
"""`log.event.field`."""
LABELS: Final = _named(_LABELS)
"""`figure.name.label`."""
FILES: Final = _named(_FILES)
"""`file.field`."""
SENT: Final = _named(_SENT)
"""`processor.field`: all that a processor is ever sent."""

OUTBOUND: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "turn_urls": ("relay",),
        "twilio_account_sid": ("twilio-tokens", "twilio-relays"),
        "twilio_base_url": ("twilio-tokens",),
        "twilio_account": ("twilio-messaging",),
    }
)
"""Settings that make this program, or its endpoints, talk to another host, and the processors that are there."""


OWN: Final = frozenset({"host", "metrics_host", "origin", "allowed_origins", "trusted_proxies", "controller_contact"})
"""Settings that name a host or an address that this program doesn't talk to: where it listens, who may come."""


def everything() -> Iterator[Declaration]:
    """Every declaration."""
    for part in (COLUMNS, MEMORY, LOG_FIELDS, LABELS, FILES, SENT):
        yield from part.values()
