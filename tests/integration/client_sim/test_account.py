"""A simulated family, Komp and student come in over HTTP, become a circle and leave each other sealed posts."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sim.account import Account
from client_sim.asking import Asking, AskingError
from client_sim.identity import Identity
from client_sim.post_box import PostBox, binding_of
from client_sim.sealed.post import PostBinding, PostPurpose, Reader, open_post, seal_post
from client_sim.token import Tokens
from signalling.access.codes import PAUSE_SECONDS
from signalling.people.circle import Endpoint
from signalling.protocol import api
from signalling.protocol.proof import base64url
from signalling.store.customers import CustomerData, CustomerKind
from signalling.vocabulary import PartyId, PartyKind
from tests.faces import bare_face
from tests.protocol.society import Society, living

PNG = bare_face()


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


@dataclass
class Installed:
    """An app or device that was just unpacked."""

    identity: Identity
    asking: Asking
    account: Account
    posts: PostBox
    agreement: X25519PrivateKey
    party: str = ""


class Street:
    """Where the apps and devices are."""

    def __init__(self, society: Society, http: aiohttp.ClientSession) -> None:
        self.society = society
        self._http = http

    def unpacks(self) -> Installed:
        identity, clock = Identity(), self.society.clock
        tokens = Tokens(identity, origin=self.society.origin, http=self._http, clock=clock.now)
        asking = Asking(
            identity,
            origin=self.society.origin,
            http=self._http,
            tokens=tokens,
            unix_ms=lambda: int(clock.now() * 1000),
        )
        return Installed(identity, asking, Account(asking), PostBox(asking), X25519PrivateKey.generate())

    async def code_sent_to(self, one: Installed, phone: str) -> str:
        before = len(self.society.mailman.texts)
        assert await one.account.ask_code(phone) == 600
        await self.society.texts_sent()
        return self.society.mailman.texts[before:][0].body

    async def person(self, name: str, *, invitation: str | None = None) -> Installed:
        one, phone = self.unpacks(), self.society.fresh_phone()
        code = await self.code_sent_to(one, phone)
        came = await one.account.register(phone, code, name=name, invitation=invitation)
        assert came.endpoint == one.identity.endpoint
        one.party = came.party
        return one

    async def device(self, kind: PartyKind) -> Installed:
        store, now = self.society.store, self.society.clock.now()
        customer = await store.customers.add(CustomerData(CustomerKind.PRIVATE, "Somebody"), now=now)
        added = await store.devices.add(kind, customer, "Device", now=now)
        assert added is not None
        one = self.unpacks()
        one.party = (await one.account.enrol(added[1])).party
        assert one.party == added[0]
        return one

    async def household(self) -> tuple[Installed, Installed]:
        """A Komp, and its administrator after the pairing and a turn of the knob."""
        komp, admin = await self.device(PartyKind.KOMP), await self.person("Admin")
        at = Endpoint(komp.identity.endpoint, komp.identity.public, PartyId(komp.party), PartyKind.KOMP)
        assert await self.society.store.memberships.admit(at, admin.identity.endpoint, now=self.society.clock.now())
        return komp, admin


@pytest.fixture
async def street(society: Society) -> AsyncIterator[Street]:
    async with aiohttp.ClientSession() as http:
        yield Street(society, http)


async def refused(asked: "asyncio.Future[object] | object") -> str:
    """The code of a refusal."""
    with pytest.raises(AskingError) as refusal:
        await asked  # type: ignore[misc]
    return refusal.value.code


async def test_an_invited_relative_is_in_the_circle_until_they_are_removed(street: Street) -> None:
    komp, admin = await street.household()
    made = await admin.account.invite(komp.party, api.InvitationRequest("user", "family"))
    assert [one.invitation for one in await admin.account.open_invitations(komp.party)] == [made.invitation]
    uncle = await street.person("Uncle", invitation=made.code)
    contacts = {one.name: one for one in await uncle.account.circle()}
    assert set(contacts) == {"Admin", "Device"}
    assert contacts["Device"].endpoints[0].identity == komp.identity.public_text
    changed = await admin.account.change_member(komp.party, uncle.party, api.MemberChange(role="restricted"))
    assert changed.role == "restricted"
    assert {one.name for one in await uncle.account.members(komp.party)} == {"Admin", "Uncle"}
    await admin.account.remove_member(komp.party, uncle.party)
    assert await uncle.account.circle() == []
    assert await refused(uncle.account.members(komp.party)) == "not_found"


async def test_a_code_is_handed_on_or_withdrawn(street: Street) -> None:
    komp, admin = await street.household()
    uncle = await street.person("Uncle")
    asked = api.InvitationRequest("restricted", "family", video_only=True)
    first, second = [await admin.account.invite(komp.party, asked) for _ in range(2)]
    assert first.code is not None
    assert second.code is not None
    await admin.account.withdraw(first.invitation)
    assert await refused(uncle.account.join(first.code)) == "code_refused"
    assert await uncle.account.join(second.code) == komp.party


async def test_a_profile_is_changed_and_erased_by_its_person(street: Street) -> None:
    komp, admin = await street.household()
    await admin.account.rename("Astrid")
    picture = await admin.account.set_picture(PNG, "image/png")
    me = await admin.account.me()
    assert me.profile is not None
    assert (me.profile.name, me.profile.picture) == ("Astrid", picture)
    assert await komp.account.picture(picture) == PNG
    await admin.account.drop_picture()
    assert await refused(komp.account.picture(picture)) == "not_found"
    await admin.account.close()
    assert await refused(admin.account.me()) == "not_authenticated"


async def test_a_picture_that_is_not_what_its_hash_says_is_not_taken(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The coordinator shows another face: the app shows none."""
    komp, admin = await street.household()
    picture = await admin.account.set_picture(PNG, "image/png")

    async def another(*_: object) -> bytes:
        return PNG + b"another"

    monkeypatch.setattr(komp.asking, "signed", another)
    assert await refused(komp.account.picture(picture)) == "bad_answer"
    assert hashlib.sha256(PNG).hexdigest() == picture


