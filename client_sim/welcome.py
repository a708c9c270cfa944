"""How a Komp comes to know people: by a QR on its screen and a turn of its knob, by a secret link, by a voucher.

Whoever comes by a way that the coordinator had a hand in stays introduced. The Komp alone says who is let in.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from client_sim.account import Account
from client_sim.endpoint import Endpoint
from client_sim.letters import Letter, Letters
from client_sim.meetings import MEETING_SECONDS, MeetingError
from client_sim.persons import Persons
from client_sim.sealed import vouching
from client_sim.sealed.keeping import KeepingError
from client_sim.sealed.links import How, LinkRecord, LinkRecordError, Who, verify_by_pairing, verify_by_voucher
from client_sim.sealed.pairing import SECRET_BYTES, Introduction
from client_sim.sealed.pairing_code import PairingCode
from client_sim.sealed.post import PostPurpose
from client_sim.sealed.statements import StatementError
from client_sim.sealed.vouching import Expect, Vouch, VouchingError
from signalling.protocol import PartyKind, api
from signalling.protocol import messages as wire
from signalling.protocol.proof import base64url, from_base64url

ADMIN: Final = "admin"


class WelcomeError(Exception):
    """Nobody new is known now. `code` names the rule."""

    def __init__(self, code: str) -> None:
        super().__init__(f"nobody new is known now: {code}")
        self.code = code


class Welcome:
    """A Komp's door. `knob` returns when somebody turns it a step, and is asked before a stranger gets in."""

    def __init__(
        self, endpoint: Endpoint, account: Account, letters: Letters, *, knob: Callable[[], Awaitable[None]]
    ) -> None:
        self._endpoint = endpoint
        self._account = account
        self._letters = letters
        self._knob = knob
        self.persons: Final = Persons(endpoint, letters)
        self._waiting: set[asyncio.Task[None]] = set()

    def show(self) -> PairingCode:
        """A fresh code for the screen. `meet` waits for whoever scans it."""
        kept = self._endpoint.book.keeping
        secret = base64url(secrets.token_bytes(SECRET_BYTES))
        return PairingCode(secret, self._endpoint.identity.public_text, kept.party, PartyKind.KOMP, kept.name)

    async def meet(self, code: PairingCode, *, seconds: float = MEETING_SECONDS) -> LinkRecord:
        """Whoever scanned the code, once somebody turned the knob. Raises MeetingError, WelcomeError, AskingError."""

        async def consents(_: Introduction) -> bool:
            await self._knob()
            return True

        return await self._met(code.secret_bytes, How.QR, consents, seconds)

    async def read_letters(self) -> list[Letter]:
        """Do what administrators say in letters, take lists of phones; other letters come back. Raises AskingError."""
        left = []
        for letter in await self._letters.fetch():
            if letter.purpose is PostPurpose.DEVICE_LIST:
                await self.persons.take(letter)
            elif letter.purpose is not PostPurpose.VOUCHING:
                left.append(letter)
            elif letter.verified and await self._is_admin(letter.author):
                self._heed(letter)
        return left

    async def all_met(self) -> None:
        """Return when everybody who is expected has come, or the time for it is over."""
        await asyncio.gather(*self._waiting)

    async def close(self) -> None:
        """Wait at no rendezvous any more."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    def _heed(self, letter: Letter) -> None:
        try:
            said = vouching.decode(letter.content)
        except VouchingError:
            return
        match said:
            case Vouch():
                with suppress(StatementError, LinkRecordError, KeepingError):  # keys that don't hold let nobody in
                    self._take_word(said, letter.author)
            case Expect():
                task = asyncio.create_task(self._expect(said), name="rendezvous")
                self._waiting.add(task)
                task.add_done_callback(self._waiting.discard)

    def _take_word(self, said: Vouch, voucher: LinkRecord) -> None:
        who = Who(said.party, said.name, PartyKind.PERSON)
        book = self._endpoint.book
        known = book.link(said.keys.statement.endpoint)
        book.put(verify_by_voucher(who, said.keys, voucher, now=book.now(), known=known))

    async def _expect(self, said: Expect) -> None:
        """Wait there again and again while the invitation lasts; a rendezvous itself lasts five minutes."""

        async def consents(_: Introduction) -> bool:
            return True

        while self._endpoint.book.now() < said.until:
            try:
                await self._met(from_base64url(said.secret), How.SECRET_LINK, consents, MEETING_SECONDS)
            except MeetingError as nobody:
                if nobody.code != "nobody_came":
                    return
            except WelcomeError:
                return  # somebody who has the secret, and whom nobody invited
            else:
                return

    async def _met(
        self, secret: bytes, how: How, consents: Callable[[Introduction], Awaitable[bool]], seconds: float
    ) -> LinkRecord:
        endpoint = self._endpoint
        found = await endpoint.meetings.show(secret, endpoint.book.introduction(), consents=consents, seconds=seconds)
        newcomer = found.statement.endpoint
        if how is How.QR:
            await self._admit(newcomer)
        contact = await self._contact(newcomer)
        who = Who(contact.party, contact.name or "somebody", contact.kind)
        record = verify_by_pairing(who, found, how, known=endpoint.book.link(newcomer))
        endpoint.book.met(record)
        return record

    async def _admit(self, newcomer: str) -> None:
        """Somebody turned the knob for them. Whoever comes by a secret must be a member already, by an invitation."""
        answer = await self._endpoint.socket.asked(wire.DeviceAdmit(newcomer))
        if isinstance(answer, wire.Error):
            raise WelcomeError(answer.code)

    async def _contact(self, newcomer: str) -> api.Contact:
        for contact in await self._account.circle():
            if any(one.endpoint == newcomer for one in contact.endpoints):
                return contact
        raise WelcomeError("not_found")

    async def _is_admin(self, author: LinkRecord) -> bool:
        return any(one.party == author.party and one.role == ADMIN for one in await self._account.circle())
