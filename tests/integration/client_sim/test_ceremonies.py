"""How people come to a Komp and a student to a robot, over the real store: what each ceremony proves, and what not."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from client_sim import ceremonies
from client_sim.account import Account
from client_sim.asking import Asking
from client_sim.av1 import Av1
from client_sim.endpoint import Endpoint
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.identity import Identity
from client_sim.komp import Komp
from client_sim.letters import Letters
from client_sim.manner import Surroundings
from client_sim.meetings import MeetingError
from client_sim.persons import Persons
from client_sim.post_box import PostBox
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.keyring import new_ring
from client_sim.sealed.links import How, LinkRecord, Who
from client_sim.sealed.pairing_code import pairing_link, read_pairing_link
from client_sim.sealed.post import PostPurpose
from client_sim.student import StudentApp
from client_sim.timeline import Step
from client_sim.welcome import Welcome
from signalling.protocol import EndReason, PartyKind, api
from signalling.protocol.messages import EndpointKeys, KeysGet, Ok
from signalling.protocol.proof import base64url
from signalling.store.customers import CustomerData, CustomerKind
from signalling.vocabulary import PartyId
from tests.clock import ManualClock
from tests.integration.client_sim.neighbourhood import ends, reaches, until
from tests.protocol.society import Society, living

pytestmark = pytest.mark.slow


@dataclass
class Somebody:
    """An endpoint that came in by itself, with its account and its letters."""

    endpoint: Endpoint
    account: Account
    letters: Letters


@dataclass
class Village:
    """A coordinator with a store; who moves in comes in over HTTP and goes online."""

    society: Society
    around: Surroundings
    online: list[Endpoint] = field(default_factory=list)

    def _asking(self, identity: Identity) -> Asking:
        return Asking(identity, origin=self.around.origin, http=self.around.http)

    def _keeping(self, identity: Identity, party: str, name: str) -> Keeping:
        return Keeping(base64url(identity.seed), party, name, new_ring(now=time.time()))

    async def _live(self, endpoint: Endpoint, asking: Asking) -> Somebody:
        await endpoint.start()
        self.online.append(endpoint)
        return self.known(endpoint, asking)

    def known(self, endpoint: Endpoint, asking: Asking | None = None) -> Somebody:
        """Account and letters of an endpoint that came in."""
        asking = asking or self._asking(endpoint.identity)
        return Somebody(
            endpoint, Account(asking), Letters(endpoint.book, PostBox(asking), learn_keys=endpoint.learn_keys)
        )

    async def device(self, kind: PartyKind, name: str) -> tuple[Any, Somebody]:
        store, now = self.society.store, time.time()
        customer = await store.customers.add(CustomerData(CustomerKind.PRIVATE, "Somebody"), now=now)
        added = await store.devices.add(kind, customer, name, now=now)
        assert added is not None
        identity = Identity()
        asking = self._asking(identity)
        came = await Account(asking).enrol(added[1])
        kept = self._keeping(identity, came.party, name)
        device: Komp | Av1 = (
            Komp(kept, self.around, live_ends("KOMP"), countdown_seconds=0.2)
            if kind is PartyKind.KOMP
            else Av1(kept, self.around, live_ends("AV1"))
        )
        return device, await self._live(device.endpoint, asking)

    async def komp(self) -> tuple[Komp, Somebody, Welcome]:
        komp, somebody = await self.device(PartyKind.KOMP, "Grandmother")
        welcome = Welcome(komp.endpoint, somebody.account, somebody.letters, knob=komp.knob_turned)
        return komp, somebody, welcome

    async def person(self, name: str, *, invitation: str | None = None) -> tuple[FamilyApp, Somebody]:
        identity, phone = Identity(), self.society.fresh_phone()
        asking = self._asking(identity)
        code = await self.society.code_for(phone)
        came = await Account(asking).register(phone, code, name=name, invitation=invitation)
        app = FamilyApp(self._keeping(identity, came.party, name), self.around, live_ends("FAMILY"))
        return app, await self._live(app.endpoint, asking)

    async def student(self, robot: Somebody) -> tuple[StudentApp, Somebody]:
        party = PartyId(robot.endpoint.book.keeping.party)
        keyword = await self.society.store.keywords.create(party, now=time.time())
        assert keyword is not None
        identity = Identity()
        asking = self._asking(identity)
        came = await Account(asking).use_keyword(keyword)
        app = StudentApp(self._keeping(identity, came.party, "student"), self.around, live_ends("STUDENT"))
        return app, await self._live(app.endpoint, asking)


@pytest.fixture
async def village() -> AsyncIterator[Village]:
    async with living(clock=ManualClock(time.time())) as society:
        one = Village(society, Surroundings(society.origin, society.http))
        try:
            yield one
        finally:
            await asyncio.gather(*(endpoint.stop() for endpoint in one.online))


@asynccontextmanager
async def turning(komp: Komp) -> AsyncIterator[None]:
    """Somebody stands before the screen and turns the knob as soon as it is asked for."""

    async def turn() -> None:
        while True:
            await komp.knob_wanted.wait()
            komp.turn_knob_a_step()
            await asyncio.sleep(0.01)

    task = asyncio.create_task(turn())
    try:
        yield
    finally:
        task.cancel()


async def paired(village: Village, name: str = "Grandchild") -> tuple[Komp, Welcome, FamilyApp, Somebody]:
    """A Komp and its first person, who scanned the QR on its screen."""
    komp, _, welcome = await village.komp()
    app, somebody = await village.person(name)
    code = read_pairing_link(pairing_link(village.around.origin, welcome.show()))
    async with turning(komp), asyncio.TaskGroup() as group:
        group.create_task(welcome.meet(code, seconds=10))
        group.create_task(ceremonies.read_code(app.endpoint, code, seconds=10))
    return komp, welcome, app, somebody


async def test_who_scans_the_screen_is_let_in_by_a_turn_of_the_knob_and_answered_by_itself(village: Village) -> None:
    komp, _, app, somebody = await paired(village)
    (mine,), (theirs,) = app.endpoint.book.links, komp.endpoint.book.links
    assert (mine.how, mine.name, theirs.how, theirs.name) == (How.QR, "Grandmother", How.QR, "Grandchild")
    (contact,) = await somebody.account.circle()
    assert contact.role == "admin"
    call = app.call(mine)
    assert (await reaches(call, Step.RINGING)).answers_in_ms == 200
    await reaches(call, Step.FIRST_FRAME)
    assert call.verified


async def test_who_scans_the_screen_is_not_let_in_while_nobody_turns_the_knob(village: Village) -> None:
    komp, _, welcome = await village.komp()
    app, somebody = await village.person("Stranger")
    code = welcome.show()
    met = await asyncio.gather(
        welcome.meet(code, seconds=0.5),
        ceremonies.read_code(app.endpoint, code, seconds=1),
        return_exceptions=True,
    )
    assert [type(one) for one in met] == [MeetingError, MeetingError]
    assert komp.endpoint.book.links == app.endpoint.book.links == ()
    assert await somebody.account.circle() == []


async def invited(village: Village, admin: Somebody, komp: Komp) -> str:
    asked = api.InvitationRequest(role="user", side="family")
    made = await admin.account.invite(komp.endpoint.book.keeping.party, asked)
    assert made.code is not None
    return made.code


async def test_a_relative_far_away_comes_by_a_secret_link_that_the_coordinator_never_sees(village: Village) -> None:
    komp, welcome, app, admin = await paired(village)
    code = await ceremonies.expect(admin.letters, app.endpoint.book.links[0], "Aunt", now=time.time())
    aunt, _ = await village.person("Aunt", invitation=await invited(village, admin, komp))
    await welcome.read_letters()
    record = await ceremonies.read_code(aunt.endpoint, code, how=How.SECRET_LINK, seconds=10)
    assert record.how is How.SECRET_LINK
    await until(lambda: len(komp.endpoint.book.links) == 2)
    call = aunt.call(record)
    assert (await reaches(call, Step.RINGING)).answers_in_ms == 200
    await welcome.close()


async def test_a_secret_link_serves_once(village: Village) -> None:
    komp, welcome, app, admin = await paired(village)
    code = await ceremonies.expect(admin.letters, app.endpoint.book.links[0], "Aunt", now=time.time())
    aunt, _ = await village.person("Aunt", invitation=await invited(village, admin, komp))
    thief, _ = await village.person("Thief")
    await welcome.read_letters()
    await ceremonies.read_code(aunt.endpoint, code, how=How.SECRET_LINK, seconds=10)
    with pytest.raises(MeetingError):
        await ceremonies.read_code(thief.endpoint, code, how=How.SECRET_LINK, seconds=0.5)
    await until(lambda: len(komp.endpoint.book.links) == 2)
    await welcome.close()


async def test_a_secret_whose_invitation_was_taken_back_lets_nobody_in(village: Village) -> None:
    komp, welcome, app, admin = await paired(village)
    code = await ceremonies.expect(admin.letters, app.endpoint.book.links[0], "Aunt", now=time.time())
    party = komp.endpoint.book.keeping.party
    made = await admin.account.invite(party, api.InvitationRequest(role="restricted", side="family"))
    await admin.account.withdraw(made.invitation)
    aunt, somebody = await village.person("Aunt", invitation=made.code)
    await welcome.read_letters()
    await ceremonies.read_code(aunt.endpoint, code, how=How.SECRET_LINK, seconds=10)
    await welcome.all_met()
    assert await somebody.account.circle() == []
    assert len(komp.endpoint.book.links) == 1


async def newcomer_by_code(village: Village, admin: Somebody, komp: Komp) -> FamilyApp:
    """Somebody who came by a code that the coordinator knows, and rang once, so that the Komp was introduced."""
    aunt, somebody = await village.person("Aunt", invitation=await invited(village, admin, komp))
    (contact,) = [one for one in await somebody.account.circle() if one.kind is PartyKind.KOMP]
    (theirs,) = contact.endpoints
    keys = await keys_of(aunt.endpoint, theirs.endpoint)
    assert aunt.endpoint.book.take(keys, Who(contact.party, contact.name or "", PartyKind.KOMP))
    return aunt


async def keys_of(asker: Endpoint, endpoint: str) -> EndpointKeys:
    """What the coordinator hands over, and nobody has proven."""
    answer = await asker.socket.asked(KeysGet([endpoint]))
    assert isinstance(answer, Ok)
    assert answer.keys
    return answer.keys[0]


async def test_a_code_proves_no_key_and_an_administrators_voucher_does(village: Village) -> None:
    komp, welcome, app, admin = await paired(village)
    aunt = await newcomer_by_code(village, admin, komp)
    first = aunt.call(aunt.endpoint.book.links[0])
    assert (await reaches(first, Step.RINGING)).answers_in_ms is None, "introduced: somebody must turn the knob"
    first.stop()
    await ends(first)
    met = next(one for one in komp.endpoint.book.links if one.name == "Aunt")
    assert met.how is How.INTRODUCED
    await ceremonies.vouch(admin.letters, app.endpoint.book.links[0], met)
    assert await welcome.read_letters() == []
    vouched = komp.endpoint.book.link(met.endpoint)
    assert vouched is not None
    assert vouched.voucher is not None
    assert (vouched.how, vouched.voucher.name) == (How.VOUCHED, "Grandchild")
    second = aunt.call(aunt.endpoint.book.links[0])
    assert (await reaches(second, Step.RINGING)).answers_in_ms == 200


async def test_who_is_no_administrator_vouches_for_nobody(village: Village) -> None:
    komp, welcome, app, admin = await paired(village)
    code = await ceremonies.expect(admin.letters, app.endpoint.book.links[0], "Uncle", now=time.time())
    uncle, plain = await village.person("Uncle", invitation=await invited(village, admin, komp))
    await welcome.read_letters()
    record = await ceremonies.read_code(uncle.endpoint, code, how=How.SECRET_LINK, seconds=10)
    aunt = await newcomer_by_code(village, admin, komp)
    ring = aunt.call(aunt.endpoint.book.links[0])
    await reaches(ring, Step.RINGING)
    ring.stop()
    met = next(one for one in komp.endpoint.book.links if one.name == "Aunt")
    await ceremonies.vouch(plain.letters, record, met)
    await welcome.read_letters()
    unchanged = komp.endpoint.book.link(met.endpoint)
    assert unchanged is not None
    assert unchanged.how is How.INTRODUCED
    await welcome.close()


async def second_phone(village: Village, admin: Somebody, first: FamilyApp) -> tuple[FamilyApp, LinkRecord]:
    """One more phone of the same person, and the first phone's own proof of its keys: a QR from screen to screen."""
    identity = Identity()
    asking = village._asking(identity)
    phone = (await admin.account.me()).profile
    assert phone is not None
    code = await village.society.code_for(phone.phone)
    came = await Account(asking).register(phone.phone, code)
    kept = village._keeping(identity, came.party, "Grandchild")
    app = FamilyApp(kept, village.around, live_ends("FAMILY"))
    await village._live(app.endpoint, asking)
    shown = ceremonies.code_to_show(app.endpoint, PartyKind.PERSON)
    myself = Who(came.party, "Grandchild", PartyKind.PERSON)
    async with asyncio.TaskGroup() as group:
        group.create_task(ceremonies.show_code(app.endpoint, shown, myself, seconds=10))
        read = group.create_task(ceremonies.read_code(first.endpoint, shown, seconds=10))
    return app, read.result()