async def test_a_second_phone_comes_in_and_a_lost_one_is_cut_off(street: Street) -> None:
    first, second, phone = street.unpacks(), street.unpacks(), street.society.fresh_phone()
    await first.account.register(phone, await street.code_sent_to(first, phone), name="Astrid")
    street.society.clock.advance(PAUSE_SECONDS)
    await second.account.register(phone, await street.code_sent_to(second, phone))
    assert set((await second.account.me()).endpoints) == {first.identity.endpoint, second.identity.endpoint}
    await second.account.revoke(first.identity.endpoint)
    assert await refused(first.account.me()) == "not_authenticated"
    assert (await second.account.me()).endpoints == [second.identity.endpoint]


async def test_a_students_app_comes_in_by_a_keyword_alone(street: Street) -> None:
    robot = await street.device(PartyKind.AV1)
    keyword = await street.society.store.keywords.create(robot.party, now=street.society.clock.now())
    assert keyword is not None
    app = street.unpacks()
    came = await app.account.use_keyword(keyword)
    assert came.device == robot.party
    assert [one.party for one in await app.account.circle()] == [robot.party]
    assert await refused(street.unpacks().account.use_keyword(keyword)) == "code_refused"


async def test_a_sealed_post_reaches_its_reader_and_is_gone_when_taken(street: Street) -> None:
    komp, admin = await street.household()
    words = "Ha det gött, mormor!".encode()
    binding = PostBinding(
        PostPurpose.MESSAGE, base64url(secrets.token_bytes(16)), admin.identity.endpoint, author_key=1
    )
    readers = [Reader(komp.identity.endpoint, komp.agreement.public_key().public_bytes_raw(), 1)]
    sealed = seal_post(words, binding, own=admin.agreement, readers=readers)
    for _ in range(2):
        await admin.posts.put(binding, sealed, readers)
    (told,) = await komp.posts.waiting()
    assert binding_of(told) == binding
    box = await komp.posts.box(told.post)
    opened = open_post(
        box,
        sealed.wraps[0],
        binding_of(told),
        own=komp.agreement,
        reader=komp.identity.endpoint,
        serial=told.key,
        author=admin.agreement.public_key().public_bytes_raw(),
    )
    assert opened == words
    assert words not in box
    await komp.posts.taken(told.post)
    assert await komp.posts.waiting() == []
    assert await refused(komp.posts.box(told.post)) == "not_found"


async def test_a_token_that_ran_out_is_fetched_anew_without_a_word(street: Street) -> None:
    astrid = await street.person("Astrid")
    await astrid.account.me()
    tokens = astrid.asking._tokens
    kept = await tokens.current()
    street.society.clock.advance(16 * 60)
    tokens._token, tokens._dies_at = kept, street.society.clock.now() + 1000
    assert (await astrid.account.me()).party == astrid.party
    assert await tokens.current() != kept


async def test_a_reset_ends_it_for_everybody(street: Street) -> None:
    komp, admin = await street.household()
    await komp.account.me()
    await admin.account.reset(komp.party)
    assert await refused(komp.account.me()) == "not_authenticated"


async def test_a_coordinator_that_is_away_is_told_from_one_that_refuses(street: Street) -> None:
    async with aiohttp.ClientSession() as http:
        nowhere = Account(Asking(Identity(), origin="http://127.0.0.1:9", http=http))
        assert await refused(nowhere.ask_code("+4740612345")) == "unreachable"
        assert await refused(nowhere.me()) == "unreachable"
