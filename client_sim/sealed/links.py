"""Link records: what an endpoint itself knows of another, and never asks the coordinator.

A record says who the other is, under which identity, and how that came to be known. The rules here are pure: each gives
the record as it stands afterwards, and the same object where nothing changed. Keys that the coordinator hands over make
an introduced link and no more; another identity than the known one is never taken in silence.
"""

from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from client_sim.sealed.pairing import Introduction, verify_introduction
from client_sim.sealed.statements import KeyStatement
from signalling.protocol import PartyKind
from signalling.protocol.fields import Bytes256, Key128
from signalling.protocol.proof import from_base64url

NAME_CHARACTERS: Final = 80
ATTEMPTS_KEPT: Final = 3

Name = Annotated[str, Meta(min_length=1, max_length=NAME_CHARACTERS)]
UnixSeconds = Annotated[int, Meta(ge=0, le=2**53 - 1, description="Unix time in seconds")]


class How(StrEnum):
    """How the other's keys came to be known. Closed; everything but `introduced` is a proof."""

    QR = "qr"
    SECRET_LINK = "secret_link"  # noqa: S105 - a way of meeting, not a secret
    VOUCHED = "vouched"
    SAFETY_NUMBER = "safety_number"
    INTRODUCED = "introduced"


PAIRED: Final = frozenset({How.QR, How.SECRET_LINK})
"""The ways that a pairing makes."""


class LinkRecordError(ValueError):
    """A link that can't be made so; the message names the rule. Nothing was changed."""


class _Part(msgspec.Struct, frozen=True):
    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class Who(_Part, frozen=True):
    """Whom a record is about, in the words of this end: it never prints."""

    party: Key128
    name: Name
    kind: PartyKind


class Voucher(_Part, frozen=True):
    """Who vouched: their endpoint, and their name as it stood in this end's record of them."""

    endpoint: Key128
    name: Name


class LinkRecord(_Part, frozen=True):
    """One endpoint that this one knows. Its JSON is what link files and the browser's store hold."""

    party: Key128
    endpoint: Key128
    identity: Bytes256
    name: Name
    kind: PartyKind
    how: How
    statement: KeyStatement
    """The one with the highest serial that was seen."""
    voucher: Voucher | None = None
    changed: bool = False
    """Another identity was given for this party since the keys were last proven: nothing answers by itself."""
    compared: Annotated[tuple[UnixSeconds, ...], Meta(max_length=ATTEMPTS_KEPT)] = ()
    """When safety numbers were last made on this link (`safety_number.counted`)."""

    @property
    def who(self) -> Who:
        """Whom it is about."""
        return Who(self.party, self.name, self.kind)

    @property
    def identity_bytes(self) -> bytes:
        """The raw Ed25519 public key."""
        return from_base64url(self.identity)

    @property
    def agreement_bytes(self) -> bytes:
        """The raw X25519 public key of its statement: what is sealed to."""
        return from_base64url(self.statement.key)


def introduce(who: Who, keys: Introduction) -> LinkRecord:
    """A link on the coordinator's word for the keys. Raises StatementError."""
    return _made(who, keys, How.INTRODUCED)


def take_statement(record: LinkRecord, keys: Introduction) -> LinkRecord:
    """What was handed over as the keys of the record's party, by whomever. Raises StatementError and changes nothing.

    Under the known identity a higher serial is taken, any other ignored. A good statement under another identity marks
    the record as changed and gives it nothing else; only a pairing or a voucher takes that mark away.
    """
    verify_introduction(keys)
    if keys.identity != record.identity:
        return record if record.changed else msgspec.structs.replace(record, changed=True)
    if not keys.statement.supersedes(record.statement.serial):
        return record
    return msgspec.structs.replace(record, statement=keys.statement)


def is_verified(record: LinkRecord, *, now: float) -> bool:
    """Whether something may answer by itself on this link. `now` in Unix seconds."""
    return record.how is not How.INTRODUCED and not record.changed and record.statement.is_current(now=now)


def verify_by_pairing(who: Who, keys: Introduction, how: How, *, known: LinkRecord | None = None) -> LinkRecord:
    """What a pairing proves; it takes the place of `known`, whatever identity stood there.

    Raises LinkRecordError for a `how` that is no pairing, and StatementError.
    """
    if how not in PAIRED:
        raise LinkRecordError("a pairing goes by QR or by secret link")
    return _made(who, keys, how, known=known)


def verify_by_voucher(
    who: Who, keys: Introduction, voucher: LinkRecord, *, now: float, known: LinkRecord | None = None
) -> LinkRecord:
    """What the holder of a verified link says of a newcomer, over their own sealed channel.

    That `voucher` may vouch here (an administrator of the same Komp) is the caller's to know. A link that was paired
    stays as it is, but for a newer statement; and where another identity is known, the first word of the new one only
    marks the change, as anybody's would. Raises LinkRecordError, StatementError.
    """
    if not is_verified(voucher, now=now):
        raise LinkRecordError("only a verified link vouches")
    if known is not None and not known.changed and (known.identity != keys.identity or known.how in PAIRED):
        return take_statement(known, keys)
    return _made(who, keys, How.VOUCHED, known=known, voucher=Voucher(str(voucher.endpoint), voucher.name))


def verify_by_safety_number(record: LinkRecord) -> LinkRecord:
    """Two people read the same six digits to each other. Raises LinkRecordError on a changed record.

    A changed identity is a matter for a pairing or a voucher: the digits were of the known one.
    """
    if record.changed:
        raise LinkRecordError("a changed identity is paired anew, or vouched for")
    return record if record.how is not How.INTRODUCED else msgspec.structs.replace(record, how=How.SAFETY_NUMBER)


def doubt_by_safety_number(record: LinkRecord) -> LinkRecord:
    """Two people read different digits to each other: somebody stands between them.

    Nothing answers by itself until the two meet anew.
    """
    return record if record.changed else msgspec.structs.replace(record, changed=True)


def check_record(record: LinkRecord) -> LinkRecord:
    """A record that was kept, if it holds together. Raises StatementError and LinkRecordError."""
    verify_introduction(Introduction(record.identity, record.statement))
    if record.statement.endpoint != record.endpoint:
        raise LinkRecordError("a record stands under its own key's name")
    if (record.voucher is not None) is not (record.how is How.VOUCHED):
        raise LinkRecordError("a vouched link names its voucher, and no other does")
    return record


def _made(
    who: Who, keys: Introduction, how: How, *, known: LinkRecord | None = None, voucher: Voucher | None = None
) -> LinkRecord:
    """A record, unchanged. Under the same identity no serial falls and no attempt is forgotten."""
    verify_introduction(keys)
    same = known if known is not None and known.identity == keys.identity else None
    return LinkRecord(
        party=str(who.party),  # msgspec writes no subclass of str
        endpoint=keys.statement.endpoint,
        identity=keys.identity,
        name=who.name,
        kind=who.kind,
        how=how,
        statement=_newer(same, keys.statement),
        voucher=voucher,
        compared=() if same is None else same.compared,
    )


def _newer(same: LinkRecord | None, statement: KeyStatement) -> KeyStatement:
    return statement if same is None or statement.supersedes(same.statement.serial) else same.statement