async def test_a_second_phone_that_its_person_listed_is_answered_by_itself_and_a_lost_one_no_more(
    village: Village,
) -> None:
    komp, welcome, app, admin = await paired(village)
    screen = app.endpoint.book.links[0]
    second, record = await second_phone(village, admin, app)
    persons = Persons(app.endpoint, admin.letters)
    old = await persons.publish([record], [screen, record])
    await welcome.read_letters()
    await village.known(second.endpoint).letters.send(PostPurpose.MESSAGE, b"hello", [screen_of(second, app)])
    await Persons(second.endpoint, village.known(second.endpoint).letters).read_letters()
    own = second.endpoint.book.person(record.party)
    assert own is not None
    assert own.newest == old, "its other phone knows the list too"
    assert [one.content for one in await persons.read_letters()] == [b"hello"], "other letters come back"
    listed = komp.endpoint.book.link(record.endpoint)
    assert listed is not None
    assert (listed.how, listed.party) == (How.INTRODUCED, screen_of(komp, app).party)
    assert komp.endpoint.book.is_verified(record.endpoint), "the list proves it, and nothing else does"
    keys = await keys_of(second.endpoint, screen.endpoint)
    assert second.endpoint.book.take(keys, screen.who)
    known = second.endpoint.book.link(screen.endpoint)
    assert known is not None
    call = second.call(known)
    assert (await reaches(call, Step.RINGING)).answers_in_ms == 200
    call.stop()
    await ends(call)
    await persons.publish([], [screen])
    await welcome.read_letters()
    assert komp.endpoint.book.link(record.endpoint) is None
    await admin.letters.send(PostPurpose.DEVICE_LIST, msgspec.json.encode(old), [screen])
    await welcome.read_letters()
    assert komp.endpoint.book.link(record.endpoint) is None, "an older list brings nobody back"
    assert welcome.persons.refused == 1


