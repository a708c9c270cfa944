"""Invitations to Komps: hashed codes, single use, seven days; the number one is sent to goes with it (P-43)."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select

from signalling.people.invitation import LIFETIME_SECONDS, OPEN_AT_MOST, Invitation, fresh_code, read_code
from signalling.people.membership import MemberRole, Membership, Side, may_invite
from signalling.people.profile import checked_phone
from signalling.store import envelope
from signalling.store.database import Database, Work
from signalling.store.envelope import Envelope, Place
from signalling.store.erasing import erase_invitations
from signalling.store.faults import ConflictError
from signalling.store.memberships import add_member
from signalling.store.rows import BATCH, fresh_id, locked_komp, members_of
from signalling.store.tables import invitations
from signalling.vocabulary import PartyId


@dataclass(frozen=True, slots=True, repr=False)
class FreshInvitation:
    """A new invitation with its code, which is told once."""

    invitation: Invitation
    code: str


class Invitations:
    """Makes, uses and cancels invitations."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def create(
        self,
        komp: str,
        role: MemberRole,
        side: Side,
        *,
        video_only: bool = False,
        phone: str | None = None,
        by: PartyId | None = None,
        now: float,
    ) -> FreshInvitation | None:
        """A new one. `by` must be an administrator of that side, or of the other while it has none; None: the operator.

        `phone` (E.164) is where the code is sent to; it is sealed, and gone once the invitation is used or has expired.
        None as an answer: not allowed, no such Komp, or too many open. Raises ProfileError for a malformed number.
        """
        number = checked_phone(phone) if phone is not None else None
        code = fresh_code(secrets.token_bytes(16))
        made = Invitation(fresh_id(), PartyId(komp), role, side, video_only, int(now) + LIFETIME_SECONDS)
        try:
            async with self._database.changing(now=now) as work:
                is_made = await self._make(work, made, code, number, by)
        except ConflictError:  # whoever invites was erased in that moment
            is_made = False
        if not is_made:
            self._keys.forget(envelope.invitation(made.invitation))
            return None
        return FreshInvitation(made, code)

    async def redeem(self, code: str, person: PartyId, *, now: float) -> PartyId | None:
        """That person becomes a member; the Komp. None: unknown, used, expired, or no profile. A code is used once."""
        typed = read_code(code)
        if typed is None:
            return None
        async with self._database.reading() as connection:
            row = (
                await connection.execute(select(invitations).where(invitations.c.code == self._hashed(typed)))
            ).one_or_none()
        if row is None:
            return None
        async with self._database.changing(now=now, erases=True) as work:
            if not await locked_komp(work, row.komp):
                return None
            mine = invitations.c.invitation == row.invitation
            there = (await work.connection.execute(select(invitations).where(mine))).one_or_none()
            invited = _invitation(there) if there is not None else None
            if invited is None or not invited.is_open(now=now):
                return None
            member = Membership(invited.komp, person, invited.role, invited.side, invited.video_only)
            if not await add_member(work, member):
                return None
            await erase_invitations(work, self._keys, [invited.invitation])
        return invited.komp

    async def open_of(self, komp: str, *, by: PartyId | None = None, now: float) -> list[Invitation] | None:
        """Those that wait to be used, of the sides that `by` may invite to; None if that is not allowed."""
        wanted = select(invitations).where(invitations.c.komp == komp, invitations.c.expires_at > now)
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted.order_by(invitations.c.expires_at))).all()
            known = await members_of(connection, komp)
        sides = {side for side in Side if by is None or may_invite(by, PartyId(komp), side, known)}
        return [one for one in map(_invitation, rows) if one.side in sides] if sides else None

    async def cancel(self, invitation: str, *, by: PartyId | None = None, now: float) -> bool:
        """Make one unusable: by whoever may invite to its side, or whoever made it."""
        async with self._database.changing(now=now, erases=True) as work:
            found = await work.connection.execute(
                select(invitations).where(invitations.c.invitation == invitation).with_for_update()
            )
            row = found.one_or_none()
            if row is None or not (by == row.inviter or await _may_invite(work, _invitation(row), by)):
                return False
            await erase_invitations(work, self._keys, [invitation])
        return True

    async def phone_of(self, invitation: str, *, now: float) -> str | None:
        """The number that it was sent to, while it is open."""
        wanted = select(invitations).where(invitations.c.invitation == invitation, invitations.c.expires_at > now)
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
            key = await self._keys.key(connection, envelope.invitation(invitation))
        if row is None or key is None or row.sealed_phone is None:
            return None
        return key.open_text(_place(invitation), row.sealed_phone)

    async def sweep(self, *, now: float, at_most: int = BATCH) -> int:
        """Erase those that have expired, with their numbers; how many."""
        expired = select(invitations.c.invitation).where(invitations.c.expires_at <= now).limit(at_most)
        async with self._database.reading() as connection:
            if not (await connection.execute(expired)).all():
                return 0
        async with self._database.changing(now=now, erases=True) as work:
            free = await work.connection.execute(expired.with_for_update(skip_locked=True))
            return await erase_invitations(work, self._keys, free.scalars().all())

    async def _make(self, work: Work, made: Invitation, code: str, number: str | None, by: PartyId | None) -> bool:
        if not await locked_komp(work, made.komp) or not await _may_invite(work, made, by):
            return False
        is_open = (invitations.c.komp == made.komp) & (invitations.c.expires_at > work.now)
        waiting = await work.connection.execute(select(func.count()).select_from(invitations).where(is_open))
        if waiting.scalar_one() >= OPEN_AT_MOST:
            return False
        await work.connection.execute(
            insert(invitations).values(
                invitation=made.invitation,
                code=self._hashed(code),
                komp=made.komp,
                inviter=by,
                role=made.role,
                side=made.side,
                video_only=made.video_only,
                expires_at=made.expires_at,
                phone_index=self._keys.phone_index(number) if number is not None else None,
                sealed_phone=await self._sealed(work, made.invitation, number),
            )
        )
        return True

    def _hashed(self, code: str) -> bytes:
        return self._keys.hashed("invitation", read_code(code) or "")

    async def _sealed(self, work: Work, invitation: str, number: str | None) -> bytes | None:
        if number is None:
            return None
        key = await self._keys.new(work.connection, envelope.invitation(invitation))
        return key.seal_text(_place(invitation), number)


async def _may_invite(work: Work, made: Invitation, by: PartyId | None) -> bool:
    return by is None or may_invite(by, made.komp, made.side, await members_of(work.connection, made.komp))


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        row.invitation, PartyId(row.komp), MemberRole(row.role), Side(row.side), row.video_only, row.expires_at
    )


def _place(invitation: str) -> Place:
    return Place("invitations", "sealed_phone", invitation)
