"""Komps and who belongs to them: hands between what is asked over HTTP, what is allowed, and the store.

Who asks is always the endpoint that signed, and the store decides with the rules of `people` whether it may. Unknown,
forbidden and not linked are one answer.
"""

from typing import Final

from signalling.access.numbers import Numbers
from signalling.access.texts import DAY_SECONDS, TextBudget
from signalling.people.circle import Endpoint, Keys
from signalling.people.membership import MemberRole, Side
from signalling.protocol import api
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.proof import base64url
from signalling.service.nothing import found, or_nothing
from signalling.sms.outbox import Outbox
from signalling.sms.wording import invitation_text
from signalling.store import contacts, memberships
from signalling.store.store import Store
from signalling.vocabulary import EndpointId, PartyId


class Komps:
    """Circles, invitations, members."""

    def __init__(self, store: Store, *, numbers: Numbers, budget: TextBudget, outbox: Outbox, origin: str) -> None:
        """`origin` is the coordinator's public one: links in SMS lead there."""
        self._store: Final = store
        self._numbers = numbers
        self._budget = budget
        self._outbox = outbox
        self._origin = origin

    async def circle(self, caller: Endpoint) -> api.Contacts:
        """Everybody that the asker is linked with now."""
        return api.Contacts([_contact(one) for one in await self._store.contacts.of(caller.party)])

    # ---------------------------------------------------------------- invitations

    async def invite(
        self, caller: Endpoint, komp: str, asked: api.InvitationRequest, *, now: float
    ) -> api.InvitationMade:
        """An invitation; with a number its code goes there by SMS and is not told to the asker (P-43).

        Raises ProtocolError `not_found`, `number_refused` or `too_many`.
        """
        phone = asked.phone
        if phone is not None and not self._numbers.may_be_sent(phone):
            raise ProtocolError(ErrorCode.NUMBER_REFUSED)
        made = found(
            await self._store.invitations.create(
                komp,
                MemberRole(asked.role),
                Side(asked.side),
                video_only=asked.video_only,
                phone=phone,
                by=caller.party,
                now=now,
            )
        )
        invitation, expires_at = made.invitation.invitation, made.invitation.expires_at
        if phone is None:
            return api.InvitationMade(invitation, expires_at, made.code)
        text = invitation_text(phone, origin=self._origin, code=made.code)
        if not (self._budget.spend(phone, now=now) and self._outbox.put(text)):
            await self._store.invitations.cancel(invitation, by=caller.party, now=now)
            until_tomorrow = DAY_SECONDS - now % DAY_SECONDS
            raise ProtocolError(ErrorCode.TOO_MANY, retry_after_ms=int(until_tomorrow * 1000))
        return api.InvitationMade(invitation, expires_at)

    async def open_invitations(self, caller: Endpoint, komp: str, *, now: float) -> api.OpenInvitations:
        """Those that wait to be used. Raises ProtocolError `not_found`."""
        waiting = found(await self._store.invitations.open_of(komp, by=caller.party, now=now))
        return api.OpenInvitations(
            [
                api.OpenInvitation(one.invitation, one.role.value, one.side.value, one.video_only, one.expires_at)
                for one in waiting
            ]
        )

    async def withdraw(self, caller: Endpoint, invitation: str, *, now: float) -> None:
        """Make an invitation unusable. Raises ProtocolError `not_found`."""
        or_nothing(await self._store.invitations.cancel(invitation, by=caller.party, now=now))

    async def join(self, caller: Endpoint, asked: api.InvitationUse, *, now: float) -> api.Joined:
        """Become a member by a code. Raises ProtocolError `code_refused`."""
        komp = await self._store.invitations.redeem(asked.code, caller.party, now=now)
        if komp is None:
            raise ProtocolError(ErrorCode.CODE_REFUSED)
        return api.Joined(komp)

    # ---------------------------------------------------------------- members

    async def members(self, caller: Endpoint, komp: str) -> api.Members:
        """The members of the asker's own side. Raises ProtocolError `not_found`."""
        return api.Members([_member(one) for one in await self._seen(caller, komp)])

    async def member(self, caller: Endpoint, komp: str, person: str) -> api.Member:
        """One of them. Raises ProtocolError `not_found`."""
        for one in await self._seen(caller, komp):
            if one.membership.person == person:
                return _member(one)
        raise ProtocolError(ErrorCode.NOT_FOUND)

    async def change(
        self, caller: Endpoint, komp: str, person: str, asked: api.MemberChange, *, now: float
    ) -> api.Member:
        """Give a member another role. Raises ProtocolError `not_found`, also where the last administrator would go."""
        role = MemberRole(asked.role) if asked.role is not None else None
        or_nothing(
            await self._store.memberships.change(
                komp, person, role=role, video_only=asked.video_only, by=caller.party, now=now
            )
        )
        return await self.member(caller, komp, person)

    async def remove(self, caller: Endpoint, komp: str, person: str, *, now: float) -> None:
        """End a membership at once: one's own, or as administrator. Raises ProtocolError `not_found`."""
        or_nothing(await self._store.memberships.remove(komp, person, by=caller.party, now=now))

    async def reset(self, caller: Endpoint, komp: str, *, now: float) -> None:
        """Have the Komp forget everybody (P-15). Raises ProtocolError `not_found`.

        The new provisioning token is the operator's to give: whoever holds it is the Komp.
        """
        or_nothing(await self._store.devices.reset(PartyId(komp), by=caller.party, now=now) is not None)

    async def _seen(self, caller: Endpoint, komp: str) -> list[memberships.Member]:
        return found(await self._store.memberships.seen_by(caller.party, komp))


def _member(one: memberships.Member) -> api.Member:
    membership = one.membership
    return api.Member(
        membership.person,
        one.name,
        membership.role.value,
        membership.side.value,
        membership.video_only,
        one.picture,
    )


def _contact(one: contacts.Contact) -> api.Contact:
    return api.Contact(
        one.party,
        one.kind,
        [_endpoint(endpoint, keys) for endpoint, keys in one.endpoints],
        name=one.name,
        picture=one.picture,
        role=one.role.value if one.role is not None else None,
        side=one.side.value if one.side is not None else None,
        status=one.status.value if one.status is not None else None,
    )


def _endpoint(endpoint: EndpointId, keys: Keys) -> api.ContactEndpoint:
    told = keys.statement
    statement = api.KeyStatement(told.key, told.serial, told.not_after, told.signature) if told is not None else None
    return api.ContactEndpoint(endpoint, base64url(keys.identity), statement)