def screen_of(holder: Komp | FamilyApp, app: FamilyApp) -> LinkRecord:
    """The Komp's own record of that app, or another app's."""
    record = holder.endpoint.book.link(app.endpoint.identity.endpoint)
    assert record is not None
    return record


async def test_a_message_opens_at_its_reader_and_the_coordinator_forgets_it(village: Village) -> None:
    komp, welcome, app, admin = await paired(village)
    words = "Vi ses på söndag!".encode()
    await admin.letters.send(PostPurpose.MESSAGE, words, list(app.endpoint.book.links))
    (letter,) = await welcome.read_letters()
    assert (letter.purpose, letter.content, letter.verified, letter.author.name) == (
        PostPurpose.MESSAGE,
        words,
        True,
        "Grandchild",
    )
    assert await welcome.read_letters() == []
    assert komp.endpoint.book.links[0].name == "Grandchild"


async def test_a_robot_knows_the_app_whose_qr_it_saw_and_no_other(village: Village) -> None:
    robot, classroom = await village.device(PartyKind.AV1, "AV1 of class 4B")
    who = Who(robot.endpoint.book.keeping.party, "AV1", PartyKind.AV1)
    first, _ = await village.student(classroom)
    await meets(robot, first, who)
    assert [one.how for one in robot.endpoint.book.links] == [How.QR]
    call = first.call(first.endpoint.book.links[0])
    await reaches(call, Step.FIRST_FRAME)
    call.stop()
    await ends(call)
    second, _ = await village.student(classroom)
    await meets(robot, second, who)
    (only,) = robot.endpoint.book.links
    assert only.endpoint == second.endpoint.identity.endpoint
    again = second.call(second.endpoint.book.links[0])
    await reaches(again, Step.FIRST_FRAME)


async def meets(robot: Av1, student: StudentApp, who: Who) -> None:
    """The student's QR is held before the robot's camera."""
    code = ceremonies.code_to_show(student.endpoint, PartyKind.PERSON)
    async with asyncio.TaskGroup() as group:
        group.create_task(ceremonies.show_code(student.endpoint, code, who, seconds=10))
        group.create_task(robot.see(code, seconds=10))


async def test_a_keyword_alone_opens_no_call_to_a_robot(village: Village) -> None:
    robot, classroom = await village.device(PartyKind.AV1, "AV1 of class 4B")
    student, _ = await village.student(classroom)
    keys = await keys_of(student.endpoint, robot.endpoint.identity.endpoint)
    assert student.endpoint.book.take(keys, Who(robot.endpoint.book.keeping.party, "AV1", PartyKind.AV1))
    call = student.call(student.endpoint.book.links[0])
    assert await ends(call) is EndReason.PEER_NOT_VERIFIED
