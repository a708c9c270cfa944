"""The data map, what lasts: every column of every table, and every field of a file that lasts."""

from typing import Final

from signalling.privacy import activities as why
from signalling.privacy import stored_lists
from signalling.privacy.declaring import Export, declared

_GIVEN: Final = Export.GIVEN
_MASKED: Final = Export.MASKED
_TECHNICAL: Final = Export.TECHNICAL
_BLIND: Final = Export.SEALED
_NOBODY: Final = Export.NOT_ABOUT_ANYBODY

COLUMNS: Final = (
    *declared(
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
    *declared(
        "pictures",
        why.PROFILES,
        {
            "party": ("whose picture", _GIVEN),
            "picture_index": ("keyed hash of the picture's hash", _TECHNICAL),
            "sealed_content": ("the picture", _GIVEN, "person"),
        },
    ),
    *declared(
        "parties",
        why.ENDPOINTS,
        {"party": ("random id of a person, app or device", _GIVEN), "kind": ("person, Komp or AV1", _GIVEN)},
    ),
    *declared(
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
    *declared(
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
    *declared(
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
            "phone_index": ("keyed hash of the number", _TECHNICAL),
            "sealed_phone": ("the number that the code was sent to", _MASKED, "invitation"),
        },
    ),
    *declared(
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
    *declared(
        "post_readers",
        why.POSTS,
        {
            "endpoint": ("for which app", _MASKED),
            "post": ("which post", _GIVEN),
            "reader_key": ("number of the reader's key", _TECHNICAL),
            "wrap": ("the content's key, sealed for that reader", _BLIND, "its reader"),
        },
    ),
    *declared(
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
    *declared(
        "books",
        why.BOOKS,
        {
            "entry": ("random id", _GIVEN),
            "customer": ("which customer; once that is erased the id leads nowhere", _GIVEN),
            "last_day": ("until which day", _GIVEN),
            "sealed_content": ("invoice number, day, product, quantity, currency, amounts", _GIVEN, "the books"),
        },
    ),
    *declared(
        "holds",
        why.HOLDS,
        {
            "subject": ("whose data", _GIVEN),
            "reason": ("outstanding sum, legal claim, authority", _GIVEN),
            "since_day": ("since which day", _GIVEN),
        },
    ),
    *declared(
        "erasures_due",
        why.HOLDS,
        {"subject": ("whose erasure waits for a hold", _GIVEN), "asked_day": ("since which day", _GIVEN)},
    ),
    *declared(
        "subject_requests",
        why.REQUESTS,
        {
            "request": ("random id", _GIVEN),
            "subject": ("whose data; none where it came by e-mail", _GIVEN),
            "kind": ("access, rectification, erasure, restriction, objection", _GIVEN),
            "came_by": ("the app or the form", _GIVEN),
            "received_day": ("the day it came", _GIVEN),
            "due_day": ("by which day it is answered", _GIVEN),
            "outcome": ("granted or refused", _GIVEN),
            "reason": ("why it was refused, from a closed list", _GIVEN),
            "decided_day": ("the day it was decided", _GIVEN),
            "told_day": ("the day the answer was told", _GIVEN),
            "sealed_email": ("where the answer goes", _GIVEN, "request"),
            "sealed_text": ("what was said", _GIVEN, "request"),
            "sealed_answer": ("the answer in words", _GIVEN, "request"),
        },
    ),
    *declared(
        "erasure_marks",
        why.ERASURES,
        {"log": ("which log of erasures", _NOBODY), "seq": ("how far the database has come in it", _NOBODY)},
    ),
    *declared(
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
    *declared(
        "robot_links",
        why.ROBOTS,
        {"av1": ("which robot", _GIVEN), "app": ("random id of the app; there is no name behind it", _TECHNICAL)},
    ),
    *declared(
        "keywords",
        why.ROBOTS,
        {
            "av1": ("for which robot", _GIVEN),
            "keyword": ("keyed hash of the keyword", _TECHNICAL),
            "used": ("whether it was used", _GIVEN),
            "expires_at": ("until when it is good", _GIVEN),
        },
    ),
    *declared(
        "av1_log",
        why.AV1_LOG,
        {
            "day": ("which day", _TECHNICAL),
            "device": ("which robot", _TECHNICAL),
            "band": ("which three hours of it", _TECHNICAL),
            "field": (
                "duration, frames a second, freezes, loss, jitter, round trip, network, signal or mobile network",
                _TECHNICAL,
            ),
            "bucket": ("between which bounds, or which kind", _TECHNICAL),
            "times": ("how often the robot told so", _TECHNICAL),
        },
    ),
    *declared(
        "av1_usage",
        why.AV1_USAGE,
        {
            "device": ("which robot", _GIVEN),
            "customer": ("whose it was then", _GIVEN),
            "month": ("which month", _GIVEN),
            "minutes": ("minutes of all its streams, summed", _GIVEN),
            "last_day": ("the last day on which it was used", _GIVEN),
        },
    ),
    *declared(
        "subject_keys",
        why.KEYS,
        {
            "subject": ("whose key", _TECHNICAL),
            "master": ("version of the master key around it", _TECHNICAL),
            "wrapped": ("the key, wrapped", _TECHNICAL, "the master key"),
        },
    ),
    *declared(
        "changes",
        why.CHANGES,
        {
            "seq": ("number", _TECHNICAL),
            "party": ("whom live connections must look at again", _TECHNICAL),
            "kind": ("why", _TECHNICAL),
            "at": ("when", _TECHNICAL),
        },
    ),
    *declared("change_counter", why.RUNNING, {"one": ("1", _NOBODY), "seq": ("how many changes", _NOBODY)}),
    *declared(
        "receipt_leaves",
        why.RECEIPTS,
        {
            "place": ("number", _NOBODY),
            "hash": ("hash of the leaf", _NOBODY),
            "leaf": ("commitment, class of the end, minute, node, what may stand at the relay", _NOBODY),
        },
    ),
    *declared(
        "receipt_nodes",
        why.RECEIPTS,
        {"level": ("height", _NOBODY), "place": ("number", _NOBODY), "hash": ("hash of two hashes", _NOBODY)},
    ),
    *declared(
        "receipt_heads",
        why.RECEIPTS,
        {
            "size": ("how many leaves", _NOBODY),
            "root": ("hash of all", _NOBODY),
            "minute": ("when it was shown", _NOBODY),
            "signature": ("over these", _NOBODY),
        },
    ),
    *declared("receipt_counter", why.RECEIPTS, {"one": ("1", _NOBODY), "size": ("how many leaves", _NOBODY)}),
    *stored_lists.COLUMNS,
)

FILES: Final = (
    *declared(
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
