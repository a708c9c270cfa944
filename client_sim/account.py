"""An endpoint's account at a coordinator: coming in, its profile, its circle, its Komps. Without a screen.

What the coordinator hands over about others is checked as far as it can be: a picture is what its hash says. Keys from
here are *introduced*, never verified.
"""

import hashlib

from client_sim.asking import Asking, AskingError, decoded
from signalling.protocol import api
from signalling.protocol.proof import Ticket


class Account:
    """What one endpoint does with its account. Every method raises AskingError."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    # ---------------------------------------------------------------- coming in

    async def ask_code(self, phone: str) -> int:
        """Have a one-time code sent to that number (E.164); how many seconds it lives, if one was sent."""
        answer = await self._asking.openly("POST", "/v1/register/code", api.CodeRequest(phone))
        return decoded(answer, api.CodeSent).expires_in

    async def register(
        self, phone: str, code: str, *, name: str | None = None, invitation: str | None = None
    ) -> api.CameIn:
        """Come in as a person's app: with a new profile, or as one more of the profile of that number."""
        nonce, signature = await self._signed(Ticket.CODE, code)
        body = api.Registration(phone, code, self._identity, nonce, signature, name, invitation)
        return decoded(await self._asking.openly("POST", "/v1/register", body), api.CameIn)

    async def enrol(self, token: str) -> api.CameIn:
        """Come in as a device, by its provisioning token."""
        nonce, signature = await self._signed(Ticket.ENROL, token)
        body = api.Enrolment(token, self._identity, nonce, signature)
        return decoded(await self._asking.openly("POST", "/v1/enrol", body), api.CameIn)

    async def use_keyword(self, keyword: str) -> api.CameIn:
        """Come in as a student's app. Nothing else is sent."""
        nonce, signature = await self._signed(Ticket.KEYWORD, keyword)
        body = api.KeywordUse(keyword, self._identity, nonce, signature)
        return decoded(await self._asking.openly("POST", "/v1/keyword", body), api.CameIn)

    @property
    def _identity(self) -> str:
        return self._asking.identity.public_text

    async def _signed(self, ticket: Ticket, text: str) -> tuple[str, str]:
        nonce = await self._asking.nonce()
        signature = self._asking.identity.sign_registration(
            origin=self._asking.origin, ticket=ticket, text=text, nonce=nonce
        )
        return nonce, signature

    # ---------------------------------------------------------------- oneself

    async def me(self) -> api.Me:
        """Who this endpoint is."""
        return decoded(await self._asking.signed("GET", "/v1/me"), api.Me)

    async def rename(self, name: str) -> None:
        """Another name."""
        await self._asking.signed("PATCH", "/v1/me", api.NameChange(name))

    async def set_picture(self, picture: bytes, content_type: str) -> str:
        """Another picture (JPEG, PNG or WebP); its hash."""
        answer = await self._asking.signed("PUT", "/v1/me/picture", data=picture, content_type=content_type)
        return decoded(answer, api.PictureKept).picture

    async def drop_picture(self) -> None:
        """No picture any more."""
        await self._asking.signed("DELETE", "/v1/me/picture")

    async def revoke(self, endpoint: str) -> None:
        """One of the own endpoints was lost."""
        await self._asking.signed("DELETE", f"/v1/me/endpoints/{endpoint}")

    async def close(self) -> None:
        """Have the profile erased."""
        await self._asking.signed("DELETE", "/v1/me")

    # ---------------------------------------------------------------- others

    async def circle(self) -> list[api.Contact]:
        """Everybody that this endpoint's party is linked with now."""
        return decoded(await self._asking.signed("GET", "/v1/circle"), api.Contacts).contacts

    async def picture(self, picture: str) -> bytes:
        """The picture of that hash: that very one, or AskingError `bad_answer`."""
        found = await self._asking.signed("GET", f"/v1/pictures/{picture}")
        if hashlib.sha256(found).hexdigest() != picture:
            raise AskingError("bad_answer")
        return found

    # ---------------------------------------------------------------- Komps

    async def invite(self, komp: str, asked: api.InvitationRequest) -> api.InvitationMade:
        """An invitation to hand on, or by SMS where `asked` has a number."""
        answer = await self._asking.signed("POST", f"/v1/komps/{komp}/invitations", asked)
        return decoded(answer, api.InvitationMade)

    async def open_invitations(self, komp: str) -> list[api.OpenInvitation]:
        """Those that wait to be used."""
        answer = await self._asking.signed("GET", f"/v1/komps/{komp}/invitations")
        return decoded(answer, api.OpenInvitations).invitations

    async def withdraw(self, invitation: str) -> None:
        """Make an invitation unusable."""
        await self._asking.signed("DELETE", f"/v1/invitations/{invitation}")

    async def join(self, code: str) -> str:
        """Become a member by an invitation's code; the Komp."""
        answer = await self._asking.signed("POST", "/v1/invitations", api.InvitationUse(code))
        return decoded(answer, api.Joined).komp

    async def members(self, komp: str) -> list[api.Member]:
        """The members of the own side."""
        return decoded(await self._asking.signed("GET", f"/v1/komps/{komp}/members"), api.Members).members

    async def change_member(self, komp: str, party: str, change: api.MemberChange) -> api.Member:
        """Give a member another role."""
        answer = await self._asking.signed("PATCH", f"/v1/komps/{komp}/members/{party}", change)
        return decoded(answer, api.Member)

    async def remove_member(self, komp: str, party: str) -> None:
        """End a membership: one's own, or another's as administrator."""
        await self._asking.signed("DELETE", f"/v1/komps/{komp}/members/{party}")

    async def reset(self, komp: str) -> None:
        """Have the Komp forget everybody."""
        await self._asking.signed("POST", f"/v1/komps/{komp}/reset")
