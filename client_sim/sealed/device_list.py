"""Device lists: a person's word, under a key of their own, which endpoints are theirs.

Whoever hands a list on can neither add an endpoint nor hide that one was taken away: the highest version seen is kept,
a lower one and a second one of the same version are refused. A list that has run out adds nobody. Another person key is
another person, and is never taken in silence: only after the person was met anew may it take the first one's place.
"""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta

from client_sim.sealed.statements import SIGNATURE_BYTES, StatementError, bytes_of, identity_key
from signalling.protocol.fields import RINGS, Bytes256, Key128, Signature
from signalling.protocol.proof import Purpose, base64url, endpoint_id, signed_bytes

LIFETIME_SECONDS: Final = 30 * 86_400
"""From the making of a list to its `not_after`."""

ENDPOINTS: Final = RINGS
"""No more can be rung at once."""


class DeviceListError(ValueError):
    """A list that is not taken; the message names the rule. Nothing was changed."""


class RollbackError(DeviceListError):
    """An older list than the one that is known."""


class EquivocationError(DeviceListError):
    """Two lists of one version: somebody with the person's key tells different people different things."""


class _Part(msgspec.Struct, frozen=True):
    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class ListedEndpoint(_Part, frozen=True):
    """One endpoint of a person. The id is made of the key."""

    endpoint: Key128
    identity: Bytes256


class DeviceList(_Part, frozen=True):
    """{person key, version, endpoints, not_after} and the signature. Fields that it doesn't know are ignored."""

    person: Bytes256
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    endpoints: Annotated[tuple[ListedEndpoint, ...], Meta(max_length=ENDPOINTS)]
    not_after: Annotated[int, Meta(ge=0, le=2**53 - 1, description="Unix time in seconds")]
    signature: Signature


class KnownPerson(_Part, frozen=True):
    """What an endpoint keeps of a person: their key, their newest list, and whether another key was seen."""

    person: Bytes256
    newest: DeviceList | None = None
    changed: bool = False
    """A list under another person key was handed over: nobody is added until the person is met anew."""
    met: bool = False
    """The person was met anew since: the next list may come under another key, once."""


def make_list(person: Ed25519PrivateKey, identities: Sequence[bytes], *, version: int, not_after: int) -> DeviceList:
    """The word of `person` that those identity keys (raw) are their endpoints, and no others."""
    listed = tuple(ListedEndpoint(str(endpoint_id(one)), base64url(one)) for one in identities)
    own = base64url(person.public_key().public_bytes_raw())
    unsigned = DeviceList(own, version, listed, not_after, "")
    return msgspec.structs.replace(unsigned, signature=base64url(person.sign(list_bytes(unsigned))))


def verify_list(one: DeviceList) -> None:
    """Raises DeviceListError unless its person signed it, every endpoint stands under its own key's name, and once.

    Whether it is newer than what is known, and still current, is the caller's to ask.
    """
    try:
        person = identity_key(bytes_of(one.person))
        own_names = all(endpoint_id(identity_key(bytes_of(it.identity))) == it.endpoint for it in one.endpoints)
        signature = bytes_of(one.signature, SIGNATURE_BYTES)
    except StatementError as problem:
        rule = str(problem)
    else:
        if not own_names:
            raise DeviceListError("an endpoint stands under its own key's name")
        if len({it.endpoint for it in one.endpoints}) != len(one.endpoints):
            raise DeviceListError("a list names an endpoint once")
        if not _holds(person, signature, list_bytes(one)):
            raise DeviceListError("the signature is not the person's")
        return
    raise DeviceListError(rule)


def take_list(known: KnownPerson, one: DeviceList) -> KnownPerson:
    """What is known after `one` was handed over, by whomever; the same object where nothing changed.

    A good list under another person key marks the person as changed and gives nothing else. Raises DeviceListError,
    of the classes RollbackError and EquivocationError where it is those, and changes nothing then.
    """
    verify_list(one)
    if one.person != known.person:
        return known if known.changed else msgspec.structs.replace(known, changed=True)
    newest = known.newest
    if newest is None or one.version > newest.version:
        return msgspec.structs.replace(known, newest=one, met=False)
    if one.version < newest.version:
        raise RollbackError("an older list is not taken")
    if list_bytes(one) != list_bytes(newest):
        raise EquivocationError("two lists of one version")
    return known


def take_from(known: KnownPerson | None, one: DeviceList, author: str) -> KnownPerson:
    """What is known after `author`, a proven endpoint of that person, brought `one`; the same object as `take_list`.

    The first list pins the person's key, and so does the first after the person was met anew. Such a list must name
    whoever brought it, or anybody could hand on another person's as their own. Raises DeviceListError.
    """
    if known is not None and not (known.met and one.person != known.person):
        return take_list(known, one)
    pinned = take_list(KnownPerson(one.person), one)
    if not is_listed(pinned, author):
        raise DeviceListError("a first list names whoever brings it")
    return pinned


def meet_anew(known: KnownPerson) -> KnownPerson:
    """The person was met, and their keys proven: a mark falls, and another key of theirs may come, once."""
    return known if known.met else msgspec.structs.replace(known, changed=False, met=True)


def additions(known: KnownPerson, *, now: float) -> tuple[ListedEndpoint, ...]:
    """Whom the newest list may add, at `now` in Unix seconds: nobody once it has run out, or the person changed."""
    if known.newest is None or known.changed or now > known.newest.not_after:
        return ()
    return known.newest.endpoints


def is_listed(known: KnownPerson, endpoint: str) -> bool:
    """Whether the newest list names it, run out or not: an endpoint that was taken away stays away."""
    return known.newest is not None and any(it.endpoint == endpoint for it in known.newest.endpoints)


def vouches(known: KnownPerson, endpoint: str, identity: str, *, now: float) -> bool:
    """Whether the person's own list, as it holds at `now`, says that this key is theirs."""
    return any((it.endpoint, it.identity) == (endpoint, identity) for it in additions(known, now=now))


def list_bytes(one: DeviceList) -> bytes:
    """What the signature covers; numbers as decimal text, endpoints in the list's order."""
    fields = [field for it in one.endpoints for field in (it.endpoint, it.identity)]
    return signed_bytes(Purpose.DEVICE_LIST, one.person, str(one.version), str(one.not_after), *fields)


def _holds(person: bytes, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(person).verify(signature, signed)
    except InvalidSignature:
        return False
    return True
