"""Coming in, and one's own account: hands between what is asked over HTTP, what is allowed, and the store.

Somebody is let in by a code, a keyword or a token, each single-use, and by the key that signs for it. Wrong, used and
expired are one answer.
"""

from typing import Final

from signalling.access.codes import LIFETIME_SECONDS, Codes
from signalling.access.register import Newcomer, RegisterCheck
from signalling.people.circle import Endpoint
from signalling.people.profile import ProfileError, checked_name, picture_type
from signalling.protocol.api import (
    CameIn,
    CodeRequest,
    CodeSent,
    Enrolment,
    KeywordUse,
    Me,
    NameChange,
    OwnProfile,
    PictureKept,
    Registration,
)
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.proof import Ticket
from signalling.service.nothing import found, or_nothing
from signalling.service.pictures import PictureError, bare
from signalling.sms.outbox import Outbox
from signalling.sms.wording import code_text
from signalling.store.faults import HeldError
from signalling.store.store import Store
from signalling.vocabulary import PartyKind


class Accounts:
    """Lets people, devices and students' apps in, and keeps what a person tells of themselves."""

    def __init__(self, store: Store, *, codes: Codes, newcomers: RegisterCheck, outbox: Outbox) -> None:
        self._store: Final = store
        self._codes = codes
        self._newcomers = newcomers
        self._outbox = outbox

    # ---------------------------------------------------------------- coming in

    def ask_code(self, asked: CodeRequest, *, now: float) -> CodeSent:
        """Send a code, or nothing. Known, unknown and refused numbers take the same work and get the same answer:
        nobody is looked up, and the SMS goes out beside this request.
        """
        code = self._codes.ask(asked.phone, now=now)
        self._outbox.put(code_text(asked.phone, code) if code is not None else None)
        return CodeSent(expires_in=LIFETIME_SECONDS)

    async def register(self, asked: Registration, *, now: float) -> CameIn:
        """A person's endpoint: of a new profile, or one more of the profile that has this number.

        Raises ProtocolError `code_refused`, `name_needed`, `conflict` (the key is in use) or `not_authenticated`.
        """
        newcomer = _newcomer(asked)
        key = self._newcomers.key(newcomer, ticket=Ticket.CODE, text=asked.code, now=now)
        name = _name(asked.name) if asked.name is not None else None
        if not self._codes.check(asked.phone, asked.code, now=now):
            raise ProtocolError(ErrorCode.CODE_REFUSED)
        profiles, endpoints = self._store.profiles, self._store.endpoints
        party = await profiles.by_phone(asked.phone)
        if party is None and name is None:
            raise ProtocolError(ErrorCode.NAME_NEEDED)
        if not self._codes.spend(asked.phone, asked.code, now=now):
            raise ProtocolError(ErrorCode.CODE_REFUSED)
        if party is None:
            assert name is not None
            party = await profiles.create(name, asked.phone, endpoint=key.endpoint, identity=key.identity_key, now=now)
        elif not await endpoints.add(party, endpoint=key.endpoint, identity=key.identity_key, now=now):
            party = None
        if party is None:
            raise ProtocolError(
                ErrorCode.CONFLICT, "This key is in use or was revoked, or there are too many phones already."
            )
        self._newcomers.done(newcomer, now=now)
        komp = await self._store.invitations.redeem(asked.invitation, party, now=now) if asked.invitation else None
        return CameIn(party, key.endpoint, komp=komp)

    async def enrol(self, asked: Enrolment, *, now: float) -> CameIn:
        """A device, by its provisioning token. Raises ProtocolError `code_refused` or `not_authenticated`."""
        newcomer = _newcomer(asked)
        key = self._newcomers.key(newcomer, ticket=Ticket.ENROL, text=asked.token, now=now)
        party = await self._store.devices.enrol(asked.token, endpoint=key.endpoint, identity=key.identity_key, now=now)
        if party is None:
            raise ProtocolError(ErrorCode.CODE_REFUSED)
        self._newcomers.done(newcomer, now=now)
        return CameIn(party, key.endpoint)

    async def use_keyword(self, asked: KeywordUse, *, now: float) -> CameIn:
        """A student's app, by a keyword and nothing else (P-16). Raises as `enrol`."""
        newcomer = _newcomer(asked)
        key = self._newcomers.key(newcomer, ticket=Ticket.KEYWORD, text=asked.keyword, now=now)
        linked = await self._store.keywords.redeem(
            asked.keyword, endpoint=key.endpoint, identity=key.identity_key, now=now
        )
        if linked is None:
            raise ProtocolError(ErrorCode.CODE_REFUSED)
        self._newcomers.done(newcomer, now=now)
        party, device = linked
        return CameIn(party, key.endpoint, device=device)

    # ---------------------------------------------------------------- oneself

    async def me(self, caller: Endpoint) -> Me:
        """All that is known of whoever asks."""
        profile = await self._store.profiles.get(caller.party) if caller.kind is PartyKind.PERSON else None
        own = OwnProfile(profile.name, profile.phone or "", profile.picture) if profile is not None else None
        return Me(caller.party, caller.kind, list(await self._store.endpoints.of(caller.party)), own)

    async def rename(self, caller: Endpoint, asked: NameChange) -> None:
        """Another name. Raises ProtocolError `not_found` where there is no profile, or `bad_message`."""
        or_nothing(await self._store.profiles.rename(caller.party, _name(asked.name)))

    async def set_picture(self, caller: Endpoint, picture: bytes, said: str) -> PictureKept:
        """Another picture, without what was written beside it; its hash. It must be of the type that it is said to be.

        Raises ProtocolError `not_found` where there is no profile, or `bad_message`.
        """
        return PictureKept(found(await self._store.profiles.set_picture(caller.party, _pixels(picture, said))))

    async def drop_picture(self, caller: Endpoint) -> None:
        """No picture any more. Raises ProtocolError `not_found` where there is no profile."""
        or_nothing(await self._store.profiles.get(caller.party) is not None)
        await self._store.profiles.set_picture(caller.party, None)

    async def picture(self, caller: Endpoint, picture: str) -> bytes:
        """A picture that the asker may see now. Raises ProtocolError `not_found`."""
        return found(await self._store.profiles.picture(caller.party, picture))

    async def close(self, caller: Endpoint, *, now: float) -> None:
        """Erase the profile and all that belongs to it (P-14). Raises ProtocolError `not_found`, or `kept` with why."""
        try:
            closed = await self._store.profiles.close(caller.party, now=now)
        except HeldError as held:
            reasons = ", ".join(sorted(held.reasons))
        else:
            return or_nothing(closed)
        raise ProtocolError(ErrorCode.KEPT, f"Kept for now, and erased as soon as that is over: {reasons}.")

    async def revoke(self, caller: Endpoint, endpoint: str, *, now: float) -> None:
        """One of the asker's own endpoints, a lost phone, is taken no more. Raises ProtocolError `not_found`."""
        is_own = not caller.kind.is_device and await self._store.endpoints.revoke(caller.party, endpoint, now=now)
        or_nothing(is_own)


def _newcomer(asked: Registration | Enrolment | KeywordUse) -> Newcomer:
    return Newcomer(asked.identity, asked.nonce, asked.signature)


def _name(text: str) -> str:
    try:
        return checked_name(text)
    except ProfileError as problem:
        rule = str(problem)
    raise ProtocolError(ErrorCode.BAD_MESSAGE, _sentence(rule))


def _pixels(picture: bytes, said: str) -> bytes:
    try:
        if picture_type(picture) == said:
            return bare(picture)
        rule = "a picture is of the type that it is said to be"
    except (ProfileError, PictureError) as problem:
        rule = str(problem)
    raise ProtocolError(ErrorCode.BAD_MESSAGE, _sentence(rule))


def _sentence(rule: str) -> str:
    return f"{rule[0].upper()}{rule[1:]}."
